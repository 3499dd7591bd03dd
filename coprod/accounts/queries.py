"""READS: who belongs where, who asks to, and who may decide it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, Uuid, and_, column, exists, func, select, table
from sqlalchemy.orm import aliased

from coprod.accounts.models import DeploymentFact, Membership, Person
from coprod.accounts.rules import ROLE_WORDS
from coprod.database import db
from coprod.errors import NotFound
from coprod.permissions import Action, Actor, AreaRole, MemberRole, can

MOST = 200
KIND_OF_DATABASE = "kind"
DEMONSTRATION = "demonstration"

# What a membership points at, as far as this floor knows of it.
organisations = table("organisations", column("id", Uuid()), column("name", String()), column("town", String()))

IN_FORCE = and_(Membership.accepted_at.is_not(None), Membership.ended_at.is_(None))
_WAITS = and_(Membership.accepted_at.is_(None), Membership.ended_at.is_(None))


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation that somebody belongs to, or asks to."""

    organisation_id: UUID
    name: str
    town: str
    role_words: str
    leads: bool


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody who asks to join an organisation, for the person who decides it."""

    id: UUID
    person_id: UUID
    name: str
    email: str
    note: str
    asked_at: datetime
    organisation_id: UUID
    organisation_name: str
    has_lead: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class Member:
    """One of an organisation's people, for those who look after them."""

    id: UUID
    person_id: UUID
    name: str
    email: str
    role_words: str
    other_role: str
    other_role_words: str
    since: datetime | None


def places_of(actor: Actor) -> tuple[Place, ...]:
    """Where this person belongs, A to Z."""
    return _places(actor, IN_FORCE)


def asked_by(actor: Actor) -> tuple[Place, ...]:
    """Where this person has asked to join and waits for an answer, A to Z."""
    return _places(actor, _WAITS)


def membership_of(person_id: UUID | None, organisation_id: UUID) -> Membership | None:
    """This person's part in the organisation: in force or asked for, not one that has ended."""
    return db.session.scalars(
        select(Membership).where(
            Membership.person_id == person_id,
            Membership.organisation_id == organisation_id,
            Membership.ended_at.is_(None),
        )
    ).one_or_none()


def requests_for(actor: Actor, limit: int = MOST) -> tuple[Request, ...]:
    """Who waits for this person to decide, the longest wait first."""
    rows = db.session.execute(
        _requests().where(_theirs_to_decide(actor), _WAITS).order_by(Membership.asked_at, Membership.id).limit(limit)
    )
    return tuple(Request(*row) for row in rows)


def how_many_wait_for(actor: Actor) -> int:
    count = select(func.count()).select_from(Membership).where(_theirs_to_decide(actor), _WAITS)
    return db.session.scalar(count) or 0


def request_for(membership_id: UUID, actor: Actor) -> Request:
    """One request. Raises NotFound alike where there is none and where it is somebody else's to decide."""
    row = db.session.execute(_requests().where(_theirs_to_decide(actor), Membership.id == membership_id)).one_or_none()
    if row is None:
        raise NotFound
    return Request(*row)


def membership_to_look_after(membership_id: UUID, actor: Actor) -> Membership:
    """A membership that this person may decide about. Raises NotFound alike for a missing one and another's."""
    found = db.session.get(Membership, membership_id)
    if found is None or not can(actor, Action.ACCEPT_MEMBER, found):
        raise NotFound
    return found


def place_to_look_after(organisation_id: UUID, actor: Actor) -> Place:
    """An organisation whose people this person may accept and remove. Raises NotFound otherwise."""
    row = db.session.execute(
        select(organisations.c.id, organisations.c.name, organisations.c.town).where(
            organisations.c.id == organisation_id
        )
    ).one_or_none()
    role = actor.memberships.get(organisation_id)
    words = ROLE_WORDS[role] if role else ""
    place = Place(row.id, row.name, row.town, words, role is MemberRole.LEAD) if row else None
    if place is None or not can(actor, Action.ACCEPT_MEMBER, place):
        raise NotFound
    return place


