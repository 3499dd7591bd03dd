"""The people of the area, for the coordinator: who they are, what part they have, and when they were last here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, tuple_

from coprod import history
from coprod.accounts import operations, queries, sessions
from coprod.accounts.models import Invitation, Membership, Person, Role
from coprod.accounts.rules import AREA_ROLE_WORDS, ROLE_WORDS
from coprod.database import db
from coprod.errors import Invalid, NotFound, WrongState
from coprod.permissions import Action, Actor, AreaRole, MemberRole, require
from coprod.phrases import N_, Phrase, Phrases
from coprod.text import cleaned, has_words

PAGE = 25
MOST_WORDS = 6
LONGEST_REASON = 1000
LAST = N_("This is the only coordinator who can sign in. Make somebody else a coordinator first.")


@dataclass(frozen=True, slots=True)
class Belongs:
    """A part in an organisation."""

    organisation_id: UUID
    name: str
    role_words: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One person as the coordinator's list shows them."""

    id: UUID
    name: str
    email: str
    roles: tuple[str, ...]
    places: tuple[Belongs, ...]
    last_seen: datetime | None
    closed: bool

    @property
    def words(self) -> str:
        """What they are."""
        return Phrases(self.parts)

    @property
    def parts(self) -> tuple[str, ...]:
        return (
            *self.roles,
            *(Phrase("{part} at {place}", part=Phrase(place.role_words), place=place.name) for place in self.places),
        )


@dataclass(frozen=True, slots=True)
class People:
    """One page of a list; `next` is where the next page starts after."""

    rows: tuple[Listed, ...]
    next: UUID | None


@dataclass(frozen=True, slots=True)
class AreaPart:
    """One of the parts for the area, and whether this person has it."""

    role: AreaRole
    words: str
    has: bool


def listed(text: str, *, after: UUID | None = None, limit: int = PAGE) -> People:
    """Everybody whose name or address holds every word of `text`, A to Z, from the person `after` on."""
    order = (func.lower(Person.name), Person.id)
    chosen = select(Person).where(Person.erased_at.is_(None))
    for word in text.lower().split()[:MOST_WORDS]:
        chosen = chosen.where(
            or_(func.lower(Person.name).contains(word, autoescape=True), Person.email.contains(word, autoescape=True))
        )
    last = db.session.execute(select(*order).where(Person.id == after)).one_or_none() if after else None
    if last is not None:
        chosen = chosen.where(tuple_(*order) > tuple_(*last))
    found = db.session.scalars(chosen.order_by(*order).limit(limit + 1)).all()
    shown = found[:limit]
    return People(_rows(shown), shown[-1].id if len(found) > limit else None)


def one(person_id: UUID) -> Listed:
    """One person. Raises NotFound where there is none, and where the account was erased."""
    return _rows([_person(person_id)])[0]


def how_many_invited() -> int:
    """How many invitations wait for an answer, in the area and its organisations."""
    waits = (Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
    return db.session.scalar(select(func.count()).select_from(Invitation).where(*waits)) or 0


def area_parts(person: Listed) -> tuple[AreaPart, ...]:
    return tuple(AreaPart(role, words := AREA_ROLE_WORDS[role.value], has=words in person.roles) for role in AreaRole)


def give_role(person_id: UUID, *, role: AreaRole, actor: Actor, now: datetime) -> None:
    """Give somebody a part for the area. Giving it twice is giving it once."""
    require(actor, Action.LOOK_AFTER_PEOPLE)
    person = _person(person_id)
    if not person.active:
        raise WrongState(N_("This account is closed. Open it again first."))
    if role in person.actor.roles:
        return
    person.roles.append(operations.role_row(role))
    history.record("role.given", person, actor=actor, now=now, role=role.value)


def take_role(person_id: UUID, *, role: AreaRole, actor: Actor, now: datetime) -> None:
    """Take a part for the area away, at once: every session ends. The area always keeps a coordinator."""
    require(actor, Action.LOOK_AFTER_PEOPLE)
    person = _person(person_id)
    if role not in person.actor.roles:
        return
    if role is AreaRole.COORDINATOR and is_last_coordinator(person):
        raise WrongState(LAST)
    person.roles = [kept for kept in person.roles if kept.name != role.value]
    history.record("role.taken", person, actor=actor, now=now, role=role.value)
    sessions.end_all(person, why="role", now=now)


def disable(person_id: UUID, *, why: str, actor: Actor, now: datetime) -> None:
    """Close an account: nobody can sign in to it, and whoever is signed in is out at once. What they did stays."""
    require(actor, Action.LOOK_AFTER_PEOPLE)
    person = _person(person_id)
    if person.id == actor.person_id:
        raise WrongState(N_("You can't close your own account. Ask another coordinator."))
    reason = cleaned(why)
    if not has_words(reason):
        raise Invalid(N_("Say why, for the record"), field="why")
    if len(reason) > LONGEST_REASON:
        raise Invalid(Phrase("Use {most:,} characters or fewer", most=LONGEST_REASON), field="why")
    if not person.active:
        return
    if is_last_coordinator(person):
        raise WrongState(LAST)
    person.active = False
    history.record("person.disabled", person, actor=actor, now=now, why=reason)
    sessions.end_all(person, why="disabled", now=now)


def enable(person_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Open a closed account again, with the parts that it had."""
    require(actor, Action.LOOK_AFTER_PEOPLE)
    person = _person(person_id)
    if person.active:
        return
    person.active = True
    history.record("person.enabled", person, actor=actor, now=now)


def is_last_coordinator(person: Person) -> bool:
    """True where nobody else who can sign in is a coordinator."""
    if AreaRole.COORDINATOR not in person.actor.roles or not person.active:
        return False
    others = select(Person.id).where(
        Person.roles.any(Role.name == AreaRole.COORDINATOR.value), Person.active.is_(True), Person.id != person.id
    )
    return db.session.scalars(others.limit(1)).first() is None


def _person(person_id: UUID) -> Person:
    found = db.session.get(Person, person_id)
    if found is None or found.erased_at is not None:
        raise NotFound
    return found


def _rows(people: Sequence[Person]) -> tuple[Listed, ...]:
    ids = [person.id for person in people]
    places, seen = _places(ids), sessions.last_seen(ids)
    return tuple(
        Listed(
            id=person.id,
            name=person.name,
            email=person.email,
            roles=tuple(words for role, words in AREA_ROLE_WORDS.items() if role in {r.name for r in person.roles}),
            places=places.get(person.id, ()),
            last_seen=seen.get(person.id),
            closed=not person.active,
        )
        for person in people
    )


def _places(person_ids: Iterable[UUID]) -> dict[UUID, tuple[Belongs, ...]]:
    """Where each of these people belongs, A to Z."""
    there = queries.organisations
    rows = (
        select(Membership.person_id, Membership.organisation_id, there.c.name, Membership.role)
        .join(there, there.c.id == Membership.organisation_id)
        .where(Membership.person_id.in_(list(person_ids)), queries.IN_FORCE)
        .order_by(there.c.name, there.c.id)
    )
    found: dict[UUID, tuple[Belongs, ...]] = {}
    for person_id, organisation_id, name, role in db.session.execute(rows):
        found[person_id] = (*found.get(person_id, ()), Belongs(organisation_id, name, ROLE_WORDS[MemberRole(role)]))
    return found
