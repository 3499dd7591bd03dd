"""WRITES: the panel's sign-off, the result, and how it becomes final. Part of `operations`."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import and_, exists, or_, select

from coprod import history, mail
from coprod.accounts import letters
from coprod.assessments import operations as assessments
from coprod.calendar import add_working_days, bank_holidays
from coprod.certificates import operations as certificates
from coprod.certificates.models import Certificate
from coprod.database import db
from coprod.errors import NotAllowed, NotFound, WrongState
from coprod.framework.queries import pinned
from coprod.moderation import casework, results, rules
from coprod.moderation.casework import Casework
from coprod.moderation.guards import check_declared, check_open, lock
from coprod.moderation.models import Case, Settlement
from coprod.moderation.reply_models import APPEAL, REPLY, Reply
from coprod.organisations.models import Organisation
from coprod.permissions import SYSTEM, Action, Actor, require
from coprod.phrases import N_, Phrase

MOST_AT_ONCE = 100


def sign_panel(case: Case, *, actor: Actor, now: datetime, today: date) -> None:
    """A lead reviewer who was not one of the two signs off for the panel, where the level needs it."""
    require(actor, Action.PANEL, case)
    lock(case)
    _check_not_seated(case, actor)
    check_declared(case, actor)
    if case.panel_by is not None:
        return
    check_open(case)
    work = _settled(case)
    if not work.panel_decides():
        raise WrongState(N_("This result does not need a panel. You can give it as it is."))
    case.panel_by = actor.person_id
    case.panel_on = today
    history.record("case.panel_signed", case, actor=actor, now=now)


def give_result(
    case: Case, *, actor: Actor, now: datetime, today: date, closed: Collection[date] | None = None
) -> Case:
    """The result is computed, frozen and given to the organisation, which has 10 working days to reply.

    Where the panel's sign-off would make the level higher, only a lead reviewer may give the result without it.
    `closed` are the days that are not working days besides weekends; bank holidays where nothing is said.
    """
    require(actor, Action.SETTLE, case)
    lock(case)
    if case.outcome is not None:
        return case
    check_open(case)
    seated = actor.person_id in case.reviewer_ids
    if not seated:
        check_declared(case, actor)
    work = _settled(case)
    if seated and not work.panel_signed and work.panel_decides():
        raise WrongState(N_("A lead reviewer who was not one of you signs this off for the panel first."))
    _record_standings(case, work, now)
    case.outcome = results.frozen(work.framework, work.sent, work.standings(), work.sittings, panel=work.panel_signed)
    case.provisional_at, case.given_by = now, actor.person_id
    case.reply_by = add_working_days(today, rules.REPLY_WORKING_DAYS, bank_holidays() if closed is None else closed)
    assessments.give_provisional(case.assessment, actor=actor, now=now)
    history.record("case.result_given", case, actor=actor, now=now, level=case.outcome["level"])
    letters.to_leads("result_given", case.organisation_id, now=now, reply_by=case.reply_by, link=result_link(case))
    return case


def accept_result(case: Case, *, actor: Actor, now: datetime, today: date) -> Certificate | None:
    """A lead of the organisation accepts the result. It becomes final, and an award where a level was reached."""
    require(actor, Action.ACCEPT_RESULT, case)
    lock(case)
    if case.outcome is None:
        raise NotFound
    if case.contested:
        raise WrongState(N_("Somebody who took no part is looking at your answer. You will hear what they decide."))
    if case.closed_at is None:
        close(case, actor=actor, now=now, today=today)
    return db.session.get(Certificate, case.certificate_id) if case.certificate_id else None


def close_unanswered(*, now: datetime, today: date) -> int:
    """Results that nobody answered in time become final by themselves. Says how many.

    Once a reply is sent no clock runs until it is decided; then that of the appeal does.
    """
    replied, appealed = (
        exists().where(Reply.case_id == Case.id, Reply.kind == kind).correlate(Case) for kind in (REPLY, APPEAL)
    )
    unanswered = or_(and_(Case.reply_by < today, ~replied), and_(Case.appeal_by < today, ~appealed))
    over = (
        select(Case)
        .where(Case.provisional_at.is_not(None), Case.closed_at.is_(None), unanswered)
        .order_by(Case.reply_by, Case.id)
        .limit(MOST_AT_ONCE)
    )
    closed = 0
    for case in db.session.scalars(over).all():
        lock(case)
        if case.closed_at is None and not case.contested:
            close(case, actor=SYSTEM, now=now, today=today)
            closed += 1
    return closed


def close(case: Case, *, actor: Actor, now: datetime, today: date) -> None:
    """The result is final, and an award where a level was reached."""
    outcome = case.outcome or {}
    assessment = case.assessment
    assessments.make_final(assessment, actor=actor, now=now)
    level = None
    if outcome["level"]:
        framework = pinned(assessment.framework, assessment.version)
        level = framework.level(outcome["level"])
        award = certificates.issue_award(
            db.session.get_one(Organisation, case.organisation_id),
            framework=framework,
            level=level,
            inputs=outcome,
            actor=actor,
            now=now,
            today=today,
        )
        db.session.flush()
        case.certificate_id = award.id
    case.closed_at = now
    history.record("case.closed", case, actor=actor, now=now, level=outcome["level"])
    letters.to_leads(
        "result_final",
        case.organisation_id,
        now=now,
        besides=actor.person_id,
        level=level.name if level else None,
        link=result_link(case),
    )
    _thank(case, level.name if level else None, now)


def _thank(case: Case, level: str | None, now: datetime) -> None:
    for seat in case.seats:
        letters.to_person(
            "thank_you",
            seat.person_id,
            organisation_id=case.organisation_id,
            now=now,
            level=level,
            link=mail.page("moderation.time"),
        )


def result_link(case: Case) -> mail.Page:
    return mail.page("moderation.result", assessment_id=case.assessment_id)


def _record_standings(case: Case, work: Casework, now: datetime) -> None:
    """What was not looked at, and what needed no agreeing, is written down too: then every question has its line."""
    decided = {decision.code for decision in work.decisions}
    for standing in work.standings():
        if standing.code in decided or standing.rating is None or standing.how is None:
            continue
        db.session.add(
            Settlement(
                case=case,
                number=len(case.settlements) + 1,
                round=work.round,
                question_code=standing.code,
                credited=casework.to_row(standing.claim.credited),
                rating=casework.to_row(standing.rating),
                how=standing.how.value,
                reason=standing.reason,
                made_at=now,
            )
        )


def _settled(case: Case) -> Casework:
    work = casework.of(case)
    if not work.all_done:
        raise WrongState(N_("Not everybody has finished rating yet."))
    left = work.unsettled()
    if left:
        raise WrongState(
            Phrase("Some questions are still to be agreed: {codes}.", codes=", ".join(s.code for s in left))
        )
    return work


def _check_not_seated(case: Case, actor: Actor) -> None:
    if actor.person_id in case.reviewer_ids:
        raise NotAllowed(N_("You are one of the two reviewers of this case, so somebody else signs for the panel."))
