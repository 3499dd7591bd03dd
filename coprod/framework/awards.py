"""Which level an assessment reaches, condition by condition, and the smallest step to the next one."""

from collections.abc import Mapping
from dataclasses import dataclass

from coprod.framework.conditions import AwardFacts, ConditionResult, judge
from coprod.framework.levels import Level
from coprod.framework.model import Framework, Rating
from coprod.framework.next_step import NextStep, Raise, next_step
from coprod.framework.scoring import Score, score

__all__ = ["AwardFacts", "ConditionResult", "LevelResult", "NextStep", "Outcome", "Raise", "outcome"]


@dataclass(frozen=True, slots=True)
class LevelResult:
    """One level with each of its conditions. `met` leaves out what is decided later."""

    level: Level
    met: bool
    conditions: tuple[ConditionResult, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an assessment comes to. `level` None is "working towards".

    While something is still to be decided in moderation the outcome is `provisional`: `level` is then the
    level that the answers point to, and nothing claims that the rest is met.
    """

    level: Level | None
    score: Score
    levels: tuple[LevelResult, ...]
    next: NextStep | None
    provisional: bool


def outcome(framework: Framework, ratings: Mapping[str, Rating], facts: AwardFacts) -> Outcome:
    """The level reached is the highest one all of whose conditions are met."""
    scored = score(framework, ratings)
    levels = tuple(_level_result(framework, level, scored, ratings, facts) for level in framework.levels)
    reached = max((place for place, result in enumerate(levels) if result.met), default=-1)
    above = framework.levels[reached + 1 : reached + 2]
    return Outcome(
        level=framework.levels[reached] if reached >= 0 else None,
        score=scored,
        levels=levels,
        next=next_step(framework, above[0], ratings, facts) if above else None,
        provisional=any(condition.pending for result in levels for condition in result.conditions),
    )


def _level_result(
    framework: Framework, level: Level, scored: Score, ratings: Mapping[str, Rating], facts: AwardFacts
) -> LevelResult:
    conditions = tuple(judge(framework, condition, scored, ratings, facts) for condition in level.conditions)
    return LevelResult(level, all(result.met is not False for result in conditions), conditions)