def members_of(organisation_id: UUID, limit: int = MOST) -> tuple[Member, ...]:
    """The people of an organisation, leads first, then A to Z."""
    rows = db.session.execute(
        select(Membership.id, Person.id, Person.name, Person.email, Membership.role, Membership.accepted_at)
        .join(Person, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation_id, IN_FORCE)
        .order_by(Membership.role.desc(), Person.name, Person.id)
        .limit(limit)
    )
    return tuple(_member(*row) for row in rows)


def colleagues_of(actor: Actor, organisation_id: UUID) -> tuple[tuple[UUID, str], ...]:
    """Who else belongs to the organisation and can sign in: the id of their membership, and their name with address."""
    rows = db.session.execute(
        select(Membership.id, Person.name, Person.email)
        .join(Person, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation_id, IN_FORCE, Person.active.is_(True))
        .where(Person.id != actor.person_id)
        .order_by(Person.name, Person.id)
        .limit(MOST)
    )
    return tuple((row.id, f"{row.name}, {row.email}") for row in rows)


def how_many_lead(organisation_id: UUID) -> int:
    """How many leads it has who can sign in."""
    query = select(func.count()).select_from(Membership).join(Person, Membership.person_id == Person.id)
    where = (Membership.organisation_id == organisation_id, Membership.role == MemberRole.LEAD.value, IN_FORCE)
    return db.session.scalar(query.where(*where, Person.active.is_(True))) or 0


def name_of_place(organisation_id: UUID) -> str:
    return db.session.scalar(select(organisations.c.name).where(organisations.c.id == organisation_id)) or ""


def person(person_id: UUID) -> Person:
    """Somebody by their id. Raises NotFound where there is nobody."""
    found = db.session.get(Person, person_id)
    if found is None:
        raise NotFound
    return found


def person_with_email(email: str) -> Person | None:
    """The person with this e-mail address, however its letters are written."""
    return db.session.scalars(select(Person).where(func.lower(Person.email) == email.lower())).one_or_none()


def is_marked_as_demonstration() -> bool:
    """True where the database itself says that everything in it is invented."""
    mark = db.session.get(DeploymentFact, KIND_OF_DATABASE)
    return mark is not None and mark.value == DEMONSTRATION


def _member(id_: UUID, person_id: UUID, name: str, email: str, role: str, since: datetime | None) -> Member:
    other = MemberRole.CONTRIBUTOR if role == MemberRole.LEAD else MemberRole.LEAD
    return Member(id_, person_id, name, email, ROLE_WORDS[role], other.value, ROLE_WORDS[other], since)


def _places(actor: Actor, condition: ColumnElement[bool]) -> tuple[Place, ...]:
    rows = db.session.execute(
        select(organisations.c.id, organisations.c.name, organisations.c.town, Membership.role)
        .join(organisations, organisations.c.id == Membership.organisation_id)
        .where(Membership.person_id == actor.person_id, condition)
        .order_by(organisations.c.name, organisations.c.id)
        .limit(MOST)
    )
    return tuple(
        Place(id_, name, town, ROLE_WORDS[role], role == MemberRole.LEAD) for id_, name, town, role in rows
    )


def _requests() -> Select[*tuple[Any, ...]]:
    theirs = aliased(Membership)
    has_lead = exists().where(
        theirs.organisation_id == Membership.organisation_id,
        theirs.role == MemberRole.LEAD.value,
        theirs.accepted_at.is_not(None),
        theirs.ended_at.is_(None),
    )
    return (
        select(
            Membership.id,
            Person.id,
            Person.name,
            Person.email,
            Membership.note,
            Membership.asked_at,
            organisations.c.id,
            organisations.c.name,
            has_lead,
            _WAITS,
        )
        .join(Person, Membership.person_id == Person.id)
        .join(organisations, organisations.c.id == Membership.organisation_id)
    )


def _theirs_to_decide(actor: Actor) -> ColumnElement[bool]:
    """A lead decides for their organisation, the coordinator for all; nobody for themselves."""
    others = Membership.person_id != actor.person_id
    if AreaRole.COORDINATOR in actor.roles:
        return others
    led = [place for place, role in actor.memberships.items() if role is MemberRole.LEAD]
    return and_(others, Membership.organisation_id.in_(led))
