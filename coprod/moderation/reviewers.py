"""READS: the area's reviewers as far as one case goes: who has a place, who can be asked, and who can't."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from coprod.accounts.models import Person, Role
from coprod.accounts.neighbours import near_to
from coprod.assessments.models import Assessment
from coprod.database import db
from coprod.errors import NotFound
from coprod.framework.model import Framework
from coprod.framework.queries import pinned
from coprod.moderation import casework, pages, practising, rules
from coprod.moderation.guards import OPEN_STATES
from coprod.moderation.models import Case, Pause, Seat
from coprod.moderation.rows import has_declared, whole
from coprod.moderation.unopened import Unopened
from coprod.organisations.rules import Kind
from coprod.permissions import Action, Actor, AreaRole, MemberRole, can
from coprod.phrases import N_, Phrase
from coprod.web.formatting import counted, day

MOST = 200


class Standing(StrEnum):
    """Where a reviewer stands with one case. The words say no more of a conflict than that there is one."""

    SEATED = N_("has a place in this case")
    ASKED = N_("has been asked")
    BELONGS = N_("belongs to the organisation")
    CONFLICT = N_("has a conflict")
    NOT_PRACTISED = N_("has not practised yet")
    PAUSED = N_("takes a break")
    BUSY = N_("has enough open cases")
    FREE = N_("can be asked")


@dataclass(frozen=True, slots=True)
class Reviewer:
    """One reviewer, for who chooses somebody for a case."""

    person_id: UUID
    name: str
    parent_carer: bool
    standing: Standing
    words: str

    @property
    def may_be_asked(self) -> bool:
        return self.standing is Standing.FREE

    @property
    def may_be_waived(self) -> bool:
        return self.standing is Standing.CONFLICT


@dataclass(frozen=True, slots=True)
class AllocationPage:
    """Who could take a case. Its organisation is named to the coordinator, and to who has declared no conflict."""

    assessment: Assessment
    name: str
    kind: str
    level: str
    places: str
    kept_for_a_parent_carer: bool
    reviewers: tuple[Reviewer, ...]
    may_waive: bool
    must_declare: bool


def allocation_page(assessment_id: UUID, actor: Actor, *, today: date, most_open: int) -> AllocationPage:
    """Raises NotFound alike for what is missing, not with the reviewers, or not this person's to allocate."""
    assessment = db.session.scalar(
        select(Assessment).where(Assessment.id == assessment_id).options(joinedload(Assessment.organisation))
    )
    if assessment is None or assessment.state not in OPEN_STATES:
        raise NotFound
    case = db.session.scalar(whole().where(Case.assessment_id == assessment_id))
    subject: Case | Unopened = case or Unopened(assessment.organisation_id)
    if not can(actor, Action.ALLOCATE, subject):
        raise NotFound
    coordinates = AreaRole.COORDINATOR in actor.roles
    knows = coordinates or (case is not None and has_declared(case, actor))
    framework = pinned(assessment.framework, assessment.version)
    pointed = (assessment.snapshot or {}).get("level")
    seats = rules.seats_needed(framework, pointed)
    sittings = casework.sittings(case) if case else ()
    organisation = assessment.organisation
    return AllocationPage(
        assessment=assessment,
        name=organisation.name if knows else Kind(organisation.kind).words,
        kind=Kind(organisation.kind).words,
        level=pages.level_name(framework, pointed),
        places=Phrase("{taken} of {places}", taken=len(sittings), places=seats.places),
        kept_for_a_parent_carer=bool(rules.cannot_sit(seats, sittings, parent_carer=False))
        and not rules.cannot_sit(seats, sittings, parent_carer=True),
        reviewers=_all(subject, framework, today=today, most_open=most_open),
        may_waive=coordinates and can(actor, Action.WAIVE_CONFLICT, subject),
        must_declare=not knows,
    )


def reviewer_for(case: Case, person_id: UUID, *, today: date, most_open: int) -> Reviewer:
    """One reviewer as far as this case goes. Raises NotFound for somebody who is not a reviewer."""
    framework = pinned(case.assessment.framework, case.assessment.version)
    person = db.session.get(Person, person_id)
    if person is None or not person.active or not _reviews(person):
        raise NotFound
    return _described(case, framework, [person], today=today, most_open=most_open)[0]


