"""READS: what stood last time for a question, as far as it asked the same in the same words."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from coprod.assessments import queries as assessments
from coprod.assessments.comparison import why_not
from coprod.database import db
from coprod.framework.queries import library, pinned
from coprod.framework.versions import came_from
from coprod.moderation import feedback, rules
from coprod.moderation.models import Case


@dataclass(frozen=True, slots=True)
class LastTime:
    """The final rating of last time, with its reason; or why the two can't be compared."""

    on: datetime
    rating: str
    reason: str
    why_not: str


def last_time(case: Case, code: str) -> LastTime | None:
    """None for an organisation's first result. Ask only for who may read this question of the case."""
    before = assessments.last_final(case.assessment)
    last = db.session.scalar(select(Case).where(Case.assessment_id == before.id)) if before else None
    if before is None or last is None or last.outcome is None or last.closed_at is None:
        return None
    old = pinned(before.framework, before.version)
    new = pinned(case.assessment.framework, case.assessment.version)
    moves = came_from(library().mapping(old, new)).get(code, ())
    if refusal := why_not(moves):
        return LastTime(last.closed_at, "", "", refusal)
    stood = next(q for q in feedback.read(last.outcome).questions if q.code == moves[0].code)
    return LastTime(last.closed_at, rules.name_of(old, stood.rating), stood.reason, "")
