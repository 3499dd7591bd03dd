"""READS: what waits for reviewers, the pages of a case, an organisation's result, and how far everybody has got."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from coprod.assessments.models import Assessment
from coprod.certificates.models import Certificate
from coprod.database import db
from coprod.errors import NotFound, WrongState
from coprod.framework.queries import pinned
from coprod.moderation import agreeing, casework, letter, pages, practising, replying, results, rows, rules, stages
from coprod.moderation.casework import Casework
from coprod.moderation.guards import WITH_REVIEWERS, is_declarable
from coprod.moderation.letter import Letter
from coprod.moderation.models import Case
from coprod.moderation.pages import AgreePage, CasePage, Head, RatePage, SettlePage
from coprod.moderation.progress import states
from coprod.moderation.reply_models import APPEAL, REPLY
from coprod.moderation.reply_pages import SaidShown, said_of
from coprod.moderation.rows import has_declared, parent_carer
from coprod.moderation.rules import Sitting
from coprod.moderation.unopened import Unopened
from coprod.moderation.waiting import queue
from coprod.organisations.rules import Kind
from coprod.permissions import Action, Actor, can

__all__ = [
    "agree_page",
    "case_for",
    "case_page",
    "following",
    "has_stepped_back",
    "offer",
    "outcome_page",
    "queue",
    "rate_page",
    "result_page",
    "settle_page",
    "states",
    "to_declare",
]


@dataclass(frozen=True, slots=True)
class ToDeclare:
    """What somebody sees before they have said that they have no conflict: who it is about, and nothing else."""

    assessment: Assessment
    case_id: UUID | None
    name: str
    kind: str
    declared: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A case for somebody who has no conflict and no place in it. `practise`: the version to practise on first."""

    head: Head
    time: str
    second_look: bool
    refusal: str | None
    practise: str | None


@dataclass(frozen=True, slots=True)
class OutcomePage:
    """The result as it would be given now. `with_panel` is the level that the panel's sign-off would bring."""

    head: Head
    letter: Letter
    signed: bool
    with_panel: str | None
    may_sign: bool
    may_give: bool


@dataclass(frozen=True, slots=True)
class ResultPage:
    """A result as the organisation sees it."""

    case: Case
    name: str
    letter: Letter
    given_at: datetime | None
    reply_by: date | None
    final_at: datetime | None
    may_accept: bool
    may_reply: bool
    appeal_by: date | None
    may_appeal: bool
    contested: str | None
    said: tuple[SaidShown, ...]
    certificate_id: UUID | None
    certificate_code: str | None


def to_declare(assessment_id: UUID, actor: Actor) -> ToDeclare:
    """Raises NotFound alike for what is missing, not sent in, or not for this person to moderate."""
    chosen = (
        select(Assessment).where(Assessment.id == assessment_id).options(joinedload(Assessment.organisation))
    )
    assessment = db.session.scalar(chosen)
    case = db.session.scalar(
        select(Case).where(Case.assessment_id == assessment_id).options(selectinload(Case.declarations))
    )
    if assessment is None or not (is_declarable(case) if case else assessment.state in WITH_REVIEWERS):
        raise NotFound
    if not can(actor, Action.DECLARE, case or Unopened(assessment.organisation_id)):
        raise NotFound
    return ToDeclare(
        assessment=assessment,
        case_id=case.id if case else None,
        name=assessment.organisation.name,
        kind=Kind(assessment.organisation.kind).words,
        declared=case is not None and has_declared(case, actor),
    )


def has_stepped_back(assessment_id: UUID, actor: Actor) -> bool:
    """True for somebody who has said that they have a conflict with this one, and nobody set it aside."""
    case = db.session.scalar(select(Case).where(Case.assessment_id == assessment_id))
    return case is not None and actor.person_id in case.stepped_back_ids


def case_for(case_id: UUID, actor: Actor) -> Case:
    """A case that this person may see something of. Raises NotFound alike for one that is missing or not theirs."""
    case = rows.one(case_id)
    if case is None or not can(actor, Action.DECLARE, case) or not has_declared(case, actor):
        raise NotFound
    if case.outcome is None and case.assessment.state not in WITH_REVIEWERS:
        raise NotFound
    return case


def offer(case: Case, actor: Actor) -> Offer:
    """What somebody may know of a case before they take a place in it."""
    work = casework.of(case)
    position = rules.free_position(work.seats, work.sittings)
    second = position is not None and work.seats.checks_only(position)
    return Offer(
        head=_head(case, work, actor),
        time=rules.time_to_sit(work.framework, work.sent.claims, checks_only=second),
        second_look=second,
        refusal=rules.cannot_sit(work.seats, work.sittings, parent_carer=parent_carer(actor)),
        practise=None if practising.may_take_cases(actor, work.framework) else work.framework.version,
    )


