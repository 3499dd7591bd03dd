"""WRITES: the improvement plan as it is kept up to date, through the year and into the next one.

What was sent in stays in the snapshot, so keeping the plan up to date afterwards changes nothing that reviewers read.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from coprod import history
from coprod.assessments import queries, rules
from coprod.assessments.models import Assessment, PlanAction
from coprod.assessments.plan import Said, Stage, is_overdue
from coprod.assessments.rules import State
from coprod.database import db
from coprod.errors import NotFound, Stale, WrongState
from coprod.framework.queries import library
from coprod.permissions import Action, Actor, require
from coprod.phrases import N_, Phrase
from coprod.transaction import hold


def step_of(assessment: Assessment, action_id: UUID) -> PlanAction:
    """One step of this plan. Raises NotFound where it is missing or in another plan."""
    step = db.session.get(PlanAction, action_id)
    if step is None or step.assessment_id != assessment.id:
        raise NotFound
    return step


def said(step: PlanAction) -> Said:
    return Said(step.what, step.owner, step.due, step.question_code)


def edit_action(
    assessment: Assessment, action_id: UUID, *, new: Said, seen: Said, actor: Actor, now: datetime, today: date
) -> PlanAction:
    """Change what a step says. `seen` is what it said when the form was opened.

    Raises Stale where somebody else changed it to something different meanwhile.
    """
    _open_for_planning(assessment, actor)
    step = step_of(assessment, action_id)
    stands = said(step)
    if stands not in (seen, new):
        words = N_("Somebody else changed this step while you had it open. It now says: {step}")
        raise Stale(Phrase(words, step=_in_words(stands)))
    if new.question_code is not None:
        queries.framework_of(assessment).question(new.question_code)
    earliest = today if new.due != stands.due else min(today, new.due)  # A date that has gone by may stay as it is.
    rules.check_action(what=new.what, owner=new.owner, due=new.due, today=earliest, existing=0)
    if new != stands:
        step.what, step.owner, step.due, step.question_code = new.what, new.owner, new.due, new.question_code
        _record("plan.changed", step, assessment, actor, now)
    return step


def move_action(
    assessment: Assessment, action_id: UUID, *, stage: Stage, actor: Actor, now: datetime, today: date
) -> None:
    """Say that a step is to do, that somebody is at it, or that it is done. Saying it twice changes nothing."""
    _open_for_planning(assessment, actor)
    step = step_of(assessment, action_id)
    before = (step.begun_on, step.done_on)
    step.begun_on = None if stage is Stage.TO_DO else step.begun_on or today
    step.done_on = (step.done_on or today) if stage is Stage.DONE else None
    if (step.begun_on, step.done_on) != before:
        _record(f"plan.{stage.value}", step, assessment, actor, now)


def carry_plan(assessment: Assessment, last: Assessment, *, actor: Actor, now: datetime) -> int:
    """Take what is not done yet from last time's plan into this one, with its owner and its date. How many steps."""
    _open_for_planning(assessment, actor)
    moves = library().mapping(queries.framework_of(last), queries.framework_of(assessment))
    steps = [step for step in queries.plan_of(last) if step.done_on is None]
    already = select(PlanAction.carried_from).where(PlanAction.carried_from.in_([step.id for step in steps]))
    taken = set(db.session.scalars(already))
    open_steps = [step for step in steps if step.id not in taken]
    for step in open_steps:
        move = moves.get(step.question_code or "")
        carried = PlanAction(
            assessment_id=assessment.id,
            question_code=move.to[0] if move and len(move.to) == 1 else None,
            what=step.what,
            owner=step.owner,
            due=step.due,
            begun_on=step.begun_on,
            carried_from=step.id,
            added_by=actor.person_id,
            added_at=now,
        )
        db.session.add(carried)
        _record("plan.carried", carried, assessment, actor, now)
    return len(open_steps)


def overdue_steps(assessment: Assessment, *, today: date) -> Sequence[PlanAction]:
    """The steps whose date has gone by, the longest overdue first."""
    return [s for s in queries.plan_of(assessment) if is_overdue(due=s.due, done_on=s.done_on, today=today)]


def _open_for_planning(assessment: Assessment, actor: Actor) -> None:
    """A plan can be kept up to date until its assessment is withdrawn."""
    require(actor, Action.ANSWER, assessment)
    hold(assessment)
    if State(assessment.state) is State.WITHDRAWN:
        raise WrongState(N_("This assessment is withdrawn, so its plan can't be changed."))


def _in_words(step: Said) -> str:
    return Phrase("“{what}”, {owner}, by {due:%-d %B %Y}.", what=step.what, owner=step.owner, due=step.due)


def _record(what: str, step: PlanAction, assessment: Assessment, actor: Actor, now: datetime) -> None:
    history.record(what, step, actor=actor, now=now, organisation_id=assessment.organisation_id)
