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
from coprod.phrases import N_, NN_, Counted, Phrase

# By how many they are; more are said as a number.
REVIEWERS = (
    N_("No independent reviewers"),
    N_("One independent reviewer"),
    N_("Two independent reviewers"),
    N_("Three independent reviewers"),
    N_("Four independent reviewers"),
    N_("Five independent reviewers"),
)


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
            return Phrase("An overall score of {least}% or more.", least=condition.at_least)
        case EveryValue():
            return Phrase("A score of {least}% or more in every value.", least=condition.at_least)
        case CoreCheck() | OtherChecks() | QuestionAtLeast():
            return _gate(framework, condition)
        case ImprovementPlan():
            return N_("An improvement plan with dates and owners.")
        case EvidenceOfKind():
            return Phrase("Evidence of this kind: {kind}.", kind=_lower(framework.evidence_kind(condition.code).name))
        case HeldOrSpan():
            return Phrase(
                "{name} held for {months} months, or evidence that reaches over {span} months.",
                name=framework.level(condition.level).name,
                months=condition.held_months,
                span=condition.evidence_months,
            )
        case Reviewers():
            return _reviewers(condition)
        case Panel():
            return N_("Sign-off by a panel.")


def _gate(framework: Framework, gate: CoreCheck | OtherChecks | QuestionAtLeast) -> str:
    rung = framework.rung(gate.at_least)
    codes = _joined([f"“{question.short}” ({question.code})" for question in gated(framework, gate)])
    words = {
        CoreCheck: N_("A rating of {rating} ({name}) or more on the core authenticity check, {codes}."),
        OtherChecks: N_("A rating of {rating} ({name}) or more on each of the other authenticity checks, {codes}."),
        QuestionAtLeast: N_("A rating of {rating} ({name}) or more on question {codes}."),
    }[type(gate)]
    return Phrase(words, rating=rung.rating, name=rung.name, codes=codes)


def _reviewers(condition: Reviewers) -> str:
    if condition.number < len(REVIEWERS):
        people: str = Phrase(REVIEWERS[condition.number])
    else:
        people = Counted(condition.number, *NN_("independent reviewer", "independent reviewers"))
    if condition.second_look:
        return Phrase("{people}, and a second look at the authenticity checks.", people=people)
    return Phrase("{people}.", people=people)


def _joined(codes: Sequence[str]) -> str:
    *first, last = codes
    return Phrase("{first} and {last}", first=", ".join(first), last=last) if first else last


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
