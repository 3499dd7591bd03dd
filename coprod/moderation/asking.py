"""WRITES: reviewers ask for more evidence, once; what the organisation adds goes back to them. READS for both."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import Select, select

from coprod import mail
from coprod.accounts import letters
from coprod.assessments import operations as assessments
from coprod.assessments.models import Assessment, MoreAsked
from coprod.assessments.rules import State
from coprod.calendar import add_working_days, bank_holidays
from coprod.database import db
from coprod.errors import Invalid, NotFound, WrongState
from coprod.moderation import casework
from coprod.moderation.guards import check_open, lock
from coprod.moderation.models import Case, Seat
from coprod.permissions import SYSTEM, Action, Actor, require
from coprod.phrases import N_
from coprod.text import cleaned, has_words

WORKING_DAYS = 20
REMIND_BEFORE = 5  # working days before the time is over
MOST_AT_ONCE = 100
ONCE = N_("More evidence was asked for in this case already. It can be asked for once.")
FINISHED = N_("You have finished with this case, so your ratings stand. Who has not finished can ask for more.")


def ask_for_more(
    case: Case,
    reasons: Mapping[str, str],
    *,
    actor: Actor,
    now: datetime,
    today: date,
    closed: Collection[date] | None = None,
) -> MoreAsked:
    """A reviewer who has not finished names questions of their list, with a reason each. Once for each case.

    Only these open again for the organisation, for 20 working days; while it is asked nobody rates. `closed` are the
    days that are not working days besides weekends; bank holidays where nothing is said.
    """
    require(actor, Action.ASK_FOR_MORE, case)
    lock(case)
    wanted = {code: cleaned(reason) for code, reason in reasons.items()}
    already = case.assessment.more_asked
    if already is not None:
        if (already.asked_by, already.reasons) == (actor.person_id, wanted):
            return already
        raise WrongState(ONCE)
    check_open(case)
    _check_may_ask(case, wanted, actor)
    days = bank_holidays() if closed is None else closed
    due = add_working_days(today, WORKING_DAYS, days)
    asked = assessments.ask_for_more(
        case.assessment,
        wanted,
        due=due,
        remind_on=add_working_days(today, WORKING_DAYS - REMIND_BEFORE, days),
        actor=actor,
        now=now,
    )
    letters.to_leads("more_asked", case.organisation_id, now=now, due=due, link=_page(case.assessment))
    return asked


def send_back(case: Case, *, actor: Actor, now: datetime, today: date) -> None:
    """A lead says that they have added what they can. The reviewers go on; sent twice, it is sent once."""
    require(actor, Action.SEND_MORE, case)
    lock(case)
    if case.assessment.more_asked is None:
        raise NotFound
    if case.assessment.state == State.MORE_ASKED.value:
        _take_up_again(case, actor=actor, now=now, today=today)


def take_up_overdue(*, now: datetime, today: date) -> int:
    """Where the time to add something is over, the reviewers go on by themselves. Says how many cases."""
    taken_up = 0
    for case in db.session.scalars(_asked().where(MoreAsked.due < today)).all():
        lock(case)
        if case.assessment.state == State.MORE_ASKED.value:
            _take_up_again(case, actor=SYSTEM, now=now, today=today)
            taken_up += 1
    return taken_up


def remind(*, now: datetime, today: date) -> int:
    """Leads are reminded once, five working days before the time is over. Says how many letters there are."""
    soon = _asked().where(MoreAsked.remind_on <= today, MoreAsked.due >= today)
    written = 0
    for case in db.session.scalars(soon).all():
        asked = case.assessment.more_asked
        written += letters.to_leads(
            "more_asked_reminder",
            case.organisation_id,
            now=now,
            once=f"more-asked:{case.id}",
            due=asked.due if asked else today,
            link=_page(case.assessment),
        )
    return written


def case_of(assessment: Assessment) -> Case:
    """The case in which more was asked for. Raises NotFound where nothing was."""
    case = db.session.scalar(select(Case).where(Case.assessment_id == assessment.id))
    if case is None or assessment.more_asked is None:
        raise NotFound
    return case


def _check_may_ask(case: Case, wanted: Mapping[str, str], actor: Actor) -> None:
    work = casework.of(case)
    sitting = work.sitting_of(actor.person_id)
    if sitting is None or sitting.finished:
        raise WrongState(FINISHED)
    open_codes = [look.code for look in work.looks_of(sitting)]
    if set(wanted) - set(open_codes):
        raise NotFound
    if not wanted:
        first = next((f"reason_{code}" for code in open_codes), "")
        raise Invalid(N_("Write what you ask for beside one question at least"), field=first)
    for code, reason in wanted.items():
        if not has_words(reason):
            raise Invalid(N_("Say what you ask for, and why"), field=f"reason_{code}")


def _take_up_again(case: Case, *, actor: Actor, now: datetime, today: date) -> None:
    assessments.take_up_again(case.assessment, actor=actor, now=now, today=today)
    for seat in case.seats:
        _open_again(case, seat)
    letters.to_leads(
        "more_taken_up", case.organisation_id, now=now, besides=actor.person_id, link=_page(case.assessment)
    )
    for seat in case.seats:
        letters.to_person(
            "more_added",
            seat.person_id,
            organisation_id=case.organisation_id,
            now=now,
            link=mail.page("moderation.case", case_id=case.id),
        )


def _open_again(case: Case, seat: Seat) -> None:
    """Who had finished has the named questions to rate again. Answers that point higher now may need a full look."""
    full = not casework.of(case).seats.checks_only(seat.position) and any(each.parent_carer for each in case.seats)
    if seat.checks_only and full:
        seat.checks_only = False
    work = casework.of(case)
    sitting = work.sitting_of(seat.person_id)
    if seat.finished_at is not None and sitting is not None and work.left_to_rate(sitting):
        seat.finished_at, seat.reopened = None, True


def _asked() -> Select[Case]:
    return (
        select(Case)
        .join(Assessment, Assessment.id == Case.assessment_id)
        .join(MoreAsked, MoreAsked.assessment_id == Assessment.id)
        .where(Assessment.state == State.MORE_ASKED.value)
        .order_by(MoreAsked.due, Case.id)
        .limit(MOST_AT_ONCE)
    )


def _page(assessment: Assessment) -> mail.Page:
    return mail.page("moderation.more", assessment_id=assessment.id)
