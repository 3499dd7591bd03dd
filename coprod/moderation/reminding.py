"""WRITES: reviewers are reminded of a case that lies still: kindly, seldom, and never on a break."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from coprod import mail
from coprod.accounts import letters
from coprod.assessments.models import Assessment
from coprod.assessments.rules import State
from coprod.database import db
from coprod.moderation import reviewers
from coprod.moderation.models import Case, Seat
from coprod.web.clock import day_of

EVERY_DAYS = 14
MOST_REMINDERS = 2  # for one place, ever
MOST_AT_ONCE = 500


def remind_reviewers(*, now: datetime, today: date) -> int:
    """Whoever has not finished hears of it two weeks after they took their place, once more after four, and no more.

    What came back with more in it counts from then. Says how many letters there are.
    """
    chosen = (
        select(Seat)
        .join(Seat.case)
        .join(Case.assessment)
        .where(
            Seat.finished_at.is_(None),
            Seat.taken_at <= now - timedelta(days=EVERY_DAYS),
            Assessment.state == State.IN_MODERATION.value,
        )
        .options(contains_eager(Seat.case).contains_eager(Case.assessment).joinedload(Assessment.sent_before))
        .order_by(Seat.taken_at, Seat.id)
        .limit(MOST_AT_ONCE)
    )
    seats = db.session.scalars(chosen).all()
    resting = reviewers.on_a_break([seat.person_id for seat in seats], today=today)
    return sum(_remind(seat, now=now, today=today) for seat in seats if seat.person_id not in resting)


def _remind(seat: Seat, *, now: datetime, today: date) -> int:
    before = seat.case.assessment.sent_before
    since = max(seat.taken_at, before.replaced_at) if before else seat.taken_at
    number = min((today - day_of(since)).days // EVERY_DAYS, MOST_REMINDERS)
    if number == 0:
        return 0
    return letters.to_person(
        "case_waits",
        seat.person_id,
        organisation_id=seat.case.organisation_id,
        now=now,
        essential=False,
        once=f"case-waits:{seat.id}:{number}",
        link=mail.page("moderation.case", case_id=seat.case_id),
    )
