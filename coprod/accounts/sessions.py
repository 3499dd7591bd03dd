"""Where somebody is signed in: a row for each browser, checked on every request, so that ending one is at once.

The browser's signed cookie holds the session's secret; the row holds only a hash of it, so a copy of the database opens
nothing. When somebody was last busy stands in the cookie alone: reading a page writes nothing. No address is kept.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from coprod.accounts.devices import in_words
from coprod.accounts.models import Person
from coprod.database import Model, UtcDateTime, db
from coprod.errors import NotFound
from coprod.permissions import Actor
from coprod.phrases import N_

KEPT = timedelta(days=30)  # An ended session stays for its owner to see, then goes.
MOST = 50

# Why a session ended. The words are for its owner.
WHY = {
    "signed_out": N_("signed out"),
    "ended": N_("ended by you from another device"),
    "replaced": N_("somebody signed in again in the same browser"),
    "password": N_("the password was changed"),
    "second_step": N_("the second step was changed"),
    "removed": N_("a part in an organisation ended"),
    "role": N_("a part in the area ended"),
    "disabled": N_("the account was closed"),
    "erased": N_("the account was erased"),
    "over": N_("the time was over"),
}


class PersonSession(Model):
    """One browser in which somebody signed in. Ended rows stay a while, so that their owner can see what happened."""

    __tablename__ = "person_sessions"
    __table_args__ = (CheckConstraint("(ended_at IS NULL) = (ended_why IS NULL)", name="ended_with_its_reason"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True, comment="SHA-256 of the secret in the cookie")
    device: Mapped[str] = mapped_column(String(60), comment="in plain words, such as Chrome on Windows")
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="the last time that something was sent, roughly")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_why: Mapped[str | None] = mapped_column(String(20))


@dataclass(frozen=True, slots=True)
class Place:
    """One of somebody's own sessions, as their page shows it."""

    id: UUID
    device: str
    begun_at: datetime
    seen_at: datetime
    here: bool
    busy: bool
    ended: str = ""
    ended_at: datetime | None = None


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


# Reads


def open_of(person_id: UUID | None, *, here: UUID | None, begun_after: datetime) -> tuple[Place, ...]:
    """Where this person is signed in now, this browser first, then the latest."""
    rows = db.session.scalars(
        select(PersonSession)
        .where(
            PersonSession.person_id == person_id,
            PersonSession.ended_at.is_(None),
            PersonSession.begun_at > begun_after,
        )
        .order_by((PersonSession.id == here).desc(), PersonSession.seen_at.desc(), PersonSession.id)
        .limit(MOST)
    )
    return tuple(_place(row, here) for row in rows)


def ended_of(person_id: UUID | None) -> tuple[Place, ...]:
    """This person's sessions that ended in the last weeks, the latest first."""
    rows = db.session.scalars(
        select(PersonSession)
        .where(PersonSession.person_id == person_id, PersonSession.ended_at.is_not(None))
        .order_by(PersonSession.ended_at.desc(), PersonSession.id)
        .limit(MOST)
    )
    return tuple(_place(row, None) for row in rows)


def last_seen(person_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When each of these people last signed in or sent something, as far as kept rows tell."""
    rows = db.session.execute(
        select(PersonSession.person_id, PersonSession.seen_at)
        .where(PersonSession.person_id.in_(person_ids))
        .order_by(PersonSession.seen_at)
    )
    return {row.person_id: row.seen_at for row in rows}


# Writes


def begin(person_id: UUID, *, secret: str, device: str, now: datetime) -> PersonSession:
    """A new session, for a secret that was made this moment."""
    begun = PersonSession(person_id=person_id, digest=digest_of(secret), device=device, begun_at=now, seen_at=now)
    db.session.add(begun)
    return begun


def seen(session_id: UUID, *, now: datetime) -> None:
    db.session.get_one(PersonSession, session_id).seen_at = now


def replace(secret: str, *, now: datetime) -> None:
    """End the session that the same browser held before."""
    _end(PersonSession.digest == digest_of(secret), PersonSession.ended_at.is_(None), why="replaced", now=now)


def end_all(person: Person, *, why: str, now: datetime, but: UUID | None = None) -> int:
    """End every session of this person, at once and everywhere, except the one with the id `but`. Answers how many.

    `why` is a key of WHY. It is part of what somebody decides (a removal, a new password), so it asks no permission
    of its own and runs in that decision's transaction.
    """
    left = [PersonSession.person_id == person.id, PersonSession.ended_at.is_(None)]
    if but is not None:
        left.append(PersonSession.id != but)
    return _end(*left, why=why, now=now)


def end(session_id: UUID, *, why: str, actor: Actor, now: datetime) -> None:
    """End one of one's own sessions. Ending it twice is ending it once; somebody else's is as good as missing."""
    found = db.session.get(PersonSession, session_id)
    if found is None or found.person_id != actor.person_id:
        raise NotFound
    _end(PersonSession.id == session_id, PersonSession.ended_at.is_(None), why=why, now=now)


def tidy(*, now: datetime, begun_before: datetime) -> int:
    """Close what has lasted too long, and forget what ended weeks ago. Answers how many are forgotten."""
    _end(PersonSession.begun_at <= begun_before, PersonSession.ended_at.is_(None), why="over", now=now)
    gone = db.session.execute(delete(PersonSession).where(PersonSession.ended_at < now - KEPT))
    return int(gone.rowcount)  # type: ignore[attr-defined]  # a DELETE counts its rows


def _end(*which: object, why: str, now: datetime) -> int:
    if why not in WHY:
        raise ValueError(f"sessions end for a reason that is listed, not {why!r}")
    ended = db.session.execute(update(PersonSession).where(*which).values(ended_at=now, ended_why=why))  # type: ignore[arg-type]  # conditions
    return int(ended.rowcount)  # type: ignore[attr-defined]  # an UPDATE counts its rows


def _place(row: PersonSession, here: UUID | None) -> Place:
    ended = WHY.get(row.ended_why or "", "")
    busy = row.seen_at > row.begun_at
    return Place(row.id, in_words(row.device), row.begun_at, row.seen_at, row.id == here, busy, ended, row.ended_at)
