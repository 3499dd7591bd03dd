"""WRITES: opening a file, which is always a fact of history, and shutting away what shows personal data."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from coprod import history
from coprod.database import db
from coprod.errors import NotFound, WrongState
from coprod.evidence import queries, telling
from coprod.evidence.models import Evidence, EvidenceFile, EvidenceVersion
from coprod.permissions import Action, Actor, require
from coprod.transaction import hold


def open_own(item: Evidence, *, actor: Actor, now: datetime) -> EvidenceFile:
    """A member opens the file of their organisation's item."""
    require(actor, Action.SEE_ORGANISATION, item)
    if item.file is None or item.is_shut:
        raise NotFound
    return _opened(item, item.file, actor, now)


def open_in_case(
    evidence_id: UUID, file_id: UUID, revision: int, *, case: Any, actor: Actor, now: datetime
) -> EvidenceFile:
    """A reviewer opens a file that was sent in, as it was then. Who, what and when is kept."""
    require(actor, Action.READ_EVIDENCE, case)
    item = in_case(evidence_id, case)
    file = db.session.get(EvidenceFile, file_id)
    shut = item.deleted_at is not None or revision <= (item.quarantined_revision or 0)
    if file is None or file.organisation_id != case.organisation_id or shut:
        raise NotFound
    return _opened(item, file, actor, now, case_id=str(case.id))


def quarantine(item: Evidence, *, case: Any, actor: Actor, now: datetime) -> None:
    """A reviewer saw personal data: the item is gone for everybody at this moment, and its organisation is told."""
    require(actor, Action.REPORT_PERSONAL_DATA, case)
    if item.organisation_id != case.organisation_id:
        raise NotFound
    hold(item)
    if item.is_shut:
        return
    item.quarantined_revision, item.quarantined_at = item.revision, now
    for file in files_of(item):
        file.rejected_at = file.rejected_at or now
        file.signs, file.hidden = [], []
    for version in item.versions:
        version.title, version.facts = "", {}
    history.record("evidence.quarantined", item, actor=actor, now=now, case_id=str(case.id))
    telling.tell("evidence_shut_away", item.organisation_id, now=now, once=f"shut:{item.id}:{item.revision}")


def in_case(evidence_id: UUID, case: Any) -> Evidence:
    """An item of the organisation that a case is about. Raises NotFound alike for everything else."""
    item = db.session.get(Evidence, evidence_id)
    if item is None or item.organisation_id != case.organisation_id:
        raise NotFound
    return item


def files_of(item: Evidence) -> list[EvidenceFile]:
    """Every file that the item has or had."""
    had = select(EvidenceVersion.file_id).where(EvidenceVersion.evidence_id == item.id)
    chosen = select(EvidenceFile).where((EvidenceFile.id == item.file_id) | EvidenceFile.id.in_(had))
    return list(db.session.scalars(chosen.order_by(EvidenceFile.id)))


def _opened(item: Evidence, file: EvidenceFile, actor: Actor, now: datetime, **facts: Any) -> EvidenceFile:
    why_not = queries.cannot_open(file)
    if why_not:
        raise WrongState(why_not)
    history.record("evidence.opened", item, actor=actor, now=now, file_id=str(file.id), sha256=file.sha256, **facts)
    return file
