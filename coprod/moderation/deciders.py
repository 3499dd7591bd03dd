"""WRITES: who can decide something hears that it waits; where nobody can go on, the coordinators hear it.

What both reviewers have left open, and a result that needs a lead reviewer's name, are reminders: their list has them.
"""

from collections.abc import Iterable
from datetime import datetime

from coprod import mail
from coprod.accounts import letters
from coprod.accounts.models import Person
from coprod.moderation import going_on, reviewers
from coprod.moderation.going_on import Waits
from coprod.moderation.models import Case
from coprod.permissions import AreaRole
from coprod.web.clock import day_of

MOST_AT_ONCE = 100
CONTESTED = {Waits.REPLY, Waits.APPEAL}


def tell(case: Case, waits: Waits, *, now: datetime) -> int:
    """The lead reviewers who can decide what waits; where none can, the reviewers who can; else the coordinators.

    Each hears of one thing that waits once. Says how many letters there are.
    """
    able = going_on.who_can(case, waits)
    if not able:
        return letters.to_area(
            "nobody_to_decide",
            AreaRole.COORDINATOR,
            organisation_id=case.organisation_id,
            now=now,
            once=f"nobody-decides:{waits}:{case.id}",
            waits=waits.value,
            link=mail.page("moderation.progress"),
        )
    if waits not in CONTESTED:
        return _remind(able, case, waits, now=now)
    chosen = [person for person in able if _leads(person)] or able
    return _tell(chosen, case, waits, now=now)


def tell_of_all(*, now: datetime) -> int:
    """Who could decide when it was sent may be in conflict since, or gone; and who can now may be new."""
    return sum(tell(case, waits, now=now) for case, waits in going_on.waiting(MOST_AT_ONCE))


def _tell(people: Iterable[Person], case: Case, waits: Waits, *, now: datetime) -> int:
    return sum(
        letters.to_person(
            "reply_to_decide",
            person.id,
            organisation_id=case.organisation_id,
            now=now,
            once=f"{waits}:{case.id}",
            appeal=waits is Waits.APPEAL,
            link=mail.page("moderation.queue"),
        )
        for person in people
    )


def _remind(leads: Iterable[Person], case: Case, waits: Waits, *, now: datetime) -> int:
    """Each lead reviewer hears once of each case; who takes a break, when they are back."""
    people = list(leads)
    resting = reviewers.on_a_break([person.id for person in people], today=day_of(now))
    return sum(
        letters.to_person(
            "case_for_the_lead",
            person.id,
            organisation_id=case.organisation_id,
            now=now,
            essential=False,
            once=f"{waits}:{case.id}",
            panel=waits is Waits.PANEL,
            link=mail.page("moderation.queue"),
        )
        for person in people
        if person.id not in resting
    )


def _leads(person: Person) -> bool:
    return AreaRole.LEAD_REVIEWER in {role.name for role in person.roles}
