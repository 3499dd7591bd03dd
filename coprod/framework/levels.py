"""Award levels and the conditions they ask for, as frozen values. `kind` says which rule a condition is."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Overall:
    """The overall percentage is at least this."""

    kind: ClassVar[str] = "overall"
    at_least: int


@dataclass(frozen=True, slots=True)
class EveryValue:
    """Each value's percentage is at least this, so that one strong value cannot hide a weak one."""

    kind: ClassVar[str] = "every_value"
    at_least: int


@dataclass(frozen=True, slots=True)
class CoreCheck:
    """The core authenticity check is rated at least this."""

    kind: ClassVar[str] = "core_check"
    at_least: int


@dataclass(frozen=True, slots=True)
class OtherChecks:
    """Every authenticity check but the core one is rated at least this."""

    kind: ClassVar[str] = "other_checks"
    at_least: int


@dataclass(frozen=True, slots=True)
class QuestionAtLeast:
    """One named question is rated at least this."""

    kind: ClassVar[str] = "question"
    code: str
    at_least: int


@dataclass(frozen=True, slots=True)
class ImprovementPlan:
    """There is an improvement plan with dates and owners."""

    kind: ClassVar[str] = "improvement_plan"


@dataclass(frozen=True, slots=True)
class EvidenceOfKind:
    """There is at least one item of evidence of the named kind."""

    kind: ClassVar[str] = "evidence_of_kind"
    code: str


@dataclass(frozen=True, slots=True)
class HeldOrSpan:
    """The named level was held for so many months, or the evidence spans so many."""

    kind: ClassVar[str] = "held_or_span"
    level: str
    held_months: int
    evidence_months: int


@dataclass(frozen=True, slots=True)
class Reviewers:
    """So many reviewers moderated it. `second_look`: with one, somebody else looked at the checks again."""

    kind: ClassVar[str] = "reviewers"
    number: int
    second_look: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel signed it off."""

    kind: ClassVar[str] = "panel"


Gate = CoreCheck | OtherChecks | QuestionAtLeast
RatingCondition = Overall | EveryValue | Gate
Condition = RatingCondition | ImprovementPlan | EvidenceOfKind | HeldOrSpan | Reviewers | Panel


@dataclass(frozen=True, slots=True)
class Level:
    """An award level: its words, the petals of the mark it fills, how long it lasts and what it asks for."""

    code: str
    name: str
    sentence: str
    meaning: str
    petals: int
    valid_years: int
    conditions: tuple[Condition, ...]

    @property
    def reviewers(self) -> int:
        """How many reviewers moderate for this level; one where the standards do not say."""
        return max((c.number for c in self.conditions if isinstance(c, Reviewers)), default=1)

    @property
    def second_look(self) -> bool:
        return any(c.second_look for c in self.conditions if isinstance(c, Reviewers))
