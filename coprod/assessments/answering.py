"""WRITES: what people put into an assessment while it is a draft: answers, links to evidence, the improvement plan."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from coprod import history
from coprod.assessments import drafting, queries, rules, writing
from coprod.assessments.at_work import AtWork, Standing
from coprod.assessments.models import (
    Answer,
    AnswerChange,
    AnswerEvidence,
    AnswerVersion,
    Assessment,
    PlanAction,
)
from coprod.assessments.rules import State, Written
from coprod.changes.models import ChangeRecord
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, Stale
from coprod.evidence.models import Evidence
from coprod.evidence.queries import stands as evidence_stands
from coprod.framework.queries import pinned
from coprod.permissions import Action, Actor, require
from coprod.phrases import N_
from coprod.transaction import hold


class StaleAnswer(Stale):
    """Somebody saved this answer after its form was opened. Both versions are here; neither is lost."""

    def __init__(self, *, yours: Written, theirs: Standing) -> None:
        super().__init__()
        self.yours = yours
        self.theirs = theirs.written
        self.revision = theirs.revision
        self.saved_by = theirs.saved_by
        self.saved_at = theirs.saved_at


def save_answer(
    at: AtWork,
    *,
    rating: int | None,
    not_applicable: bool,
    reason: str,
    account: str,
    revision: int | None,
    checked: bool = True,
    actor: Actor,
    now: datetime,
) -> Standing:
    """Keep what somebody wrote for one question. `revision` is the one that their form was made from.

    Who saves an answer that came from last time says that it is still true, but for a save on the way, which is not
    `checked`. Raises StaleAnswer, with both versions, where somebody else saved something different in between.
    """
    who, stands = _who_answers(at, actor), at.standing
    framework = pinned(at.framework, at.version)
    question = framework.question(at.code)
    new = Written(None if not_applicable else rating, not_applicable, reason if not_applicable else "", account)
    if stands is not None:
        if rules.is_stale(revision, revision=stands.revision, new=new, stands=stands.written):
            raise StaleAnswer(yours=new, theirs=stands)
        if checked and stands.carried is not None:
            stands = writing.change(stands, carried=None)
            _note("answer.still_true", at, stands, actor, now)
        if new == stands.written:
            return stands
    rules.check_choice(framework, question, new, _marked(at.assessment_id) if not_applicable else ())
    stands = stands or writing.begin(at, who=who, now=now)
    stands = writing.change(stands, written=new, saved_by=who, saved_at=now)
    _note("answer.saved", at, stands, actor, now, rating=new.rating, not_applicable=new.not_applicable)
    writing.add_version(stands.answer_id, new, who=who, now=now, stood=True)
    return stands


def _who_answers(at: AtWork, actor: Actor) -> UUID:
    """The id of who writes: an answer that reviewers asked more about may be open when others are not."""
    require(actor, Action.ANSWER, at)
    if actor.person_id is None:
        raise NotAllowed
    rules.check_writable(at.state, more_asked=at.standing is not None and at.standing.more_asked)
    return actor.person_id


def _note(what: str, at: AtWork, stands: Standing, actor: Actor, now: datetime, **facts: Any) -> None:
    """One event for each save: who, when and what was chosen. What was written stands in the version."""
    history.note(
        what,
        Answer.__tablename__,
        stands.answer_id,
        actor=actor,
        now=now,
        organisation_id=at.organisation_id,
        code=at.code,
        **facts,
    )


def put_aside(assessment: Assessment, code: str, typed: Written, *, actor: Actor, now: datetime) -> None:
    """Keep what somebody typed while another person saved, so that both versions can be found again."""
    who, row = _open_to_answer(assessment, code, actor)
    if row is None:
        return
    chosen = select(AnswerVersion).where(AnswerVersion.answer_id == row.id, AnswerVersion.saved_by == who)
    latest = db.session.scalars(chosen.order_by(AnswerVersion.id.desc()).limit(1)).first()
    if latest is not None and written(latest) == typed:
        return
    writing.add_version(row.id, typed, who=who, now=now, stood=False)
    history.record("answer.put_aside", row, actor=actor, now=now, organisation_id=assessment.organisation_id, code=code)


def attach_evidence(assessment: Assessment, code: str, evidence: Evidence, *, actor: Actor, now: datetime) -> None:
    """This item supports this answer. Attaching it twice does nothing more."""
    row = _check_link(assessment, code, evidence, actor)
    if not evidence_stands(evidence):
        raise Invalid(N_("This evidence was withdrawn or shut away. Choose another, or add it again."))
    row = row or _begun(assessment, code, actor, now)
    if db.session.get(AnswerEvidence, (row.id, evidence.id)) is None:
        db.session.add(AnswerEvidence(answer_id=row.id, evidence_id=evidence.id))
        _record_link("answer.evidence_attached", row, assessment, evidence.id, actor, now)


def detach_evidence(assessment: Assessment, code: str, evidence: Evidence, *, actor: Actor, now: datetime) -> None:
    """This item no longer supports this answer. The item itself stays."""
    row = _check_link(assessment, code, evidence, actor)
    link = db.session.get(AnswerEvidence, (row.id, evidence.id)) if row else None
    if row is not None and link is not None:
        db.session.delete(link)
        _record_link("answer.evidence_detached", row, assessment, evidence.id, actor, now)


def attach_change(assessment: Assessment, code: str, change: ChangeRecord, *, actor: Actor, now: datetime) -> None:
    """This change record supports this answer. Attaching it twice does nothing more."""
    row = _check_link(assessment, code, change, actor) or _begun(assessment, code, actor, now)
    if db.session.get(AnswerChange, (row.id, change.id)) is None:
        db.session.add(AnswerChange(answer_id=row.id, change_id=change.id))
        _record_link("answer.change_attached", row, assessment, change.id, actor, now)


def detach_change(assessment: Assessment, code: str, change: ChangeRecord, *, actor: Actor, now: datetime) -> None:
    """This change record no longer supports this answer. The record itself stays."""
    row = _check_link(assessment, code, change, actor)
    link = db.session.get(AnswerChange, (row.id, change.id)) if row else None
    if row is not None and link is not None:
        db.session.delete(link)
        _record_link("answer.change_detached", row, assessment, change.id, actor, now)


def add_action(
    assessment: Assessment,
    *,
    what: str,
    owner: str,
    due: date,
    question_code: str | None,
    actor: Actor,
    now: datetime,
    today: date,
) -> PlanAction:
    """Add one step to the improvement plan, with somebody's part in the organisation as its owner, and a date."""
    open_for_writing(assessment, actor)
    if question_code is not None:
        queries.framework_of(assessment).question(question_code)
    existing = len(queries.plan_of(assessment))
    rules.check_action(what=what, owner=owner, due=due, today=today, existing=existing)
    action = PlanAction(
        assessment_id=assessment.id,
        question_code=question_code,
        what=what,
        owner=owner,
        due=due,
        added_by=actor.person_id,
        added_at=now,
    )
    db.session.add(action)
    history.record("plan.added", action, actor=actor, now=now, organisation_id=assessment.organisation_id)
    return action


