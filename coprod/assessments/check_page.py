"""What the plan and the page before sending in show: steps, gaps, and every answer once more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coprod.assessments import queries
from coprod.assessments.models import Answer, PlanAction
from coprod.assessments.plan import Stage, is_overdue, stage_of
from coprod.assessments.rules import Scored
from coprod.assessments.score_page import rating_words
from coprod.framework.model import Framework, NotApplicable
from coprod.framework.scoring import Problem


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One step of the plan. `late` says that its date has gone by."""

    id: UUID
    what: str
    owner: str
    due: date
    question: str
    stage: str
    others: tuple[tuple[str, str], ...]
    carried: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """Something to mend before the assessment can be sent in, and the question where it is mended."""

    code: str
    short: str
    words: str


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One answer, as it is about to be sent in."""

    code: str
    short: str
    chosen: str
    counts_as: str
    account: str
    reason: str
    evidence: int
    changes: int


@dataclass(frozen=True, slots=True)
class ValueAnswers:
    index: int
    name: str
    answers: tuple[AnswerLine, ...]


def plan_lines(plan: Sequence[PlanAction], shorts: Mapping[str, str], *, today: date) -> tuple[PlanLine, ...]:
    """The plan, what comes first first, with the question that each step helps with."""
    return tuple(
        PlanLine(
            action.id,
            action.what,
            action.owner,
            action.due,
            shorts.get(action.question_code or "", ""),
            stage=(stage := stage_of(begun_on=action.begun_on, done_on=action.done_on)).words,
            others=tuple((each.value, each.within) for each in Stage if each is not stage),
            carried=action.carried_from is not None,
            late=is_overdue(due=action.due, done_on=action.done_on, today=today),
        )
        for action in plan
    )


def gaps(framework: Framework, problems: Sequence[Problem]) -> tuple[Gap, ...]:
    return tuple(Gap(p.code, framework.question(p.code).short, p.words) for p in problems)


def check_answers(framework: Framework, scored: Scored, rows: Mapping[str, Answer]) -> tuple[ValueAnswers, ...]:
    """Every answer, value by value."""
    return tuple(
        ValueAnswers(index, value.name, tuple(_answer(framework, scored, q.code, rows) for q in value.questions))
        for index, value in enumerate(framework.values)
    )


def _answer(framework: Framework, scored: Scored, code: str, rows: Mapping[str, Answer]) -> AnswerLine:
    row, credited = rows.get(code), scored.credited[code]
    held = credited.rule is not None and not isinstance(credited.rating, NotApplicable)
    return AnswerLine(
        code=code,
        short=framework.question(code).short,
        chosen=rating_words(framework, credited.claimed),
        counts_as=rating_words(framework, credited.rating) if held else "",
        account=row.account if row else "",
        reason=row.reason if row else "",
        evidence=len(queries.standing_evidence(row)) if row else 0,
        changes=len(row.changes) if row else 0,
    )
