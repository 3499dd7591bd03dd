"""How the standards are written in files: one for the whole, and one for each value.

This is shape only; `consistency` holds what the parts must agree on.
"""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from coprod.framework import levels, model
from coprod.framework.condition_shapes import ConditionShape, EvidenceRuleShape
from coprod.framework.text_shapes import (
    Code,
    Day,
    Days,
    Line,
    Lines,
    Months,
    Passage,
    QuestionCode,
    RatingNumber,
    Shape,
    Slug,
    Text,
    Texts,
    ValueCode,
    Version,
)

SHORT_TITLE_WORDS = 5


class WordingShape(Shape):
    """The same question in the words of each audience."""

    school: Text
    service: Text

    def build(self) -> MappingProxyType[model.Audience, str]:
        return MappingProxyType({model.Audience.SCHOOL: self.school, model.Audience.SERVICE: self.service})


class QuestionShape(Shape):
    code: QuestionCode
    short: Line
    title: Line
    wording: WordingShape
    plain: Text
    help: Text
    prompts: Lines
    descriptors: Annotated[list[Text], Field(min_length=5, max_length=5)]
    scope: Annotated[list[Literal["child", "team", "organisation"]], Field(min_length=1, max_length=3)]
    check: bool = False
    core: bool = False
    why_check: Line | None = None
    wording_version: Annotated[int, Field(ge=1, le=999)]
    rules: list[EvidenceRuleShape] = Field(default_factory=list, max_length=20)

    @field_validator("short")
    @classmethod
    def _is_short(cls, short: str) -> str:
        if len(short.split()) > SHORT_TITLE_WORDS:
            raise ValueError(f"Keep the short title to {SHORT_TITLE_WORDS} words.")
        return short

    @model_validator(mode="after")
    def _says_why_it_is_a_check(self) -> Self:
        if self.core and not self.check:
            raise ValueError("The core check needs to be an authenticity check too: add “check: true”.")
        if self.check != (self.why_check is not None):
            raise ValueError("Each authenticity check, and nothing else, says why in “why_check”.")
        return self

    def build(self) -> model.Question:
        return model.Question(
            code=self.code,
            short=self.short,
            title=self.title,
            wording=self.wording.build(),
            plain=self.plain,
            help=self.help,
            prompts=tuple(self.prompts),
            descriptors=tuple(self.descriptors),
            scope=tuple(model.Area(area) for area in self.scope),
            check=self.check,
            core=self.core,
            why_check=self.why_check or "",
            wording_version=self.wording_version,
            rules=tuple(rule.build() for rule in self.rules),
        )


class ValueShape(Shape):
    """values/<number>-<code>.yaml: one value with its questions."""

    code: ValueCode
    name: Line
    meaning: Text
    plain: Text
    themes: Lines
    questions: Annotated[list[QuestionShape], Field(min_length=2, max_length=20)]

    def build(self) -> model.Value:
        questions = tuple(question.build() for question in self.questions)
        return model.Value(self.code, self.name, self.meaning, self.plain, tuple(self.themes), questions)


class CountsShape(Shape):
    """How many there are, so that one left out by mistake is noticed."""

    values: Annotated[int, Field(ge=1, le=10)]
    questions: Annotated[int, Field(ge=2, le=100)]
    checks: Annotated[int, Field(ge=1, le=100)]


class RungShape(Shape):
    rating: RatingNumber
    name: Line
    meaning: Text
    forum_rung: Line
    evidence_needed: Text

    def build(self) -> model.Rung:
        return model.Rung(self.rating, self.name, self.meaning, self.forum_rung, self.evidence_needed)


class EvidenceKindShape(Shape):
    code: Code
    name: Line
    examples: Lines
    from_families: Literal["yes", "if_agreed", "no"]
    families_note: Line

    def build(self) -> model.EvidenceKind:
        families = model.FromFamilies(self.from_families)
        return model.EvidenceKind(self.code, self.name, tuple(self.examples), families, self.families_note)


