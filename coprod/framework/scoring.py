"""How answers are credited and scored: pure rules of frozen values, in exact fractions.

A claimed rating counts up to what its evidence allows. Credited ratings make the value percentages, and the
overall is their average.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import floor

from coprod.calendar import add_months
from coprod.framework.model import (
    NOT_APPLICABLE,
    Area,
    Changes,
    EvidenceRule,
    Examples,
    FamilyEvidence,
    Framework,
    NotApplicable,
    Question,
    Rating,
    UnknownCode,
    Value,
    Voice,
)
from coprod.phrases import Phrase


@dataclass(frozen=True, slots=True)
class Item:
    """An item of evidence linked to an answer. `dated` is the date of the evidence, not of its upload."""

    dated: date | None
    kind: str
    from_families: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A change record linked to an answer. `confirmed` counts the families who said that it happened so."""

    complete: bool
    decided_on: date | None
    area: Area | None
    voices: frozenset[Voice]
    confirmed: int = 0
    changed_mind: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider chose for one question, and what is linked to it.

    `unchecked`: it was brought from an earlier assessment, and nobody has said yet that it is still true.
    """

    code: str
    rating: int | None
    not_applicable: bool = False
    reason: str = ""
    items: tuple[Item, ...] = ()
    changes: tuple[Change, ...] = ()
    unchecked: bool = False

    @property
    def claimed(self) -> Rating:
        return NOT_APPLICABLE if self.not_applicable else self.rating


@dataclass(frozen=True, slots=True)
class Shortfall:
    """An evidence rule that is not met yet: how many count now, and how many it needs."""

    rule: EvidenceRule
    have: int
    need: int


@dataclass(frozen=True, slots=True)
class Credited:
    """What an answer counts as. `rule` holds it there, if one does; `next` is what would raise it."""

    claimed: Rating
    rating: Rating
    rule: EvidenceRule | None
    words: str
    next: str
    unmet: tuple[Shortfall, ...] = ()


@dataclass(frozen=True, slots=True)
class ValueScore:
    """One value's points and percentage. `percent` waits until each question that applies is answered."""

    code: str
    points: int
    possible: int
    applicable: int
    answered: int
    percent: Fraction | None
    so_far: Fraction | None


