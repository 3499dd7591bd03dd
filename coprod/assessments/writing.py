"""WRITES: what stands for one question, and each version of it. Plain statements: nothing else is written as often."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm.attributes import set_committed_value

from coprod.assessments.models import Answer, AnswerVersion
from coprod.assessments.rules import Written
from coprod.database import db

_answers = Answer.__table__
_WRITTEN = ("rating", "not_applicable", "reason", "account", "saved_by", "saved_at", "revision")
_WRITE = (
    update(_answers)  # type: ignore[arg-type]  # a declarative table is a table
    .where(_answers.c.id == bindparam("answer"))
    .values({name: bindparam(name) for name in _WRITTEN})
)
_ADD_VERSION = insert(AnswerVersion.__table__)  # type: ignore[arg-type]


def write(row: Answer, new: Written, *, who: UUID, now: datetime) -> None:
    """Write over what stands. The assessment is held and the row was read after that, so nobody is in between."""
    values = {
        "rating": new.rating,
        "not_applicable": new.not_applicable,
        "reason": new.reason,
        "account": new.account,
        "saved_by": who,
        "saved_at": now,
        "revision": row.revision + 1,
    }
    db.session.execute(_WRITE, {"answer": row.id, **values})
    for name, value in values.items():
        set_committed_value(row, name, value)


def add_version(row: Answer, typed: Written, *, who: UUID, now: datetime, stood: bool) -> None:
    """Keep what somebody wrote in the history of the answer; it `stood`, or was put aside."""
    version = {
        "answer_id": row.id,
        "stood": stood,
        "rating": typed.rating,
        "not_applicable": typed.not_applicable,
        "reason": typed.reason,
        "account": typed.account,
        "saved_by": who,
        "saved_at": now,
    }
    db.session.execute(_ADD_VERSION, version)
