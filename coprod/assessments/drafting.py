"""READS for an organisation's own pages: how far a draft is, what can be linked to an answer, and who is who."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, exists, func, or_, select, true
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import set_committed_value

from coprod.accounts.models import Membership, Person
from coprod.assessments import rules
from coprod.assessments.models import Answer, AnswerChange, AnswerEvidence, AnswerVersion, Assessment
from coprod.assessments.queries import LINKS
from coprod.assessments.rules import Progress
from coprod.changes.models import ChangeRecord
from coprod.database import db
from coprod.evidence.models import Evidence
from coprod.evidence.queries import STANDS
from coprod.phrases import N_

MOST = 200
# Statements that most pages ask are made once, and of plain columns where no rows are wanted.
_answers, _evidence, _changes = (model.__table__.c for model in (Answer, AnswerEvidence, AnswerChange))
IS_BACKED = or_(
    exists().where(_evidence.answer_id == _answers.id), exists().where(_changes.answer_id == _answers.id)
).label("is_backed")
_ANSWER = select(Answer, IS_BACKED).where(
    Answer.assessment_id == bindparam("assessment"), Answer.question_code == bindparam("code")
).execution_options(populate_existing=True)  # A save in the same transaction writes past the session.
_BACKED = select(Answer).where(Answer.id == bindparam("answer")).options(*LINKS)
_OUTLINE = (
    select(
        _answers.question_code,
        _answers.rating,
        _answers.not_applicable,
        or_(_answers.account != "", _answers.reason != "", IS_BACKED),
        _answers.carried.is_not(None),
        _answers.more_asked,
    )
    .where(_answers.assessment_id == bindparam("assessment"))
    .order_by(_answers.question_code)
)


@dataclass(frozen=True, slots=True)
class Outlined:
    """One question as far as it is written, without its words."""

    code: str
    rating: int | None
    not_applicable: bool
    progress: Progress


def answer_to(assessment: Assessment, code: str) -> Answer | None:
    """The answer to one question with what is linked to it. Links are looked up only where there are any."""
    found = db.session.execute(_ANSWER, {"assessment": assessment.id, "code": code}).one_or_none()
    return with_links(*found) if found else None


def with_links(row: Answer, is_backed: bool) -> Answer:
    """The answer with what is linked to it."""
    if is_backed:
        return backed(row.id)
    for links in ("evidence", "changes"):
        set_committed_value(row, links, [])
    return row


def backed(answer_id: UUID) -> Answer:
    """An answer with what is linked to it."""
    return db.session.scalars(_BACKED, {"answer": answer_id}).unique().one()


def outline(assessment: Assessment) -> dict[str, Outlined]:
    """How far each question is that somebody has begun. A question that is not there is not started."""
    return {
        code: Outlined(
            code,
            rating,
            na,
            rules.progress(rating=rating, not_applicable=na, begun=has_begun, carried=carried, more_asked=more_asked),
        )
        for code, rating, na, has_begun, carried, more_asked in db.session.execute(
            _OUTLINE, {"assessment": assessment.id}
        )
    }


def name_of(person_id: UUID) -> str:
    return db.session.scalar(select(Person.name).where(Person.id == person_id)) or N_("somebody who has left")


def versions_of(
    answer: Answer, *, before: int | None = None, limit: int = 50
) -> tuple[Sequence[tuple[AnswerVersion, str]], int | None]:
    """What was saved for a question, the newest first, and who saved it; and where the older ones go on, if any."""
    chosen = (
        select(AnswerVersion, Person.name)
        .join(Person, Person.id == AnswerVersion.saved_by)
        .where(AnswerVersion.answer_id == answer.id, AnswerVersion.id < before if before else true())
        .order_by(AnswerVersion.id.desc())
        .limit(limit + 1)
    )
    found = [(version, name) for version, name in db.session.execute(chosen)]
    return found[:limit], found[limit - 1][0].id if len(found) > limit else None


def evidence_to_attach(assessment: Assessment, code: str) -> Sequence[Evidence]:
    """The organisation's evidence that does not support this answer yet, newest first."""
    linked = select(AnswerEvidence.evidence_id).join(Answer).where(*_is_answer(assessment, code))
    chosen = (
        select(Evidence)
        .where(Evidence.organisation_id == assessment.organisation_id, STANDS)
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


@dataclass(frozen=True, slots=True)
class Held:
    """How many change records an organisation has, how many are public, and how many items of evidence count."""

    changes: int
    changes_public: int
    evidence: int


def held_by(organisation_id: UUID) -> Held:
    theirs = ChangeRecord.organisation_id == organisation_id
    everything = select(func.count(ChangeRecord.id)).where(theirs)
    public = select(func.count(ChangeRecord.published_at)).where(theirs)
    standing = select(func.count(Evidence.id)).where(Evidence.organisation_id == organisation_id, STANDS)
    row = select(everything.scalar_subquery(), public.scalar_subquery(), standing.scalar_subquery())
    return Held(*db.session.execute(row).one())


def _is_answer(assessment: Assessment, code: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Answer.assessment_id == assessment.id, Answer.question_code == code
