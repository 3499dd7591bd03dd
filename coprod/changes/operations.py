"""WRITES: writing a record, asking families about it, their answers, and making it public."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from coprod import history
from coprod.changes import queries, rules
from coprod.changes.confirming import LINK_LIFE, LONGEST_COMMENT, MOST_OPEN_LINKS, Answer, LinkState
from coprod.changes.models import ChangeRecord, Confirmation, ConfirmationLink
from coprod.changes.rules import ChangeFacts, Group, Status
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from coprod.organisations import queries as organisations
from coprod.permissions import ANONYMOUS, Action, Actor, member, require
from coprod.web.clock import day_of
from coprod.web.formatting import joined

SECRET_BYTES = 32


class LinkClosed(WrongState):
    """The private link was used, withdrawn, or has expired."""

    def __init__(self, state: LinkState) -> None:
        super().__init__("This link no longer works.")
        self.state = state


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edit also did: families' earlier answers stopped counting, or the record left the public page."""

    answers_set_aside: bool = False
    taken_down: bool = False


def write(organisation_id: UUID, *, facts: ChangeFacts, actor: Actor, now: datetime) -> ChangeRecord:
    """A member writes down what was heard and what came of it, as far as it has come."""
    organisation = organisations.get(organisation_id)
    require(actor, Action.RECORD_CHANGE, organisation)
    _check(facts, now)
    record = ChangeRecord(
        organisation_id=organisation.id, written_by=actor.person_id, written_at=now, **_columns(facts)
    )
    db.session.add(record)
    history.record("change.written", record, actor=actor, now=now)
    return record


def edit(record: ChangeRecord, *, facts: ChangeFacts, revision: int, actor: Actor, now: datetime) -> Edited:
    """A member changes a record. Families' answers stay with the words that they were given about.

    A public record whose public words change leaves the public page until a lead has read it again. Raises Stale
    where somebody else saved since `revision`.
    """
    require(actor, Action.RECORD_CHANGE, record)
    _lock(record)
    _check(facts, now)
    if record.revision != revision:
        raise Stale
    changed = rules.changed_fields(record.facts, facts)
    if not changed:
        return Edited()
    new_wording = bool(changed & rules.FAMILY_READS)
    set_aside = new_wording and queries.tally_of(record).total > 0
    taken_down = record.published_at is not None and bool(changed & rules.PUBLIC_READS)
    for name, value in _columns(facts).items():
        setattr(record, name, value)
    if new_wording:
        record.wording += 1
    if taken_down:
        _take_down(record)
    history.record(
        "change.edited",
        record,
        actor=actor,
        now=now,
        fields=sorted(changed),
        wording=record.wording,
        taken_down=taken_down,
    )
    return Edited(set_aside, taken_down)


def make_link(record: ChangeRecord, *, actor: Actor, now: datetime) -> tuple[ConfirmationLink, str]:
    """A member makes a private link for one family. The secret is answered here once; only its hash is kept."""
    require(actor, Action.ASK_FAMILIES, record)
    _lock(record)
    lacking = rules.missing_to_ask(record.facts)
    if lacking:
        raise WrongState(f"Before you ask families, write down {joined(lacking)}.")
    waiting = sum(link.state(now) is LinkState.OPEN for link in record.links)
    if waiting >= MOST_OPEN_LINKS:
        raise WrongState(
            f"This record has {MOST_OPEN_LINKS} links that wait for an answer. Withdraw those you will not use first."
        )
    secret = secrets.token_urlsafe(SECRET_BYTES)
    link = ConfirmationLink(
        change=record,
        secret_hash=queries.hash_of(secret),
        made_by=actor.person_id,
        made_at=now,
        expires_at=now + LINK_LIFE,
    )
    db.session.add(link)
    history.record("change.link_made", link, actor=actor, now=now, change=str(record.id))
    return link, secret


def withdraw_link(link: ConfirmationLink, *, actor: Actor, now: datetime) -> None:
    """A member takes back a link that nobody has used. An answer that was given can't be taken back."""
    require(actor, Action.ASK_FAMILIES, link)
    _lock(link)
    state = link.state(now)
    if state is LinkState.USED:
        raise WrongState("A family has answered with this link, so it can't be withdrawn. Their answer stays.")
    if state is LinkState.WITHDRAWN:
        raise WrongState("This link was withdrawn already.")
    link.withdrawn_at = now
    history.record("change.link_withdrawn", link, actor=actor, now=now, change=str(link.change_id))


