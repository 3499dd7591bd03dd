"""READS of meetings with families: who took part by number, what they chose and said."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, bindparam, literal, select, true, union_all
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
    said = db.session.execute(_ALL_SAID if code is None else _SAID, {"assessment": assessment.id, "code": code})
    told = [row[:5] for row in said]
    heard = collected(
        top,
        [(code, voice, rating, number) for code, voice, rating, number, _ in told if voice],
        [(code, text) for code, voice, _, _, text in told if not voice],
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


def _said(*, to_one: bool) -> CompoundSelect[Any]:
    """What families said at the meetings of an assessment: to one question, or to all of them. Made once."""
    meetings, ratings, words = (model.__table__.c for model in (FamilyMeeting, FamilyRating, FamilyWords))
    when = meetings.held_on.label("held_on"), meetings.id.label("meeting_id")
    chosen = select(ratings.question_code, ratings.voice, ratings.rating, ratings.number, literal(""), *when)
    written = select(words.question_code, literal(""), literal(0), literal(0), words.text, *when)
    both = [
        each.join(FamilyMeeting.__table__, meetings.id == said.meeting_id)
        .where(meetings.assessment_id == bindparam("assessment"))
        .where(said.question_code == bindparam("code") if to_one else true())
        for each, said in ((chosen, ratings), (written, words))
    ]
    return union_all(*both).order_by("question_code", "held_on", "meeting_id")


_SAID, _ALL_SAID = _said(to_one=True), _said(to_one=False)
