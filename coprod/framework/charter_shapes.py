"""How the charter is written in a file. An area changes the words here and nothing in the program."""

from typing import Annotated, Literal

from pydantic import Field

from coprod.framework import charter
from coprod.framework.text_shapes import (
    Code,
    Day,
    Days,
    Line,
    Months,
    Passage,
    Shape,
    Slug,
    Text,
    Texts,
    Version,
)


class PromiseShape(Shape):
    name: Line
    promise: Text

    def build(self) -> charter.Promise:
        return charter.Promise(self.name, self.promise)


class CommitmentsShape(Shape):
    """`area_text` is the place for the area's own commitments. Without it, pages show `placeholder`."""

    introduction: Text
    placeholder: Text
    area_text: Passage | None = None

    def build(self) -> charter.CommitmentsText:
        return charter.CommitmentsText(self.introduction, self.placeholder, self.area_text or "")


class SignUpShape(Shape):
    senior_lead: bool
    family_link: bool
    commitments: Annotated[int, Field(ge=1, le=10)]
    at_least_one_about: Code

    def build(self) -> charter.SignUpConditions:
        return charter.SignUpConditions(self.senior_lead, self.family_link, self.commitments, self.at_least_one_about)


class TopicShape(Shape):
    code: Code
    name: Line

    def build(self) -> charter.Topic:
        return charter.Topic(self.code, self.name)


class ExampleShape(Shape):
    topic: Code
    text: Line

    def build(self) -> charter.CommitmentExample:
        return charter.CommitmentExample(self.topic, self.text)


class LapseShape(Shape):
    lapses_months: Months
    check_in_months: Months
    reminder_days: Annotated[list[Days], Field(min_length=1, max_length=5)]
    overdue_days: Days
    lapse_days: Days

    def build(self) -> charter.Lapse:
        return charter.Lapse(
            lapses_months=self.lapses_months,
            check_in_months=self.check_in_months,
            reminder_days=tuple(self.reminder_days),
            overdue_days=self.overdue_days,
            lapse_days=self.lapse_days,
        )


class CharterShape(Shape):
    """<slug>/<version>.yaml: one version of the charter."""

    slug: Slug
    version: Version
    title: Line
    status: Literal["draft", "published"]
    changed: Day
    introduction: Passage
    definition: Passage
    values: Annotated[list[PromiseShape], Field(min_length=1, max_length=10)]
    commitments: CommitmentsShape
    what_signing_means: Texts
    what_signing_does_not_mean: Texts
    conditions: SignUpShape
    topics: Annotated[list[TopicShape], Field(min_length=1, max_length=20)]
    commitment_examples: Annotated[list[ExampleShape], Field(max_length=30)]
    declaration: Passage
    lapse: LapseShape

    def build(self, *, sha256: str) -> charter.Charter:
        return charter.Charter(
            slug=self.slug,
            version=self.version,
            title=self.title,
            status=self.status,
            changed=self.changed,
            sha256=sha256,
            introduction=self.introduction,
            definition=self.definition,
            values=tuple(value.build() for value in self.values),
            commitments=self.commitments.build(),
            what_signing_means=tuple(self.what_signing_means),
            what_signing_does_not_mean=tuple(self.what_signing_does_not_mean),
            conditions=self.conditions.build(),
            topics=tuple(topic.build() for topic in self.topics),
            commitment_examples=tuple(example.build() for example in self.commitment_examples),
            declaration=self.declaration,
            lapse=self.lapse.build(),
        )
