"""What the pages about families' views show, as frozen values: templates only lay them out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from coprod.assessments import meeting_queries
from coprod.assessments.drafting import outline
from coprod.assessments.family_forms import ViewsForm, count_name, words_name
from coprod.assessments.family_view import VOICES, Beside, FamiliesView, beside, widest
from coprod.assessments.meetings import Typed, typed_in
from coprod.assessments.models import Answer, Assessment, FamilyMeeting
from coprod.framework.model import NOT_APPLICABLE, Framework, Rating, Value, Voice
from coprod.phrases import N_, Phrase, Phrases
from coprod.web.formatting import counted, day


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """One meeting in a list, and how far it is typed in."""

    id: UUID
    title: str
    took_part: str
    typed_in: str


@dataclass(frozen=True, slots=True)
class BesideOwn:
    """One question: what the organisation chose, and what each group of families did."""

    code: str
    short: str
    own: str
    groups: tuple[Beside, ...]
    words: tuple[str, ...]

    @property
    def anybody(self) -> bool:
        return bool(self.groups or self.words)


@dataclass(frozen=True, slots=True)
class GapLine:
    """A question where families and the organisation are apart."""

    code: str
    short: str
    who: str
    gap: str


@dataclass(frozen=True, slots=True)
class ValueLine:
    """One value of a meeting: how many of its questions have something typed in."""

    code: str
    index: int
    name: str
    typed_in: str


def meeting_lines(meetings: Sequence[FamilyMeeting], framework: Framework) -> tuple[MeetingLine, ...]:
    total = len(framework.questions)
    return tuple(
        MeetingLine(
            meeting.id,
            Phrase("Meeting on {day}", day=day(meeting.held_on)),
            took_part(meeting.parents, meeting.young_people),
            Phrase("Typed in for {number} of {total} questions", number=len(typed_in(meeting)), total=total),
        )
        for meeting in meetings
    )


def took_part(parents: int, young_people: int) -> str:
    """ "8 parents and carers, 3 young people took part"."""
    return (
        Phrase(
            "{parents}, {young_people} took part",
            parents=counted(parents, "parent or carer", "parents and carers"),
            young_people=counted(young_people, "young person", "young people"),
        )
    )


def value_lines(meeting: FamilyMeeting, framework: Framework) -> tuple[ValueLine, ...]:
    done = typed_in(meeting)
    return tuple(
        ValueLine(
            value.code,
            index,
            value.name,
            Phrase(
                "{number} of {total} questions typed in",
                number=sum(q.code in done for q in value.questions),
                total=len(value.questions),
            ),
        )
        for index, value in enumerate(framework.values)
    )


def own_ratings(assessment: Assessment) -> dict[str, Rating]:
    """What the organisation chose for each question so far."""
    return {code: NOT_APPLICABLE if each.not_applicable else each.rating for code, each in outline(assessment).items()}


def beside_own(
    assessment: Assessment, framework: Framework, code: str, row: Answer | None, *, met: bool
) -> BesideOwn:
    """Families' view of one question, for its page. Where nobody `met`, nothing is asked."""
    own: Rating = None if row is None else NOT_APPLICABLE if row.not_applicable else row.rating
    view = meeting_queries.view_of(assessment, code) if met else FamiliesView()
    return _beside(framework, view, code, own)


def all_beside(framework: Framework, view: FamiliesView, own: Mapping[str, Rating]) -> tuple[BesideOwn, ...]:
    """Families' view of every question that they said something about."""
    lines = (_beside(framework, view, question.code, own.get(question.code)) for question in framework.questions)
    return tuple(line for line in lines if line.anybody)


def gaps(framework: Framework, view: FamiliesView, own: Mapping[str, Rating]) -> tuple[GapLine, ...]:
    return tuple(
        GapLine(code, framework.question(code).short, each.who, each.gap) for code, each in widest(framework, view, own)
    )


@dataclass(frozen=True, slots=True)
class CountRow:
    """One rating of one question on the page where numbers are typed: its words, and the boxes."""

    name: str
    descriptor: str
    fields: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class QuestionBoxes:
    code: str
    plain: str
    rows: tuple[CountRow, ...]
    words: Any


def boxes(framework: Framework, value: Value, form: ViewsForm) -> tuple[QuestionBoxes, ...]:
    return tuple(
        QuestionBoxes(
            question.code,
            question.plain,
            tuple(
                CountRow(
                    rung.name,
                    question.descriptors[rung.rating],
                    tuple(form[count_name(voice, question.code, rung.rating)] for voice in VOICES),
                )
                for rung in framework.scale
            ),
            form[words_name(question.code)],
        )
        for question in value.questions
    )


def as_sent(views: Mapping[str, Typed]) -> str:
    """What a form was made from, as it carries it along."""
    return json.dumps(
        {
            code: [[[v.value, r, n] for (v, r), n in sorted(typed.numbers.items())], typed.words]
            for code, typed in views.items()
        }
    )


def as_read(sent: str | None) -> dict[str, Typed]:
    """What a form was made from; nothing where the browser sent something else."""
    try:
        kept = json.loads(sent or "{}")
        return {
            code: Typed({(Voice(voice), int(rating)): int(number) for voice, rating, number in cells}, str(words))
            for code, (cells, words) in kept.items()
        }
    except (ValueError, TypeError, AttributeError):
        return {}


def in_words(framework: Framework, typed: Typed) -> str:
    """What somebody else typed for one question, in a line."""
    counts: list[str] = [
        Phrase("{who}, {name}: {number}", who=Phrase(VOICES[voice]), name=framework.rung(rating).name, number=number)
        for (voice, rating), number in sorted(typed.numbers.items())
    ]
    return Phrases([*counts, *([f"“{typed.words}”"] if typed.words else [])]) or N_("nothing")


def _beside(framework: Framework, view: FamiliesView, code: str, own: Rating) -> BesideOwn:
    heard = view.to(code)
    chosen = framework.rung(own).name if isinstance(own, int) else ""
    return BesideOwn(code, framework.question(code).short, chosen, beside(framework, heard, own), heard.words)
