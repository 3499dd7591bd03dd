"""READS under the lock: one question as whoever saves it needs it, in one plain statement: it is asked most of all."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, select

from coprod.assessments.drafting import IS_BACKED
from coprod.assessments.models import Answer, Assessment
from coprod.assessments.rules import State, Written
from coprod.database import db
from coprod.errors import NotFound
from coprod.permissions import Action, Actor, can


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands for a question. `is_backed` says whether anything is linked to it."""

    answer_id: UUID
    written: Written
    carried: str | None
    more_asked: bool
    revision: int
    saved_by: UUID
    saved_at: datetime
    is_backed: bool


@dataclass(frozen=True, slots=True)
class AtWork:
    """One question of an assessment that nobody else changes before this transaction is over."""

    assessment_id: UUID
    organisation_id: UUID
    framework: str
    version: str
    state: State
    first: bool
    code: str
    standing: Standing | None


_assessments, _answers = Assessment.__table__, Answer.__table__
_AT_WORK = (
    select(
        *(_assessments.c[name] for name in ("organisation_id", "framework", "version", "state", "first")),
        *(_answers.c[name] for name in ("id", "rating", "not_applicable", "reason", "account", "carried")),
        *(_answers.c[name] for name in ("more_asked", "revision", "saved_by", "saved_at")),
        IS_BACKED,
    )
    .outerjoin_from(
        _assessments,
        _answers,
        and_(_answers.c.assessment_id == _assessments.c.id, _answers.c.question_code == bindparam("code")),
    )
    .where(_assessments.c.id == bindparam("assessment"))
    .with_for_update(of=_assessments)
)


def at_work(assessment_id: UUID, code: str, actor: Actor) -> AtWork:
    """The question, for members of the organisation. Raises NotFound alike where it is missing or not theirs."""
    found = db.session.execute(_AT_WORK, {"assessment": assessment_id, "code": code}).one_or_none()
    if found is None or not can(actor, Action.SEE_ASSESSMENT, found):
        raise NotFound
    return AtWork(
        assessment_id,
        found.organisation_id,
        found.framework,
        found.version,
        State(found.state),
        found.first,
        code,
        _standing(found) if found.id else None,
    )


def _standing(found: Any) -> Standing:
    return Standing(
        answer_id=found.id,
        written=Written(found.rating, found.not_applicable, found.reason, found.account),
        carried=found.carried,
        more_asked=found.more_asked,
        revision=found.revision,
        saved_by=found.saved_by,
        saved_at=found.saved_at,
        is_backed=found.is_backed,
    )
