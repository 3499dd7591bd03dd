"""READS for an organisation's own pages: how far a draft is, what can be linked to an answer, and who is who."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import selectinload

from coprod.accounts.models import Membership, Person
from coprod.assessments import rules
from coprod.assessments.models import Answer, AnswerChange, AnswerEvidence, AnswerVersion, Assessment
from coprod.assessments.queries import LINKS
from coprod.assessments.rules import Progress
from coprod.changes.models import ChangeRecord
from coprod.database import db
from coprod.evidence.models import Evidence

MOST = 200


@dataclass(frozen=True, slots=True)
class Outlined:
    """One question as far as it is written, without its words."""

    code: str
    rating: int | None
    not_applicable: bool
    progress: Progress


def answer_to(assessment: Assessment, code: str) -> Answer | None:
    """The answer to one question with what is linked to it."""
    chosen = select(Answer).where(Answer.assessment_id == assessment.id, Answer.question_code == code).options(*LINKS)
    return db.session.scalar(chosen)


def outline(assessment: Assessment) -> dict[str, Outlined]:
    """How far each question is that somebody has begun. A question that is not there is not started."""
    begun = or_(
        Answer.account != "",
        Answer.reason != "",
        exists().where(AnswerEvidence.answer_id == Answer.id),
        exists().where(AnswerChange.answer_id == Answer.id),
    )
    chosen = (
        select(Answer.question_code, Answer.rating, Answer.not_applicable, begun)
        .where(Answer.assessment_id == assessment.id)
        .order_by(Answer.question_code)
    )
    return {
        code: Outlined(code, rating, na, rules.progress(rating=rating, not_applicable=na, begun=has_begun))
        for code, rating, na, has_begun in db.session.execute(chosen)
    }


def name_of(person_id: UUID) -> str:
    return db.session.scalar(select(Person.name).where(Person.id == person_id)) or "somebody who has left"


def versions_of(answer: Answer, *, limit: int = 50) -> Sequence[tuple[AnswerVersion, str]]:
    """What was saved for a question, the newest first, and who saved it."""
    chosen = (
        select(AnswerVersion, Person.name)
        .join(Person, Person.id == AnswerVersion.saved_by)
        .where(AnswerVersion.answer_id == answer.id)
        .order_by(AnswerVersion.id.desc())
        .limit(limit)
    )
    return [(version, name) for version, name in db.session.execute(chosen)]


def evidence_to_attach(assessment: Assessment, code: str) -> Sequence[Evidence]:
    """The organisation's evidence that does not support this answer yet, newest first."""
    linked = select(AnswerEvidence.evidence_id).join(Answer).where(*_is_answer(assessment, code))
    chosen = (
        select(Evidence)
        .where(Evidence.organisation_id == assessment.organisation_id, Evidence.withdrawn_at.is_(None))
        .where(Evidence.id.not_in(linked))
        .order_by(Evidence.added_at.desc(), Evidence.id)
        .limit(MOST)
    )
    return db.session.scalars(chosen).all()


def changes_to_attach(assessment: Assessment, code: str) -> Sequence[ChangeRecord]:
    """The organisation's change records that do not support this answer yet, newest first."""
    linked = select(AnswerChange.change_id).join(Answer).where(*_is_answer(assessment, code))
    chosen = (
        select(ChangeRecord)
        .where(ChangeRecord.organisation_id == assessment.organisation_id, ChangeRecord.id.not_in(linked))
        .options(selectinload(ChangeRecord.confirmations))
        .order_by(ChangeRecord.written_at.desc(), ChangeRecord.id)
        .limit(MOST)
    )
    return db.session.scalars(chosen).all()


def people_of(organisation_id: UUID) -> tuple[Sequence[tuple[str, str]], int]:
    """Who belongs to an organisation, by name and role, and how many people ask to."""
    chosen = (
        select(Person.name, Membership.role, Membership.accepted_at)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
        .order_by(Person.name, Person.id)
        .limit(MOST)
    )
    rows = db.session.execute(chosen).all()
    people = [(name, role) for name, role, accepted_at in rows if accepted_at]
    return people, len(rows) - len(people)


def changes_of(organisation_id: UUID) -> tuple[int, int]:
    """How many change records an organisation has, and how many of them are public."""
    chosen = select(func.count(ChangeRecord.id), func.count(ChangeRecord.published_at))
    everything, public = db.session.execute(chosen.where(ChangeRecord.organisation_id == organisation_id)).one()
    return everything, public


def evidence_of(organisation_id: UUID) -> int:
    """How many items of evidence an organisation has, the withdrawn ones left out."""
    chosen = select(func.count(Evidence.id))
    standing = chosen.where(Evidence.organisation_id == organisation_id, Evidence.withdrawn_at.is_(None))
    return db.session.scalar(standing) or 0


def _is_answer(assessment: Assessment, code: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Answer.assessment_id == assessment.id, Answer.question_code == code
