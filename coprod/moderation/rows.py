"""READS: the rows behind several pages. Part of `queries`."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, exists, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from coprod.accounts.models import Person
from coprod.assessments.models import Assessment
from coprod.assessments.rules import State
from coprod.database import db
from coprod.moderation.models import Case, Declaration, Judgement, Seat, Settlement, Waiver
from coprod.moderation.reply_models import Reply, ReplyDecision
from coprod.permissions import Actor


def whole() -> Select[Case]:
    """A case with everything that its pages need, in a fixed number of queries."""
    return select(Case).options(
        _WITH_ITS_ASSESSMENT,
        selectinload(Case.seats),
        selectinload(Case.declarations),
        selectinload(Case.waivers),
        selectinload(Case.judgements),
        selectinload(Case.settlements),
        selectinload(Case.replies),
    )


_WITH_ITS_ASSESSMENT = joinedload(Case.assessment).options(
    joinedload(Assessment.organisation),
    joinedload(Assessment.more_asked),
    joinedload(Assessment.sent_before),
)
_ONE = select(
    Case,
    *(exists().where(each.case_id == Case.id) for each in (Waiver, Judgement, Settlement, Reply)),
).options(_WITH_ITS_ASSESSMENT)
_BY_ID = _ONE.where(Case.id == bindparam("id"))
_BY_ASSESSMENT = _ONE.where(Case.assessment_id == bindparam("id"))
_OF_CASE: Mapping[str, Select[Any]] = {
    name: select(model).where(model.case_id == bindparam("id")).order_by(order)
    for name, model, order in (
        ("seats", Seat, Seat.position),
        ("declarations", Declaration, Declaration.id),
        ("waivers", Waiver, Waiver.id),
        ("judgements", Judgement, Judgement.number),
        ("settlements", Settlement, Settlement.number),
        ("replies", Reply, Reply.question_code),
    )
}


def one(case_id: UUID) -> Case | None:
    """The same for one case, whose page asks for as little as there is. Every page of a case begins here."""
    return _filled(_BY_ID, case_id)


def of_assessment(assessment_id: UUID) -> Case | None:
    return _filled(_BY_ASSESSMENT, assessment_id)


def _filled(chosen: Select[*tuple[Any, ...]], id_: UUID) -> Case | None:
    found = db.session.execute(chosen, {"id": id_}).one_or_none()
    if found is None:
        return None
    case: Case = found[0]
    there = {"waivers": found[1], "judgements": found[2], "settlements": found[3], "replies": found[4]}
    for name, rows in _OF_CASE.items():
        of_it = db.session.scalars(rows, {"id": case.id}).all() if there.get(name, True) else []
        set_committed_value(case, name, of_it)
    return case


def contested(most: int) -> Sequence[Case]:
    """The cases with a reply or an appeal that waits to be decided, the longest waiting first."""
    decided = exists().where(
        ReplyDecision.case_id == Reply.case_id,
        ReplyDecision.kind == Reply.kind,
        ReplyDecision.question_code == Reply.question_code,
    )
    waits = exists().where(Reply.case_id == Case.id, Reply.agrees.is_(False), ~decided)
    chosen = being(State.PROVISIONAL).where(waits).options(selectinload(Case.reply_decisions))
    return db.session.scalars(chosen.limit(most)).all()


def rated(most: int) -> Sequence[Case]:
    """The cases that no reviewer has still to finish, the longest waiting first."""
    busy = exists().where(Seat.case_id == Case.id, Seat.finished_at.is_(None))
    return db.session.scalars(being(State.IN_MODERATION).where(~busy).limit(most)).all()


def being(*states: State) -> Select[Case]:
    """Cases whose assessment is in one of these states, with everything that their pages need."""
    return (
        whole()
        .join(Assessment, Assessment.id == Case.assessment_id)
        .where(Assessment.state.in_([state.value for state in states]))
        .order_by(Assessment.submitted_at, Case.id)
    )


def has_declared(case: Case, actor: Actor) -> bool:
    """True for who has said that they have no conflict and not otherwise since, or whose conflict is set aside."""
    waived = actor.person_id in case.waived_ids
    return any(d.person_id == actor.person_id and (waived or not d.conflict) for d in case.declarations)


def parent_carer(actor: Actor) -> bool:
    return bool(db.session.scalar(select(Person.parent_carer).where(Person.id == actor.person_id)))
