"""READS: concerns, for the coordinator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from coprod.accounts.models import Person
from coprod.concerns.models import Concern
from coprod.concerns.rules import State
from coprod.database import db
from coprod.directory import profile
from coprod.errors import NotFound
from coprod.history import Event
from coprod.permissions import Action, Actor, can
from coprod.phrases import N_
from coprod.web import clock

MOST = 200
DID = {"concern.sent": N_("Sent"), "concern.looked_at": N_("Being looked at"), "concern.closed": N_("Closed")}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a concern. `who` is empty for who reported it."""

    at: datetime
    words: str
    who: str


@dataclass(frozen=True, slots=True)
class About:
    """Whom a concern is about, as the public page names them."""

    organisation_id: UUID
    name: str
    slug: str


def about(slug: str) -> About:
    """A signatory that has a public page. Raises NotFound for any other."""
    found = profile.profile(slug, today=clock.today())
    return About(found.id, found.name, found.slug)


def listed(actor: Actor) -> Sequence[Concern]:
    """What is not closed first, the oldest of them first; then what was closed, the latest first.

    Nobody reads a concern about an organisation that they belong to, or are close to.
    """
    is_open = Concern.state != State.CLOSED.value
    waiting = select(Concern).where(is_open).order_by(Concern.sent_at, Concern.id).limit(MOST)
    closed = select(Concern).where(~is_open).order_by(Concern.closed_at.desc(), Concern.id).limit(MOST)
    found = [*db.session.scalars(waiting), *db.session.scalars(closed)]
    return [each for each in found if can(actor, Action.LOOK_INTO_CONCERN, each)]


def one(concern_id: UUID, actor: Actor) -> Concern:
    """Raises NotFound alike for a missing one, and for one that is not theirs to read."""
    found = db.session.get(Concern, concern_id)
    if found is None or not can(actor, Action.LOOK_INTO_CONCERN, found):
        raise NotFound
    return found


def story(concern: Concern) -> tuple[Step, ...]:
    rows = db.session.execute(
        select(Event.at, Event.what, Person.name)
        .join(Person, Person.id == Event.actor_id, isouter=True)
        .where(Event.thing == Concern.__tablename__, Event.thing_id == str(concern.id))
        .order_by(Event.id)
    )
    return tuple(Step(row.at, DID[row.what], "" if row.what == "concern.sent" else row.name or "") for row in rows)


def sent_lately(organisation_id: UUID, *, now: datetime) -> int:
    """How many were sent about one organisation within a day."""
    lately = Concern.sent_at > now - timedelta(days=1)
    return db.session.scalar(select(func.count()).where(Concern.organisation_id == organisation_id, lately)) or 0
