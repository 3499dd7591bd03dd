"""READS: who a session's cookie stands for. One statement, because every request of somebody signed in asks it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.orm import joinedload

from coprod.accounts.credentials import Authenticator, Passkey
from coprod.accounts.models import Person
from coprod.accounts.sessions import PersonSession, digest_of
from coprod.database import db


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody behind an open session. `second_step` is true where they have set one up."""

    person: Person
    session_id: UUID
    begun_at: datetime
    seen_at: datetime
    second_step: bool


_ASKED = (
    select(
        Person,
        PersonSession.id,
        PersonSession.begun_at,
        PersonSession.seen_at,
        or_(
            exists().where(Authenticator.person_id == Person.id), exists().where(Passkey.person_id == Person.id)
        ).label("second_step"),
    )
    .join(PersonSession, PersonSession.person_id == Person.id)
    .where(
        Person.fs_uniquifier == bindparam("token"),
        Person.active.is_(True),
        PersonSession.digest == bindparam("digest"),
        PersonSession.ended_at.is_(None),
    )
    .options(joinedload(Person.roles), joinedload(Person.memberships))
)


def in_session(*, token: str, secret: str) -> Known | None:
    """The active person with this token, if the session with this secret is theirs and has not ended."""
    found = db.session.execute(_ASKED, {"token": token, "digest": digest_of(secret)}).unique().one_or_none()
    return Known(*found) if found else None
