"""How a practice set for reviewers is written: practice.yaml beside the standards that it is for."""

from typing import Annotated

from pydantic import Field

from coprod.framework import practice
from coprod.framework.faults import Fault
from coprod.framework.model import Framework
from coprod.framework.safe_yaml import Source
from coprod.framework.text_shapes import Code, Count, Day, Line, QuestionCode, RatingNumber, Shape, Slug, Text, Version


class EvidenceShape(Shape):
    kind: Code
    title: Line
    dated: Day
    shows: Text
    from_families: bool = False

    def build(self) -> practice.SampleEvidence:
        return practice.SampleEvidence(self.kind, self.title, self.dated, self.shows, self.from_families)


class SampleShape(Shape):
    """One invented answer. `agreed` is the rating that experienced reviewers and families settled on, `why` says it."""

    id: Slug
    question: QuestionCode
    audience: Code
    about: Line
    claimed: RatingNumber
    account: Text
    evidence: Annotated[list[EvidenceShape], Field(max_length=10)] = Field(default_factory=list)
    agreed: RatingNumber
    why: Text

    def build(self) -> practice.Sample:
        return practice.Sample(
            id=self.id,
            question=self.question,
            audience=self.audience,
            about=self.about,
            claimed=self.claimed,
            account=self.account,
            evidence=tuple(item.build() for item in self.evidence),
            agreed=self.agreed,
            why=self.why,
        )


class PassShape(Shape):
    exact: Count
    within_one: Count


class PracticeShape(Shape):
    slug: Slug
    version: Version
    introduction: Text
    to_pass: PassShape
    samples: Annotated[list[SampleShape], Field(min_length=4, max_length=40)]

    def build(self) -> practice.Practice:
        return practice.Practice(
            slug=self.slug,
            version=self.version,
            introduction=self.introduction,
            to_pass=practice.PassMark(self.to_pass.exact, self.to_pass.within_one),
            samples=tuple(sample.build() for sample in self.samples),
        )


def disagreements(source: Source, shape: PracticeShape, framework: Framework) -> list[Fault]:
    """What does not hold together, or does not fit the standards that the set is for."""
    faults = []
    if (shape.slug, shape.version) != (framework.slug, framework.version):
        faults.append(source.fault(("version",), f"These samples are for {framework.slug} {framework.version}."))
    most = len(shape.samples)
    if not shape.to_pass.exact <= shape.to_pass.within_one <= most:
        words = f"Ask for no more within one than there are samples ({most}), and no more exact than within one."
        faults.append(source.fault(("to_pass",), words))
    seen: set[str] = set()
    for number, sample in enumerate(shape.samples):
        place: tuple[str | int, ...] = ("samples", number)
        if sample.id in seen:
            faults.append(source.fault((*place, "id"), f"Two samples are called {sample.id}."))
        seen.add(sample.id)
        faults += _unknown(source, place, sample, framework)
    return faults


def _unknown(
    source: Source, place: tuple[str | int, ...], sample: SampleShape, framework: Framework
) -> list[Fault]:
    faults = []
    if sample.question not in {question.code for question in framework.questions}:
        faults.append(source.fault((*place, "question"), f"There is no question {sample.question}."))
    if sample.audience not in framework.audiences:
        faults.append(source.fault((*place, "audience"), f"There is no audience {sample.audience}."))
    kinds = {kind.code for kind in framework.evidence_kinds}
    for number, item in enumerate(sample.evidence):
        if item.kind not in kinds:
            where = (*place, "evidence", number, "kind")
            faults.append(source.fault(where, f"There is no kind of evidence called {item.kind}."))
    return faults