def remove_action(assessment: Assessment, action_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Take one step out of the plan. A step that is gone already stays gone."""
    open_for_writing(assessment, actor)
    action = db.session.get(PlanAction, action_id)
    if action is None or action.assessment_id != assessment.id:
        return
    history.record("plan.removed", action, actor=actor, now=now, organisation_id=assessment.organisation_id)
    db.session.delete(action)


def written(row: Answer | AnswerVersion | None) -> Written:
    """What a person wrote for a question; all of it blank where nobody has begun."""
    return Written(row.rating, row.not_applicable, row.reason, row.account) if row else Written()


def open_for_writing(assessment: Assessment, actor: Actor) -> UUID:
    """The id of who writes what belongs to the whole assessment. Nobody sends it in before the change is made."""
    who = _locked(assessment, actor)
    rules.check_writable(State(assessment.state))
    return who


def _open_to_answer(assessment: Assessment, code: str, actor: Actor) -> tuple[UUID, Answer | None]:
    """The id of who writes, and the answer that they write: of one question, which may be open when others are not."""
    who = _locked(assessment, actor)
    row = drafting.answer_to(assessment, code)
    rules.check_writable(State(assessment.state), more_asked=row is not None and row.more_asked)
    return who, row


def _locked(assessment: Assessment, actor: Actor) -> UUID:
    """Who writes, with the assessment locked, so that nobody sends it in between this look and the change."""
    hold(assessment)
    require(actor, Action.ANSWER, assessment)
    if actor.person_id is None:
        raise NotAllowed
    return actor.person_id


def _check_link(assessment: Assessment, code: str, thing: Evidence | ChangeRecord, actor: Actor) -> Answer | None:
    """The answer to link to. What belongs to another organisation answers like what is missing."""
    _, row = _open_to_answer(assessment, code, actor)
    queries.framework_of(assessment).question(code)
    if thing.organisation_id != assessment.organisation_id:
        raise NotFound
    return row


def _begun(assessment: Assessment, code: str, actor: Actor, now: datetime) -> Answer:
    row = Answer(
        assessment_id=assessment.id,
        question_code=code,
        saved_by=actor.person_id,
        saved_at=now,
        evidence=[],
        changes=[],
    )
    db.session.add(row)
    db.session.flush()
    return row


def _marked(assessment_id: UUID) -> set[str]:
    """The questions that are marked as not applicable."""
    chosen = select(Answer.question_code).where(Answer.assessment_id == assessment_id, Answer.not_applicable)
    return set(db.session.scalars(chosen))


def _record_link(what: str, row: Answer, assessment: Assessment, linked: UUID, actor: Actor, now: datetime) -> None:
    history.record(
        what,
        row,
        actor=actor,
        now=now,
        organisation_id=assessment.organisation_id,
        code=row.question_code,
        linked=str(linked),
    )
