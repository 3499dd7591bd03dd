"""WRITES: the yearly check-in of who has signed the charter: the people, one new change record, and the plan."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select

from coprod.assessments import queries
from coprod.changes.models import ChangeRecord
from coprod.charter import operations as charter
from coprod.charter.models import SignUp
from coprod.database import db
from coprod.errors import Invalid
from coprod.permissions import Action, Actor, require
from coprod.phrases import N_
from coprod.web.clock import HERE


def new_change(sign_up: SignUp) -> ChangeRecord | None:
    """The newest change record that was written after the day of the last check-in, or of the signing."""
    since = sign_up.checked_in_on or sign_up.counts_from
    last = datetime.combine(since, time.max, tzinfo=HERE)
    return db.session.scalar(
        select(ChangeRecord)
        .where(ChangeRecord.organisation_id == sign_up.organisation_id, ChangeRecord.written_at > last)
        .order_by(ChangeRecord.written_at.desc(), ChangeRecord.id)
        .limit(1)
    )


def has_plan(organisation_id: UUID) -> bool:
    """A plan belongs to an assessment; who has not begun one has none to look at."""
    return queries.latest_of(organisation_id) is not None


def check_in(
    sign_up: SignUp,
    *,
    senior_lead: str,
    family_link: str,
    plan_looked_at: bool,
    actor: Actor,
    now: datetime,
    today: date,
) -> None:
    """The named people are right today, one change was written down since last time, and the plan is up to date."""
    require(actor, Action.SIGN_CHARTER, sign_up)
    change = new_change(sign_up)
    if change is None:
        raise Invalid(N_("Write down one change since last time first. The page says how."))
    if has_plan(sign_up.organisation_id) and not plan_looked_at:
        raise Invalid(N_("Look at your plan, and tick the box when it is up to date"), field="plan_looked_at")
    named = {"senior_lead": senior_lead, "family_link": family_link}
    charter.check_in(sign_up, **named, change_id=change.id, actor=actor, now=now, today=today)
