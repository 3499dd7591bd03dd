"""The report of an assessment: what its answers come to, what would raise them, what families say, and the plan."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from coprod.assessments import families_page, meeting_queries, queries
from coprod.assessments.check_page import PlanLine, ValueAnswers, check_answers, plan_lines
from coprod.assessments.families_page import BesideOwn, GapLine
from coprod.assessments.family_view import Meeting
from coprod.assessments.models import Assessment
from coprod.assessments.rules import State
from coprod.assessments.score_page import ScorePage, score_page
from coprod.framework.model import Framework
from coprod.framework.workbook import new_book, write_list
from coprod.phrases import N_, Phrase
from coprod.web.formatting import day

Sheet = tuple[str, Sequence[tuple[str, int]], Sequence[tuple[str, ...]]]
"""The name of a sheet, its headings with their widths, and its rows."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything of a report. `standing` says what it is worth: a draft, as sent in, or what it became."""

    organisation: str
    framework: Framework
    standing: str
    page: ScorePage
    values: tuple[ValueAnswers, ...]
    meetings: tuple[str, ...]
    families: tuple[BesideOwn, ...]
    gaps: tuple[GapLine, ...]
    plan: tuple[PlanLine, ...]


def report(assessment: Assessment, *, today: date) -> Report:
    framework = queries.framework_of(assessment)
    rows = queries.rows_of(assessment)
    scored = queries.scored(assessment, today=today, rows=rows)
    reasons = {code: row.reason for code, row in rows.items() if row.not_applicable}
    view = meeting_queries.view_of(assessment)
    own = {code: each.claimed for code, each in scored.credited.items()}
    shorts = {question.code: question.short for question in framework.questions}
    return Report(
        organisation=assessment.organisation.name,
        framework=framework,
        standing=_standing(assessment, today),
        page=score_page(framework, scored, reasons),
        values=check_answers(framework, scored, rows),
        meetings=tuple(_meeting(meeting) for meeting in view.meetings),
        families=families_page.all_beside(framework, view, own),
        gaps=families_page.gaps(framework, view, own),
        plan=plan_lines(queries.plan_of(assessment), shorts, today=today),
    )


def workbook(made: Report) -> bytes:
    """The report as a spreadsheet: a sheet for each part of it."""
    held = io.BytesIO()
    book = new_book(held)
    for name, columns, rows in _sheets(made):
        write_list(book, name, columns, rows)
    book.close()
    return held.getvalue()


def _sheets(made: Report) -> list[Sheet]:
    question = (("Code", 8), ("Question", 34))
    scores = (("Value", 34), ("Score", 18), ("Points", 14), ("Answered", 14))
    chosen = (("You chose", 22), ("Counts as", 22), ("In your own words", 70), ("Why it does not apply", 34))
    heard = (("Who", 22), ("Answer", 20), ("How many", 12), ("Beside your answer", 70))
    steps = (("Step", 60), ("Owner", 24), ("By", 20), ("State", 14), ("Helps with", 34))
    return [
        ("Summary", (("What", 34), ("Value", 90)), _summary(made)),
        ("Values", scores, [(value.name, value.text, value.points, value.answered) for value in made.page.values]),
        ("Answers", (*question, *chosen), _answers(made)),
        ("Levels", (("Level", 18), ("State", 22), ("Condition", 100)), _levels(made)),
        ("Families", (*question, *heard), _families(made)),
        ("Plan", steps, _plan(made)),
    ]


def _levels(made: Report) -> list[tuple[str, ...]]:
    return [(level.name, line.state, line.words) for level in made.page.levels for line in level.conditions]


def _plan(made: Report) -> list[tuple[str, ...]]:
    return [
        (step.what, step.owner, day(step.due), "Overdue" if step.late else step.stage, step.question)
        for step in made.plan
    ]


def _standing(assessment: Assessment, today: date) -> str:
    state = State(assessment.state)
    if state is State.DRAFT:
        return Phrase("A draft, as it is on {day}. Nobody has checked it yet.", day=day(today))
    if state is State.FINAL:
        return N_("As it was sent in. The result of moderation is on its own page.")
    sent = day(assessment.submitted_at)
    return Phrase("As it was sent in on {day}. {state}.", day=sent, state=Phrase(state.words))


def _meeting(meeting: Meeting) -> str:
    held_on = day(date.fromisoformat(meeting.held_on))
    took_part = families_page.took_part(meeting.parents, meeting.young_people)
    return Phrase("{day}: {took_part}", day=held_on, took_part=took_part)


def _summary(made: Report) -> list[tuple[str, ...]]:
    page = made.page
    steps = [(f"Next: {each.short} ({each.code})", each.words) for each in page.next.raises] if page.next else []
    also = [("Also needed", words) for words in page.next.others] if page.next else []
    return [
        ("Organisation", made.organisation),
        ("Standards", f"{made.framework.title}, version {made.framework.version}"),
        ("What this is", made.standing),
        ("What the answers point to", page.headline),
        ("Overall", page.overall),
        *steps,
        *also,
    ]


def _answers(made: Report) -> list[tuple[str, ...]]:
    return [
        (line.code, line.short, line.chosen, line.counts_as or line.chosen, line.account, line.reason)
        for value in made.values
        for line in value.answers
    ]


def _families(made: Report) -> list[tuple[str, ...]]:
    return [
        (line.code, line.short, group.who, name, str(number), group.gap)
        for line in made.families
        for group in line.groups
        for name, number in group.counts
    ]
