"""WRITES: everything that people decide about a case.

Here it is opened, seats are taken and questions rated. How differences are settled is in `agreeing`, and how the
result is given and becomes final in `closing`.
"""

import secrets
from datetime import datetime

from sqlalchemy import select

from coprod import history
from coprod.accounts.models import Person
from coprod.assessments import operations as assessments
from coprod.assessments.models import Assessment
from coprod.assessments.rules import State
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, WrongState
from coprod.framework.queries import pinned
from coprod.moderation import allocating, casework, practising, rules
from coprod.moderation.agreeing import confirm, settle
from coprod.moderation.casework import Casework
from coprod.moderation.closing import accept_result, close_unanswered, give_result, sign_panel
from coprod.moderation.guards import OPEN_STATES, TOOK_PART, check_declared, check_open, is_declarable, lock
from coprod.moderation.models import Case, Declaration, Judgement, Seat
from coprod.moderation.sent import Given
from coprod.permissions import SYSTEM, Action, Actor, require
from coprod.phrases import N_, Phrase
from coprod.transaction import hold

__all__ = [
    "accept_result",
    "close_unanswered",
    "confirm",
    "declare",
    "finish",
    "give_result",
    "judge",
    "open_case",
    "settle",
    "sign_panel",
    "take_seat",
]


def open_case(assessment: Assessment, *, now: datetime) -> Case:
    """The case of an assessment that was sent in. It is made once; asked again, that one is the answer."""
    hold(assessment)
    already = db.session.scalar(select(Case).where(Case.assessment_id == assessment.id))
    if already is not None:
        return already
    if assessment.state not in OPEN_STATES or assessment.snapshot is None:
        raise WrongState
    framework = pinned(assessment.framework, assessment.version)
    case = Case(
        assessment=assessment,
        organisation_id=assessment.organisation_id,
        seats_needed=rules.seats_needed(framework, assessment.snapshot["level"]).full,
        seed=secrets.randbelow(rules.SEEDS),
        opened_at=now,
    )
    db.session.add(case)
    history.record("case.opened", case, actor=SYSTEM, now=now)
    return case


def declare(case: Case, *, conflict: bool, actor: Actor, now: datetime) -> Declaration:
    """Somebody says whether they have a conflict, before they see anything of the case. It needs no reason.

    A conflict can still be declared later: then their place is free again, and what they signed or decided for others
    counts no more. It can't be taken back.
    """
    lock(case)
    mine = next((d for d in case.declarations if d.person_id == actor.person_id), None)
    if mine is not None and _said_before(case, mine, conflict=conflict):
        return mine
    require(actor, Action.DECLARE, case)
    if not is_declarable(case):
        raise WrongState
    if case.contested and actor.person_id in case.took_part_ids:
        raise WrongState(TOOK_PART)
    if mine is None:
        mine = Declaration(case=case, person_id=actor.person_id, conflict=conflict, made_at=now)
        db.session.add(mine)
    else:
        mine.conflict = True
    if conflict:
        _step_back(case, actor)
    history.record("case.declared", mine, actor=actor, now=now, case=str(case.id), conflict=conflict)
    return mine


def _said_before(case: Case, mine: Declaration, *, conflict: bool) -> bool:
    """The same thing said twice. Whoever has a place in spite of a conflict gives it up by saying so again."""
    if conflict:
        return mine.conflict and mine.person_id not in case.reviewer_ids
    return not mine.conflict or mine.person_id in case.waived_ids


def _step_back(case: Case, actor: Actor) -> None:
    if (seat := _seat_of(case, actor)) is not None:
        allocating.leave_seat(case, seat)
    if case.panel_by == actor.person_id and case.outcome is None:
        case.panel_by = case.panel_on = None


