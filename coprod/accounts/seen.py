"""READS: who could see an organisation's evidence, from when to when; and who opened which file. From the history."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from coprod.accounts.models import Membership, Person
from coprod.accounts.rules import ROLE_WORDS
from coprod.database import db
from coprod.history import Event

OPENED, SEAT_TAKEN, DECLARED, CASE_OPENED, CASE_CLOSED = (
    "evidence.opened",
    "case.seat_taken",
    "case.declared",
    "case.opened",
    "case.closed",
)
MOST = 50_000
COULD_SEE = ("Name", "E-mail address", "As", "From", "To")
OPENINGS = ("When", "Name", "E-mail address", "As", "Evidence", "File")


@dataclass(frozen=True, slots=True)
class CouldSee:
    """Somebody who could see an organisation's evidence. Without an end, they still can."""

    name: str
    email: str
    part: str
    since: datetime
    until: datetime | None

    @property
    def cells(self) -> tuple[str | datetime | None, ...]:
        return (self.name, self.email, self.part, self.since, self.until)


@dataclass(frozen=True, slots=True)
class Opening:
    """Somebody opened a file."""

    at: datetime
    name: str
    email: str
    part: str
    evidence: str
    file: str

    @property
    def cells(self) -> tuple[str | datetime, ...]:
        return (self.at, self.name, self.email, self.part, self.evidence, self.file)


def who_could_see(organisation_id: UUID) -> tuple[CouldSee, ...]:
    """Its members, and reviewers while they held a place in one of its cases, the first ones first."""
    return tuple(sorted([*_members(organisation_id), *_reviewers(organisation_id)], key=lambda row: row.since))


def openings(organisation_id: UUID) -> Iterator[Opening]:
    """Who opened which file, the first opening first."""
    rows = db.session.execute(
        select(Event, Person)
        .join(Person, Person.id == Event.actor_id)
        .where(Event.what == OPENED, Event.organisation_id == organisation_id)
        .order_by(Event.id)
        .limit(MOST)
    )
    for event, person in rows:
        part = "Reviewer" if "case_id" in event.facts else "Member"
        yield Opening(event.at, person.name, person.email, part, event.thing_id, event.facts.get("file_id", ""))


def _members(organisation_id: UUID) -> Iterator[CouldSee]:
    rows = db.session.execute(
        select(Person.name, Person.email, Membership.role, Membership.accepted_at, Membership.ended_at)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.organisation_id == organisation_id, Membership.accepted_at.is_not(None))
        .order_by(Membership.accepted_at, Membership.id)
        .limit(MOST)
    )
    return (CouldSee(name, email, ROLE_WORDS[role], since, until) for name, email, role, since, until in rows if since)


def _reviewers(organisation_id: UUID) -> Iterator[CouldSee]:
    """From taking a place in a case until they declare a conflict or the case is closed."""
    opened = select(Event.thing_id).where(Event.what == CASE_OPENED, Event.organisation_id == organisation_id)
    cases = db.session.scalars(opened.order_by(Event.id).limit(MOST)).all()
    closed = {event.thing_id: event.at for event in _events(CASE_CLOSED, cases)}
    left = {
        (e.actor_id, e.facts["case"]): e.at for e in _events_of_cases(DECLARED, cases) if e.facts.get("conflict")
    }
    for event in _events_of_cases(SEAT_TAKEN, cases):
        case, person = event.facts["case"], db.session.get_one(Person, event.actor_id)
        until = left.get((event.actor_id, case)) or closed.get(case)
        yield CouldSee(person.name, person.email, "Reviewer", event.at, until)


def _events(what: str, things: Iterable[str]) -> list[Event]:
    chosen = select(Event).where(Event.what == what, Event.thing_id.in_(things))
    return list(db.session.scalars(chosen.order_by(Event.id).limit(MOST)))


def _events_of_cases(what: str, cases: Iterable[str]) -> list[Event]:
    chosen = select(Event).where(Event.what == what, Event.facts["case"].as_string().in_(cases))
    return list(db.session.scalars(chosen.order_by(Event.id).limit(MOST)))
