"""A result as the organisation reads it: what families would be proud of, what changed and why, one next step. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coprod.framework.model import Framework
from coprod.moderation import feedback, results, rules
from coprod.moderation.feedback import LevelShown, QuestionResult, Result
from coprod.phrases import Phrase


@dataclass(frozen=True, slots=True)
class QuestionShown:
    """One question: claimed, credited and final in words. No reviewer is named."""

    code: str
    short: str
    title: str
    claimed: str
    credited: str
    rating: str
    held: bool
    changed: bool
    words: str
    how: str
    reason: str
    notes: tuple[str, ...]
    next_step: str


@dataclass(frozen=True, slots=True)
class ValueShown:
    """One value with its percentage, and its questions."""

    name: str
    index: int
    percent: str
    questions: tuple[QuestionShown, ...]


@dataclass(frozen=True, slots=True)
class NextShown:
    """The one next step."""

    code: str
    title: str
    now: str
    then: str
    words: str


@dataclass(frozen=True, slots=True)
class Letter:
    """The whole result in the order in which it is read."""

    level: str
    meaning: str
    petals: int | None
    overall: str
    proud: tuple[QuestionShown, ...]
    changed: tuple[QuestionShown, ...]
    next: NextShown | None
    next_level: str | None
    needed: tuple[str, ...]
    values: tuple[ValueShown, ...]
    levels: tuple[LevelShown, ...]


def letter(framework: Framework, frozen: Mapping[str, Any]) -> Letter:
    """The letter for a frozen result."""
    result = feedback.read(frozen, results.sentences(framework, frozen))
    level = framework.level(result.level) if result.level else None
    shown = {question.code: _question(framework, question) for question in result.questions}
    return Letter(
        level=level.name if level else framework.working_towards.name,
        meaning=level.meaning if level else framework.working_towards.meaning,
        petals=level.petals if level else None,
        overall=result.overall,
        proud=tuple(shown[question.code] for question in feedback.proud_of(result)),
        changed=tuple(shown[question.code] for question in result.changed),
        next=_next(framework, result),
        next_level=framework.level(result.next_level).name if result.next_level else None,
        needed=_needed(result),
        values=tuple(
            ValueShown(value.name, index, result.values[value.code], tuple(shown[q.code] for q in value.questions))
            for index, value in enumerate(framework.values)
        ),
        levels=result.levels,
    )


def _question(framework: Framework, result: QuestionResult) -> QuestionShown:
    question = framework.question(result.code)
    return QuestionShown(
        code=question.code,
        short=question.short,
        title=question.title,
        claimed=rules.name_of(framework, result.claimed),
        credited=rules.name_of(framework, result.credited),
        rating=rules.name_of(framework, result.rating),
        held=result.claimed != result.credited,
        changed=result.changed,
        words=question.descriptors[result.rating] if isinstance(result.rating, int) else "",
        how=result.how.words,
        reason=result.reason,
        notes=result.notes,
        next_step=_next_of(framework, result),
    )


def _next_of(framework: Framework, result: QuestionResult) -> str:
    """What the rating above this one would be, in the words of the scale."""
    if not isinstance(result.rating, int) or result.rating >= framework.top_rating:
        return ""
    above = result.rating + 1
    return Phrase(
        "{rating} would be: {words}",
        rating=rules.name_of(framework, above),
        words=framework.question(result.code).descriptors[above],
    )


def _needed(result: Result) -> tuple[str, ...]:
    """What the next level still asks for, each condition in words."""
    above = next((level for level in result.levels if level.code == result.next_level), None)
    return tuple(condition.words for condition in above.conditions if not condition.met) if above else ()


def _next(framework: Framework, result: Result) -> NextShown | None:
    step = feedback.next_step(result)
    if step is None:
        return None
    question = framework.question(step.code)
    return NextShown(
        code=question.code,
        title=question.title,
        now=rules.name_of(framework, step.from_rating),
        then=rules.name_of(framework, step.to_rating),
        words=question.descriptors[step.to_rating],
    )