def take_seat(case: Case, *, actor: Actor, now: datetime, most_open: int = rules.OPEN_CASES) -> Seat:
    """Somebody without a conflict takes the first free place. The first to do so begins moderation."""
    require(actor, Action.DECLARE, case)
    lock(case)
    mine = _seat_of(case, actor)
    if mine is not None:
        return mine
    check_declared(case, actor)
    check_open(case)
    work = casework.of(case)
    practising.check_practised(actor, work.framework)
    allocating.check_not_too_many(actor, most_open)
    parent_carer = db.session.get_one(Person, actor.person_id).parent_carer
    refusal = rules.cannot_sit(work.seats, work.sittings, parent_carer=parent_carer)
    position = rules.free_position(work.seats, work.sittings)
    if refusal or position is None:
        raise WrongState(refusal or rules.FULL)
    seat = Seat(
        case=case,
        person_id=actor.person_id,
        position=position,
        checks_only=work.seats.checks_only(position),
        parent_carer=parent_carer,
        taken_at=now,
    )
    db.session.add(seat)
    history.record("case.seat_taken", seat, actor=actor, now=now, case=str(case.id), position=position)
    if case.assessment.state == State.SUBMITTED.value:
        assessments.begin_moderation(case.assessment, actor=actor, now=now)
    return seat


def judge(
    case: Case, code: str, *, rating: Given, reason: str, note: str, private_note: str, actor: Actor, now: datetime
) -> Judgement:
    """A reviewer rates one question of their list. It is added to what they said before; the last one counts."""
    require(actor, Action.JUDGE, case)
    lock(case)
    check_open(case)
    work = casework.of(case)
    _check_may_rate(case, work, code, actor)
    claim = work.sent.claims[code]
    rules.check_rating(work.framework, claim, rating, reason)
    given = (casework.to_row(rating), reason, note, private_note)
    key = (actor.person_id, code, work.round)
    before = [j for j in case.judgements if (j.person_id, j.question_code, j.round) == key]
    if before and given == (before[-1].rating, before[-1].reason, before[-1].note, before[-1].private_note):
        return before[-1]
    judgement = Judgement(
        case=case,
        number=len(case.judgements) + 1,
        round=work.round,
        person_id=actor.person_id,
        question_code=code,
        credited=casework.to_row(claim.credited),
        rating=casework.to_row(rating),
        reason=reason,
        note=note,
        private_note=private_note,
        made_at=now,
    )
    db.session.add(judgement)
    history.record("case.judged", judgement, actor=actor, now=now, case=str(case.id), question=code)
    return judgement


def finish(case: Case, *, actor: Actor, now: datetime) -> Seat:
    """A reviewer has rated every question of their list. After that their ratings stand."""
    require(actor, Action.JUDGE, case)
    lock(case)
    seat = _seat_of(case, actor)
    work = casework.of(case)
    sitting = work.sitting_of(actor.person_id)
    if seat is None or sitting is None:
        raise NotAllowed
    if sitting.finished:
        return seat
    check_open(case)
    left = work.left_to_rate(sitting)
    if left:
        raise Invalid(
            Phrase("Rate these questions before you finish: {codes}.", codes=", ".join(look.code for look in left))
        )
    seat.finished_at = now
    history.record("case.finished", seat, actor=actor, now=now, case=str(case.id))
    return seat


def _check_may_rate(case: Case, work: Casework, code: str, actor: Actor) -> None:
    """What stood before more was asked for stands. Only the questions named then are open to who had finished."""
    sitting = work.sitting_of(actor.person_id)
    if sitting is None or code not in {look.code for look in work.looks_of(sitting)}:
        raise NotFound
    seat = next(seat for seat in case.seats if seat.person_id == actor.person_id)
    stands = seat.reopened and code not in work.asked and code in work.judged_by(seat.person_id)
    if sitting.finished or stands:
        raise WrongState(N_("You have finished with this case, so your ratings stand."))


def _seat_of(case: Case, actor: Actor) -> Seat | None:
    return next((seat for seat in case.seats if seat.person_id == actor.person_id), None)
