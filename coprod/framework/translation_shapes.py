"""The shape of `languages/<code>.yaml`: words of the standards in another language."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Annotated

from pydantic import Field, StringConstraints

from coprod.framework import translation
from coprod.framework.faults import Fault, Place
from coprod.framework.model import Audience, Framework, Question
from coprod.framework.safe_yaml import Source
from coprod.framework.text_shapes import Line, Lines, QuestionCode, Shape, Slug, Text, Texts, ValueCode, Version

LANGUAGE = r"^[a-z]{2,3}(-[A-Z]{2})?$"
LanguageCode = Annotated[str, StringConstraints(pattern=LANGUAGE)]


class ValueWordsShape(Shape):
    code: ValueCode
    name: Line
    meaning: Text
    plain: Text

    def build(self) -> translation.ValueWords:
        return translation.ValueWords(self.code, self.name, self.meaning, self.plain)


class QuestionWordsShape(Shape):
    """Every word of one question: what is left out here can't be shown in another language than the rest."""

    code: QuestionCode
    wording_version: Annotated[int, Field(ge=1, le=99)]
    short: Line
    title: Line
    wording: dict[str, Text]
    plain: Text
    help: Text
    prompts: Lines
    descriptors: Texts
    why_check: Text | None = None

    def build(self) -> translation.QuestionWords:
        return translation.QuestionWords(
            code=self.code,
            wording_version=self.wording_version,
            short=self.short,
            title=self.title,
            wording=MappingProxyType({Audience(name): words for name, words in self.wording.items()}),
            plain=self.plain,
            help=self.help,
            prompts=tuple(self.prompts),
            descriptors=tuple(self.descriptors),
            why_check=self.why_check or "",
        )


class TranslationShape(Shape):
    slug: Slug
    version: Version
    language: LanguageCode
    values: list[ValueWordsShape] = Field(default_factory=list, max_length=12)
    questions: list[QuestionWordsShape] = Field(default_factory=list, max_length=120)

    def build(self) -> translation.Translation:
        return translation.Translation(
            slug=self.slug,
            version=self.version,
            language=self.language,
            values=MappingProxyType({each.code: each.build() for each in self.values}),
            questions=MappingProxyType({each.code: each.build() for each in self.questions}),
        )


def disagreements(source: Source, shape: TranslationShape, framework: Framework) -> list[Fault]:
    """What does not fit the version in English that these words are for."""
    faults = []
    if (shape.slug, shape.version) != (framework.slug, framework.version):
        faults.append(source.fault(("version",), f"These words are for {framework.slug} {framework.version}."))
    if source.file.rpartition("/")[2] != f"{shape.language}.yaml":
        faults.append(source.fault(("language",), f"Name this file {shape.language}.yaml, after its language."))
    faults += _codes(source, "values", [each.code for each in shape.values], [v.code for v in framework.values])
    known = {question.code: question for question in framework.questions}
    faults += _codes(source, "questions", [each.code for each in shape.questions], list(known))
    for number, each in enumerate(shape.questions):
        if each.code in known:
            faults += _pieces(source, ("questions", number), each, known[each.code])
    return faults


def _codes(source: Source, kind: str, codes: Sequence[str], known: Sequence[str]) -> list[Fault]:
    faults = []
    for number, code in enumerate(codes):
        if code not in known:
            faults.append(source.fault((kind, number, "code"), f"These standards have no {kind[:-1]} {code}."))
        if code in codes[:number]:
            faults.append(source.fault((kind, number, "code"), f"{code} stands here twice."))
    return faults


def _pieces(source: Source, place: Place, words: QuestionWordsShape, question: Question) -> list[Fault]:
    """Pieces that the question has in English and not here, or the other way round."""
    faults = []
    audiences = {audience.value for audience in question.wording}
    for name in sorted(audiences ^ set(words.wording)):
        said = "Write the wording for" if name in audiences else "There is no audience"
        faults.append(source.fault((*place, "wording"), f"{said} {name}."))
    for name in ("prompts", "descriptors"):
        wanted, there = len(getattr(question, name)), len(getattr(words, name))
        if wanted != there:
            faults.append(source.fault((*place, name), f"In English there are {wanted} of these; here are {there}."))
    if bool(question.why_check) != bool(words.why_check):
        said = "Say why this is an authenticity check." if question.why_check else "This is no authenticity check."
        faults.append(source.fault((*place, "why_check"), said))
    if words.wording_version > question.wording_version:
        said = f"The wording in English is only at version {question.wording_version}."
        faults.append(source.fault((*place, "wording_version"), said))
    return faults
