"""WRITES: who can decide a reply or an appeal hears that it waits; where nobody can, the coordinators do."""

from datetime import datetime

from coprod import mail
from coprod.accounts import letters
from coprod.accounts.models import Person
from coprod.moderation import reviewers, rows
from coprod.moderation.guards import DECIDES
from coprod.moderation.models import Case
from coprod.moderation.reply_models import APPEAL
from coprod.permissions import AreaRole

MOST_AT_ONCE = 100


def tell(case: Case, *, now: datetime) -> int:
    """The lead reviewers who can decide what waits; where none can, the reviewers who can; else the coordinators.

    Each hears of a reply once, and of an appeal once. Says how many letters there are.
    """
    kind = case.contested
    if kind is None:
        return 0
    able = reviewers.who_can(DECIDES[kind], case)
    chosen = [person for person in able if _leads(person)] or able
    if not chosen:
        return letters.to_area(
            "nobody_to_decide",
            AreaRole.COORDINATOR,
            organisation_id=case.organisation_id,
            now=now,
            once=f"nobody-decides:{kind}:{case.id}",
            appeal=kind == APPEAL,
            link=mail.page("moderation.progress"),
        )
    return sum(
        letters.to_person(
            "reply_to_decide",
            person.id,
            organisation_id=case.organisation_id,
            now=now,
            once=f"{kind}:{case.id}",
            appeal=kind == APPEAL,
            link=mail.page("moderation.queue"),
        )
        for person in chosen
    )


def tell_of_all(*, now: datetime) -> int:
    """Who could decide when it was sent may be in conflict since, or gone; and who can now may be new."""
    return sum(tell(case, now=now) for case in rows.contested(MOST_AT_ONCE))


def _leads(person: Person) -> bool:
    return AreaRole.LEAD_REVIEWER in {role.name for role in person.roles}
