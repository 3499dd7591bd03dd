"""Making an account for oneself: an e-mail address is typed, a letter goes there, and its link makes the account.

An address that has an account already is answered alike: the same page, a row of its own, and a letter that says so.
So neither the words nor the time tell anybody who has one.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from coprod import mail
from coprod.accounts import operations, secret_links
from coprod.accounts.models import AccountRequest, Person
from coprod.accounts.written import email_of
from coprod.database import db
from coprod.errors import NotFound
from coprod.permissions import ANONYMOUS
from coprod.phrases import N_

LIVES = timedelta(hours=24)
ENDED = N_("This link does not work any more. It was used, or it is older than a day. You can ask for a new one.")


def ask_for_account(email: str, *, now: datetime) -> None:
    """Send a link that makes an account, or, where the address has one, a letter that says how to sign in."""
    address = email_of(email)
    person_id = _person_id(address)
    secret = secret_links.new()
    db.session.add(
        AccountRequest(email=address, secret_hash=secret_links.digest_of(secret), expires_at=now + LIVES)
    )
    mail.queue(
        "account_exists" if person_id else "account_link",
        to=address,
        now=now,
        person_id=person_id,
        link=mail.page("security.login") if person_id else mail.page("accounts.make_account", secret=secret),
    )


def address_for(secret: str, *, now: datetime) -> str:
    """The address that a link was sent to. Raises NotFound alike where it never was, was used, or ran out."""
    return _open(secret, now).email


def make_account(secret: str, *, name: str, password: str, now: datetime) -> Person:
    """Make the account that a link was sent for. The link, and others sent to the address, are used up.

    What will not do, such as a weak password, leaves the link as it was.
    """
    address = _open(secret, now, lock=True).email
    person = operations.add_person(email=address, name=name, password=password, actor=ANONYMOUS, now=now)
    person.address_proved_at = now
    db.session.execute(delete(AccountRequest).where(AccountRequest.email == address))
    return person


def forget_old(*, now: datetime) -> int:
    """Forget who asked for an account and never made one. Answers how many."""
    gone = delete(AccountRequest).where(AccountRequest.expires_at <= now).returning(AccountRequest.id)
    return len(db.session.scalars(gone).all())


def _open(secret: str, now: datetime, *, lock: bool = False) -> AccountRequest:
    query = select(AccountRequest).where(AccountRequest.secret_hash == secret_links.digest_of(secret))
    found = db.session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None or found.expires_at <= now:
        raise NotFound(ENDED)
    return found


def _person_id(address: str) -> UUID | None:
    """One column and no more: a known address must not take longer than an unknown one."""
    return db.session.scalars(select(Person.id).where(Person.email == address)).one_or_none()
