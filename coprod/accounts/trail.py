"""READS: what changed among the people of an organisation, and about one person, in words and with names of today."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select

from coprod.accounts.models import Invitation, Membership, Person
from coprod.accounts.rules import AREA_ROLE_WORDS, ROLE_WORDS
from coprod.database import db
from coprod.history import Event
from coprod.phrases import N_, Phrase

MOST = 50

# What each event says. {by} is whoever did it, {who} the person it is about, {part} the part they got.
SAID: Mapping[str, str] = {
    "membership.asked": N_("{by} asked to join"),
    "membership.accepted": N_("{by} let {who} in as a {part}"),
    "membership.accepted by domain": N_("{by} came in by a trusted e-mail domain, as a {part}"),
    "membership.accepted by invitation": N_("{by} let {who} in by invitation, as a {part}"),
    "membership.declined": N_("{by} did not let {who} in"),
    "membership.role_given": N_("{by} made {who} a {part}"),
    "membership.ended": N_("{by} removed {who}"),
    "hand_over.offered": N_("{by} asked {taker} to take over from them as a lead"),
    "hand_over.accepted": N_("{by} took over from {giver} as a lead"),
    "hand_over.declined": N_("{by} did not want to take over from {giver}"),
    "hand_over.taken_back": N_("{by} took back the offer to {taker}"),
    "invitation.sent": N_("{by} invited {address} as a {part}"),
    "invitation.sent_again": N_("{by} sent the invitation to {address} again"),
    "invitation.withdrawn": N_("{by} took back the invitation to {address}"),
    "invitation.accepted": N_("{by} accepted an invitation"),
    "domain.trusted": N_("{by} trusted the e-mail domain {domain}"),
    "domain.trusted_no_more": N_("{by} trusts the e-mail domain {domain} no more"),
    "person.added": N_("{by} made the account"),
    "person.disabled": N_("{by} closed the account"),
    "person.enabled": N_("{by} opened the account again"),
    "person.erased": N_("{by} erased the account"),
    "second_step.reset": N_("{by} reset the second step of signing in"),
    "role.given": N_("{by} made {who} a {part} for the area"),
    "role.taken": N_("{by} took the part of {part} for the area from {who}"),
}
NOBODY, SOMEBODY, THEMSELVES = Phrase("The system"), Phrase("somebody"), Phrase("themselves")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened: when, and what in words."""

    at: datetime
    words: str


def of_place(organisation_id: UUID, limit: int = MOST) -> tuple[Line, ...]:
    """What changed among the people of an organisation, the latest first."""
    return _lines(
        select(Event).where(
            Event.organisation_id == organisation_id,
            Event.thing.in_(("memberships", "hand_overs", "invitations", "trusted_domains")),
        ),
        limit,
    )


def about(person_id: UUID, limit: int = MOST) -> tuple[Line, ...]:
    """What was decided about one person: their account, their parts for the area, their parts in organisations."""
    mine = select(Membership.id).where(Membership.person_id == person_id).order_by(Membership.id)
    ids = [str(id_) for id_ in db.session.scalars(mine)]
    return _lines(
        select(Event).where(
            or_(
                and_(Event.thing == "people", Event.thing_id == str(person_id)),
                and_(Event.thing == "memberships", Event.thing_id.in_(ids)),
            )
        ),
        limit,
    )


def _lines(chosen: object, limit: int) -> tuple[Line, ...]:
    known = [what for what in SAID if " " not in what]
    found = db.session.scalars(
        chosen.where(Event.what.in_(known)).order_by(Event.id.desc()).limit(limit)  # type: ignore[attr-defined]
    ).all()
    about_whom = _people_behind(found)
    names = _names({e.actor_id for e in found} | set(about_whom.values()) | _named_in(found))
    addresses = _addresses(e.thing_id for e in found if e.thing == "invitations")
    return tuple(Line(e.at, _words(e, about_whom.get(e.id), names, addresses)) for e in found)


def _words(event: Event, about_id: UUID | None, names: Mapping[UUID, str], addresses: Mapping[str, str]) -> str:
    facts = event.facts
    by = f"{event.what} by {facts.get('by')}"
    part = facts.get("role", "")
    return Phrase(
        SAID[by if by in SAID else event.what],
        by=names.get(event.actor_id, NOBODY) if event.actor_id else NOBODY,
        who=THEMSELVES if about_id == event.actor_id else names.get(about_id, NOBODY) if about_id else "",
        part=Phrase((ROLE_WORDS | AREA_ROLE_WORDS).get(part, part).lower()),
        giver=_name(facts.get("giver"), names),
        taker=_name(facts.get("taker"), names),
        address=addresses.get(event.thing_id, SOMEBODY),
        domain=facts.get("domain", ""),
    )


def _people_behind(events: Iterable[Event]) -> dict[int, UUID]:
    """Whom each event is about: the person of a membership, or the person itself."""
    listed = list(events)
    ids = {UUID(e.thing_id) for e in listed if e.thing == "memberships"}
    rows = db.session.execute(select(Membership.id, Membership.person_id).where(Membership.id.in_(ids)))
    members = {row.id: row.person_id for row in rows}
    found = {e.id: members.get(UUID(e.thing_id)) for e in listed if e.thing == "memberships"}
    found |= {e.id: UUID(e.thing_id) for e in listed if e.thing == "people"}
    return {event_id: person_id for event_id, person_id in found.items() if person_id}


def _named_in(events: Iterable[Event]) -> set[UUID]:
    return {UUID(e.facts[part]) for e in events for part in ("giver", "taker") if part in e.facts}


def _names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_([i for i in ids if i])))
    return {row.id: row.name for row in rows}


def _addresses(ids: Iterable[str]) -> dict[str, str]:
    wanted = [UUID(i) for i in ids]
    rows = db.session.execute(select(Invitation.id, Invitation.email).where(Invitation.id.in_(wanted)))
    return {str(row.id): row.email for row in rows}


def _name(person_id: str | None, names: Mapping[UUID, str]) -> str:
    return names.get(UUID(person_id), NOBODY) if person_id else ""
