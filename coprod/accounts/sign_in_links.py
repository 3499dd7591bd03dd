"""WRITES: links that go out by e-mail, to sign in or to choose a new password. Of each only a hash is kept.

An address without an account is answered alike: the same page, a row of its own, and a letter that says that there is
no account. So neither the words nor the time tell anybody who has one.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Row, Update, delete, func, select, update

from coprod import history, mail
from coprod.accounts import passwords, secret_links
from coprod.accounts.credentials import EmailedLink
from coprod.accounts.models import Person
from coprod.database import db
from coprod.errors import NotFound
from coprod.phrases import N_


class Purpose(StrEnum):
    SIGN_IN = "sign_in"
    PASSWORD = "password"  # noqa: S105  # what the link is for


LIVES = {Purpose.SIGN_IN: timedelta(minutes=30), Purpose.PASSWORD: timedelta(hours=1)}
LETTER = {Purpose.SIGN_IN: "sign_in_link", Purpose.PASSWORD: "password_link"}
PAGE = {Purpose.SIGN_IN: "accounts.use_link", Purpose.PASSWORD: "accounts.new_password"}
AGAIN = {Purpose.SIGN_IN: "accounts.ask_for_link", Purpose.PASSWORD: "accounts.ask_for_password"}


def send(email: str, *, purpose: Purpose, now: datetime) -> None:
    """Send a link to this address where it has an account, and otherwise a letter that says that it has none."""
    known = _account_of(email)
    secret = _keep(known.id if known else None, purpose, now)
    mail.queue(
        LETTER[purpose] if known else f"{LETTER[purpose]}_no_account",
        to=known.email if known else email.strip(),
        now=now,
        person_id=known.id if known else None,
        link=mail.page(PAGE[purpose], secret=secret) if known else mail.page(AGAIN[purpose]),
        minutes=LIVES[purpose] // timedelta(minutes=1),
    )


def made_for(person: Person, *, purpose: Purpose, now: datetime) -> mail.Page:
    """A link for whoever runs the program to hand over. Links that were made before for the same are used up."""
    db.session.flush()
    db.session.execute(_unused(person.id, purpose).values(used_at=now))
    return mail.page(PAGE[purpose], secret=_keep(person.id, purpose, now))


def owner_of(secret: str, *, purpose: Purpose, now: datetime) -> Person:
    """Whose link this is. Raises NotFound alike where it never was, is used, is too old, or its account is disabled."""
    return _open(secret, purpose, now)[1]


def use(secret: str, *, purpose: Purpose, now: datetime) -> Person:
    """Use a link up, and the others that were sent for the same purpose. Raises NotFound as `owner_of` does."""
    link, person = _open(secret, purpose, now, lock=True)
    db.session.execute(_unused(person.id, purpose).values(used_at=now))
    person.address_proved_at = person.address_proved_at or now
    history.record(f"link.{purpose.value}_used", link, actor=person.actor, now=now)
    return person


def choose_password(secret: str, *, password: str, now: datetime) -> Person:
    """Set a new password with a link. A password that will not do leaves the link as it was."""
    person = use(secret, purpose=Purpose.PASSWORD, now=now)
    passwords.reset(person, password=password, actor=person.actor, now=now)
    return person


def forget_old(*, now: datetime) -> int:
    """Delete links that ended more than a day ago. Answers how many."""
    ended = delete(EmailedLink).where(EmailedLink.expires_at < now - timedelta(days=1))
    return len(db.session.scalars(ended.returning(EmailedLink.id)).all())


def _open(secret: str, purpose: Purpose, now: datetime, *, lock: bool = False) -> tuple[EmailedLink, Person]:
    query = select(EmailedLink).where(
        EmailedLink.digest == secret_links.digest_of(secret), EmailedLink.purpose == purpose.value
    )
    link = db.session.scalars(query.with_for_update() if lock else query).one_or_none()
    person = db.session.get(Person, link.person_id) if link and link.person_id else None
    if link is None or person is None or not person.active or link.used_at or link.expires_at <= now:
        raise NotFound(N_("This link does not work any more. It may be old, or used already."))
    return link, person


def _keep(person_id: UUID | None, purpose: Purpose, now: datetime) -> str:
    """A new secret; of it only the hash is kept."""
    secret = secret_links.new()
    digest = secret_links.digest_of(secret)
    made = {"purpose": purpose.value, "made_at": now, "expires_at": now + LIVES[purpose]}
    db.session.add(EmailedLink(person_id=person_id, digest=digest, **made))
    return secret


def _unused(person_id: UUID, purpose: Purpose) -> Update:
    return update(EmailedLink).where(
        EmailedLink.person_id == person_id, EmailedLink.purpose == purpose.value, EmailedLink.used_at.is_(None)
    )


def _account_of(email: str) -> Row[UUID, str] | None:
    """Three columns and no more: a known address must not take longer than an unknown one."""
    return db.session.execute(
        select(Person.id, Person.email).where(
            func.lower(Person.email) == email.strip().lower(), Person.active.is_(True)
        )
    ).one_or_none()
