"""READS: who a session's cookie stands for. One statement, because every request of somebody signed in asks it.

Most pages need to know who it is, and no more: they get a visitor, made of plain columns. The pages of somebody's own
account, and the library's, get the person's row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_security import RoleMixin, UserMixin
from sqlalchemy import Row, bindparam, exists, or_, select
from sqlalchemy.orm import joinedload

from coprod.accounts.acting import actor_of
from coprod.accounts.credentials import Authenticator, Passkey
from coprod.accounts.models import Membership, Person, Role, person_roles
from coprod.accounts.sessions import PersonSession, digest_of
from coprod.database import db
from coprod.permissions import Actor
from coprod.web import clock


class ForArea(RoleMixin):
    """A visitor's part for the whole area, as the library asks about it."""

    def __init__(self, name: str) -> None:
        self.name = name


class Visitor(UserMixin):
    """Somebody who is signed in, as far as most pages need to know them."""

    def __init__(
        self, person_id: UUID, name: str, email: str, token: str, roles: Sequence[str], actor: Actor
    ) -> None:
        self.id: Any = person_id  # Not a number, as the library has it.
        self.name = name
        self.email = email
        self.active = True
        self.fs_uniquifier = token
        self.roles = [ForArea(role) for role in roles]
        self._at_first: Actor | None = actor

    @property
    def actor(self) -> Actor:
        """As the session's statement found them; whoever asks again asks the rows, for something has changed."""
        found, self._at_first = self._at_first, None
        return found or _row_of(self.id).actor


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody behind an open session. `second_step` is true where they have set one up."""

    visitor: Visitor
    session_id: UUID
    begun_at: datetime
    seen_at: datetime
    second_step: bool

    @property
    def person(self) -> Person:
        return _row_of(self.visitor.id)


_ROW = (
    select(Person)
    .where(Person.id == bindparam("person"))
    .options(joinedload(Person.roles), joinedload(Person.memberships))
)
_people, _sessions, _parts, _roles, _apps, _keys = (
    model.__table__.c for model in (Person, PersonSession, Membership, Role, Authenticator, Passkey)
)
_ASKED = (
    select(
        _people.id,
        _people.name,
        _people.email,
        _sessions.id.label("session_id"),
        _sessions.begun_at,
        _sessions.seen_at,
        or_(exists().where(_apps.person_id == _people.id), exists().where(_keys.person_id == _people.id)).label(
            "second_step"
        ),
        _parts.organisation_id,
        _parts.role,
        _parts.accepted_at,
        _parts.ended_at,
        _roles.name.label("for_area"),
    )
    .join_from(Person.__table__, PersonSession.__table__, _sessions.person_id == _people.id)
    .outerjoin(Membership.__table__, _parts.person_id == _people.id)
    .outerjoin(person_roles, person_roles.c.person_id == _people.id)
    .outerjoin(Role.__table__, _roles.id == person_roles.c.role_id)
    .where(
        _people.fs_uniquifier == bindparam("token"),
        _people.active.is_(True),
        _sessions.digest == bindparam("digest"),
        _sessions.ended_at.is_(None),
    )
)


def in_session(*, token: str, secret: str) -> Known | None:
    """The active person with this token, if the session with this secret is theirs and has not ended."""
    rows = db.session.execute(_ASKED, {"token": token, "digest": digest_of(secret)}).all()
    if not rows:
        return None
    first = rows[0]
    return Known(_visitor(rows, token), first.session_id, first.begun_at, first.seen_at, first.second_step)


def _row_of(person_id: UUID) -> Person:
    """Somebody's row, with their parts."""
    return db.session.scalars(_ROW, {"person": person_id}).unique().one()


def _visitor(rows: Sequence[Row[Any]], token: str) -> Visitor:
    """The rows are each part in an organisation beside each role for the area."""
    first = rows[0]
    roles = {row.for_area for row in rows if row.for_area}
    parts = [row for row in rows if row.organisation_id and row.for_area == first.for_area]
    actor = actor_of(first.id, roles, parts, now=clock.now())
    return Visitor(first.id, first.name, first.email, token, sorted(roles), actor)
