"""How far reviewers agree: what it says about the wording and the training, never about a person.

Weighted kappa is Cohen's (1968): one less the ratio of the disagreement that was seen to the disagreement that chance
would bring, each difference weighed by how many steps it is apart.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

ENOUGH_FOR_KAPPA = 30  # pairs; with fewer the figure swings too much to mean anything
ENOUGH_TO_SHOW = 5  # pairs of one question

Cost = Callable[[int, int], Fraction | int]


@dataclass(frozen=True, slots=True)
class Pair:
    """What two reviewers who could not see each other gave one answer."""

    question: str
    first: int
    second: int

    @property
    def apart(self) -> int:
        return abs(self.first - self.second)


@dataclass(frozen=True, slots=True)
class Agreement:
    """`exact` and `within_one` are shares from 0 to 1; `kappa` is None below 30 pairs, or where chance explains all.

    `confused` names the two ratings that reviewers most often chose between, the lower one first, and how often.
    """

    pairs: int
    exact: Fraction
    within_one: Fraction
    kappa: Fraction | None
    confused: tuple[int, int, int] | None


def agreement(pairs: Sequence[Pair]) -> Agreement | None:
    """How far reviewers agree over these pairs; None where there are too few to tell anything."""
    if len(pairs) < ENOUGH_TO_SHOW:
        return None
    return Agreement(
        pairs=len(pairs),
        exact=Fraction(sum(pair.apart == 0 for pair in pairs), len(pairs)),
        within_one=Fraction(sum(pair.apart <= 1 for pair in pairs), len(pairs)),
        kappa=weighted_kappa(pairs) if len(pairs) >= ENOUGH_FOR_KAPPA else None,
        confused=_confused(pairs),
    )


def weighted_kappa(pairs: Sequence[Pair], cost: Cost = lambda first, second: abs(first - second)) -> Fraction | None:
    """1 is full agreement, 0 what chance brings. None where both always gave one and the same rating."""
    firsts, seconds = Counter(pair.first for pair in pairs), Counter(pair.second for pair in pairs)
    seen = sum(cost(pair.first, pair.second) for pair in pairs)
    by_chance = sum(
        cost(first, second) * many * often for first, many in firsts.items() for second, often in seconds.items()
    )
    return 1 - Fraction(seen * len(pairs), by_chance) if by_chance else None


def _confused(pairs: Sequence[Pair]) -> tuple[int, int, int] | None:
    """Of two that are as frequent, the lower ratings."""
    differing = Counter((min(p.first, p.second), max(p.first, p.second)) for p in pairs if p.apart)
    if not differing:
        return None
    (low, high), often = min(differing.items(), key=lambda each: (-each[1], each[0]))
    return low, high, often
