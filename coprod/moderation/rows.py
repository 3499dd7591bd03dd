"""READS: the rows behind several pages. Part of `queries`."""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from coprod.accounts.models import Person
from coprod.assessments.models import Assessment
from coprod.database import db
from coprod.moderation.models import Case
from coprod.permissions import Actor


def whole() -> Select[Case]:
    """A case with everything that its pages need, in a fixed number of queries."""
    return select(Case).options(
        joinedload(Case.assessment).options(
            joinedload(Assessment.organisation),
            joinedload(Assessment.more_asked),
            joinedload(Assessment.sent_before),
        ),
        selectinload(Case.seats),
        selectinload(Case.declarations),
        selectinload(Case.waivers),
        selectinload(Case.judgements),
        selectinload(Case.settlements),
        selectinload(Case.replies),
    )


def has_declared(case: Case, actor: Actor) -> bool:
    """True for who has said that they have no conflict and not otherwise since, or whose conflict is set aside."""
    waived = actor.person_id in case.waived_ids
    return any(d.person_id == actor.person_id and (waived or not d.conflict) for d in case.declarations)


def parent_carer(actor: Actor) -> bool:
    return bool(db.session.scalar(select(Person.parent_carer).where(Person.id == actor.person_id)))
