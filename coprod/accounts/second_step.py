"""The second step of signing in: what somebody has besides a password. An app on a phone, a passkey, a code on paper.

Reviewers and the coordinator must have one; everybody may. What a session has passed is `letting_in`'s business.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from passlib.exc import TokenError
from passlib.totp import TOTP
from sqlalchemy import delete, exists, func, literal, or_, select, update

from coprod import history, mail
from coprod.accounts import sessions
from coprod.accounts.credentials import Authenticator, Passkey, RecoveryCode
from coprod.accounts.models import Person
from coprod.accounts.passwords import AGAIN
from coprod.database import db
from coprod.errors import Invalid, NotFound, WrongState
from coprod.permissions import Action, Actor, require
from coprod.phrases import N_
from coprod.web.deployment import settings

HOW_MANY_CODES = 10
PARTS = 4  # of four letters each: 80 random bits, so a plain hash keeps them safe
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # 32, and none that look alike.
DRIFT = 30  # seconds that a phone's clock may be early or late
WRONG = N_("This code is not right. Codes change every 30 seconds: type the one that your app shows now")


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody has set up, for the page on which they look after it."""

    app_since: datetime | None
    codes_left: int
    passkeys: tuple[Passkey, ...]

    @property
    def is_set_up(self) -> bool:
        return self.app_since is not None or bool(self.passkeys)

    @property
    def ways(self) -> int:
        return len(self.passkeys) + (self.app_since is not None)


# Reads


def is_required(person: Person) -> bool:
    """Whoever plays a part for the whole area sees what belongs to others, and needs two steps."""
    return bool(person.roles)


def is_set_up(person_id: UUID) -> bool:
    app = exists().where(Authenticator.person_id == person_id)
    key = exists().where(Passkey.person_id == person_id)
    return bool(db.session.scalar(select(literal(1)).where(or_(app, key))))


def has_app(person_id: UUID) -> bool:
    return db.session.get(Authenticator, person_id) is not None


def standing_of(person_id: UUID) -> Standing:
    app = db.session.get(Authenticator, person_id)
    left = select(func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    keys = select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.added_at, Passkey.id)
    return Standing(app.added_at if app else None, db.session.scalar(left) or 0, tuple(db.session.scalars(keys)))


# The app


def new_key() -> str:
    """A key for an app, sealed: it may lie in a cookie or a row, and nobody reads it there."""
    return str(_totp().new().to_json(encrypt=True))


def shown(sealed_key: str, person: Person) -> tuple[str, str]:
    """The key as somebody types it, and the address that stands in the QR code."""
    totp = _totp().from_source(sealed_key)
    return str(totp.pretty_key(sep=" ")), str(totp.to_uri(person.email))


def add_app(
    person: Person, *, sealed_key: str, code: str, actor: Actor, here: UUID | None, now: datetime
) -> tuple[str, ...]:
    """Take an app into use, once it has shown a right code. It replaces the one before. Answers new recovery codes.

    Sessions that never passed a second step end, all but the one that is `here`.
    """
    require(actor, Action.KEEP_OWN_SIGN_IN, person)
    counter = _counter_of(code, sealed_key, last=None, now=now)
    if counter is None:
        raise Invalid(WRONG, field="code")
    db.session.execute(delete(Authenticator).where(Authenticator.person_id == person.id))
    db.session.add(Authenticator(person_id=person.id, sealed_key=sealed_key, last_counter=counter, added_at=now))
    sessions.end_all(person, why="second_step", now=now, but=here)
    _changed(person, "second_step.app_added", "An app for sign-in codes was added.", actor=actor, now=now)
    return replace_codes(person, actor=actor, now=now)


def remove_app(person: Person, *, actor: Actor, now: datetime) -> None:
    """Give the app up. Whoever needs two steps keeps at least one way."""
    require(actor, Action.KEEP_OWN_SIGN_IN, person)
    keep_one_way(person)
    if not db.session.execute(delete(Authenticator).where(Authenticator.person_id == person.id)).rowcount:  # type: ignore[attr-defined]  # a DELETE counts its rows
        raise NotFound
    forget_codes_without_a_way(person)
    _changed(person, "second_step.app_removed", "The app for sign-in codes was removed.", actor=actor, now=now)


