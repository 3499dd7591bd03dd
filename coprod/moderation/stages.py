"""Where a case is for one person, and what they can do next. Nothing here tells what somebody else has rated."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from coprod.moderation.casework import Casework
from coprod.moderation.rules import Sitting
from coprod.moderation.settling import Gap
from coprod.phrases import N_, Phrase


class Stage(StrEnum):
    """What a case waits for."""

    MORE_ASKED = "more_asked"
    RATING = "rating"
    TO_FINISH = "to_finish"
    FOR_THE_OTHER = "for_the_other"
    AGREEING = "agreeing"
    FOR_THE_LEAD = "for_the_lead"
    FOR_THE_PANEL = "for_the_panel"
    READY = "ready"


STAGE_WORDS: Mapping[Stage, str] = {
    Stage.MORE_ASKED: N_("More evidence is asked for. Waits for the organisation"),
    Stage.RATING: N_("{done} of {total} rated"),
    Stage.TO_FINISH: N_("All {total} rated. Say that you have finished"),
    Stage.FOR_THE_OTHER: N_("Waits for the other reviewer to finish"),
    Stage.AGREEING: N_("Both have finished. Some ratings to agree together"),
    Stage.FOR_THE_LEAD: N_("Waits for the lead reviewer to decide"),
    Stage.FOR_THE_PANEL: N_("Agreed. Waits for the panel to sign it off"),
    Stage.READY: N_("Agreed. The result can be given"),
}


@dataclass(frozen=True, slots=True)
class Reached:
    """How far one person is with a case. `done` and `total` count the questions on their own list."""

    stage: Stage
    done: int = 0
    total: int = 0

    @property
    def words(self) -> str:
        return Phrase(STAGE_WORDS[self.stage], done=self.done, total=self.total)

    @property
    def rating(self) -> bool:
        return self.stage in {Stage.RATING, Stage.TO_FINISH}

    @property
    def more_asked(self) -> bool:
        """Nobody rates until the organisation has added what it can."""
        return self.stage is Stage.MORE_ASKED

    @property
    def side_by_side(self) -> bool:
        """Both have finished, so both may see both."""
        return self.stage in {Stage.AGREEING, Stage.FOR_THE_LEAD, Stage.FOR_THE_PANEL, Stage.READY}

    @property
    def settled(self) -> bool:
        return self.stage in {Stage.FOR_THE_PANEL, Stage.READY}


def reached(work: Casework, sitting: Sitting | None) -> Reached:
    """Where the case is for who sits in it, or for a lead reviewer who does not."""
    if work.waiting:
        return Reached(Stage.MORE_ASKED)
    if sitting is not None and not sitting.finished:
        total, left = len(work.looks_of(sitting)), len(work.left_to_rate(sitting))
        return Reached(Stage.RATING if left else Stage.TO_FINISH, total - left, total)
    return Reached(_after_rating(work))


def _after_rating(work: Casework) -> Stage:
    if not work.all_done:
        return Stage.FOR_THE_OTHER
    unsettled = work.unsettled()
    if any(standing.gap is Gap.ONE for standing in unsettled):
        return Stage.AGREEING
    if unsettled:
        return Stage.FOR_THE_LEAD
    return Stage.FOR_THE_PANEL if not work.panel_signed and work.panel_decides() else Stage.READY
