"""This time beside last time, question by question, as far as both asked the same in the same words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coprod.assessments.rules import Scored
from coprod.assessments.score_page import rating_words
from coprod.framework.model import Framework, Rating
from coprod.framework.versions import Became, Move, came_from
from coprod.phrases import N_

NOT_COMPARED: Mapping[Became, str] = {
    Became.CHANGED: N_("The words of this question have changed, so the two answers can't be compared."),
    Became.SPLIT: N_("This was part of a bigger question last time, so the two answers can't be compared."),
}
NEW = N_("This question was not asked last time.")
JOINED = N_("This question was several questions last time, so they can't be compared.")


@dataclass(frozen=True, slots=True)
class Compared:
    """One question, then and now; or why the two can't be compared."""

    code: str
    short: str
    then: str
    now: str
    words: str


@dataclass(frozen=True, slots=True)
class ValueCompared:
    index: int
    name: str
    questions: tuple[Compared, ...]


def compare(
    new: Framework, now: Scored, old: Framework, then: Scored, moves: Mapping[str, Move]
) -> tuple[ValueCompared, ...]:
    """What each answer counts as, beside what it counted as when last time was sent in."""
    came = came_from(moves)
    return tuple(
        ValueCompared(
            index,
            value.name,
            tuple(_question(new, now, old, then, q.code, came.get(q.code, ())) for q in value.questions),
        )
        for index, value in enumerate(new.values)
    )


def _question(new: Framework, now: Scored, old: Framework, then: Scored, code: str, moves: Sequence[Move]) -> Compared:
    short = new.question(code).short
    why = why_not(moves)
    if why:
        return Compared(code, short, "", "", why)
    was, is_now = then.credited[moves[0].code].rating, now.credited[code].rating
    return Compared(code, short, rating_words(old, was), rating_words(new, is_now), _moved(was, is_now))


def why_not(moves: Sequence[Move]) -> str:
    """Why a question can't be compared with last time; nothing where it can."""
    if not moves:
        return NEW
    if len(moves) > 1:
        return JOINED
    return NOT_COMPARED.get(moves[0].became, "")


def _moved(was: Rating, is_now: Rating) -> str:
    if not isinstance(was, int) or not isinstance(is_now, int):
        return ""
    if was == is_now:
        return N_("The same")
    return N_("Higher than last time") if is_now > was else N_("Lower than last time")