class EvidenceShape(Shape):
    """What counts as evidence, how old it may be, and how far it lets a rating go."""

    months: Months
    first_assessment_months: Months
    kinds: Annotated[list[EvidenceKindShape], Field(min_length=1, max_length=30)]
    rules: Annotated[list[EvidenceRuleShape], Field(min_length=1, max_length=20)]


class LevelShape(Shape):
    code: Code
    name: Line
    sentence: Text
    meaning: Text
    petals: Annotated[int, Field(ge=0, le=5)]
    valid_years: Annotated[int, Field(ge=1, le=10)]
    conditions: Annotated[list[ConditionShape], Field(min_length=1, max_length=20)]

    def build(self) -> levels.Level:
        return levels.Level(
            code=self.code,
            name=self.name,
            sentence=self.sentence,
            meaning=self.meaning,
            petals=self.petals,
            valid_years=self.valid_years,
            conditions=tuple(condition.build() for condition in self.conditions),
        )


class WorkingTowardsShape(Shape):
    name: Line
    meaning: Text


class KeepingShape(Shape):
    check_in_months: Months
    reminder_days: Annotated[list[Days], Field(min_length=1, max_length=5)]
    overdue_days: Days
    lapse_days: Days
    renewal_opens_months: Months
    withdrawn_shown_months: Months
    notes: Texts

    def build(self) -> model.Keeping:
        return model.Keeping(
            check_in_months=self.check_in_months,
            reminder_days=tuple(self.reminder_days),
            overdue_days=self.overdue_days,
            lapse_days=self.lapse_days,
            renewal_opens_months=self.renewal_opens_months,
            withdrawn_shown_months=self.withdrawn_shown_months,
            notes=tuple(self.notes),
        )


class GuidanceShape(Shape):
    introduction: Passage
    definitions: Texts
    scorers: Texts
    weak_evidence: Texts
    privacy: Texts
    scoring: Texts
    levels: Texts
    moderation: Texts
    feedback: Texts

    def build(self) -> model.Guidance:
        lists = {name: tuple(texts) for name, texts in self if isinstance(texts, list)}
        return model.Guidance(introduction=self.introduction, **lists)


class ExtraPromptShape(Shape):
    code: Code
    organisation_type: Line
    prompt: Line

    def build(self) -> model.ExtraPrompt:
        return model.ExtraPrompt(self.code, self.organisation_type, self.prompt)


class FrameworkShape(Shape):
    """framework.yaml: everything but the values."""

    slug: Slug
    version: Version
    title: Line
    status: Literal["draft", "published"]
    changed: Day
    counts: CountsShape
    audiences: WordingShape
    guidance: GuidanceShape
    scale: Annotated[list[RungShape], Field(min_length=5, max_length=5)]
    not_applicable_per_value: Annotated[int, Field(ge=0, le=5)]
    evidence: EvidenceShape
    levels: Annotated[list[LevelShape], Field(min_length=1, max_length=6)]
    working_towards: WorkingTowardsShape
    keeping: KeepingShape
    extra_prompts: list[ExtraPromptShape] = Field(default_factory=list, max_length=30)

    def build(self, values: Sequence[ValueShape], *, sha256: str) -> model.Framework:
        return model.Framework(
            slug=self.slug,
            version=self.version,
            title=self.title,
            status=self.status,
            changed=self.changed,
            sha256=sha256,
            audiences=self.audiences.build(),
            scale=tuple(rung.build() for rung in self.scale),
            values=tuple(value.build() for value in values),
            evidence_kinds=tuple(kind.build() for kind in self.evidence.kinds),
            evidence_rules=tuple(rule.build() for rule in self.evidence.rules),
            levels=tuple(level.build() for level in self.levels),
            working_towards=model.WorkingTowards(self.working_towards.name, self.working_towards.meaning),
            keeping=self.keeping.build(),
            guidance=self.guidance.build(),
            extra_prompts=tuple(prompt.build() for prompt in self.extra_prompts),
            evidence_months=self.evidence.months,
            first_evidence_months=self.evidence.first_assessment_months,
            not_applicable_per_value=self.not_applicable_per_value,
        )
