"""READS: how far reviewers agree, question by question, for who looks after the wording and the training."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from coprod.assessments.models import Assessment
from coprod.database import db
from coprod.framework.model import Framework
from coprod.framework.queries import current_framework
from coprod.framework.scoring import shown
from coprod.moderation.agreement import Agreement, Pair, agreement
from coprod.moderation.models import Case, Judgement, Seat
from coprod.phrases import N_, Phrase

PERIOD = timedelta(days=731)  # 24 months


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """One question, or all of them, in words. Empty where there are too few pairs to tell anything."""

    code: str
    short: str
    pairs: int
    exact: str
    within_one: str
    kappa: str
    confused: str


@dataclass(frozen=True, slots=True)
class AgreementPage:
    version: str
    whole: AgreementRow
    rows: tuple[AgreementRow, ...]


def agreement_page(*, now: datetime) -> AgreementPage:
    """Of answers that two reviewers rated blind, on today's standards, in cases of the last 24 months."""
    framework = current_framework()
    found = _pairs(framework, since=now - PERIOD)
    of_question = defaultdict(list)
    for pair in found:
        of_question[pair.question].append(pair)
    rows = tuple(
        _row(framework, question.code, question.short, of_question[question.code]) for question in framework.questions
    )
    return AgreementPage(framework.version, _row(framework, "", N_("All questions"), found), rows)


def _row(framework: Framework, code: str, short: str, pairs: list[Pair]) -> AgreementRow:
    found = agreement(pairs)
    if found is None:
        return AgreementRow(code, short, len(pairs), "", "", "", "")
    kappa = "" if found.kappa is None else f"{float(found.kappa):.2f}"
    return AgreementRow(
        code, short, found.pairs, _percent(found.exact), _percent(found.within_one), kappa, _confused(framework, found)
    )


def _percent(share: Fraction) -> str:
    return f"{shown(100 * share)}%"


def _confused(framework: Framework, found: Agreement) -> str:
    if found.confused is None:
        return ""
    low, high, often = found.confused
    return Phrase(
        "{low} or {high} ({often} of {pairs})",
        low=framework.rung(low).name,
        high=framework.rung(high).name,
        often=often,
        pairs=found.pairs,
    )


def _pairs(framework: Framework, *, since: datetime) -> list[Pair]:
    """Both reviewers' last rating of each answer, where both have finished. "Does not apply" has no distance."""
    last = (
        select(Judgement.case_id, func.max(Judgement.number).label("number"))
        .group_by(Judgement.case_id, Judgement.person_id, Judgement.question_code)
        .subquery()
    )
    given = (
        select(Judgement.case_id, Judgement.question_code, Judgement.rating, Seat.position)
        .join(last, (last.c.case_id == Judgement.case_id) & (last.c.number == Judgement.number))
        .join(Seat, (Seat.case_id == Judgement.case_id) & (Seat.person_id == Judgement.person_id))
        .where(Seat.finished_at >= since, Judgement.rating.is_not(None))
        .subquery()
    )
    first, second = aliased(given), aliased(given)
    chosen = (
        select(first.c.question_code, first.c.rating, second.c.rating)
        .join(second, (second.c.case_id == first.c.case_id) & (second.c.question_code == first.c.question_code))
        .join(Case, Case.id == first.c.case_id)
        .join(Assessment, Assessment.id == Case.assessment_id)
        .where(first.c.position == 1, second.c.position == 2, Assessment.version == framework.version)
        .order_by(first.c.case_id, first.c.question_code)
    )
    return [Pair(*row) for row in db.session.execute(chosen)]
