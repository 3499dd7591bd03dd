"""WRITES: how colleagues share the work: who answers which question by when, and notes that are never sent in."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from coprod import history
from coprod.accounts import queries as accounts
from coprod.assessments import queries, rules
from coprod.assessments.answering import open_for_writing
from coprod.assessments.models import Assessment, Assignment, Note
from coprod.database import db
from coprod.errors import Invalid, NotFound
from coprod.permissions import Action, Actor, require
from coprod.phrases import N_


def assign(
    assessment: Assessment, code: str, *, person_id: UUID, due: date, actor: Actor, now: datetime, today: date
) -> Assignment:
    """Somebody of the organisation answers this question by a day. A question is one person's at a time."""
    who = open_for_writing(assessment, actor)
    queries.framework_of(assessment).question(code)
    rules.check_due(due, today=today)
    member = accounts.membership_of(person_id, assessment.organisation_id)
    if member is None or not member.in_force:
        raise Invalid(N_("Choose one of your colleagues"), field="person")
    row = _assigned(assessment, code) or Assignment(assessment_id=assessment.id, question_code=code)
    row.person_id, row.due = person_id, due
    row.assigned_by, row.assigned_at = who, now
    db.session.add(row)
    _record("question.assigned", row, code, assessment, actor, now, person=str(person_id), due=due.isoformat())
    return row


def unassign(assessment: Assessment, code: str, *, actor: Actor, now: datetime) -> None:
    """The question is nobody's in particular again."""
    open_for_writing(assessment, actor)
    row = _assigned(assessment, code)
    if row is not None:
        _record("question.unassigned", row, code, assessment, actor, now, person=str(row.person_id))
        db.session.delete(row)


def write_note(assessment: Assessment, about: str, *, text: str, actor: Actor, now: datetime) -> Note:
    """Tell colleagues something about a question. It stays in the organisation, and is never sent in."""
    require(actor, Action.ANSWER, assessment)
    _check_about(assessment, about)
    rules.check_note(text)
    note = Note(assessment_id=assessment.id, about=about, text=text, written_by=actor.person_id, written_at=now)
    db.session.add(note)
    _record("note.written", note, about, assessment, actor, now)
    return note


def remove_note(assessment: Assessment, note_id: UUID, *, actor: Actor, now: datetime) -> str:
    """Who wrote a note can take it away again. Somebody else's note answers like one that is not there.

    Answers what the note was about.
    """
    require(actor, Action.ANSWER, assessment)
    note = db.session.get(Note, note_id)
    if note is None or note.assessment_id != assessment.id or note.written_by != actor.person_id:
        raise NotFound
    _record("note.removed", note, note.about, assessment, actor, now)
    db.session.delete(note)
    return note.about


def _assigned(assessment: Assessment, code: str) -> Assignment | None:
    chosen = select(Assignment).where(Assignment.assessment_id == assessment.id, Assignment.question_code == code)
    return db.session.scalar(chosen)


def _check_about(assessment: Assessment, about: str) -> None:
    """A note is about a question, or about one of the extra ones that are not scored."""
    framework = queries.framework_of(assessment)
    if about not in {prompt.code for prompt in framework.extra_prompts}:
        framework.question(about)


def _record(
    what: str, row: Assignment | Note, code: str, assessment: Assessment, actor: Actor, now: datetime, **facts: str
) -> None:
    history.record(what, row, actor=actor, now=now, organisation_id=assessment.organisation_id, code=code, **facts)