def keep_one_way(person: Person) -> None:
    """Refuses to take away the last second step of somebody who must have one."""
    if is_required(person) and standing_of(person.id).ways == 1:
        raise WrongState(N_("Your part in the area needs a second step. Add another one first, then remove this one."))


def answers(person: Person, *, code: str, now: datetime) -> bool:
    """True where this is the code that the person's app shows now. Each code is taken once."""
    app = db.session.get(Authenticator, person.id, with_for_update=True)
    counter = _counter_of(code, app.sealed_key, last=app.last_counter, now=now) if app else None
    if app is None or counter is None:
        return False
    app.last_counter = counter
    return True


# Codes on paper


def replace_codes(person: Person, *, actor: Actor, now: datetime) -> tuple[str, ...]:
    """New recovery codes; the ones before are worth nothing from then on. They are shown now and never again.

    They stand in for a second step, so there are none without one.
    """
    require(actor, Action.KEEP_OWN_SIGN_IN, person)
    if not is_set_up(person.id):
        raise NotFound
    codes = tuple("-".join(_letters() for _ in range(PARTS)) for _ in range(HOW_MANY_CODES))
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    db.session.add_all(RecoveryCode(person_id=person.id, digest=_digest(code)) for code in codes)
    history.record("second_step.codes_made", person, actor=actor, now=now)
    return codes


def takes(person: Person, *, recovery_code: str, now: datetime) -> bool:
    """True where this is one of the person's recovery codes that was not used yet. It is used then."""
    used = db.session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person.id,
            RecoveryCode.digest == _digest(recovery_code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
    )
    if not used.rowcount:  # type: ignore[attr-defined]  # an UPDATE counts its rows
        return False
    _changed(person, "second_step.code_used", "A recovery code was used to sign in.", actor=person.actor, now=now)
    return True


# Starting again


def reset(person: Person, *, why: str, actor: Actor, now: datetime) -> None:
    """The coordinator takes away the second step of somebody who lost it; signed out everywhere, they set up anew."""
    require(actor, Action.RESET_SECOND_STEP, person)
    if not why.strip():
        raise Invalid(N_("Say how you know that it is them who asked"), field="why")
    forget(person, why=why.strip(), actor=actor, now=now)


def forget(person: Person, *, why: str, actor: Actor, now: datetime) -> None:
    """The same for whoever runs the program: no page calls this."""
    for table in (Authenticator, Passkey, RecoveryCode):
        db.session.execute(delete(table).where(table.person_id == person.id))
    sessions.end_all(person, why="second_step", now=now)
    what = N_("The second step of signing in was taken away, because somebody told us that it was lost.")
    _changed(person, "second_step.reset", what, actor=actor, now=now, why=why)


def _changed(person: Person, what: str, words: str, *, actor: Actor, now: datetime, why: str | None = None) -> None:
    history.record(what, person, actor=actor, now=now, why=why)
    mail.queue(
        "sign_in_changed", to=person.email, now=now, person_id=person.id, name=person.name, what=words, again=AGAIN
    )


def forget_codes_without_a_way(person: Person) -> None:
    """Recovery codes stand in for a second step; without one they would be one."""
    if not is_set_up(person.id):
        db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))


def _counter_of(code: str, sealed_key: str, *, last: int | None, now: datetime) -> int | None:
    """Which 30 seconds this code is right for, where they are now or just by, and later than the last used."""
    typed = "".join(code.split())
    try:
        found = _totp().verify(typed, sealed_key, time=now, window=DRIFT, last_counter=last)
    except (TokenError, ValueError):
        return None
    return int(found.counter)


def _totp() -> type[TOTP]:
    """Codes of this site's own; keys are sealed with a key made from the site's, and of use for nothing else."""
    sealing = hashlib.sha256(f"authenticators:{settings().key()}".encode()).hexdigest()
    issuer = f"Co-production in {settings().area_name}".replace(":", " ")  # Apps read what stands before a colon.
    made: type[TOTP] = TOTP.using(issuer=issuer, secrets={"1": sealing})
    return made


def _letters() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(4))


def _digest(code: str) -> str:
    """However it is typed: capitals, spaces and dashes make no difference."""
    plain = "".join(c for c in code.casefold() if c.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()
