"""How families confirm a record: the life of a private link, and what their answers add up to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from coprod.phrases import N_, Phrase

LINK_LIFE = timedelta(days=60)
ADDRESS_KEPT = timedelta(days=30)  # the scrambled internet address of who made a link, or answered
MOST_OPEN_LINKS = 50
LONGEST_COMMENT = 1000


class Answer(StrEnum):
    """What a family says to "is this what happened?". All three are kept; none can be taken away."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"

    @property
    def words(self) -> str:
        return {Answer.YES: N_("Yes"), Answer.PARTLY: N_("Partly"), Answer.NO: N_("No")}[self]

    @property
    def meaning(self) -> str:
        return {
            Answer.YES: N_("This is what happened."),
            Answer.PARTLY: N_("Some of it is right."),
            Answer.NO: N_("This is not what happened."),
        }[self]


class LinkState(StrEnum):
    OPEN = "open"
    USED = "used"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"

    @property
    def words(self) -> str:
        return {
            LinkState.OPEN: N_("Waiting for an answer"),
            LinkState.USED: N_("Used"),
            LinkState.WITHDRAWN: N_("Withdrawn"),
            LinkState.EXPIRED: N_("Expired"),
        }[self]


def link_state(
    *, expires_at: datetime, used_at: datetime | None, withdrawn_at: datetime | None, now: datetime
) -> LinkState:
    """A link works once, until it expires, unless it was withdrawn before it was used."""
    if used_at is not None:
        return LinkState.USED
    if withdrawn_at is not None:
        return LinkState.WITHDRAWN
    return LinkState.OPEN if now < expires_at else LinkState.EXPIRED


@dataclass(frozen=True, slots=True)
class Given:
    """One family's answer, and the number of the wording that they read."""

    answer: Answer
    wording: int


def remarks(*, repeated: int, near: int) -> tuple[str, ...]:
    """What reviewers should know about where answers came from. Each has an innocent reason too, and says it."""
    found = {
        Phrase(
            "{repeated} came from an internet address from which somebody had answered about this "
            "organisation before. That may be one home or one meeting, or one person who answers "
            "many times.",
            repeated=repeated,
        ): repeated,
        Phrase(
            "{near} came from an internet address from which the organisation makes its links. That "
            "may be a coffee morning there, or somebody who answers in place of families.",
            near=near,
        ): near,
    }
    return tuple(words for words, number in found.items() if number)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many families gave each answer."""

    yes: int = 0
    partly: int = 0
    no: int = 0

    @property
    def total(self) -> int:
        return self.yes + self.partly + self.no

    @property
    def families_agree(self) -> int:
        """Only a whole yes confirms a record."""
        return self.yes


def tally(given: Iterable[Given], *, wording: int) -> Tally:
    """The answers to the wording that stands now. Answers to earlier words are kept, but speak for those words only."""
    counted = [one.answer for one in given if one.wording == wording]
    return Tally(counted.count(Answer.YES), counted.count(Answer.PARTLY), counted.count(Answer.NO))


def tally_of_earlier(given: Iterable[Given], *, wording: int) -> Tally:
    """The answers to any wording before the one that stands now."""
    counted = [one.answer for one in given if one.wording < wording]
    return Tally(counted.count(Answer.YES), counted.count(Answer.PARTLY), counted.count(Answer.NO))