@dataclass(frozen=True, slots=True)
class Score:
    """All values, and the plain average of their percentages once all are there."""

    values: tuple[ValueScore, ...]
    overall: Fraction | None
    so_far: Fraction | None
    answered: int
    applicable: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps an assessment from being sent, with the code of the question to go to."""

    code: str
    words: str


def ceiling(framework: Framework, question: Question, answer: Answer, *, on: date, first: bool) -> int:
    """The highest rating the evidence allows, whatever was claimed: as far as moderation can raise it."""
    unmet = _unmet(framework, question, answer, on=on, first=first)
    return unmet[0].rule.cap if unmet else framework.top_rating


def credited(framework: Framework, question: Question, answer: Answer, *, on: date, first: bool) -> Credited:
    """An answer counts up to the highest rating whose evidence rules it meets.

    `on` is the day it is judged; `first` says that this is the organisation's first assessment, when older
    evidence counts too.
    """
    claimed = answer.claimed
    if claimed is None or isinstance(claimed, NotApplicable):
        return Credited(claimed, claimed, None, "", "")
    framework.rung(claimed)
    unmet = _unmet(framework, question, answer, on=on, first=first)
    if unmet and unmet[0].rule.cap < claimed:
        rule = unmet[0].rule
        return Credited(claimed, rule.cap, rule, rule.held, rule.raise_it, unmet)
    words = Phrase("Counts as {name}.", name=framework.rung(claimed).name)
    return Credited(claimed, claimed, None, words, _step_up(framework, question, claimed))


def credit_all(framework: Framework, answers: Mapping[str, Answer], *, on: date, first: bool) -> dict[str, Credited]:
    """Every question credited, in order. A question without an answer is unanswered."""
    return {
        question.code: credited(
            framework, question, answers.get(question.code) or Answer(question.code, None), on=on, first=first
        )
        for question in framework.questions
    }


def score(framework: Framework, ratings: Mapping[str, Rating]) -> Score:
    """Value % = points / (4 x questions that apply); overall % = the plain average of the value percentages.

    Unanswered is neither 0 nor not applicable: a percentage waits for it, and `so_far` leaves it out.
    """
    for code in ratings:
        framework.question(code)
    values = tuple(_value_score(framework, value, ratings) for value in framework.values)
    percents = [value.percent for value in values if value.percent is not None]
    so_far = [value.so_far for value in values if value.so_far is not None]
    return Score(
        values=values,
        overall=_average(percents) if len(percents) == len(values) else None,
        so_far=_average(so_far) if so_far else None,
        answered=sum(value.answered for value in values),
        applicable=sum(value.applicable for value in values),
    )


def shown(percent: Fraction) -> str:
    """A percentage to one decimal place, rounded down, so that 64.96 never shows as 65."""
    whole, tenth = divmod(floor(percent * 10), 10)
    return f"{whole}.{tenth}"


def problems(framework: Framework, answers: Mapping[str, Answer]) -> tuple[Problem, ...]:
    """What keeps these answers from being sent: blanks, and "not applicable" where it is not allowed."""
    return tuple(
        Problem(question.code, words)
        for value in framework.values
        for question in value.questions
        for words in _faults(framework, value, question, answers)
    )


def _faults(framework: Framework, value: Value, question: Question, answers: Mapping[str, Answer]) -> list[str]:
    answer = answers.get(question.code)
    if answer is None or answer.claimed is None:
        return [Phrase("{code} has no answer yet.", code=question.code)]
    if answer.unchecked:
        return [Phrase("{code} is from last time. Check that it is still true, and save it.", code=question.code)]
    if not answer.not_applicable:
        return []
    faults: list[str] = []
    if question.check:
        faults.append(
            Phrase("{code} is an authenticity check, so it always applies. Choose a rating.", code=question.code)
        )
    if not answer.reason.strip():
        faults.append(Phrase("Say why {code} does not apply.", code=question.code))
    allowed = framework.not_applicable_per_value
    marked = sum(q.code in answers and answers[q.code].not_applicable for q in value.questions)
    if marked > allowed:
        faults.append(
            Phrase(
                "{name} has {marked} questions marked as not applicable, and can have {allowed}. "
                "Choose a rating for {code}, or for another of them.",
                name=value.name,
                marked=marked,
                allowed=allowed,
                code=question.code,
            )
        )
    return faults


def _value_score(framework: Framework, value: Value, ratings: Mapping[str, Rating]) -> ValueScore:
    points = answered = 0
    applicable = len(value.questions)
    for question in value.questions:
        rating = ratings.get(question.code)
        if rating is None:
            continue
        if isinstance(rating, NotApplicable):
            applicable -= 1
            continue
        if not 0 <= rating <= framework.top_rating:
            raise UnknownCode("rating", rating)
        points += rating
        answered += 1
    top = framework.top_rating
    so_far = Fraction(100 * points, top * answered) if answered else None
    percent = so_far if answered == applicable else None
    return ValueScore(value.code, points, top * applicable, applicable, answered, percent, so_far)


def _average(percents: list[Fraction]) -> Fraction:
    return sum(percents, Fraction(0)) / len(percents)


def _step_up(framework: Framework, question: Question, rating: int) -> str:
    """The wording of the next rung, for an answer that its evidence does not hold back."""
    if rating == framework.top_rating:
        return ""
    name, words = framework.rung(rating + 1).name, question.descriptors[rating + 1]
    return Phrase("{name} would be: {words}", name=name, words=words)


def _unmet(framework: Framework, question: Question, answer: Answer, *, on: date, first: bool) -> tuple[Shortfall, ...]:
    """The rules not met at the lowest cap that is not met. Meeting all of them lifts the answer."""
    unmet: list[Shortfall] = []
    for rule in framework.rules_for(question.code):
        if unmet and rule.cap > unmet[0].rule.cap:
            break
        have = _count(framework, rule, answer, on=on, first=first)
        need = rule.need.at_least
        if have < need:
            unmet.append(Shortfall(rule, have, need))
    return tuple(unmet)


def _count(framework: Framework, rule: EvidenceRule, answer: Answer, *, on: date, first: bool) -> int:
    """How much of what a rule asks for is linked and recent enough. Nothing dated after `on` counts."""
    need = rule.need
    limit = framework.first_evidence_months if first else framework.evidence_months
    if isinstance(need, Changes) and need.within_months is not None:
        limit = need.within_months
    oldest = add_months(on, -limit)
    items = [item for item in answer.items if _recent(item.dated, oldest, on)]
    changes = [c for c in answer.changes if c.complete and _recent(c.decided_on, oldest, on)]
    match need:
        case Examples():
            return len(items) + len(changes)
        case FamilyEvidence():
            return sum(item.from_families for item in items) + sum(change.confirmed > 0 for change in changes)
        case Changes():
            matching = [change for change in changes if _matches(need, change)]
            return len({change.area for change in matching} - {None}) if need.count_areas else len(matching)


def _matches(need: Changes, change: Change) -> bool:
    """A change record has everything that the need names."""
    return (
        (need.voice is None or need.voice in change.voices)
        and (not need.areas or change.area in need.areas)
        and (not need.confirmed or change.confirmed > 0)
        and (not need.shared or change.shared)
        and (not need.changed_mind or change.changed_mind)
    )


def _recent(day: date | None, oldest: date, on: date) -> bool:
    return day is not None and oldest <= day <= on
