"""The standards as frozen values: Framework > Value > Question > Descriptor. No files, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from coprod.errors import NotFound
from coprod.framework.levels import Level


class UnknownCode(NotFound):
    """A question, value, level or rating that these standards do not have."""

    def __init__(self, kind: str, code: object) -> None:
        super().__init__(f"These standards have no {kind} called {code}.")


class Audience(StrEnum):
    """Whose wording is shown."""

    SCHOOL = "school"
    SERVICE = "service"


class Area(StrEnum):
    """How far a piece of work reaches."""

    CHILD = "child"
    TEAM = "team"
    ORGANISATION = "organisation"


class Voice(StrEnum):
    """Who spoke. CHILDREN means children and young people."""

    PARENTS = "parents"
    CHILDREN = "children"


class FromFamilies(StrEnum):
    """Whether a kind of evidence comes from families: yes, only when families agreed it, or not by itself."""

    YES = "yes"
    IF_AGREED = "if_agreed"
    NO = "no"


class NotApplicable(Enum):
    """The one mark for a question that does not apply. It is neither 0 nor unanswered."""

    NOT_APPLICABLE = "not applicable"


NOT_APPLICABLE: Final = NotApplicable.NOT_APPLICABLE

Rating = int | None | NotApplicable
"""A rating on the scale; None while the question is unanswered; or the mark that it does not apply."""

_Thing = TypeVar("_Thing")


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the scale, with the words that reviewers use."""

    rating: int
    name: str
    meaning: str
    forum_rung: str
    evidence_needed: str


@dataclass(frozen=True, slots=True)
class Examples:
    """So many recent examples: a dated item of evidence, or a complete change record."""

    at_least: int


@dataclass(frozen=True, slots=True)
class FamilyEvidence:
    """So many recent things from families: an item marked so, or a complete change a family confirmed."""

    at_least: int


@dataclass(frozen=True, slots=True)
class Changes:
    """So many complete change records, counting only those that have everything named here.

    `within_months` None means the framework's own age limit; no `areas` means any. `count_areas` counts
    the different areas of work that they reach, instead of the records.
    """

    at_least: int
    within_months: int | None = None
    voice: Voice | None = None
    areas: frozenset[Area] = frozenset()
    count_areas: bool = False
    confirmed: bool = False
    shared: bool = False
    changed_mind: bool = False


Need = Examples | FamilyEvidence | Changes


