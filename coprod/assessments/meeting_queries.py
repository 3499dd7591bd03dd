"""READS of meetings with families: who took part by number, what they chose and said."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from coprod.assessments import queries
from coprod.assessments.family_view import FamiliesView, Meeting, collected
from coprod.assessments.models import Assessment, FamilyMeeting, FamilyRating, FamilyWords
from coprod.database import db
from coprod.errors import NotFound
from coprod.permissions import Actor

MOST = 50


def meeting_of(assessment_id: UUID, meeting_id: UUID, actor: Actor) -> tuple[Assessment, FamilyMeeting]:
    """One meeting with what was typed in, for members. Raises NotFound alike where it is missing or not theirs."""
    assessment = queries.for_member(assessment_id, actor)
    chosen = (
        select(FamilyMeeting)
        .where(FamilyMeeting.id == meeting_id, FamilyMeeting.assessment_id == assessment_id)
        .options(selectinload(FamilyMeeting.ratings), selectinload(FamilyMeeting.words))
    )
    meeting = db.session.scalar(chosen)
    if meeting is None:
        raise NotFound
    return assessment, meeting


def meetings_of(assessment: Assessment) -> Sequence[FamilyMeeting]:
    """The meetings of an assessment with what was typed in, the first meeting first."""
    chosen = (
        select(FamilyMeeting)
        .where(FamilyMeeting.assessment_id == assessment.id)
        .options(selectinload(FamilyMeeting.ratings), selectinload(FamilyMeeting.words))
        .order_by(FamilyMeeting.held_on, FamilyMeeting.added_at, FamilyMeeting.id)
        .limit(MOST)
    )
    return db.session.scalars(chosen).all()


def view_of(assessment: Assessment, code: str | None = None) -> FamiliesView:
    """What families at every meeting chose and said: to one question, or to all of them."""
    top = queries.framework_of(assessment).top_rating
    ratings = (
        select(FamilyRating.question_code, FamilyRating.voice, FamilyRating.rating, FamilyRating.number)
        .join(FamilyMeeting)
        .where(FamilyMeeting.assessment_id == assessment.id)
        .order_by(FamilyRating.question_code)
    )
    words = (
        select(FamilyWords.question_code, FamilyWords.text)
        .join(FamilyMeeting)
        .where(FamilyMeeting.assessment_id == assessment.id)
        .order_by(FamilyWords.question_code, FamilyMeeting.held_on, FamilyMeeting.id)
    )
    if code is not None:
        ratings = ratings.where(FamilyRating.question_code == code)
        words = words.where(FamilyWords.question_code == code)
    heard = collected(
        top,
        [(code, voice, rating, number) for code, voice, rating, number in db.session.execute(ratings)],
        [(row.question_code, row.text) for row in db.session.execute(words)],
    )
    return FamiliesView(_told(assessment) if code is None else (), heard)


def _told(assessment: Assessment) -> tuple[Meeting, ...]:
    chosen = (
        select(FamilyMeeting.held_on, FamilyMeeting.parents, FamilyMeeting.young_people)
        .where(FamilyMeeting.assessment_id == assessment.id)
        .order_by(FamilyMeeting.held_on, FamilyMeeting.id)
        .limit(MOST)
    )
    return tuple(Meeting(held.isoformat(), parents, young) for held, parents, young in db.session.execute(chosen))