def who_can(action: Action, case: Case) -> list[Person]:
    """The reviewers whom the table lets do `action` to this case, by name."""
    related = near_to({case.organisation_id})
    return [p for p in _reviewing() if can(_as_actor(p, case.organisation_id, related), action, case)]


def open_cases(person_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many cases each of these people has that are not with their organisation yet."""
    chosen = (
        select(Seat.person_id, func.count().label("cases"))
        .join(Case, Case.id == Seat.case_id)
        .join(Assessment, Assessment.id == Case.assessment_id)
        .where(Seat.person_id.in_(person_ids), Case.outcome.is_(None), Assessment.state.in_(OPEN_STATES))
        .group_by(Seat.person_id)
    )
    return {row.person_id: row.cases for row in db.session.execute(chosen)}


def on_a_break(person_ids: Collection[UUID], *, today: date) -> dict[UUID, Pause]:
    """Who takes a break today, and until when."""
    chosen = select(Pause).where(Pause.person_id.in_(person_ids), Pause.ended_at.is_(None)).order_by(Pause.id)
    return {pause.person_id: pause for pause in db.session.scalars(chosen) if not pause.until or pause.until >= today}


def _reviews(person: Person) -> bool:
    return bool({role.name for role in person.roles} & {AreaRole.REVIEWER, AreaRole.LEAD_REVIEWER})


def _all(case: Case | Unopened, framework: Framework, *, today: date, most_open: int) -> tuple[Reviewer, ...]:
    return tuple(_described(case, framework, _reviewing(), today=today, most_open=most_open))


def _reviewing() -> Sequence[Person]:
    names = (AreaRole.REVIEWER.value, AreaRole.LEAD_REVIEWER.value)
    chosen = select(Person).where(Person.active.is_(True), Person.roles.any(Role.name.in_(names)))
    return db.session.scalars(chosen.order_by(Person.name, Person.id).limit(MOST)).all()


def _described(
    case: Case | Unopened, framework: Framework, people: Sequence[Person], *, today: date, most_open: int
) -> list[Reviewer]:
    ids = [person.id for person in people]
    related = near_to({case.organisation_id})
    busy, pauses = open_cases(ids), on_a_break(ids, today=today)
    practised = practising.who_may_take_cases(ids, framework)
    asked = {each.person_id for each in case.allocations}
    rows = []
    for person in people:
        standing = _standing(case, person, related, asked)
        words = standing.value
        if standing is Standing.FREE and person.id not in practised:
            standing, words = Standing.NOT_PRACTISED, Standing.NOT_PRACTISED.value
        elif standing is Standing.FREE and person.id in pauses:
            until = pauses[person.id].until
            standing, words = (
                Standing.PAUSED,
                Phrase("takes a break until {day}", day=day(until)) if until else N_("takes a break"),
            )
        elif standing is Standing.FREE and busy.get(person.id, 0) >= most_open:
            standing, words = (
                Standing.BUSY,
                Phrase("has {cases}", cases=counted(busy[person.id], "open case", "open cases")),
            )
        rows.append(Reviewer(person.id, person.name, person.parent_carer, standing, words))
    return rows


def _standing(case: Case | Unopened, person: Person, related: frozenset[UUID], asked: set[UUID]) -> Standing:
    """What `permissions.independent` says of each of many people, without a query for each."""
    if person.id in case.reviewer_ids:
        return Standing.SEATED
    actor = _as_actor(person, case.organisation_id, related)
    if case.organisation_id in actor.memberships:
        return Standing.BELONGS
    if not can(actor, Action.DECLARE, case):
        return Standing.CONFLICT
    return Standing.ASKED if person.id in asked else Standing.FREE


def _as_actor(person: Person, organisation_id: UUID, related: frozenset[UUID]) -> Actor:
    """What is near to a person's own organisations has theirs near to it: asked once, the other way round."""
    own = {m.organisation_id: m for m in person.memberships if m.in_force}
    past = person.past_organisations
    near = {organisation_id} if related & ({*own} | past) else set()
    return Actor(
        person_id=person.id,
        roles=frozenset(AreaRole(role.name) for role in person.roles),
        memberships={id_: MemberRole(m.role) for id_, m in own.items()},
        past=past,
        near=frozenset(near),
    )
