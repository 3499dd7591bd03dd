"""READS: the pages of a reply and an appeal: for the organisation, and for who took no part and decides."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coprod.errors import NotFound
from coprod.framework.model import Framework
from coprod.framework.queries import pinned
from coprod.moderation import casework, deciding, letter, practising, replying, rules
from coprod.moderation.casework import Casework
from coprod.moderation.guards import DECIDES
from coprod.moderation.letter import QuestionShown
from coprod.moderation.models import Case
from coprod.moderation.reply_models import APPEAL, REPLY, Reply, ReplyDecision
from coprod.moderation.told import Card, Told, cards, told_of
from coprod.organisations.rules import Kind
from coprod.permissions import Action, Actor, can


@dataclass(frozen=True, slots=True)
class DecisionShown:
    """What was decided about one disagreement. Who decided is not in it, but the part of who came from outside."""

    before: str
    rating: str
    reason: str
    on: date
    outsider: str


@dataclass(frozen=True, slots=True)
class SaidShown:
    """What the organisation said to one rating, and what came of it."""

    code: str
    short: str
    appeal: bool
    agrees: bool
    words: str
    points_to: tuple[str, ...]
    decision: DecisionShown | None


@dataclass(frozen=True, slots=True)
class ReplyPage:
    """The ratings that a reply or an appeal can be about, and what it can point to."""

    case: Case
    name: str
    last_day: date | None
    questions: tuple[QuestionShown, ...]
    things: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ToDecidePage:
    """A reply or an appeal, question by question, for who decides."""

    case_id: UUID
    name: str
    kind: str
    appeal: bool
    said: tuple[SaidShown, ...]


@dataclass(frozen=True, slots=True)
class DecidePage:
    """One disagreement, with what was sent in and what was said. No private note, and nobody who rated."""

    case_id: UUID
    appeal: bool
    told: Told
    rating: str
    reason: str
    said: tuple[SaidShown, ...]
    cards: tuple[Card, ...]


def reply_page(case: Case, *, sent: bool = False) -> ReplyPage:
    """Raises NotFound where no reply is possible. With `sent` one is on its way, and the operation judges it."""
    return _page(case, REPLY, replying.contestable(case), case.reply_by, sent=sent)


def appeal_page(case: Case, *, sent: bool = False) -> ReplyPage:
    """The same for an appeal."""
    return _page(case, APPEAL, replying.appealable(case) if case.appeal_by else (), case.appeal_by, sent=sent)


def to_decide_page(case: Case, actor: Actor) -> ToDecidePage:
    """Raises NotFound where nothing waits for this person to decide."""
    kind = _waits(case, actor)
    organisation = case.assessment.organisation
    said = said_of(case, pinned(case.assessment.framework, case.assessment.version))
    return ToDecidePage(
        case_id=case.id,
        name=organisation.name,
        kind=Kind(organisation.kind).words,
        appeal=kind == APPEAL,
        said=tuple(each for each in said if each.appeal == (kind == APPEAL) and not each.agrees),
    )


def decide_page(case: Case, code: str, actor: Actor, *, sent: bool = False) -> DecidePage:
    """Raises NotFound for a question that nobody disagrees with, or where nothing waits for this person.

    With `sent` a decision is on its way: where there is one already, the operation says what it is.
    """
    made = deciding.decided(case, code) if sent else None
    theirs = made is not None and (made.made_by == actor.person_id or can(actor, Action.DECIDE_REPLY, case))
    kind = made.kind if made is not None and theirs else _waits(case, actor)
    if not any((r.kind, r.question_code, r.agrees) == (kind, code, False) for r in case.replies):
        raise NotFound
    work = casework.of(case)
    told, standing = told_of(work, code), work.standing(code)
    said = said_of(case, work.framework)
    return DecidePage(
        case_id=case.id,
        appeal=kind == APPEAL,
        told=told,
        rating=_named(work, casework.to_row(standing.rating) if standing.rating is not None else None),
        reason=standing.reason,
        said=tuple(each for each in said if each.code == code),
        cards=cards(work.framework, told),
    )


def said_of(case: Case, framework: Framework) -> tuple[SaidShown, ...]:
    """Everything that the organisation said to its ratings: first the reply, then the appeal."""
    things = replying.things_sent(case)
    decided = {(d.kind, d.question_code): d for d in case.reply_decisions}
    order = {question.code: place for place, question in enumerate(framework.questions)}
    replies = sorted(case.replies, key=lambda r: (r.kind == APPEAL, order[r.question_code]))
    return tuple(_said(framework, r, things, decided.get((r.kind, r.question_code))) for r in replies)


def _said(framework: Framework, said: Reply, things: dict[str, str], decision: ReplyDecision | None) -> SaidShown:
    return SaidShown(
        code=said.question_code,
        short=framework.question(said.question_code).short,
        appeal=said.kind == APPEAL,
        agrees=said.agrees,
        words=said.words,
        points_to=tuple(things[thing] for thing in said.points_to if thing in things),
        decision=_decision(framework, decision) if decision else None,
    )


def _decision(framework: Framework, made: ReplyDecision) -> DecisionShown:
    return DecisionShown(
        before=rules.name_of(framework, casework.from_row(made.before)),
        rating=rules.name_of(framework, casework.from_row(made.rating)),
        reason=made.reason,
        on=made.made_at.date(),
        outsider=made.outsider_role,
    )


def _named(work: Casework, rating: int | None) -> str:
    return rules.name_of(work.framework, casework.from_row(rating))


def _waits(case: Case, actor: Actor) -> str:
    """A reply or an appeal. Who has not practised yet is told so before they read anything."""
    if not case.contested or not can(actor, DECIDES[case.contested], case):
        raise NotFound
    practising.check_practised(actor, pinned(case.assessment.framework, case.assessment.version))
    return case.contested


def _page(case: Case, kind: str, codes: tuple[str, ...], last_day: date | None, *, sent: bool) -> ReplyPage:
    over = case.closed_at is not None or any(each.kind == kind for each in case.replies)
    if not codes or case.outcome is None or (over and not sent):
        raise NotFound
    shown = letter.letter(pinned(case.assessment.framework, case.assessment.version), case.outcome)
    questions = tuple(q for value in shown.values for q in value.questions if q.code in codes)
    things = tuple(sorted(replying.things_sent(case).items(), key=lambda thing: thing[1].casefold()))
    return ReplyPage(case, case.assessment.organisation.name, last_day, questions, things)
