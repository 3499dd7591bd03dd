"""A frozen result read back, and the feedback in it: what families would be proud of, what changed, one next step."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from coprod.framework.model import NotApplicable
from coprod.moderation.sent import Given, as_rating
from coprod.moderation.settling import How

PROUD_OF = 3
WORTH_PRIDE = 2  # "Asking" is the first rating where families are heard.
TOP = 4
NO_SENTENCES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """One question in a result: what was claimed, what its evidence allowed, what stands and why."""

    code: str
    claimed: Given
    credited: Given
    rating: Given
    how: How
    reason: str
    notes: tuple[str, ...]

    @property
    def changed(self) -> bool:
        return self.rating != self.credited


@dataclass(frozen=True, slots=True)
class ConditionShown:
    met: bool
    words: str


@dataclass(frozen=True, slots=True)
class LevelShown:
    """One level, with each of its conditions met or not."""

    code: str
    name: str
    met: bool
    conditions: tuple[ConditionShown, ...]


@dataclass(frozen=True, slots=True)
class Raise:
    code: str
    from_rating: int
    to_rating: int


@dataclass(frozen=True, slots=True)
class Result:
    """A frozen result, read back. Percentages are as they are shown: rounded down."""

    level: str | None
    overall: str
    values: Mapping[str, str]
    questions: tuple[QuestionResult, ...]
    levels: tuple[LevelShown, ...]
    next_level: str | None
    raises: tuple[Raise, ...]
    others: tuple[str, ...]

    @property
    def changed(self) -> tuple[QuestionResult, ...]:
        return tuple(question for question in self.questions if question.changed)


def read(kept: Mapping[str, Any], sentences: Mapping[str, str] = NO_SENTENCES) -> Result:
    """A result as `frozen` made it. `sentences` are those that pages can say in another language, by their words."""
    step = kept["next"] or {"level": None, "raises": [], "others": []}
    return Result(
        level=kept["level"],
        overall=kept["score"]["overall"],
        values=kept["score"]["values"],
        questions=tuple(_read_question(code, question) for code, question in kept["questions"].items()),
        levels=tuple(_read_level(level, sentences) for level in kept["levels"]),
        next_level=step["level"],
        raises=tuple(Raise(each["code"], each["from"], each["to"]) for each in step["raises"]),
        others=tuple(step["others"]),
    )


def proud_of(result: Result) -> tuple[QuestionResult, ...]:
    """The best rated answers, at most three: what families would be proud of. Feedback starts with them.

    What the reviewers looked at comes before what they did not.
    """
    rated = [q for q in result.questions if isinstance(q.rating, int) and q.rating >= WORTH_PRIDE]
    return tuple(sorted(rated, key=lambda q: (-_number(q.rating), q.how is How.NOT_SAMPLED))[:PROUD_OF])


def next_step(result: Result) -> Raise | None:
    """The one next step: the first raise towards the next level, or else the lowest answer that can still rise."""
    if result.raises:
        step = result.raises[0]
        return Raise(step.code, step.from_rating, step.from_rating + 1)
    rated = [q for q in result.questions if isinstance(q.rating, int) and q.rating < TOP]
    lowest = min(rated, key=lambda q: _number(q.rating), default=None)
    return Raise(lowest.code, _number(lowest.rating), _number(lowest.rating) + 1) if lowest else None


def _number(rating: Given) -> int:
    return 0 if isinstance(rating, NotApplicable) else rating


def _read_question(code: str, kept: Mapping[str, Any]) -> QuestionResult:
    return QuestionResult(
        code=code,
        claimed=as_rating(kept["claimed"]),
        credited=as_rating(kept["credited"]),
        rating=as_rating(kept["rating"]),
        how=How(kept["how"]),
        reason=kept["reason"],
        notes=tuple(kept["notes"]),
    )


def _read_level(kept: Mapping[str, Any], sentences: Mapping[str, str]) -> LevelShown:
    said = ((each["met"], each["words"]) for each in kept["conditions"])
    conditions = tuple(ConditionShown(met, sentences.get(words, words)) for met, words in said)
    return LevelShown(kept["code"], kept["name"], kept["met"], conditions)
