"""WRITES: writing a record and changing it; asking families, and making it public, are in files of their own."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from coprod import history
from coprod.changes import queries, rules
from coprod.changes.answers import LinkClosed, confirm, empty_comment, forget_addresses, make_link, withdraw_link
from coprod.changes.guards import check_facts, lock, looked_at
from coprod.changes.models import ChangeRecord
from coprod.changes.plans import hide_plan, show_plan
from coprod.changes.publishing import leave_public, publish, take_down, unpublish
from coprod.changes.rules import ChangeFacts
from coprod.database import db
from coprod.errors import Stale
from coprod.organisations import queries as organisations
from coprod.permissions import Action, Actor, require

__all__ = [
    "LinkClosed",
    "confirm",
    "empty_comment",
    "forget_addresses",
    "hide_plan",
    "make_link",
    "publish",
    "show_plan",
    "take_down",
    "unpublish",
    "withdraw_link",
]


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edit also did: families' earlier answers stopped counting, or the record left the public page."""

    answers_set_aside: bool = False
    taken_down: bool = False


def write(
    organisation_id: UUID, *, facts: ChangeFacts, looked: bool = False, actor: Actor, now: datetime
) -> ChangeRecord:
    """A member writes down what was heard and what came of it, as far as it has come.

    `looked`: they have looked at what seems to be personal data, and say that it is right to keep it.
    """
    organisation = organisations.get(organisation_id)
    require(actor, Action.RECORD_CHANGE, organisation)
    check_facts(facts, now)
    kept = looked_at(facts, rules.FIELDS, looked=looked, now=now)
    record = ChangeRecord(
        organisation_id=organisation.id, written_by=actor.person_id, written_at=now, **_columns(facts)
    )
    db.session.add(record)
    history.record("change.written", record, actor=actor, now=now, looked_at=kept)
    return record


def edit(
    record: ChangeRecord, *, facts: ChangeFacts, revision: int, looked: bool = False, actor: Actor, now: datetime
) -> Edited:
    """A member changes a record. Families' answers stay with the words that they were given about.

    A public record whose public words change leaves the public page until a lead has read it again. Raises Stale
    where somebody else saved since `revision`.
    """
    require(actor, Action.RECORD_CHANGE, record)
    lock(record)
    check_facts(facts, now)
    if record.revision != revision:
        raise Stale
    changed = rules.changed_fields(record.facts, facts)
    if not changed:
        return Edited()
    kept = looked_at(facts, changed, looked=looked, now=now)
    new_wording = bool(changed & rules.FAMILY_READS)
    edited = Edited(
        answers_set_aside=new_wording and queries.tally_of(record).total > 0,
        taken_down=record.published_at is not None and bool(changed & rules.PUBLIC_READS),
    )
    for name, value in _columns(facts).items():
        setattr(record, name, value)
    record.wording += new_wording
    if edited.taken_down:
        leave_public(record)
    if changed & rules.PUBLIC_READS:
        record.taken_down_at, record.taken_down_why = None, None
    history.record(
        "change.edited",
        record,
        actor=actor,
        now=now,
        fields=sorted(changed),
        wording=record.wording,
        taken_down=edited.taken_down,
        looked_at=kept,
    )
    return edited


def _columns(facts: ChangeFacts) -> dict[str, object]:
    """The facts as the table keeps them: codes, and no code where nothing is chosen."""
    kept = {name: value for name, value in asdict(facts).items() if name in rules.FIELDS}
    return kept | {
        "group": facts.group.value if facts.group else "",
        "area": facts.area.value if facts.area else None,
    }
