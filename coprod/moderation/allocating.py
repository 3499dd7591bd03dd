"""WRITES: who is asked to take a case, who may in spite of a conflict, and how somebody hands one back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from coprod import history, mail
from coprod.accounts import letters
from coprod.accounts.models import Person
from coprod.assessments.models import Assessment
from coprod.database import db
from coprod.errors import Invalid, NotFound, WrongState
from coprod.moderation import reviewers, rules
from coprod.moderation.guards import WITH_REVIEWERS, check_declared, check_open, lock
from coprod.moderation.models import Allocation, Case, Seat, Waiver
from coprod.permissions import SYSTEM, Action, Actor, AreaRole, can, require
from coprod.phrases import N_, Phrase
from coprod.text import cleaned, has_words
from coprod.web.clock import day_of

MOST_SEATS = 1000


def ask_to_take(
    case: Case, person_id: UUID, *, actor: Actor, now: datetime, most_open: int = rules.OPEN_CASES
) -> Allocation:
    """Ask a reviewer to take a place in a case. They still say first whether they have a conflict.

    Nobody is asked who could not take it: in conflict, not practised, on a break, or with enough open cases.
    """
    require(actor, Action.ALLOCATE, case)
    lock(case)
    check_open(case)
    if AreaRole.COORDINATOR not in actor.roles:
        check_declared(case, actor)
    asked = next((each for each in case.allocations if each.person_id == person_id), None)
    if asked is not None:
        return asked
    found = reviewers.reviewer_for(case, person_id, today=day_of(now), most_open=most_open)
    if not found.may_be_asked:
        raise WrongState(Phrase("{name} can't be asked: {why}.", name=found.name, why=Phrase(found.words)))
    asked = Allocation(case=case, person_id=person_id, asked_by=actor.person_id, asked_at=now)
    db.session.add(asked)
    history.record("case.asked_to_take", asked, actor=actor, now=now, case=str(case.id), person=str(person_id))
    letters.to_person(
        "asked_to_review",
        person_id,
        organisation_id=case.organisation_id,
        now=now,
        link=mail.page("moderation.declare", assessment_id=case.assessment_id),
    )
    return asked


def waive(case: Case, person_id: UUID, *, why: str, actor: Actor, now: datetime) -> Waiver:
    """The coordinator lets somebody take part in spite of a conflict, and says why. Nobody in their own organisation.

    The reason stays in the history; the organisation never learns of it.
    """
    require(actor, Action.WAIVE_CONFLICT, case)
    lock(case)
    check_open(case)
    already = next((each for each in case.waivers if each.person_id == person_id), None)
    if already is not None:
        return already
    found = reviewers.reviewer_for(case, person_id, today=day_of(now), most_open=rules.OPEN_CASES)
    if person_id == actor.person_id or not found.may_be_waived:
        raise WrongState(Phrase("There is no conflict of {name} that can be set aside.", name=found.name))
    reason = cleaned(why)
    if not has_words(reason):
        raise Invalid(N_("Say why this person may take part"), field="why")
    waiver = Waiver(case=case, person_id=person_id, why=reason, made_by=actor.person_id, made_at=now)
    db.session.add(waiver)
    history.record(
        "case.conflict_waived", waiver, actor=actor, now=now, why=reason, case=str(case.id), person=str(person_id)
    )
    return waiver


def hand_back(case: Case, *, actor: Actor, now: datetime) -> None:
    """A reviewer gives up their place before they have finished, and needs no reason. What they said stays on record
    and counts no more.
    """
    require(actor, Action.HAND_BACK, case)
    lock(case)
    check_open(case)
    seat = next((seat for seat in case.seats if seat.person_id == actor.person_id), None)
    if seat is None:
        raise NotFound
    if seat.finished_at is not None:
        raise WrongState(N_("You have finished with this case, so your ratings stand."))
    leave_seat(case, seat)
    history.record("case.handed_back", case, actor=actor, now=now)


def free_lost_seats(*, now: datetime) -> int:
    """Places of people who can't fill them any more are free again: who has left, whose part was taken, who joined
    the organisation. What they had finished stands. Says how many places.
    """
    chosen = (
        select(Seat, Person)
        .join(Person, Person.id == Seat.person_id)
        .join(Seat.case)
        .join(Case.assessment)
        .where(Seat.finished_at.is_(None), Case.outcome.is_(None), Assessment.state.in_(WITH_REVIEWERS))
        .options(
            contains_eager(Seat.case).options(
                contains_eager(Case.assessment),
                selectinload(Case.seats),
                selectinload(Case.declarations),
                selectinload(Case.waivers),
            )
        )
        .order_by(Seat.taken_at, Seat.id)
        .limit(MOST_SEATS)
    )
    lost = [
        seat
        for seat, person in db.session.execute(chosen).all()
        if not person.active or not can(person.actor, Action.JUDGE, seat.case)
    ]
    for seat in lost:
        case, person_id = seat.case, seat.person_id
        lock(case)
        leave_seat(case, seat)
        history.record("case.place_freed", case, actor=SYSTEM, now=now, person=str(person_id))
    return len(lost)


def leave_seat(case: Case, seat: Seat) -> None:
    """The place is free again, and nobody waits for who had it."""
    case.seats.remove(seat)
    db.session.delete(seat)
    for asked in [each for each in case.allocations if each.person_id == seat.person_id]:
        case.allocations.remove(asked)
        db.session.delete(asked)


def check_not_too_many(actor: Actor, most_open: int) -> None:
    """A volunteer has no more than so many open cases at a time."""
    person = db.session.get_one(Person, actor.person_id)
    if reviewers.open_cases([person.id]).get(person.id, 0) >= most_open:
        raise WrongState(rules.ENOUGH_OPEN)
