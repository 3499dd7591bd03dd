"""What the pages of an assessment show, as frozen values: templates only lay them out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from coprod.assessments.drafting import Outlined
from coprod.assessments.forms import DOES_NOT_APPLY
from coprod.assessments.models import Answer, Assessment
from coprod.assessments.rules import BEFORE_MODERATION, WRITABLE, Progress, State
from coprod.changes import queries as changes
from coprod.changes.models import ChangeRecord
from coprod.evidence.models import Evidence
from coprod.framework import in_words
from coprod.framework.model import Audience, Framework, NotApplicable, Question
from coprod.framework.scoring import Credited
from coprod.permissions import Action
from coprod.web.formatting import clock, day

TAGS: Mapping[Progress, str | None] = {
    Progress.NOT_STARTED: "",
    Progress.IN_PROGRESS: "govuk-tag--yellow",
    Progress.ANSWERED: None,
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


@dataclass(frozen=True, slots=True)
class Counts:
    """What an answer counts as, the rule that holds it there, and the one thing that would raise it."""

    title: str
    words: str
    raise_it: str = ""
    so_far: str = ""


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """Everything that the page of one question shows, besides what is typed there."""

    code: str
    title: str
    short: str
    wording: str
    plain: str
    help: str
    prompts: tuple[str, ...]
    why_check: str
    place: str
    value_index: int
    value_name: str
    steps: tuple[in_words.Step, ...]
    siblings: tuple[QuestionLine, ...]
    tally: Tally
    next_code: str | None
    choices: tuple[tuple[str, str], ...]
    choice_words: Mapping[str, str]
    may_not_apply: bool


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
        lines = _lines(value.questions, outline, current="")
        answered = sum(_progress(outline, q.code) is Progress.ANSWERED for q in value.questions)
        made.append(ValueBlock(index, value.name, value.meaning, answered, len(lines), lines))
    return tuple(made)


def question_page(
    assessment: Assessment, framework: Framework, question: Question, outline: Mapping[str, Outlined]
) -> QuestionPage:
    value = framework.value_of(question.code)
    place = [q.code for q in value.questions].index(question.code) + 1
    kind = ". The core authenticity check" if question.core else ". Authenticity check" if question.check else ""
    steps = in_words.steps(framework, question.code)
    return QuestionPage(
        code=question.code,
        title=question.title,
        short=question.short,
        wording=question.wording[Audience(assessment.audience)],
        plain=question.plain,
        help=question.help,
        prompts=question.prompts,
        why_check=question.why_check if question.check else "",
        place=f"{value.name}, question {place} of {len(value.questions)}{kind}",
        value_index=framework.values.index(value),
        value_name=value.name,
        steps=steps,
        siblings=_lines(value.questions, outline, current=question.code),
        tally=tally(framework, outline),
        next_code=code_after(framework, question.code),
        choices=choices(framework, question),
        choice_words={str(step.rating): step.descriptor for step in steps}
        | {DOES_NOT_APPLY: _does_not_apply_note(framework, question, outline)},
        may_not_apply=not question.check,
    )


def counts(framework: Framework, credited: Credited) -> Counts:
    """The cream note of the question page."""
    if credited.claimed is None:
        return Counts(
            "What your answer counts as",
            "Choose the answer that is true today, and save. Then we show what it counts as, on the evidence here.",
        )
    if isinstance(credited.claimed, NotApplicable):
        return Counts("Left out of your score", "This question does not count if the reviewers agree with your reason.")
    chosen = framework.rung(credited.claimed).name
    if credited.rule is None:
        title = f"Counts as {chosen}"
        return Counts(title, credited.next or "This is the highest answer. Keep the evidence up to date.")
    short = credited.unmet[0] if credited.unmet else None
    so_far = f"You have {short.have} of the {short.need} it needs." if short and short.need > 1 else ""
    return Counts(f"You chose {chosen}", credited.words, credited.next, so_far)


def counts_as_sent(framework: Framework, credited: Credited) -> Counts:
    """What an answer came to, on the page of an answer that can't be changed."""
    if credited.claimed is None:
        return Counts("Not answered", "This question had no answer.")
    if isinstance(credited.claimed, NotApplicable) or not isinstance(credited.rating, int):
        return counts(framework, credited)
    held = credited.rule is not None
    words = "Its evidence did not hold up a higher answer." if held else "Its evidence holds up what you chose."
    return Counts(f"Counts as {framework.rung(credited.rating).name}", words)


def evidence_lines(framework: Framework, items: Sequence[Evidence]) -> tuple[Linked, ...]:
    """Evidence as a list shows it: what kind, its date, and whether it comes from families."""
    names = {kind.code: kind.name for kind in framework.evidence_kinds}
    return tuple(
        Linked(
            item.id,
            item.title,
            f"{names.get(item.kind, item.kind)}, {day(item.dated)}" + (", from families" if item.from_families else ""),
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


def saved_words(saved_at: datetime, who: str, now: datetime) -> str:
    """When the answer was saved: today the time is enough."""
    when = f"at {clock(saved_at)}" if day(saved_at) == day(now) else f"on {day(saved_at)}"
    return f"Saved {when} by {who}"


def code_after(framework: Framework, code: str) -> str | None:
    codes = [question.code for question in framework.questions]
    return next(iter(codes[codes.index(code) + 1 :]), None)


def is_offered(action: Action, state: State) -> bool:
    """Writing and sending in are offered while it is a draft; withdrawing until a reviewer has begun."""
    return state in (BEFORE_MODERATION if action is Action.WITHDRAW_ASSESSMENT else WRITABLE)


def is_writable(assessment: Assessment) -> bool:
    return State(assessment.state) in WRITABLE


def _change_line(record: ChangeRecord) -> Linked:
    counted = changes.counted(record)
    decided = f"Decided on {day(record.decided_on)}" if record.decided_on else "No date of the decision yet"
    confirmed = f", confirmed by {counted.confirmed}" if counted.confirmed else ", not confirmed by a family yet"
    warning = "" if counted.complete else "Not complete yet, so it does not count."
    return Linked(record.id, record.title, decided + confirmed, warning)


def _lines(questions: Sequence[Question], outline: Mapping[str, Outlined], *, current: str) -> tuple[QuestionLine, ...]:
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


def choices(framework: Framework, question: Question) -> tuple[tuple[str, str], ...]:
    rungs = tuple((str(rung.rating), rung.name) for rung in framework.scale)
    return rungs if question.check else (*rungs, (DOES_NOT_APPLY, "This does not apply to us"))


def _does_not_apply_note(framework: Framework, question: Question, outline: Mapping[str, Outlined]) -> str:
    """What people are told about "does not apply" before they choose it."""
    if question.check:
        return ""
    value = framework.value_of(question.code)
    taken = [q.short for q in value.questions if q.code != question.code and _is_marked(outline, q.code)]
    if len(taken) >= framework.not_applicable_per_value:
        return f"One question in each value can be marked like this. Here “{taken[0]}” is."
    return "One question in each value can be marked like this. Reviewers read your reason."


def _is_marked(outline: Mapping[str, Outlined], code: str) -> bool:
    return code in outline and outline[code].not_applicable
