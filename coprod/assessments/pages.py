"""What the pages of an assessment show, as frozen values: templates only lay them out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from coprod.assessments import rules
from coprod.assessments.drafting import Outlined
from coprod.assessments.models import Answer, Assessment
from coprod.assessments.rules import BEFORE_MODERATION, WRITABLE, Progress, State
from coprod.changes import queries as changes
from coprod.changes.models import ChangeRecord
from coprod.evidence.models import Evidence
from coprod.framework.model import Framework, Question
from coprod.permissions import Action
from coprod.phrases import N_, Phrase, Phrases
from coprod.web.formatting import day

TAGS: Mapping[Progress, str | None] = {
    Progress.NOT_STARTED: "",
    Progress.IN_PROGRESS: "govuk-tag--yellow",
    Progress.ANSWERED: None,
    Progress.CHECK: "govuk-tag--yellow",
    Progress.MORE_ASKED: "govuk-tag--orange",
}


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One question in a list."""

    code: str
    number: int
    short: str
    check: bool
    state: str
    tag: str | None
    current: bool


@dataclass(frozen=True, slots=True)
class ValueBlock:
    """One value with its questions, for the task list."""

    index: int
    name: str
    meaning: str
    answered: int
    total: int
    questions: tuple[QuestionLine, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of all questions have an answer, and which is next."""

    answered: int
    total: int
    next_code: str | None
    next_short: str

    @property
    def complete(self) -> bool:
        return self.next_code is None


@dataclass(frozen=True, slots=True)
class Linked:
    """Something that supports an answer, as the question page lists it."""

    id: UUID
    title: str
    line: str
    warning: str = ""


def tally(framework: Framework, outline: Mapping[str, Outlined]) -> Tally:
    """Unanswered questions come first in their order, whatever is answered after them."""
    blank = [q for q in framework.questions if _progress(outline, q.code) is not Progress.ANSWERED]
    total = len(framework.questions)
    after = blank[0] if blank else None
    return Tally(total - len(blank), total, after.code if after else None, after.short if after else "")


def blocks(framework: Framework, outline: Mapping[str, Outlined]) -> tuple[ValueBlock, ...]:
    """The five values with their questions and how far each is."""
    made = []
    for index, value in enumerate(framework.values):
        found = lines(value.questions, outline, current="")
        answered = sum(_progress(outline, q.code) is Progress.ANSWERED for q in value.questions)
        made.append(ValueBlock(index, value.name, value.meaning, answered, len(found), found))
    return tuple(made)


def evidence_lines(framework: Framework, items: Sequence[Evidence]) -> tuple[Linked, ...]:
    """Evidence as a list shows it: what kind, its date, and whether it comes from families."""
    names = {kind.code: kind.name for kind in framework.evidence_kinds}
    return tuple(
        Linked(
            item.id,
            item.title,
            Phrase(
                N_("{kind}, {day}, from families") if item.from_families else N_("{kind}, {day}"),
                kind=names.get(item.kind, item.kind),
                day=day(item.dated),
            ),
        )
        for item in items
    )


def change_lines(records: Sequence[ChangeRecord]) -> tuple[Linked, ...]:
    """Change records as a list shows them, with what keeps one from counting."""
    return tuple(_change_line(record) for record in records)


def sent_titles(kept: Mapping[str, Any]) -> tuple[str, ...]:
    """What backed an answer when it was sent in."""
    return tuple(thing["title"] for thing in (*kept["changes"], *kept["evidence"]))


def backing_titles(row: Answer | None) -> tuple[str, ...]:
    """What backs an answer that was never sent in."""
    if row is None:
        return ()
    return (*(link.change.title for link in row.changes), *(link.evidence.title for link in row.evidence))


def is_offered(action: Action, state: State) -> bool:
    """Writing and sending in are offered while it is a draft; withdrawing until a reviewer has begun."""
    return state in (BEFORE_MODERATION if action is Action.WITHDRAW_ASSESSMENT else WRITABLE)


def is_writable(assessment: Assessment, row: Answer | None) -> bool:
    return rules.is_writable(State(assessment.state), more_asked=row is not None and row.more_asked)


def _change_line(record: ChangeRecord) -> Linked:
    counted = changes.counted(record)
    decided = confirmed = ""
    if record.decided_on:
        decided = Phrase("Decided on {day}", day=day(record.decided_on))
    if counted.confirmed:
        confirmed = Phrase("confirmed by {number}", number=counted.confirmed)
    line = [decided or N_("No date of the decision yet"), confirmed or N_("not confirmed by a family yet")]
    warning = "" if counted.complete else N_("Not complete yet, so it does not count.")
    return Linked(record.id, record.title, Phrases(line, between=", "), warning)


def lines(questions: Sequence[Question], outline: Mapping[str, Outlined], *, current: str) -> tuple[QuestionLine, ...]:
    return tuple(
        QuestionLine(
            code=question.code,
            number=number,
            short=question.short,
            check=question.check,
            state=_progress(outline, question.code).words,
            tag=TAGS[_progress(outline, question.code)],
            current=question.code == current,
        )
        for number, question in enumerate(questions, start=1)
    )


def _progress(outline: Mapping[str, Outlined], code: str) -> Progress:
    return outline[code].progress if code in outline else Progress.NOT_STARTED
