"""READS: one question as its page opens it, in one statement: the assessment, the answer, and who has to do with it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from coprod.accounts.models import Person
from coprod.assessments import queries
from coprod.assessments.colleagues import Hand
from coprod.assessments.drafting import IS_BACKED, with_links
from coprod.assessments.models import Answer, Assessment, Assignment, FamilyMeeting, Note
from coprod.database import db
from coprod.errors import NotFound
from coprod.permissions import Actor


@dataclass(frozen=True, slots=True)
class Opened:
    """One question of an assessment: its answer, whose it is, who saved it last, and how many notes there are.

    `met` says whether there was a meeting with families.
    """

    assessment: Assessment
    row: Answer | None
    hand: Hand | None
    saved_by: str
    notes: int
    met: bool


_saver, _hand = aliased(Person), aliased(Person)
_notes = select(func.count(Note.id)).where(Note.assessment_id == Assessment.id, Note.about == bindparam("code"))
_OPENED = (
    select(
        Assessment,
        Answer,
        IS_BACKED,
        _saver.name.label("saver"),
        Assignment.person_id.label("hand_id"),
        _hand.name.label("hand"),
        Assignment.due,
        _notes.scalar_subquery().label("notes"),
        exists().where(FamilyMeeting.assessment_id == Assessment.id).label("met"),
    )
    .outerjoin(
        Answer, and_(Answer.assessment_id == Assessment.id, Answer.question_code == bindparam("code"))
    )
    .outerjoin(_saver, _saver.id == Answer.saved_by)
    .outerjoin(
        Assignment, and_(Assignment.assessment_id == Assessment.id, Assignment.question_code == bindparam("code"))
    )
    .outerjoin(_hand, _hand.id == Assignment.person_id)
    .where(Assessment.id == bindparam("assessment"))
    .options(queries.ITS_NAME)
)


def opened(assessment_id: UUID, code: str, actor: Actor) -> Opened:
    """One question, for members of the organisation. Raises NotFound alike where it is missing or not theirs."""
    found = db.session.execute(_OPENED, {"assessment": assessment_id, "code": code}).one_or_none()
    if found is None:
        raise NotFound
    assessment = queries.shown_to(actor, found.Assessment)
    row = with_links(found.Answer, found.is_backed) if found.Answer else None
    hand = Hand(code, found.hand_id, found.hand, found.due) if found.hand_id else None
    return Opened(assessment, row, hand, found.saver or "", found.notes, found.met)
