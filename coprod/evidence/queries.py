"""READS: an organisation's evidence. It is private: only its members and its reviewers ever see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select, tuple_

from coprod.database import db
from coprod.errors import NotFound
from coprod.evidence.models import Evidence
from coprod.framework.scoring import Item
from coprod.permissions import Action, Actor, can

MOST = 500
PAGE = 25


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """Some items, newest first, and the id to go on after where there are more."""

    items: Sequence[Evidence]
    more_after: UUID | None


def for_member(evidence_id: UUID, actor: Actor) -> Evidence:
    """One item, for members of its organisation. Raises NotFound alike where it is missing or not theirs."""
    item = db.session.get(Evidence, evidence_id)
    if item is None or not can(actor, Action.SEE_ORGANISATION, item):
        raise NotFound
    return item


def of_organisation(organisation_id: UUID) -> Sequence[Evidence]:
    """What an organisation can attach to answers: everything that is not withdrawn, newest first."""
    chosen = _newest(organisation_id).where(Evidence.withdrawn_at.is_(None)).limit(MOST)
    return db.session.scalars(chosen).all()


def page_of(organisation_id: UUID, *, after: UUID | None = None, limit: int = PAGE) -> EvidencePage:
    """One page of all items, the withdrawn ones too."""
    chosen = _newest(organisation_id)
    last = db.session.get(Evidence, after) if after else None
    if last is not None and last.organisation_id == organisation_id:
        chosen = chosen.where(tuple_(Evidence.added_at, Evidence.id) < (last.added_at, last.id))
    found = db.session.scalars(chosen.limit(limit + 1)).all()
    return EvidencePage(found[:limit], found[limit - 1].id if len(found) > limit else None)


def counted(item: Evidence) -> Item:
    """An item as the scoring rules count it. A withdrawn one has no date there, so that it counts for nothing."""
    dated = item.dated if item.withdrawn_at is None else None
    return Item(dated=dated, kind=item.kind, from_families=item.from_families)


def _newest(organisation_id: UUID) -> Select[Evidence]:
    return (
        select(Evidence)
        .where(Evidence.organisation_id == organisation_id)
        .order_by(Evidence.added_at.desc(), Evidence.id.desc())
    )
