"""WRITES: last time's answers as the start of this time's, each to be checked before it counts as answered."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from coprod import history
from coprod.assessments import queries
from coprod.assessments.answering import written
from coprod.assessments.last_time import Brought, brought
from coprod.assessments.models import Answer, AnswerChange, AnswerEvidence, Assessment
from coprod.assessments.writing import add_version
from coprod.database import db
from coprod.framework.queries import library
from coprod.framework.versions import Move, came_from
from coprod.permissions import Actor


def carry_over(assessment: Assessment, last: Assessment, *, actor: Actor, now: datetime) -> None:
    """Start from what was written last time, question by question, as far as each is still asked."""
    old, new = queries.framework_of(last), queries.framework_of(assessment)
    rows = queries.rows_of(last)
    db.session.flush()  # The new assessment has its id only once it is in the database.
    for code, moves in came_from(library().mapping(old, new)).items():
        if any(move.code in rows for move in moves):
            _bring(assessment, code, moves, rows, actor, now)
    history.record("assessment.carried_over", assessment, actor=actor, now=now, last=str(last.id))


def _bring(
    assessment: Assessment, code: str, moves: Sequence[Move], rows: Mapping[str, Answer], actor: Actor, now: datetime
) -> None:
    """One answer with what backs it up. Evidence that was withdrawn since stays behind."""
    sources = [rows[move.code] for move in moves if move.code in rows]
    start = brought(moves, {move.code: written(rows[move.code]) for move in moves if move.code in rows})
    row = _row(assessment, code, start, actor, now)
    db.session.add(row)
    db.session.flush()
    evidence = {item.id for source in sources for item in queries.standing_evidence(source)}
    changes = {link.change_id for source in sources for link in source.changes}
    db.session.add_all(AnswerEvidence(answer_id=row.id, evidence_id=each) for each in evidence)
    db.session.add_all(AnswerChange(answer_id=row.id, change_id=each) for each in changes)
    add_version(row.id, start.written, who=row.saved_by, now=now, stood=True)


def _row(assessment: Assessment, code: str, start: Brought, actor: Actor, now: datetime) -> Answer:
    return Answer(
        assessment_id=assessment.id,
        question_code=code,
        rating=start.written.rating,
        not_applicable=start.written.not_applicable,
        reason=start.written.reason,
        account=start.written.account,
        carried=start.became.value,
        saved_by=actor.person_id,
        saved_at=now,
    )
