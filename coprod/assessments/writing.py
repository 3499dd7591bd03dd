"""WRITES: what stands for one question, and each version of it. Plain statements: nothing else is written as often."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, insert, update

from coprod.assessments.at_work import AtWork, Standing
from coprod.assessments.models import Answer, AnswerVersion
from coprod.assessments.rules import Written
from coprod.database import db

BLANK = Written()
_answers = Answer.__table__
_CHANGED = ("rating", "not_applicable", "reason", "account", "carried", "saved_by", "saved_at", "revision")
_CHANGE = (
    update(_answers)  # type: ignore[arg-type]  # a declarative table is a table
    .where(_answers.c.id == bindparam("answer"))
    .values({name: bindparam(name) for name in _CHANGED})
)
_ADD_VERSION = insert(AnswerVersion.__table__)  # type: ignore[arg-type]


def begin(at: AtWork, *, who: UUID, now: datetime) -> Standing:
    """A question that nobody has begun, still blank."""
    row = Answer(assessment_id=at.assessment_id, question_code=at.code, saved_by=who, saved_at=now)
    db.session.add(row)
    db.session.flush()
    return Standing(row.id, BLANK, None, False, row.revision, who, now, is_backed=False)


def change(stands: Standing, **changed: object) -> Standing:
    """Write over what stands, and say what stands then. The question is held, so nobody is in between."""
    new = replace(stands, **changed, revision=stands.revision + 1)  # type: ignore[arg-type]  # its own fields
    values = {
        "answer": new.answer_id,
        "rating": new.written.rating,
        "not_applicable": new.written.not_applicable,
        "reason": new.written.reason,
        "account": new.written.account,
        "carried": new.carried,
        "saved_by": new.saved_by,
        "saved_at": new.saved_at,
        "revision": new.revision,
    }
    db.session.execute(_CHANGE, values)
    return new


def add_version(answer_id: UUID, typed: Written, *, who: UUID, now: datetime, stood: bool) -> None:
    """Keep what somebody wrote in the history of the answer; it `stood`, or was put aside."""
    version = {
        "answer_id": answer_id,
        "stood": stood,
        "rating": typed.rating,
        "not_applicable": typed.not_applicable,
        "reason": typed.reason,
        "account": typed.account,
        "saved_by": who,
        "saved_at": now,
    }
    db.session.execute(_ADD_VERSION, version)
