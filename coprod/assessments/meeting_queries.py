"""READS of meetings with families: who took part by number, what they chose and said."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, literal, select, union_all
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
    when = FamilyMeeting.held_on.label("held_on"), FamilyMeeting.id.label("meeting_id")
    ratings = _of(assessment, FamilyRating, code).with_only_columns(
        FamilyRating.question_code, FamilyRating.voice, FamilyRating.rating, FamilyRating.number, literal(""), *when
    )
    words = _of(assessment, FamilyWords, code).with_only_columns(
        FamilyWords.question_code, literal(""), literal(0), literal(0), FamilyWords.text, *when
    )
    both = union_all(ratings, words).order_by("question_code", "held_on", "meeting_id")
    told = [row[:5] for row in db.session.execute(both)]
    heard = collected(
        top,
        [(code, voice, rating, number) for code, voice, rating, number, _ in told if voice],
        [(code, text) for code, voice, _, _, text in told if not voice],
    )
    return FamiliesView(_told(assessment) if code is None else (), heard)


def _of(assessment: Assessment, said: type[FamilyRating | FamilyWords], code: str | None) -> Select[Any]:
    """What families said at the meetings of an assessment: to one question, or to all of them."""
    chosen = select(said).join(FamilyMeeting).where(FamilyMeeting.assessment_id == assessment.id)
    return chosen if code is None else chosen.where(said.question_code == code)


def _told(assessment: Assessment) -> tuple[Meeting, ...]:
    chosen = (
        select(FamilyMeeting.held_on, FamilyMeeting.parents, FamilyMeeting.young_people)
        .where(FamilyMeeting.assessment_id == assessment.id)
        .order_by(FamilyMeeting.held_on, FamilyMeeting.id)
        .limit(MOST)
    )
    return tuple(Meeting(held.isoformat(), parents, young) for held, parents, young in db.session.execute(chosen))
