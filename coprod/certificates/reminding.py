"""WRITES: reminders that an award is about to end."""

from datetime import date, datetime, timedelta
from uuid import UUID

from coprod import mail
from coprod.accounts import letters
from coprod.certificates import queries
from coprod.certificates.models import Certificate
from coprod.mail.rules import reminder_for

REMINDER_DAYS = (60, 14)
AT_ONCE = 50  # organisations in one transaction


def remind_of_endings(*, now: datetime, today: date, after: UUID | None) -> tuple[int, UUID | None]:
    """Write to the leads 60 and 14 days before an award ends, once each. Answers how many, and where to go on."""
    until = today + timedelta(days=max(REMINDER_DAYS))
    awards = queries.awards_ending(today, until=until, after=after, limit=AT_ONCE)
    written = sum(_remind(award, award.valid_to, now=now, today=today) for award in awards if award.valid_to)
    return written, awards[-1].id if len(awards) == AT_ONCE else None


def _remind(award: Certificate, last_day: date, *, now: datetime, today: date) -> int:
    before = reminder_for(last_day, today=today, days=REMINDER_DAYS)
    return letters.to_leads(
        "award_ends",
        award.organisation_id,
        now=now,
        essential=False,
        once=f"award-ends:{award.id}:{before}",
        last_day=last_day,
        link=mail.page("assessments.home", organisation_id=award.organisation_id),
    )
