"""WRITES: the life of an assessment, from its start to its final result."""

from collections.abc import Mapping
from datetime import date, datetime

from coprod import history, mail
from coprod.accounts import letters
from coprod.assessments import meeting_queries, more, queries, rules, snapshot
from coprod.assessments.answering import (
    StaleAnswer,
    add_action,
    attach_change,
    attach_evidence,
    detach_change,
    detach_evidence,
    put_aside,
    remove_action,
    save_answer,
)
from coprod.assessments.carrying import carry_over
from coprod.assessments.models import Assessment, MoreAsked, QuestionAsked, SentBefore
from coprod.assessments.planning import carry_plan
from coprod.assessments.rules import TRANSITIONS, State
from coprod.charter import operations as charter
from coprod.database import db
from coprod.errors import Invalid, NotFound, WrongState
from coprod.framework.model import Framework
from coprod.framework.scoring import Problem
from coprod.organisations.models import Organisation
from coprod.organisations.rules import Kind, audience_of
from coprod.permissions import Action, Actor, AreaRole, require
from coprod.phrases import N_
from coprod.transaction import hold

__all__ = [
    "Incomplete",
    "StaleAnswer",
    "add_action",
    "ask_for_more",
    "attach_change",
    "attach_evidence",
    "begin_moderation",
    "detach_change",
    "detach_evidence",
    "give_provisional",
    "make_final",
    "put_aside",
    "remove_action",
    "save_answer",
    "start",
    "submit",
    "take_up_again",
    "withdraw",
]

REVIEWERS_ASK = N_("Reviewers ask for more about some answers.")


