"""WRITES: making a record public, changing how far it has come, taking it down."""

from datetime import date, datetime

from coprod import history, mail
from coprod.changes import rules
from coprod.changes.guards import lock, looked_at
from coprod.changes.models import ChangeRecord
from coprod.changes.rules import PROMISES, Status
from coprod.errors import Invalid, WrongState
from coprod.evidence import telling
from coprod.framework.queries import current_framework
from coprod.permissions import Action, Actor, require
from coprod.phrases import N_, Phrase
from coprod.text import has_words
from coprod.web.clock import day_of
from coprod.web.formatting import joined

LONGEST_REASON = 500


def publish(
    record: ChangeRecord,
    *,
    no_child_named: bool,
    status: Status | str,
    value: str = "",
    due_on: date | None = None,
    looked: bool = False,
    actor: Actor,
    now: datetime,
) -> None:
    """A lead makes a record public, or changes its status there, and confirms that nobody can be identified.

    `due_on` is the day by which they promise to be done, or to say more. `looked`: they have looked at what seems to
    be personal data, and say that it is right to publish it.
    """
    require(actor, Action.PUBLISH_CHANGE, record)
    lock(record)
    if record.taken_down_at is not None:
        raise WrongState(N_("This record was taken down. Change its words first: its own page says why."))
    _check(record, status, value, due_on, no_child_named, now)
    kept = looked_at(record.facts, rules.PUBLIC_READS, looked=looked, now=now)
    record.status, record.value = Status(status).value, value
    record.due_on = due_on if status in PROMISES else None
    record.no_child_named = True
    record.published_at, record.renewed_at = record.published_at or now, now
    by = record.due_on.isoformat() if record.due_on else None
    history.record("change.published", record, actor=actor, now=now, status=record.status, due_on=by, looked_at=kept)


def unpublish(record: ChangeRecord, *, actor: Actor, now: datetime) -> None:
    """A lead takes a record off the public page. Nothing else of it changes."""
    require(actor, Action.PUBLISH_CHANGE, record)
    lock(record)
    if record.published_at is None:
        raise WrongState(N_("This record is not public."))
    leave_public(record)
    history.record("change.unpublished", record, actor=actor, now=now)


def take_down(record: ChangeRecord, *, why: str, actor: Actor, now: datetime) -> None:
    """A reviewer or coordinator takes a record off the public page at once. Its organisation is told why, not by whom.

    It can be public again only once words that the public reads have changed.
    """
    require(actor, Action.TAKE_DOWN_CHANGE, record)
    lock(record)
    if not has_words(why):
        raise Invalid(N_("Say why it is taken down: its organisation reads this"), field="why")
    if len(why) > LONGEST_REASON:
        raise Invalid(Phrase("Use {most} characters or fewer", most=LONGEST_REASON), field="why")
    if record.published_at is None:
        raise WrongState(N_("This record is not public any more."))
    leave_public(record)
    record.taken_down_at, record.taken_down_why = now, why
    history.record("change.taken_down", record, actor=actor, now=now, why=why)
    telling.tell(
        "change_taken_down",
        record.organisation_id,
        now=now,
        once=f"taken down:{record.id}:{record.revision}:{now.isoformat()}",
        why=why,
        record=mail.page("changes.record", change_id=record.id),
    )


def leave_public(record: ChangeRecord) -> None:
    """The record is public no more: whoever publishes it again confirms again that nobody is named."""
    record.published_at = None
    record.no_child_named = False


def _check(
    record: ChangeRecord, status: str, value: str, due_on: date | None, no_child_named: bool, now: datetime
) -> None:
    if status not in set(Status):
        raise Invalid(N_("Choose how far this has come"), field="status")
    if value and value not in {each.code for each in current_framework().values}:
        raise Invalid(N_("Choose a value of the charter"), field="value")
    if due_on is not None and status in PROMISES and due_on < day_of(now):
        raise Invalid(N_("This day has passed. Give a new one, or say that it is done or not possible"), field="due_on")
    if not no_child_named:
        raise Invalid(N_("Confirm that no child, and no other person, can be identified"), field="no_child_named")
    lacking = rules.missing_to_publish(record.facts, Status(status))
    if lacking:
        raise Invalid(
            Phrase(
                "Before this can be public as “{words}”, write down {lacking}",
                words=Phrase(Status(status).words),
                lacking=joined(lacking),
            ),
            field="status",
        )