def confirm(
    secret: str,
    *,
    answer: Answer | str,
    group: Group | str,
    comment: str,
    comment_shared: bool,
    now: datetime,
    wording: int | None = None,
    actor: Actor = ANONYMOUS,
) -> Confirmation:
    """Somebody of the families answers, once for each link, with no account and no name.

    `wording` is the one that they read: where it was changed meanwhile, Stale asks them to read again. People of the
    organisation itself can't answer.
    """
    _check_answer(answer, group, comment)
    link = _open_link(secret, actor, now)
    record = link.change
    if wording not in {None, record.wording}:
        raise Stale("The words were changed while you had them open. Read them again, then answer.")
    link.used_at = now
    confirmation = Confirmation(
        change=record,
        link_id=link.id,
        change_revision=record.wording,
        answer=Answer(answer).value,
        group=Group(group).value,
        comment=comment,
        comment_shared=comment_shared and bool(comment),
        answered_at=now,
    )
    db.session.add(confirmation)
    where = record.organisation_id
    history.record(
        "change.confirmed", confirmation, actor=ANONYMOUS, now=now, organisation_id=where, change=str(record.id)
    )
    return confirmation


def publish(record: ChangeRecord, *, no_child_named: bool, status: Status | str, actor: Actor, now: datetime) -> None:
    """A lead makes a record public, or changes its status there, and confirms that nobody can be identified."""
    require(actor, Action.PUBLISH_CHANGE, record)
    _lock(record)
    if status not in set(Status):
        raise Invalid("Choose how far this has come", field="status")
    if not no_child_named:
        raise Invalid("Confirm that no child, and no other person, can be identified", field="no_child_named")
    lacking = rules.missing_to_publish(record.facts, Status(status))
    if lacking:
        raise Invalid(
            f"Before this can be public as “{Status(status).words}”, write down {joined(lacking)}", field="status"
        )
    record.status = Status(status).value
    record.no_child_named = True
    record.published_at = record.published_at or now
    history.record("change.published", record, actor=actor, now=now, status=record.status)


def unpublish(record: ChangeRecord, *, actor: Actor, now: datetime) -> None:
    """A lead takes a record off the public page. Nothing else of it changes."""
    require(actor, Action.PUBLISH_CHANGE, record)
    _lock(record)
    if record.published_at is None:
        raise WrongState("This record is not public.")
    _take_down(record)
    history.record("change.unpublished", record, actor=actor, now=now)


def _take_down(record: ChangeRecord) -> None:
    record.published_at = None
    record.no_child_named = False


def _open_link(secret: str, actor: Actor, now: datetime) -> ConfirmationLink:
    """The link that this secret opens, while it works and where a family asks."""
    link = queries.link_of(secret)
    if link is None:
        raise NotFound
    _lock(link)
    if member(actor, link):
        raise NotAllowed("Only families can answer this. You are signed in as somebody of the organisation.")
    if link.state(now) is not LinkState.OPEN:
        raise LinkClosed(link.state(now))
    return link


def _lock(row: ChangeRecord | ConfirmationLink) -> None:
    """Decide on what is true now: nobody else changes the row until this transaction ends."""
    db.session.refresh(row, with_for_update=True)


def _check(facts: ChangeFacts, now: datetime) -> None:
    for fault in rules.faults(facts, day_of(now)):
        raise Invalid(fault.words, field=fault.field)


def _check_answer(answer: str, group: str, comment: str) -> None:
    if answer not in set(Answer):
        raise Invalid("Choose yes, partly or no", field="answer")
    if group not in set(Group):
        raise Invalid("Choose who you are", field="group")
    if len(comment) > LONGEST_COMMENT:
        raise Invalid(f"Use {LONGEST_COMMENT:,} characters or fewer", field="comment")


def _columns(facts: ChangeFacts) -> dict[str, object]:
    """The facts as the table keeps them: codes, and no code where nothing is chosen."""
    return asdict(facts) | {
        "group": facts.group.value if facts.group else "",
        "area": facts.area.value if facts.area else None,
    }
