"""READS: cases that only somebody in particular can go on with, and who that is. There may be nobody."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from coprod.accounts.models import Person
from coprod.moderation import casework, reviewers, rows, stages
from coprod.moderation.models import Case
from coprod.moderation.stages import Stage
from coprod.permissions import Action


class Waits(StrEnum):
    """What waits for a reviewer who took no part; or for a lead reviewer who is not one of the two."""

    REPLY = "reply"
    APPEAL = "appeal"
    DIFFERENCE = "difference"
    PANEL = "panel"


NEEDS: Mapping[Waits, Action] = {
    Waits.REPLY: Action.DECIDE_REPLY,
    Waits.APPEAL: Action.DECIDE_APPEAL,
    Waits.DIFFERENCE: Action.SETTLE,
    Waits.PANEL: Action.PANEL,
}
STAGES: Mapping[Stage, Waits] = {Stage.FOR_THE_LEAD: Waits.DIFFERENCE, Stage.FOR_THE_PANEL: Waits.PANEL}


def waiting(most: int) -> Iterator[tuple[Case, Waits]]:
    """Up to so many cases with a reply or an appeal, and as many that both reviewers have rated."""
    for case in rows.contested(most):
        if case.contested:
            yield case, Waits(case.contested)
    for case in rows.rated(most):
        waits = STAGES.get(stages.reached(casework.of(case), None).stage)
        if waits is not None:
            yield case, waits


def who_can(case: Case, waits: Waits) -> list[Person]:
    """By name. Nobody goes on with it who is one of its two reviewers."""
    return [person for person in reviewers.who_can(NEEDS[waits], case) if person.id not in case.reviewer_ids]
