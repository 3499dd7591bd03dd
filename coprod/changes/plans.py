"""WRITES: showing the plan, as it was or as it is now, by a file or another item of evidence."""

from datetime import datetime
from uuid import UUID

from coprod import history
from coprod.changes.guards import lock
from coprod.changes.models import ChangeRecord, PlanFile
from coprod.changes.rules import Side
from coprod.database import db
from coprod.errors import Invalid, NotFound
from coprod.evidence.models import Evidence
from coprod.permissions import Action, Actor, require
from coprod.phrases import N_


def show_plan(record: ChangeRecord, evidence_id: UUID, *, side: Side | str, actor: Actor, now: datetime) -> None:
    """An item of the organisation's evidence shows the plan before, or the plan now. It can't be both."""
    require(actor, Action.RECORD_CHANGE, record)
    if side not in set(Side):
        raise Invalid(N_("Choose which plan it shows"), field="side")
    item = db.session.get(Evidence, evidence_id)
    if item is None or item.organisation_id != record.organisation_id or not item.stands:
        raise NotFound
    lock(record)
    shown = db.session.get(PlanFile, (record.id, item.id))
    if shown is None:
        shown = PlanFile(change=record, evidence_id=item.id)
        db.session.add(shown)
    shown.side = Side(side).value
    history.record("change.plan_shown", record, actor=actor, now=now, evidence=str(item.id), side=shown.side)


def hide_plan(record: ChangeRecord, evidence_id: UUID, *, actor: Actor, now: datetime) -> None:
    """The item no longer shows a plan of this record. The item itself stays. Doing it twice does nothing more."""
    require(actor, Action.RECORD_CHANGE, record)
    lock(record)
    shown = db.session.get(PlanFile, (record.id, evidence_id))
    if shown is not None:
        record.files.remove(shown)
        db.session.delete(shown)
        history.record("change.plan_hidden", record, actor=actor, now=now, evidence=str(evidence_id))