def case_page(case: Case, actor: Actor) -> CasePage | None:
    """A reviewer's own list; None for somebody who has no place in the case."""
    work = casework.of(case)
    sitting = work.sitting_of(actor.person_id)
    return pages.case_page(work, _head(case, work, actor), sitting) if sitting else None


def rate_page(case: Case, code: str, actor: Actor) -> RatePage:
    work = casework.of(case)
    sitting = _sitting(work, actor)
    return pages.rate_page(work, _head(case, work, actor), sitting, code)


def following(case: Case, code: str, actor: Actor) -> str | None:
    """The next question on this reviewer's list that has no rating yet."""
    work = casework.of(case)
    return pages.following(work, _sitting(work, actor), code)


def agree_page(case: Case, actor: Actor) -> AgreePage:
    work = _for_both(case, actor)
    return pages.agree_page(work, _head(case, work, actor), actor.person_id)


def settle_page(case: Case, code: str, actor: Actor, *, sent: bool = False) -> SettlePage:
    """Raises WrongState until both are done, and NotFound for a question on which they do not differ.

    With `sent` a decision is on its way: whoever sends it once the result is given is told that this has moved on.
    """
    if sent and case.outcome is not None and can(actor, Action.SETTLE, case):
        raise WrongState
    work = _for_both(case, actor)
    standing = agreeing.difference(case, work, code)
    return pages.settle_page(work, _head(case, work, actor), actor.person_id, standing)


def outcome_page(case: Case, actor: Actor) -> OutcomePage:
    """The result as it would be given now. Raises NotFound while something is to be agreed, or once it is given."""
    work = _for_both(case, actor)
    head = _head(case, work, actor)
    if head.given or not head.reached.settled:
        raise NotFound
    waits = work.panel_decides() and not work.panel_signed
    return OutcomePage(
        head=head,
        letter=letter.letter(work.framework, _as_given(work, panel=work.panel_signed)),
        signed=work.panel_signed,
        with_panel=letter.letter(work.framework, _as_given(work, panel=True)).level if waits else None,
        may_sign=waits and head.leads and not head.seated,
        may_give=not (waits and head.seated),
    )


def result_page(assessment_id: UUID, actor: Actor) -> ResultPage:
    """An organisation's result, for its own people, once it is given. Raises NotFound alike for everything else."""
    case = rows.of_assessment(assessment_id)
    if case is None or case.outcome is None or not can(actor, Action.SEE_RESULT, case):
        raise NotFound
    framework = pinned(case.assessment.framework, case.assessment.version)
    certificate = db.session.get(Certificate, case.certificate_id) if case.certificate_id else None
    return ResultPage(
        case=case,
        name=case.assessment.organisation.name,
        letter=letter.letter(framework, case.outcome),
        given_at=case.provisional_at,
        reply_by=case.reply_by,
        final_at=case.closed_at,
        may_accept=case.closed_at is None and not case.contested and can(actor, Action.ACCEPT_RESULT, case),
        may_reply=_may_reply(case, actor),
        appeal_by=case.appeal_by,
        may_appeal=case.appeal_by is not None and _may_say(case, APPEAL, actor),
        contested=case.contested,
        said=said_of(case, framework),
        certificate_id=case.certificate_id,
        certificate_code=certificate.code if certificate else None,
    )


def _may_reply(case: Case, actor: Actor) -> bool:
    return bool(replying.contestable(case)) and _may_say(case, REPLY, actor)


def _may_say(case: Case, kind: str, actor: Actor) -> bool:
    sent = any(each.kind == kind for each in case.replies)
    return not sent and case.closed_at is None and can(actor, Action.REPLY, case)


def _as_given(work: Casework, *, panel: bool) -> dict[str, Any]:
    return results.frozen(work.framework, work.sent, work.standings(), work.sittings, panel=panel)


def _for_both(case: Case, actor: Actor) -> Casework:
    """Both ratings are for the two reviewers and a lead reviewer, and pages ask first whether both are done.

    Once the result is given, only for who took part: somebody else may have to decide a reply without seeing them.
    """
    part = case.outcome is None or actor.person_id in case.took_part_ids
    if not part or not can(actor, Action.SETTLE, case):
        raise NotFound
    return casework.of(case)


def _sitting(work: Casework, actor: Actor) -> Sitting:
    sitting = work.sitting_of(actor.person_id)
    if sitting is None:
        raise NotFound
    return sitting


def _head(case: Case, work: Casework, actor: Actor) -> Head:
    organisation = case.assessment.organisation
    sitting = work.sitting_of(actor.person_id)
    return Head(
        case_id=case.id,
        assessment_id=case.assessment_id,
        name=organisation.name,
        kind=Kind(organisation.kind).words,
        level=pages.level_name(work.framework, work.sent.level),
        submitted_on=work.sent.submitted_on,
        reached=stages.reached(work, sitting),
        seated=sitting is not None,
        leads=can(actor, Action.PANEL, case),
        given=case.outcome is not None,
    )
