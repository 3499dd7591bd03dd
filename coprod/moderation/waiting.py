"""READS: what waits for one reviewer. Part of `queries`."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from coprod.assessments.models import Assessment
from coprod.assessments.rules import State
from coprod.database import db
from coprod.framework.queries import pinned
from coprod.moderation import casework, pages, practising, rows, rules, sent, stages
from coprod.moderation.guards import DECIDES, OPEN_STATES
from coprod.moderation.models import Allocation, Case, Declaration, Seat, Waiver
from coprod.moderation.reply_models import APPEAL, REPLY
from coprod.moderation.rows import has_declared, parent_carer
from coprod.moderation.stages import Reached, Stage
from coprod.organisations.rules import Kind
from coprod.permissions import Action, Actor, AreaRole, can
from coprod.phrases import N_
from coprod.web.clock import day_of

SHOWN = 25  # of each list on the queue page
TO_DECIDE = {REPLY: N_("A reply to decide"), APPEAL: N_("An appeal to decide")}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case with a free place, before anybody has said that they have no conflict: so it names nobody."""

    assessment_id: UUID
    kind: str
    level: str
    days: int
    time: str
    second_look: bool


@dataclass(frozen=True, slots=True)
class Open:
    """A case that this person has a part in."""

    assessment_id: UUID
    case_id: UUID
    name: str
    level: str
    days: int
    words: str
    declared: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A case that this person was asked to take and has no place in. It names nobody."""

    assessment_id: UUID
    kind: str
    level: str
    days: int


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for one reviewer: what they have open, what a lead reviewer must decide, and what is free."""

    asked: tuple[Asked, ...]
    mine: tuple[Open, ...]
    for_the_lead: tuple[Open, ...]
    to_decide: tuple[Open, ...]
    waiting: tuple[Waiting, ...]


def queue(actor: Actor, *, today: date) -> Queue:
    """What waits for this reviewer, the longest waiting first. What they have a conflict with is not there."""
    return Queue(
        asked=_asked(actor, today),
        mine=_mine(actor, today),
        for_the_lead=_for_the_lead(actor, today),
        to_decide=_to_decide(actor, today),
        waiting=_waiting(actor, today),
    )


def _asked(actor: Actor, today: date) -> tuple[Asked, ...]:
    seated = exists().where(Seat.case_id == Case.id, Seat.person_id == actor.person_id)
    asked = exists().where(
        Case.assessment_id == Assessment.id,
        Allocation.case_id == Case.id,
        Allocation.person_id == actor.person_id,
        ~seated,
    )
    chosen = (
        select(Assessment)
        .where(Assessment.state.in_(OPEN_STATES), asked, *_not_in_conflict(actor))
        .options(joinedload(Assessment.organisation))
        .order_by(Assessment.submitted_at, Assessment.id)
        .limit(SHOWN)
    )
    return tuple(
        Asked(
            assessment_id=one.id,
            kind=Kind(one.organisation.kind).words,
            level=pages.level_name(pinned(one.framework, one.version), (one.snapshot or {}).get("level")),
            days=_days(day_of(one.submitted_at) if one.submitted_at else None, today),
        )
        for one in db.session.scalars(chosen)
    )


def _mine(actor: Actor, today: date) -> tuple[Open, ...]:
    seated = exists().where(Seat.case_id == Case.id, Seat.person_id == actor.person_id)
    cases = db.session.scalars(rows.being(State.IN_MODERATION, State.MORE_ASKED).where(seated).limit(SHOWN)).all()
    return tuple(_open(case, actor, today)[0] for case in cases if can(actor, Action.JUDGE, case))


def _for_the_lead(actor: Actor, today: date) -> tuple[Open, ...]:
    """Cases in which both have finished, and only a lead reviewer who is neither of them can go on."""
    if AreaRole.LEAD_REVIEWER not in actor.roles:
        return ()
    has_part = exists().where(Seat.case_id == Case.id, Seat.person_id == actor.person_id)
    busy = exists().where(Seat.case_id == Case.id, Seat.finished_at.is_(None))
    cases = db.session.scalars(rows.being(State.IN_MODERATION).where(~has_part, ~busy).limit(SHOWN)).all()
    opened = [_open(case, actor, today) for case in cases if can(actor, Action.PANEL, case)]
    return tuple(one for one, at in opened if at.stage in {Stage.FOR_THE_LEAD, Stage.FOR_THE_PANEL})


