"""One question as the organisation sent it in, and the cards from which its rating is chosen."""

from dataclasses import dataclass

from coprod.assessments.family_view import Beside, beside
from coprod.assessments.snapshot import DOES_NOT_APPLY
from coprod.errors import NotFound
from coprod.framework.model import Framework, Question, Value
from coprod.moderation import rules
from coprod.moderation.casework import Casework
from coprod.moderation.sent import Claim
from coprod.phrases import N_, Phrase


@dataclass(frozen=True, slots=True)
class Card:
    """One rating to choose. One that is not possible says why."""

    value: str
    name: str
    words: str
    possible: bool
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One question with everything the organisation sent in for it."""

    question: Question
    wording: str
    value: Value
    index: int
    place: str
    claim: Claim
    claimed: str
    credited: str
    held: str
    raise_it: str
    kinds: dict[str, str]
    families: tuple[Beside, ...]


def told_of(work: Casework, code: str) -> Told:
    """One question with everything that was sent in for it. Raises NotFound for a code that is none."""
    if code not in work.sent.claims:
        raise NotFound
    framework = work.framework
    question, value, claim = framework.question(code), framework.value_of(code), work.sent.claims[code]
    number = value.questions.index(question) + 1
    place = Phrase("{value}, question {number} of {all}", value=value.name, number=number, all=len(value.questions))
    rule = next((rule for rule in framework.rules_for(code) if rule.id == claim.rule), None)
    return Told(
        question=question,
        wording=question.wording[work.sent.audience],
        value=value,
        index=framework.values.index(value),
        place=Phrase("{place}. Authenticity check", place=place) if question.check else place,
        claim=claim,
        claimed=rules.name_of(framework, claim.claimed),
        credited=rules.name_of(framework, claim.credited),
        held=rule.held if rule else "",
        raise_it=rule.raise_it if rule and rule.cap == claim.ceiling else "",
        kinds={kind.code: kind.name for kind in framework.evidence_kinds},
        families=beside(framework, claim.families, claim.claimed, who=Phrase("the organisation")),
    )


def cards(framework: Framework, told: Told) -> tuple[Card, ...]:
    """Each rating with its descriptor. What is above the ceiling is shown too, as not possible on this evidence."""
    claim = told.claim
    why_not = N_("Not possible on the evidence that was sent in.")
    if told.raise_it:
        why_not = Phrase("Not possible on the evidence that was sent in. To raise it: {how}", how=told.raise_it)
    shown = [
        Card(str(rung.rating), _numbered(rung.rating, rung.name), words, rung.rating <= claim.ceiling, why_not)
        for rung, words in zip(framework.scale, told.question.descriptors, strict=True)
    ]
    if not claim.applies:
        shown.insert(0, Card(DOES_NOT_APPLY, N_("It does not apply"), N_("The reason holds."), possible=True))
    return tuple(shown)


def _numbered(rating: int, name: str) -> str:
    return f"{rating}. {name}"
