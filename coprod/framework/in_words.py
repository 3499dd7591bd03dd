"""The standards in words for people who read them: what a level asks for, and what each rating needs."""

from collections.abc import Sequence
from dataclasses import dataclass

from coprod.framework.conditions import gated
from coprod.framework.levels import (
    Condition,
    CoreCheck,
    EveryValue,
    EvidenceOfKind,
    HeldOrSpan,
    ImprovementPlan,
    OtherChecks,
    Overall,
    Panel,
    QuestionAtLeast,
    Reviewers,
)
from coprod.framework.model import Framework, Question

NUMBERS = ("no", "one", "two", "three", "four", "five")


@dataclass(frozen=True, slots=True)
class Step:
    """One rating of one question: what it looks like there, and the evidence that lifts an answer to it."""

    rating: int
    name: str
    descriptor: str
    evidence: str
    needs: tuple[str, ...]


def steps(framework: Framework, question_code: str, said: Question | None = None) -> tuple[Step, ...]:
    """Every rating of a question, lowest first. A rule that holds answers at 2 says what a 3 needs.

    `said` is the question in another language, where that is shown.
    """
    question = said or framework.question(question_code)
    rules = framework.rules_for(question_code)
    return tuple(
        Step(
            rung.rating,
            rung.name,
            descriptor,
            rung.evidence_needed,
            tuple(rule.raise_it for rule in rules if rule.cap == rung.rating - 1),
        )
        for rung, descriptor in zip(framework.scale, question.descriptors, strict=True)
    )


def asked(framework: Framework, condition: Condition) -> str:
    """What one condition of a level asks for, whoever reads it."""
    match condition:
        case Overall():
            return f"An overall score of {condition.at_least}% or more."
        case EveryValue():
            return f"A score of {condition.at_least}% or more in every value."
        case CoreCheck() | OtherChecks() | QuestionAtLeast():
            return _gate(framework, condition)
        case ImprovementPlan():
            return "An improvement plan with dates and owners."
        case EvidenceOfKind():
            return f"Evidence of this kind: {_lower(framework.evidence_kind(condition.code).name)}."
        case HeldOrSpan():
            name = framework.level(condition.level).name
            return (
                f"{name} held for {condition.held_months} months, "
                f"or evidence that reaches over {condition.evidence_months} months."
            )
        case Reviewers():
            return _reviewers(condition)
        case Panel():
            return "Sign-off by a panel."


def _gate(framework: Framework, gate: CoreCheck | OtherChecks | QuestionAtLeast) -> str:
    rung = framework.rung(gate.at_least)
    codes = _joined([f"“{question.short}” ({question.code})" for question in gated(framework, gate)])
    which = {
        CoreCheck: f"the core authenticity check, {codes}",
        OtherChecks: f"each of the other authenticity checks, {codes}",
        QuestionAtLeast: f"question {codes}",
    }[type(gate)]
    return f"A rating of {rung.rating} ({rung.name}) or more on {which}."


def _reviewers(condition: Reviewers) -> str:
    number = NUMBERS[condition.number] if condition.number < len(NUMBERS) else str(condition.number)
    people = f"{number.capitalize()} independent reviewer{'' if condition.number == 1 else 's'}"
    return f"{people}, and a second look at the authenticity checks." if condition.second_look else f"{people}."


def _joined(codes: Sequence[str]) -> str:
    *first, last = codes
    return f"{', '.join(first)} and {last}" if first else last


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
