"""READS: who changed what in an assessment, and when, in the words of its people's own page.

What reviewers do is theirs: it is told with the result, without their names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, true

from coprod.accounts.models import Person
from coprod.assessments.models import Assessment
from coprod.database import db
from coprod.framework.model import Framework
from coprod.history import Event
from coprod.phrases import N_, Phrase

WORDS: Mapping[str, str] = {
    "assessment.started": N_("Started the self-assessment"),
    "assessment.carried_over": N_("Brought the answers from last time"),
    "assessment.submitted": N_("Sent it in"),
    "assessment.withdrawn": N_("Withdrew it"),
    "answer.saved": N_("Saved the answer"),
    "answer.put_aside": N_("Wrote while somebody else saved. Both versions are kept"),
    "answer.still_true": N_("Checked that it is still true"),
    "answer.evidence_attached": N_("Attached evidence"),
    "answer.evidence_detached": N_("Removed evidence from the answer"),
    "answer.change_attached": N_("Attached a change record"),
    "answer.change_detached": N_("Removed a change record from the answer"),
    "question.assigned": N_("Said who answers it"),
    "question.unassigned": N_("Made it nobody's in particular"),
    "note.written": N_("Wrote a note for colleagues"),
    "note.removed": N_("Took a note away"),
    "plan.added": N_("Added a step to the plan"),
    "plan.removed": N_("Removed a step from the plan"),
}
PAGE = 50


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One thing that somebody did. `code` leads to the versions of an answer."""

    at: datetime
    who: str
    words: str
    short: str
    code: str | None


def told(
    assessment: Assessment, framework: Framework, *, before: int | None = None
) -> tuple[tuple[StoryLine, ...], int | None]:
    """The newest first, and where the older ones go on, if there are any.

    An organisation has one open assessment at a time, so what happened from one start to the next is about this one.
    """
    until = _next_start(assessment)
    chosen = (
        select(Event, Person.name)
        .outerjoin(Person, Person.id == Event.actor_id)
        .where(
            Event.organisation_id == assessment.organisation_id,
            Event.what.in_(WORDS),
            Event.at >= assessment.started_at,
            Event.at < until if until else true(),
            Event.id < before if before else true(),
        )
        .order_by(Event.id.desc())
        .limit(PAGE + 1)
    )
    rows = db.session.execute(chosen).all()
    lines = tuple(_line(event, name, framework) for event, name in rows[:PAGE])
    return lines, rows[PAGE - 1][0].id if len(rows) > PAGE else None


def _next_start(assessment: Assessment) -> datetime | None:
    chosen = select(func.min(Assessment.started_at)).where(
        Assessment.organisation_id == assessment.organisation_id, Assessment.started_at > assessment.started_at
    )
    return db.session.scalar(chosen)


def _line(event: Event, name: str | None, framework: Framework) -> StoryLine:
    code = event.facts.get("code")
    shorts = {question.code: question.short for question in framework.questions}
    words = WORDS[event.what]
    rating = event.facts.get("rating")
    if event.what == "answer.saved" and isinstance(rating, int):
        words = Phrase("{what}: {rating}", what=Phrase(words), rating=framework.rung(rating).name)
    return StoryLine(
        at=event.at,
        who=name or N_("Somebody who has left"),
        words=words,
        short=shorts.get(code or "", ""),
        code=code if code in shorts and event.thing == "answers" else None,
    )
