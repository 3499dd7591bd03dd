"""The words of the standards in another language. A question is said whole in one language, never half and half.

The version in English is the standard: its hash, its codes and its rules stay what they are, whatever is translated.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from coprod.framework.model import Audience, Framework, Question, Value

ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """All the words of one question, and the wording in English that they were made from."""

    code: str
    wording_version: int
    short: str
    title: str
    wording: Mapping[Audience, str] = field(hash=False)
    plain: str
    help: str
    prompts: tuple[str, ...]
    descriptors: tuple[str, ...]
    why_check: str


@dataclass(frozen=True, slots=True)
class ValueWords:
    code: str
    name: str
    meaning: str
    plain: str


@dataclass(frozen=True, slots=True)
class Translation:
    """One version of the standards in one language, as far as it is translated."""

    slug: str
    version: str
    language: str
    values: Mapping[str, ValueWords] = field(hash=False)
    questions: Mapping[str, QuestionWords] = field(hash=False)


@dataclass(frozen=True, slots=True)
class SaidQuestion:
    """A question with its words, and the language that all of them are in."""

    question: Question
    language: str


@dataclass(frozen=True, slots=True)
class SaidValue:
    value: Value
    language: str


def said_question(question: Question, translation: Translation | None) -> SaidQuestion:
    """The question in the language of `translation` where all of it is there; or else all of it in English."""
    words = translation.questions.get(question.code) if translation else None
    if translation is None or words is None or words.wording_version != question.wording_version:
        return SaidQuestion(question, ENGLISH)
    made = replace(
        question,
        short=words.short,
        title=words.title,
        wording=words.wording,
        plain=words.plain,
        help=words.help,
        prompts=words.prompts,
        descriptors=words.descriptors,
        why_check=words.why_check,
    )
    return SaidQuestion(made, translation.language)


def said_value(value: Value, translation: Translation | None) -> SaidValue:
    """A value's name and meaning, in one language too. Its questions are said one by one."""
    words = translation.values.get(value.code) if translation else None
    if translation is None or words is None:
        return SaidValue(value, ENGLISH)
    made = replace(value, name=words.name, meaning=words.meaning, plain=words.plain)
    return SaidValue(made, translation.language)


def not_yet(framework: Framework, translation: Translation) -> tuple[str, ...]:
    """The codes of values and questions that are still said in English: not translated, or reworded since."""
    values = [each.code for each in framework.values if said_value(each, translation).language == ENGLISH]
    questions = [each.code for each in framework.questions if said_question(each, translation).language == ENGLISH]
    return tuple(values + questions)
