"""What an answer starts from when an assessment begins with last time's answers: a pure rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coprod.assessments.rules import Written
from coprod.framework.versions import Became, Move


@dataclass(frozen=True, slots=True)
class Brought:
    """What an answer starts from, where it comes from last time, and what became of its question since."""

    became: Became
    written: Written


def brought(moves: Sequence[Move], last: Mapping[str, Written]) -> Brought:
    """Where the question is the same, everything comes along. Where it is not, the words do, and nothing is chosen.

    `moves` are what led to the question, and `last` what was written for those that were answered.
    """
    if len(moves) == 1 and moves[0].became is Became.SAME:
        return Brought(Became.SAME, last[moves[0].code])
    became = moves[0].became if len(moves) == 1 else Became.CHANGED
    accounts = [last[move.code].account for move in moves if move.code in last]
    return Brought(became, Written(account="\n\n".join(text for text in accounts if text)))
