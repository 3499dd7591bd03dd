"""READS: how far every organisation has got, for the coordinator, and what nobody can go on with. Part of `queries`."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import exists, func, select, tuple_
from sqlalchemy.orm import defer

from coprod.assessments.models import Assessment
from coprod.assessments.rules import State
from coprod.database import db
from coprod.moderation import going_on, rules
from coprod.moderation.guards import OPEN_STATES
from coprod.moderation.models import Case, Seat
from coprod.moderation.reply_models import Reply
from coprod.organisations.models import Organisation
from coprod.organisations.rules import Kind
from coprod.phrases import Phrase
from coprod.web.clock import day_of

A_PAGE = 50
MOST_STUCK = 25


@dataclass(frozen=True, slots=True)
class HowFar:
    """How far one organisation has got. No ratings: the coordinator watches the clock, not the answers."""

    assessment_id: UUID
    organisation: str
    kind: str
    state: str
    since: date
    days: int
    seats: str
    reply_by: date | None


@dataclass(frozen=True, slots=True)
class Stuck:
    """What nobody can go on with: everybody who otherwise could took part, belongs there or has a conflict."""

    organisation: str
    waits: str


@dataclass(frozen=True, slots=True)
class Progress:
    """One page of the list, and where the next one begins; and what nobody can go on with, on whatever page it is."""

    stuck: tuple[Stuck, ...]
    rows: tuple[HowFar, ...]
    following: UUID | None


def states(*, after: UUID | None, today: date) -> Progress:
    """Every organisation's newest assessment, A to Z, with its state and for how long it has been in it."""
    newest = (
        select(Assessment.id)
        .where(Assessment.organisation_id == Organisation.id)
        .order_by(Assessment.started_at.desc(), Assessment.id)
        .limit(1)
        .correlate(Organisation)
        .scalar_subquery()
    )
    seated = select(func.count()).select_from(Seat).where(Seat.case_id == Case.id).correlate(Case).scalar_subquery()
    replied = exists().where(Reply.case_id == Case.id)
    chosen = (
        select(Assessment, Organisation.name, Organisation.kind, Case, seated, replied)
        .join(Organisation, Organisation.id == Assessment.organisation_id)
        .outerjoin(Case, Case.assessment_id == Assessment.id)
        .where(Assessment.id == newest)
        .options(defer(Assessment.snapshot), defer(Case.outcome))
        .order_by(Organisation.search_name, Organisation.id)
        .limit(A_PAGE + 1)
    )
    last = db.session.get(Organisation, after) if after else None
    if last is not None:
        chosen = chosen.where(tuple_(Organisation.search_name, Organisation.id) > (last.search_name, last.id))
    found = db.session.execute(chosen).all()
    shown = tuple(
        _how_far(assessment, name, kind, case, count, today, replied=said)
        for assessment, name, kind, case, count, said in found[:A_PAGE]
    )
    return Progress(_stuck(), shown, found[A_PAGE - 1][0].organisation_id if len(found) > A_PAGE else None)


def _how_far(
    assessment: Assessment,
    name: str,
    kind: str,
    case: Case | None,
    seated: int | None,
    today: date,
    *,
    replied: bool,
) -> HowFar:
    """Once a reply is sent, the day until which one could be sent says nothing more."""
    moments = (
        assessment.started_at,
        assessment.submitted_at,
        case.provisional_at if case else None,
        assessment.final_at,
    )
    since = day_of(next(moment for moment in reversed(moments) if moment is not None))
    waits = assessment.state in OPEN_STATES
    return HowFar(
        assessment_id=assessment.id,
        organisation=name,
        kind=Kind(kind).words,
        state=State(assessment.state).words,
        since=since,
        days=(today - since).days,
        seats=Phrase("{taken} of {places}", taken=seated or 0, places=rules.PLACES) if waits else "",
        reply_by=case.reply_by if case and case.closed_at is None and not replied else None,
    )


def _stuck() -> tuple[Stuck, ...]:
    return tuple(
        Stuck(case.assessment.organisation.name, waits.value)
        for case, waits in going_on.waiting(MOST_STUCK)
        if not going_on.who_can(case, waits)
    )
