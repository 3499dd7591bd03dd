"""The room's blueprint, and what its views of one question begin and end with."""

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from coprod.assessments import queries
from coprod.assessments.models import Assessment
from coprod.framework.model import Framework, Question
from coprod.web.access import current_actor

bp = Blueprint("assessments", __name__)

AT = "/assessments/<uuid:assessment_id>/questions/<code>"
Page = str | tuple[str, int]


def open_question(assessment_id: UUID, code: str) -> tuple[Assessment, Framework, Question]:
    """A question of an assessment that this person may see. Raises NotFound alike for all others."""
    assessment = queries.for_member(assessment_id, current_actor())
    framework = queries.framework_of(assessment)
    return assessment, framework, framework.question(code)


def to_question(assessment_id: UUID, code: str) -> Response:
    return redirect(url_for(".question", assessment_id=assessment_id, code=code, words=words()))


def words() -> str | None:
    """`plain` where the person reads the questions in plain words. It goes along from page to page."""
    return "plain" if request.args.get("words") == "plain" else None


def earlier_than() -> int | None:
    """Where an earlier page of a list by number begins, as its address says."""
    given = request.args.get("before", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 16 else None
