"""WRITES: adding an item of evidence, and withdrawing it."""

from datetime import date, datetime
from uuid import UUID

from coprod import history
from coprod.database import db
from coprod.errors import Invalid, WrongState
from coprod.evidence import rules
from coprod.evidence.models import Evidence
from coprod.framework.queries import current_framework
from coprod.organisations import queries as organisations
from coprod.permissions import Action, Actor, require


def add(
    organisation_id: UUID,
    *,
    kind: str,
    title: str,
    url: str,
    statement: str,
    dated: date,
    shows: str,
    from_families: bool,
    no_child_named: bool,
    actor: Actor,
    now: datetime,
    today: date,
) -> Evidence:
    """A member adds a link or a statement to what their organisation can show."""
    require(actor, Action.ANSWER, organisations.get(organisation_id))
    facts = rules.EvidenceFacts(kind, title, url, statement, dated, shows, from_families, no_child_named)
    for fault in rules.faults(facts, kinds=current_framework().evidence_kinds, today=today):
        raise Invalid(fault.words, field=fault.field)
    item = Evidence(
        organisation_id=organisation_id,
        kind=kind,
        title=title,
        url=url,
        statement=statement,
        dated=dated,
        shows=shows,
        from_families=from_families,
        no_child_named=no_child_named,
        added_by=actor.person_id,
        added_at=now,
    )
    db.session.add(item)
    history.record("evidence.added", item, actor=actor, now=now, kind=kind)
    return item


def withdraw(item: Evidence, *, actor: Actor, now: datetime) -> None:
    """A member takes an item back. It is kept, but counts for nothing from now on."""
    require(actor, Action.ANSWER, item)
    if item.withdrawn_at is not None:
        raise WrongState("This evidence was withdrawn already.")
    item.withdrawn_at = now
    history.record("evidence.withdrawn", item, actor=actor, now=now)