class Incomplete(Invalid):
    """The assessment can't be sent in yet. `problems` says why, question by question."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(N_("Some questions still need an answer. They are listed on this page."))
        self.problems = problems


def start(
    organisation: Organisation, *, framework: Framework, actor: Actor, now: datetime, from_last: bool = False
) -> Assessment:
    """A lead starts an assessment, `from_last` time's answers or empty.

    While one is open, that one is the answer: a double click makes no second.
    """
    require(actor, Action.START_ASSESSMENT, organisation)
    hold(organisation)
    already = queries.open_of(organisation.id)
    if already is not None:
        return already
    last = queries.latest_of(organisation.id)
    assessment = Assessment(
        organisation_id=organisation.id,
        framework=framework.slug,
        version=framework.version,
        framework_hash=framework.sha256,
        audience=audience_of(Kind(organisation.kind)).value,
        state=State.DRAFT.value,
        first=not queries.had_final(organisation.id),
        started_by=actor.person_id,
        started_at=now,
    )
    db.session.add(assessment)
    history.record("assessment.started", assessment, actor=actor, now=now, version=framework.version)
    if last is not None:
        carry_plan(assessment, last, actor=actor, now=now)
    if from_last and last is not None:
        carry_over(assessment, last, actor=actor, now=now)
    return assessment


def submit(assessment: Assessment, *, declared: bool, actor: Actor, now: datetime, today: date) -> Assessment:
    """A lead sends in an assessment without gaps. From then on reviewers read what stood on that day.

    Sending it in twice, as by a double click, does nothing more.
    """
    require(actor, Action.SUBMIT, assessment)
    hold(assessment)
    if State(assessment.state) is State.SUBMITTED:
        return assessment
    state = rules.moved(State(assessment.state), TRANSITIONS[rules.Action.SUBMIT])
    framework = queries.framework_of(assessment)
    sent = queries.to_send(assessment)
    answers = {code: each.answer for code, each in sent.items()}
    facts = queries.award_facts(assessment, answers, today=today)
    scored = queries.score_answers(framework, answers, facts, assessment, today=today)
    if scored.problems:
        raise Incomplete(scored.problems)
    if not declared:
        raise Invalid(N_("Tick the box to say that this is a true account"), field="declared")
    assessment.snapshot = snapshot.snapshot(
        framework,
        sent,
        scored,
        facts,
        audience=assessment.audience,
        plan=queries.plan_steps(assessment),
        families=meeting_queries.view_of(assessment),
        submitted_on=today,
        first=assessment.first,
    )
    assessment.state = state.value
    assessment.submitted_at = now
    assessment.submitted_by = actor.person_id
    history.record("assessment.submitted", assessment, actor=actor, now=now, level=assessment.snapshot["level"])
    charter.record_assessment(assessment.organisation_id, today=today)
    _tell_the_area(assessment, now=now, today=today)
    return assessment


def _tell_the_area(assessment: Assessment, *, now: datetime, today: date) -> None:
    """The coordinator sees that it came, and a lead reviewer who does not belong there finds reviewers."""
    for role, where in ((AreaRole.LEAD_REVIEWER, "moderation.queue"), (AreaRole.COORDINATOR, "moderation.progress")):
        letters.to_area(
            "assessment_sent_in",
            role,
            organisation_id=assessment.organisation_id,
            now=now,
            once=f"sent-in:{assessment.id}:{today}",
            link=mail.page(where),
        )


def withdraw(assessment: Assessment, *, actor: Actor, now: datetime) -> None:
    """A lead takes an assessment back before a reviewer has begun. What was written is kept, but not moderated."""
    require(actor, Action.WITHDRAW_ASSESSMENT, assessment)
    hold(assessment)
    if State(assessment.state) is State.WITHDRAWN:
        return
    _move(assessment, rules.Action.WITHDRAW, "assessment.withdrawn", actor=actor, now=now)


def begin_moderation(assessment: Assessment, *, actor: Actor, now: datetime) -> None:
    """The first reviewer has taken a seat. Moderation asks for the permission: it knows the case."""
    _move(assessment, rules.Action.BEGIN_MODERATION, "assessment.moderation_began", actor=actor, now=now)


def ask_for_more(
    assessment: Assessment, reasons: Mapping[str, str], *, due: date, remind_on: date, actor: Actor, now: datetime
) -> MoreAsked:
    """Reviewers ask for more about these questions, and only these may change. Moderation asks for the permission.

    Raises NotFound where there is no answer to ask about.
    """
    _move(assessment, rules.Action.ASK_FOR_MORE, "assessment.more_asked", actor=actor, now=now, why=REVIEWERS_ASK)
    rows = queries.rows_of(assessment)
    if not reasons.keys() <= rows.keys():
        raise NotFound
    asked = MoreAsked(
        assessment=assessment, asked_by=actor.person_id, asked_at=now, due=due, remind_on=remind_on, questions=[]
    )
    for code, reason in reasons.items():
        rows[code].more_asked = True
        asked.questions.append(QuestionAsked(question_code=code, reason=reason))
    db.session.add(asked)
    return asked


def take_up_again(assessment: Assessment, *, actor: Actor, now: datetime, today: date) -> None:
    """The reviewers go on, with the answers they asked about as they are now. What was sent in first is kept.

    Moderation asks for the permission. Raises Incomplete where a lead left one without an answer; where the time is
    over by itself, that one stays as it was sent in first.
    """
    _move(assessment, rules.Action.TAKE_UP_AGAIN, "assessment.taken_up_again", actor=actor, now=now)
    kept, asked = assessment.snapshot, assessment.more_asked
    if kept is None or asked is None:
        raise WrongState
    answers, left = more.answers_now(assessment, asked.reasons, today=today)
    if left and actor.signed_in:
        raise Incomplete(left)
    framework = queries.framework_of(assessment)
    db.session.add(SentBefore(assessment_id=assessment.id, snapshot=kept, replaced_at=now, replaced_by=actor.person_id))
    assessment.snapshot = snapshot.renewed(
        framework, kept, answers, months=more.months_of_evidence(assessment, today=today)
    )
    for row in queries.rows_of(assessment).values():
        row.more_asked = False


def give_provisional(assessment: Assessment, *, actor: Actor, now: datetime) -> None:
    """The reviewers have agreed a result. Moderation asks for the permission: it knows the case."""
    _move(assessment, rules.Action.GIVE_PROVISIONAL, "assessment.provisional", actor=actor, now=now)


def make_final(assessment: Assessment, *, actor: Actor, now: datetime) -> None:
    """The organisation accepted the result, or its time to reply is over. Moderation asks for the permission."""
    _move(assessment, rules.Action.MAKE_FINAL, "assessment.final", actor=actor, now=now)
    assessment.final_at = now


def _move(
    assessment: Assessment, action: rules.Action, what: str, *, actor: Actor, now: datetime, why: str = ""
) -> None:
    hold(assessment)
    came_from = assessment.state
    assessment.state = rules.moved(State(came_from), TRANSITIONS[action], reason=why).value
    history.record(what, assessment, actor=actor, now=now, why=why or None, came_from=came_from)