def _to_decide(actor: Actor, today: date) -> tuple[Open, ...]:
    """Replies and appeals that wait for somebody who took no part, for who has practised on their standards."""
    return tuple(
        replace(_open(case, actor, today)[0], words=TO_DECIDE[case.contested])
        for case in rows.contested(SHOWN)
        if case.contested
        and can(actor, DECIDES[case.contested], case)
        and practising.may_take_cases(actor, pinned(case.assessment.framework, case.assessment.version))
    )


def _open(case: Case, actor: Actor, today: date) -> tuple[Open, Reached]:
    """A case of the queue. It is named only to those who have said that they have no conflict."""
    work = casework.of(case)
    declared = has_declared(case, actor)
    at = stages.reached(work, work.sitting_of(actor.person_id))
    organisation = case.assessment.organisation
    row = Open(
        assessment_id=case.assessment_id,
        case_id=case.id,
        name=organisation.name if declared else Kind(organisation.kind).words,
        level=pages.level_name(work.framework, work.sent.level),
        days=_days(work.sent.submitted_on, today),
        words=at.words,
        declared=declared,
    )
    return row, at


def _waiting(actor: Actor, today: date) -> tuple[Waiting, ...]:
    chosen = (
        select(Assessment)
        .where(Assessment.state.in_(OPEN_STATES), *_not_in_conflict(actor), ~_has_no_place_for(actor))
        .options(joinedload(Assessment.organisation))
        .order_by(Assessment.submitted_at, Assessment.id)
        .limit(SHOWN)
    )
    found = db.session.scalars(chosen).all()
    opened = _cases_of([assessment.id for assessment in found])
    parent = parent_carer(actor)
    offered = (_waiting_row(one, opened.get(one.id), parent, today) for one in found)
    return tuple(row for row in offered if row is not None)


def _waiting_row(assessment: Assessment, case: Case | None, parent: bool, today: date) -> Waiting | None:
    framework = pinned(assessment.framework, assessment.version)
    was_sent = sent.read(assessment.snapshot or {}, audience=assessment.audience)
    seats = rules.seats_needed(framework, was_sent.level)
    sittings = casework.sittings(case) if case else ()
    position = rules.free_position(seats, sittings)
    if position is None or rules.cannot_sit(seats, sittings, parent_carer=parent):
        return None
    second = seats.checks_only(position)
    return Waiting(
        assessment_id=assessment.id,
        kind=Kind(assessment.organisation.kind).words,
        level=pages.level_name(framework, was_sent.level),
        days=_days(was_sent.submitted_on, today),
        time=rules.time_to_sit(framework, was_sent.claims, checks_only=second),
        second_look=second,
    )


def _not_in_conflict(actor: Actor) -> Collection[ColumnElement[bool]]:
    """What `permissions.independent` says, for a list."""
    found = {*actor.past, *actor.near}
    waived = exists().where(
        Case.assessment_id == Assessment.id, Waiver.case_id == Case.id, Waiver.person_id == actor.person_id
    )
    declared = exists().where(
        Declaration.case_id == Case.id, Declaration.conflict, Declaration.person_id == actor.person_id
    )
    conflict = exists().where(Case.assessment_id == Assessment.id, declared)
    return (
        Assessment.organisation_id.not_in([*actor.memberships]),
        or_(and_(Assessment.organisation_id.not_in(found), ~conflict), waived),
    )


def _has_no_place_for(actor: Actor) -> ColumnElement[bool]:
    taken = select(func.count()).select_from(Seat).where(Seat.case_id == Case.id).scalar_subquery()
    mine = exists().where(Seat.case_id == Case.id, Seat.person_id == actor.person_id)
    return exists().where(Case.assessment_id == Assessment.id, or_(taken >= rules.PLACES, mine))


def _cases_of(assessment_ids: Collection[UUID]) -> dict[UUID, Case]:
    chosen = select(Case).where(Case.assessment_id.in_(assessment_ids)).options(selectinload(Case.seats))
    return {case.assessment_id: case for case in db.session.scalars(chosen.order_by(Case.id))}


def _days(since: date | None, today: date) -> int:
    return (today - since).days if since else 0
