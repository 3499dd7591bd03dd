"""READS: an organisation's evidence. It is private: only its members and its reviewers ever see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, and_, or_, select, tuple_

from coprod.database import db
from coprod.errors import NotFound
from coprod.evidence import rules
from coprod.evidence.models import Evidence, EvidenceFile
from coprod.framework.scoring import Item
from coprod.permissions import Action, Actor, can
from coprod.web import deployment

MOST = 500
PAGE = 25
SHUT = Evidence.quarantined_revision.is_not(None) & (Evidence.quarantined_revision >= Evidence.revision)
STANDS = and_(Evidence.withdrawn_at.is_(None), ~SHUT, Evidence.deleted_at.is_(None))


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


def to_change(evidence_id: UUID, actor: Actor) -> Evidence:
    """One item that a member may put something else in the place of: it may be quarantined, but not gone."""
    item = for_member(evidence_id, actor)
    if item.withdrawn_at is not None or item.deleted_at is not None:
        raise NotFound
    return item


def upload_for(file_id: UUID, actor: Actor) -> EvidenceFile:
    """A file that a member uploaded and that is not evidence yet. Raises NotFound alike for everything else."""
    file = db.session.get(EvidenceFile, file_id)
    if file is None or not can(actor, Action.SEE_ORGANISATION, file):
        raise NotFound
    if is_spent(file):
        raise NotFound
    return file


def is_spent(file: EvidenceFile) -> bool:
    """True where an upload is evidence already, or can't be any more."""
    return bool(file.used_at or file.rejected_at or file.deleted_at)


def of_organisation(organisation_id: UUID) -> Sequence[Evidence]:
    """What an organisation can attach to answers: everything that stands, newest first."""
    return db.session.scalars(_newest(organisation_id).where(STANDS).limit(MOST)).all()


def page_of(organisation_id: UUID, *, after: UUID | None = None, limit: int = PAGE) -> EvidencePage:
    """One page of all items, the withdrawn ones too."""
    chosen = _newest(organisation_id)
    last = db.session.get(Evidence, after) if after else None
    if last is not None and last.organisation_id == organisation_id:
        chosen = chosen.where(tuple_(Evidence.added_at, Evidence.id) < (last.added_at, last.id))
    found = db.session.scalars(chosen.limit(limit + 1)).all()
    return EvidencePage(found[:limit], found[limit - 1].id if len(found) > limit else None)


def unfinished(organisation_id: UUID) -> Sequence[EvidenceFile]:
    """Files that were uploaded and not made evidence yet, newest first."""
    chosen = (
        select(EvidenceFile)
        .where(EvidenceFile.organisation_id == organisation_id, EvidenceFile.used_at.is_(None))
        .where(EvidenceFile.rejected_at.is_(None), EvidenceFile.deleted_at.is_(None))
        .order_by(EvidenceFile.uploaded_at.desc(), EvidenceFile.id)
        .limit(PAGE)
    )
    return db.session.scalars(chosen).all()


def stands(item: Evidence) -> bool:
    """True where an item counts: nobody withdrew it, shut it away or deleted it."""
    return item.stands


def counted(item: Evidence) -> Item:
    """An item as the scoring rules count it. One that does not stand has no date there: it counts for nothing."""
    return Item(dated=item.dated if stands(item) else None, kind=item.kind, from_families=item.from_families)


def cannot_open(file: EvidenceFile) -> str:
    """Why nobody can open this file now; empty where people may."""
    return rules.cannot_open(
        rejected=file.rejected_at is not None,
        infected=file.infected_at is not None,
        deleted=file.deleted_at is not None,
        clean=file.clean_at is not None,
        scanned=bool(deployment.settings().scanner),
    )


def links_to_check(*, now: datetime, limit: int = 50) -> Sequence[tuple[UUID, str]]:
    """Web addresses that nobody has asked for a week, the longest unasked first."""
    asked = or_(Evidence.link_checked_at.is_(None), Evidence.link_checked_at <= now - timedelta(days=rules.LINK_DAYS))
    chosen = (
        select(Evidence.id, Evidence.url)
        .where(Evidence.url != "", STANDS, asked)
        .order_by(Evidence.link_checked_at.is_not(None), Evidence.link_checked_at, Evidence.id)
        .limit(limit)
    )
    return [(evidence_id, url) for evidence_id, url in db.session.execute(chosen)]


def files_to_scan(limit: int = 50) -> Sequence[EvidenceFile]:
    """Files that no scanner has called clean or harmful yet, the oldest first."""
    chosen = (
        select(EvidenceFile)
        .where(EvidenceFile.clean_at.is_(None), EvidenceFile.infected_at.is_(None))
        .where(EvidenceFile.deleted_at.is_(None), EvidenceFile.rejected_at.is_(None))
        .order_by(EvidenceFile.uploaded_at, EvidenceFile.id)
        .limit(limit)
    )
    return db.session.scalars(chosen).all()


def files_to_drop(*, now: datetime, only: UUID | None = None, limit: int = 200) -> Sequence[EvidenceFile]:
    """Files whose time is over though no award holds them: rejected ones, and uploads that never became evidence.

    Or the one file, where that is so.
    """
    since = now - timedelta(days=rules.REJECTED_DAYS)
    over = or_(
        EvidenceFile.rejected_at <= since, and_(EvidenceFile.used_at.is_(None), EvidenceFile.uploaded_at <= since)
    )
    chosen = select(EvidenceFile).where(EvidenceFile.deleted_at.is_(None), over)
    if only is not None:
        chosen = chosen.where(EvidenceFile.id == only)
    return db.session.scalars(chosen.order_by(EvidenceFile.uploaded_at, EvidenceFile.id).limit(limit)).all()


def known(sha256: str) -> bool:
    """True where a file that is not deleted has this content."""
    chosen = select(EvidenceFile.id).where(EvidenceFile.sha256 == sha256, EvidenceFile.deleted_at.is_(None))
    return db.session.scalar(chosen.order_by(EvidenceFile.id).limit(1)) is not None


def _newest(organisation_id: UUID) -> Select[Evidence]:
    return (
        select(Evidence)
        .where(Evidence.organisation_id == organisation_id)
        .order_by(Evidence.added_at.desc(), Evidence.id.desc())
    )
