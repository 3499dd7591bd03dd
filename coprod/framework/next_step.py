"""The smallest step to a level: the fewest rating points that meet all its rating conditions.

Gates and floors force a least number of points on each value, and any way to the level has at least those.
What is left is the overall average alone, where a point is worth most in the value with the fewest questions
that apply. Taking points there first reaches any average with the fewest, so no smaller step exists.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from coprod.framework.conditions import AwardFacts, ConditionResult, gated, judge
from coprod.framework.levels import EveryValue, Gate, Level, Overall
from coprod.framework.model import Framework, Rating, Value
from coprod.framework.scoring import score


@dataclass(frozen=True, slots=True)
class Raise:
    """One answer to raise. An unanswered question counts from 0."""

    code: str
    from_rating: int
    to_rating: int


@dataclass(frozen=True, slots=True)
class NextStep:
    """What would reach a level: raises of `points` in all, blanks to answer, and what ratings can't bring."""

    level: Level
    raises: tuple[Raise, ...]
    points: int
    unanswered: tuple[str, ...]
    others: tuple[ConditionResult, ...]


def next_step(framework: Framework, level: Level, ratings: Mapping[str, Rating], facts: AwardFacts) -> NextStep:
    """The fewest points in all, lowest-rated questions first, then the standards' own order."""
    unanswered = tuple(q.code for q in framework.questions if ratings.get(q.code) is None)
    before = _applicable(framework, ratings)
    after = dict(before)
    for code, least in _gates(framework, level):
        if code in after:
            after[code] = max(after[code], least)
    _meet_floors(framework, level, after)
    _meet_overall(framework, level, after)
    raises = tuple(Raise(code, before[code], to) for code, to in after.items() if to > before[code])
    return NextStep(
        level=level,
        raises=raises,
        points=sum(step.to_rating - step.from_rating for step in raises),
        unanswered=unanswered,
        others=_still_unmet(framework, level, {**ratings, **after}, facts),
    )


def _applicable(framework: Framework, ratings: Mapping[str, Rating]) -> dict[str, int]:
    """The rating of each question that applies, in order; 0 where there is none yet."""
    started = {question.code: ratings.get(question.code) or 0 for question in framework.questions}
    return {code: rating for code, rating in started.items() if isinstance(rating, int)}


def _gates(framework: Framework, level: Level) -> Iterator[tuple[str, int]]:
    for condition in level.conditions:
        if isinstance(condition, Gate):
            yield from ((question.code, condition.at_least) for question in gated(framework, condition))


def _meet_floors(framework: Framework, level: Level, after: dict[str, int]) -> None:
    floor = max((c.at_least for c in level.conditions if isinstance(c, EveryValue)), default=0)
    for value in framework.values:
        codes = _codes(value, after)
        least = ceil(Fraction(floor * framework.top_rating * len(codes), 100))
        for _ in range(least - sum(after[code] for code in codes)):
            after[min(codes, key=after.__getitem__)] += 1


def _meet_overall(framework: Framework, level: Level, after: dict[str, int]) -> None:
    """Add points where one is worth most until the average of the value percentages is high enough."""
    threshold = max((c.at_least for c in level.conditions if isinstance(c, Overall)), default=0)
    groups = [codes for value in framework.values if (codes := _codes(value, after))]
    sizes = {code: len(codes) for codes in groups for code in codes}
    missing = Fraction(threshold * len(groups) * framework.top_rating, 100)
    missing -= sum(Fraction(rating, sizes[code]) for code, rating in after.items())
    while missing > 0:
        open_codes = [code for code, rating in after.items() if rating < framework.top_rating]
        code = min(open_codes, key=lambda code: (sizes[code], after[code]))
        after[code] += 1
        missing -= Fraction(1, sizes[code])


def _codes(value: Value, after: Mapping[str, int]) -> list[str]:
    return [question.code for question in value.questions if question.code in after]


def _still_unmet(
    framework: Framework, level: Level, ratings: Mapping[str, Rating], facts: AwardFacts
) -> tuple[ConditionResult, ...]:
    """What is left once the raises are made: not about ratings, or resting on a question marked N/A."""
    scored = score(framework, ratings)
    results = (judge(framework, condition, scored, ratings, facts) for condition in level.conditions)
    return tuple(result for result in results if result.met is False)
