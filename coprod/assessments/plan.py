"""THE RULES of the improvement plan: how far a step is, and when it is overdue. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from coprod.phrases import N_


class Stage(StrEnum):
    """How far somebody is with one step."""

    TO_DO = "to_do"
    DOING = "doing"
    DONE = "done"

    @property
    def words(self) -> str:
        return STAGES[self][0]

    @property
    def within(self) -> str:
        """The same within a sentence."""
        return STAGES[self][1]


STAGES: Mapping[Stage, tuple[str, str]] = {
    Stage.TO_DO: (N_("To do"), N_("to do")),
    Stage.DOING: (N_("Doing"), N_("doing")),
    Stage.DONE: (N_("Done"), N_("done")),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a step says: what will be done, whose job it is, by when, and the question that it helps with."""

    what: str
    owner: str
    due: date
    question_code: str | None


def stage_of(*, begun_on: date | None, done_on: date | None) -> Stage:
    if done_on is not None:
        return Stage.DONE
    return Stage.DOING if begun_on is not None else Stage.TO_DO


def is_overdue(*, due: date, done_on: date | None, today: date) -> bool:
    """The day that a step is due is still in time."""
    return done_on is None and due < today
