"""WRITES: reminders of what keeps a sign-up in force: a self-assessment, then the yearly check-in; and a new text."""

from datetime import date, datetime, timedelta
from uuid import UUID

from coprod import mail
from coprod.accounts import letters
from coprod.charter import queries, rules
from coprod.charter.models import SignUp
from coprod.framework.charter import Lapse
from coprod.framework.queries import current_charter
from coprod.mail.rules import reminder_for

AT_ONCE = 50  # organisations in one transaction


def remind_signatories(*, now: datetime, today: date, after: UUID | None) -> tuple[int, UUID | None]:
    """Write to the leads some days before each date, and when a check-in is overdue. Answers as other reminders do."""
    lapse = current_charter().lapse
    batch = queries.near_a_date(lapse=lapse, today=today, after=after, limit=AT_ONCE)
    written = sum(_remind(sign_up, lapse=lapse, now=now, today=today) for sign_up in batch)
    return written, batch[-1].id if len(batch) == AT_ONCE else None


def ask_to_sign_again(*, now: datetime, today: date, after: UUID | None) -> tuple[int, UUID | None]:
    """Ask the leads to sign the new text, once for each text. What they signed before stays in force meanwhile.

    Whose time is over is told so by another job, at this moment perhaps, and not asked as well.
    """
    charter = current_charter()
    batch = queries.signed_another_text(charter, after=after, limit=AT_ONCE)
    written = sum(
        letters.to_leads(
            "charter_changed",
            sign_up.organisation_id,
            now=now,
            once=f"charter-changed:{sign_up.id}:{charter.version}",
            version=charter.version,
            link=mail.page("charter.sign", organisation_id=sign_up.organisation_id),
        )
        for sign_up in batch
        if queries.standing_of(sign_up, lapse=charter.lapse, today=today).in_force
    )
    return written, batch[-1].id if len(batch) == AT_ONCE else None


def _remind(sign_up: SignUp, *, lapse: Lapse, now: datetime, today: date) -> int:
    last = queries.last_day_of(sign_up, lapse=lapse)
    if sign_up.assessed_on is None:
        return _before(sign_up, last, "assessment_due", "assessments.home", lapse=lapse, now=now, today=today)
    due = rules.check_in_due(counts_from=sign_up.counts_from, checked_in_on=sign_up.checked_in_on, lapse=lapse)
    if due + timedelta(days=lapse.overdue_days) < today <= last:
        return letters.to_leads(
            "check_in_overdue",
            sign_up.organisation_id,
            now=now,
            once=f"check-in-overdue:{sign_up.id}:{due}",
            due=due,
            last_day=last,
            link=mail.page("assessments.check_in", organisation_id=sign_up.organisation_id),
        )
    return _before(sign_up, due, "check_in_due", "assessments.check_in", lapse=lapse, now=now, today=today)


def _before(
    sign_up: SignUp, day: date, template: str, page: str, *, lapse: Lapse, now: datetime, today: date
) -> int:
    before = reminder_for(day, today=today, days=lapse.reminder_days)
    if before is None:
        return 0
    return letters.to_leads(
        template,
        sign_up.organisation_id,
        now=now,
        essential=False,
        once=f"{template}:{sign_up.id}:{day}:{before}",
        due=day,
        link=mail.page(page, organisation_id=sign_up.organisation_id),
    )
