"""The standards on paper, as frozen values: the pack for a meeting with families, and a copy to fill in by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from coprod.framework import in_words
from coprod.framework.model import Audience, Framework, Question
from coprod.phrases import N_


class Print(StrEnum):
    """How the pack for a meeting is laid out."""

    SEVERAL = "several-on-a-page"
    ONE = "one-on-a-page"
    LARGE = "large-print"
    LARGE_ONE = "large-print-one-on-a-page"

    @property
    def words(self) -> str:
        return PRINTS[self]

    @property
    def classes(self) -> str:
        """What the style sheets know the layout by."""
        return {
            Print.SEVERAL: "several",
            Print.ONE: "one-a-page",
            Print.LARGE: "large",
            Print.LARGE_ONE: "large one-a-page",
        }[self]


PRINTS: Mapping[Print, str] = {
    Print.SEVERAL: N_("Several questions on a page"),
    Print.ONE: N_("One question on each page, with more space to write"),
    Print.LARGE: N_("Large print (18 point)"),
    Print.LARGE_ONE: N_("Large print, one question on each page"),
}


@dataclass(frozen=True, slots=True)
class Filled:
    """What an organisation has written for one question so far."""

    rating: int | None = None
    not_applicable: bool = False
    reason: str = ""
    account: str = ""
    backing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperQuestion:
    """One question with its words for one audience, what each rating needs, and what is written so far."""

    question: Question
    wording: str
    kind: str
    steps: tuple[in_words.Step, ...]
    may_not_apply: bool
    filled: Filled


@dataclass(frozen=True, slots=True)
class PaperValue:
    name: str
    meaning: str
    plain: str
    questions: tuple[PaperQuestion, ...]


def values(
    framework: Framework, audience: Audience, filled: Mapping[str, Filled] | None = None
) -> tuple[PaperValue, ...]:
    """Every value with its questions, in the standards' own order; blank where nothing is written."""
    written = filled or {}
    return tuple(
        PaperValue(
            value.name,
            value.meaning,
            value.plain,
            tuple(_question(framework, audience, q, written.get(q.code, Filled())) for q in value.questions),
        )
        for value in framework.values
    )


def _question(framework: Framework, audience: Audience, question: Question, filled: Filled) -> PaperQuestion:
    kind = N_("The core authenticity check") if question.core else N_("Authenticity check") if question.check else ""
    return PaperQuestion(
        question,
        question.wording[audience],
        kind,
        in_words.steps(framework, question.code),
        may_not_apply=not question.check,
        filled=filled,
    )