@dataclass(frozen=True, slots=True)
class EvidenceRule:
    """An answer above `cap` is held at `cap` until its need is met.

    `held` is what the page says then, and `raise_it` the one thing that would lift it.
    """

    id: str
    cap: int
    need: Need
    held: str
    raise_it: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question. Its code never changes meaning; new words mean a new `wording_version`."""

    code: str
    short: str
    title: str
    wording: Mapping[Audience, str] = field(hash=False)
    plain: str
    help: str
    prompts: tuple[str, ...]
    descriptors: tuple[str, ...]
    scope: tuple[Area, ...]
    check: bool
    core: bool
    why_check: str
    wording_version: int
    rules: tuple[EvidenceRule, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """One value of the charter, with its questions in order."""

    code: str
    name: str
    meaning: str
    plain: str
    themes: tuple[str, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class EvidenceKind:
    """A kind of evidence, and whether it counts as coming from families."""

    code: str
    name: str
    examples: tuple[str, ...]
    from_families: FromFamilies
    families_note: str


@dataclass(frozen=True, slots=True)
class ExtraPrompt:
    """A question for one type of organisation to talk over. It is not scored."""

    code: str
    organisation_type: str
    prompt: str


@dataclass(frozen=True, slots=True)
class WorkingTowards:
    """What we say when no level is reached yet. It is never public and never a failure."""

    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Keeping:
    """What keeps an award in force between one assessment and the next."""

    check_in_months: int
    reminder_days: tuple[int, ...]
    overdue_days: int
    lapse_days: int
    renewal_opens_months: int
    withdrawn_shown_months: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guidance:
    """Words for the pages around the questions: how to score, what evidence to give, how moderation goes."""

    introduction: str
    definitions: tuple[str, ...]
    scorers: tuple[str, ...]
    weak_evidence: tuple[str, ...]
    privacy: tuple[str, ...]
    scoring: tuple[str, ...]
    levels: tuple[str, ...]
    moderation: tuple[str, ...]
    feedback: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Framework:
    """One version of the standards, whole. Look-ups are prepared once, when it is made."""

    slug: str
    version: str
    title: str
    status: str
    changed: date
    sha256: str
    audiences: Mapping[Audience, str]
    scale: tuple[Rung, ...]
    values: tuple[Value, ...]
    evidence_kinds: tuple[EvidenceKind, ...]
    evidence_rules: tuple[EvidenceRule, ...]
    levels: tuple[Level, ...]
    working_towards: WorkingTowards
    keeping: Keeping
    guidance: Guidance
    extra_prompts: tuple[ExtraPrompt, ...]
    evidence_months: int = 24
    first_evidence_months: int = 36
    not_applicable_per_value: int = 1
    questions: tuple[Question, ...] = field(init=False, repr=False)
    checks: tuple[Question, ...] = field(init=False, repr=False)
    core_check: Question = field(init=False, repr=False)
    _questions: Mapping[str, Question] = field(init=False, repr=False)
    _values: Mapping[str, Value] = field(init=False, repr=False)
    _value_of: Mapping[str, Value] = field(init=False, repr=False)
    _levels: Mapping[str, Level] = field(init=False, repr=False)
    _kinds: Mapping[str, EvidenceKind] = field(init=False, repr=False)
    _rules: Mapping[str, tuple[EvidenceRule, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        questions = tuple(question for value in self.values for question in value.questions)
        prepared = {
            "questions": questions,
            "checks": tuple(question for question in questions if question.check),
            "core_check": next(question for question in questions if question.core),
            "_questions": MappingProxyType({question.code: question for question in questions}),
            "_values": MappingProxyType({value.code: value for value in self.values}),
            "_value_of": MappingProxyType({q.code: value for value in self.values for q in value.questions}),
            "_levels": MappingProxyType({level.code: level for level in self.levels}),
            "_kinds": MappingProxyType({kind.code: kind for kind in self.evidence_kinds}),
            "_rules": MappingProxyType({q.code: self._in_order_of_cap(q) for q in questions}),
        }
        for name, thing in prepared.items():
            object.__setattr__(self, name, thing)

    def _in_order_of_cap(self, question: Question) -> tuple[EvidenceRule, ...]:
        """A question's own rules come first at the same cap, because they say more exactly what to do."""
        return tuple(sorted(question.rules + self.evidence_rules, key=lambda rule: rule.cap))

    @property
    def top_rating(self) -> int:
        return len(self.scale) - 1

    def question(self, code: str) -> Question:
        return _found(self._questions, "question", code)

    def value(self, code: str) -> Value:
        return _found(self._values, "value", code)

    def value_of(self, question_code: str) -> Value:
        return _found(self._value_of, "question", question_code)

    def level(self, code: str) -> Level:
        return _found(self._levels, "level", code)

    def evidence_kind(self, code: str) -> EvidenceKind:
        return _found(self._kinds, "kind of evidence", code)

    def rules_for(self, question_code: str) -> tuple[EvidenceRule, ...]:
        """Every evidence rule that bears on a question, lowest cap first."""
        return _found(self._rules, "question", question_code)

    def rung(self, rating: int) -> Rung:
        if not 0 <= rating <= self.top_rating:
            raise UnknownCode("rating", rating)
        return self.scale[rating]


def _found(things: Mapping[str, _Thing], kind: str, code: str) -> _Thing:
    try:
        return things[code]
    except KeyError:
        raise UnknownCode(kind, code) from None
