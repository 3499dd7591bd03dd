"""How conditions of levels and evidence rules are written in a file; `kind` says which."""

from typing import Annotated, Literal

from pydantic import Field

from coprod.framework import levels, model
from coprod.framework.text_shapes import Code, Count, Months, Percent, QuestionCode, RatingNumber, Shape, Text


class OverallShape(Shape):
    kind: Literal["overall"]
    at_least: Percent

    def build(self) -> levels.Overall:
        return levels.Overall(self.at_least)


class EveryValueShape(Shape):
    kind: Literal["every_value"]
    at_least: Percent

    def build(self) -> levels.EveryValue:
        return levels.EveryValue(self.at_least)


class CoreCheckShape(Shape):
    kind: Literal["core_check"]
    at_least: RatingNumber

    def build(self) -> levels.CoreCheck:
        return levels.CoreCheck(self.at_least)


class OtherChecksShape(Shape):
    kind: Literal["other_checks"]
    at_least: RatingNumber

    def build(self) -> levels.OtherChecks:
        return levels.OtherChecks(self.at_least)


class QuestionConditionShape(Shape):
    kind: Literal["question"]
    code: QuestionCode
    at_least: RatingNumber

    def build(self) -> levels.QuestionAtLeast:
        return levels.QuestionAtLeast(self.code, self.at_least)


class ImprovementPlanShape(Shape):
    kind: Literal["improvement_plan"]

    def build(self) -> levels.ImprovementPlan:
        return levels.ImprovementPlan()


class EvidenceOfKindShape(Shape):
    kind: Literal["evidence_of_kind"]
    code: Code

    def build(self) -> levels.EvidenceOfKind:
        return levels.EvidenceOfKind(self.code)


class HeldOrSpanShape(Shape):
    kind: Literal["held_or_span"]
    level: Code
    held_months: Months
    evidence_months: Months

    def build(self) -> levels.HeldOrSpan:
        return levels.HeldOrSpan(self.level, self.held_months, self.evidence_months)


class ReviewersShape(Shape):
    kind: Literal["reviewers"]
    number: Annotated[int, Field(ge=1, le=5)]
    second_look: bool = False

    def build(self) -> levels.Reviewers:
        return levels.Reviewers(self.number, self.second_look)


class PanelShape(Shape):
    kind: Literal["panel"]

    def build(self) -> levels.Panel:
        return levels.Panel()


ConditionShape = Annotated[
    OverallShape
    | EveryValueShape
    | CoreCheckShape
    | OtherChecksShape
    | QuestionConditionShape
    | ImprovementPlanShape
    | EvidenceOfKindShape
    | HeldOrSpanShape
    | ReviewersShape
    | PanelShape,
    Field(discriminator="kind"),
]


class ExamplesShape(Shape):
    kind: Literal["examples"]
    at_least: Count

    def build(self) -> model.Examples:
        return model.Examples(self.at_least)


class FamilyEvidenceShape(Shape):
    kind: Literal["from_families"]
    at_least: Count

    def build(self) -> model.FamilyEvidence:
        return model.FamilyEvidence(self.at_least)


class ChangesShape(Shape):
    kind: Literal["changes"]
    at_least: Count
    within_months: Months | None = None
    voice: Literal["parents", "children"] | None = None
    areas: list[Literal["child", "team", "organisation"]] = Field(default_factory=list, max_length=3)
    count_areas: bool = False
    confirmed: bool = False
    shared: bool = False
    changed_mind: bool = False

    def build(self) -> model.Changes:
        return model.Changes(
            at_least=self.at_least,
            within_months=self.within_months,
            voice=model.Voice(self.voice) if self.voice else None,
            areas=frozenset(model.Area(area) for area in self.areas),
            count_areas=self.count_areas,
            confirmed=self.confirmed,
            shared=self.shared,
            changed_mind=self.changed_mind,
        )


class EvidenceRuleShape(Shape):
    id: Code
    cap: Annotated[int, Field(ge=0, le=3)]
    need: Annotated[ExamplesShape | FamilyEvidenceShape | ChangesShape, Field(discriminator="kind")]
    held: Text
    raise_it: Text

    def build(self) -> model.EvidenceRule:
        return model.EvidenceRule(self.id, self.cap, self.need.build(), self.held, self.raise_it)
