"""READS: answers about which reviewers ask for more, as they are now, and what is said of them on the pages."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from coprod.assessments import meeting_queries, queries, snapshot
from coprod.assessments.models import Assessment
from coprod.assessments.rules import State
from coprod.framework import scoring
from coprod.framework.scoring import Problem


@dataclass(frozen=True, slots=True)
class AskedFor:
    """What reviewers ask for, for the organisation. Which reviewer asks is not in it."""

    due: date
    questions: tuple[tuple[str, str, str], ...]

    def reason(self, code: str) -> str:
        return next((reason for each, _, reason in self.questions if each == code), "")


def asked_for(assessment: Assessment) -> AskedFor | None:
    """The questions that are open again, each with its short name and the reason; None while nothing is asked."""
    asked = assessment.more_asked if assessment.state == State.MORE_ASKED.value else None
    if asked is None:
        return None
    framework = queries.framework_of(assessment)
    return AskedFor(
        asked.due,
        tuple((q.question_code, framework.question(q.question_code).short, q.reason) for q in asked.questions),
    )


def answers_now(
    assessment: Assessment, codes: Collection[str], *, today: date
) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """These answers with everything beside them, as a snapshot holds them; and what keeps the others from being it."""
    framework = queries.framework_of(assessment)
    sent = queries.to_send(assessment)
    answers = {code: each.answer for code, each in sent.items()}
    problems = tuple(problem for problem in scoring.problems(framework, answers) if problem.code in codes)
    families = meeting_queries.view_of(assessment)
    made = {}
    for code in sorted(set(codes) - {problem.code for problem in problems}):
        question, answer = framework.question(code), answers[code]
        made[code] = snapshot.answer_as_sent(
            sent[code],
            scoring.credited(framework, question, answer, on=today, first=assessment.first),
            scoring.ceiling(framework, question, answer, on=today, first=assessment.first),
            families.to(code),
        )
    return made, problems


def months_of_evidence(assessment: Assessment, *, today: date) -> int:
    """Over how many months all of the evidence reaches now."""
    answers = {code: queries.told(row) for code, row in queries.rows_of(assessment).items()}
    return queries.award_facts(assessment, answers, today=today).evidence_months
