"""READS: an organisation's own change records, and what a family reads behind a private link."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import selectinload

from coprod.changes.confirming import LinkState, Tally, tally, tally_of_earlier
from coprod.changes.models import ChangeRecord, Confirmation, ConfirmationLink
from coprod.changes.public import PublicChange, PublicPage, published, published_counts, published_page
from coprod.changes.reviewing import heard_by_reviewers
from coprod.changes.rules import ChangeFacts, Side, Status, is_overdue, missing
from coprod.database import db
from coprod.errors import NotFound
from coprod.framework.scoring import Change
from coprod.permissions import Action, Actor, can
from coprod.phrases import N_

__all__ = ["PublicChange", "PublicPage", "heard_by_reviewers", "published", "published_counts", "published_page"]

MOST = 500
PAGE = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One record on its organisation's own list."""

    id: UUID
    title: str
    missing: tuple[str, ...]
    tally: Tally
    earlier: Tally
    public: bool
    taken_down: bool
    overdue: date | None
    decided_on: date | None


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """An item of evidence that shows the plan before, or the plan now. `gone` is true of one that counts no more."""

    evidence_id: UUID
    side: str
    title: str
    gone: bool


@dataclass(frozen=True, slots=True)
class LinesPage:
    """Some records, newest first, and the id to go on after where there are more."""

    lines: tuple[Line, ...]
    more_after: UUID | None


@dataclass(frozen=True, slots=True)
class LinkLine:
    """One private link as its organisation sees it: never the secret, and never which answer came by it."""

    id: UUID
    made_at: datetime
    expires_at: datetime
    words: str
    waiting: bool


@dataclass(frozen=True, slots=True)
class FamilyCopy:
    """What somebody with a private link reads: the record's own words, and nobody's name."""

    organisation_id: UUID
    organisation: str
    facts: ChangeFacts
    wording: int


def for_member(change_id: UUID, actor: Actor) -> ChangeRecord:
    """One record, for members of its organisation. Raises NotFound alike where it is missing or not theirs."""
    record = db.session.get(ChangeRecord, change_id)
    if record is None or not can(actor, Action.SEE_ORGANISATION, record):
        raise NotFound
    return record


def public_record(change_id: UUID) -> ChangeRecord:
    """One record that is public. Raises NotFound alike where it is missing or private."""
    record = db.session.get(ChangeRecord, change_id)
    if record is None or record.published_at is None:
        raise NotFound
    return record


def link_for_member(link_id: UUID, actor: Actor) -> ConfirmationLink:
    """One private link (never its secret), for members of the organisation that made it."""
    link = db.session.get(ConfirmationLink, link_id)
    if link is None or not can(actor, Action.SEE_ORGANISATION, link):
        raise NotFound
    return link


def of_organisation(organisation_id: UUID) -> Sequence[ChangeRecord]:
    """An organisation's records with their families' answers, newest first."""
    return db.session.scalars(_newest(organisation_id).limit(MOST)).all()


def page_of(organisation_id: UUID, *, today: date, after: UUID | None = None, limit: int = PAGE) -> LinesPage:
    """One page of the organisation's own list."""
    chosen = _newest(organisation_id)
    last = db.session.get(ChangeRecord, after) if after else None
    if last is not None and last.organisation_id == organisation_id:
        chosen = chosen.where(tuple_(ChangeRecord.written_at, ChangeRecord.id) < (last.written_at, last.id))
    found = db.session.scalars(chosen.limit(limit + 1)).all()
    more_after = found[limit - 1].id if len(found) > limit else None
    return LinesPage(tuple(_line(record, today) for record in found[:limit]), more_after)


def overdue(record: ChangeRecord, today: date) -> date | None:
    """The day by which a public record promised more, where it has passed."""
    late = record.published_at is not None and is_overdue(Status(record.status), record.due_on, today)
    return record.due_on if late else None


def plans_of(record: ChangeRecord) -> tuple[ShownPlan, ...]:
    """The evidence that shows a record's plans, the plan before first."""
    shown = (
        ShownPlan(
            file.evidence_id,
            Side(file.side).words,
            N_("Evidence that is shut away") if file.evidence.is_shut else file.evidence.title,
            gone=not file.evidence.stands,
        )
        for file in record.files
    )
    return tuple(sorted(shown, key=lambda one: (one.side != Side.BEFORE.words, one.title)))


def has_answered(organisation_id: UUID, visitor: str | None) -> bool:
    """True where somebody answered about this organisation from the same address in the last 30 days."""
    return _is_known(Confirmation, Confirmation.visitor == visitor, organisation_id) if visitor else False


def makes_links(organisation_id: UUID, visitor: str | None) -> bool:
    """True where the organisation made a link from the same address in the last 30 days."""
    return _is_known(ConfirmationLink, ConfirmationLink.made_from == visitor, organisation_id) if visitor else False


def tally_of(record: ChangeRecord) -> Tally:
    """Families' answers to the words as they stand now."""
    return tally(record.given, wording=record.wording)


def earlier_tally_of(record: ChangeRecord) -> Tally:
    """Families' answers to words that have been changed since."""
    return tally_of_earlier(record.given, wording=record.wording)


def shared_comments(record: ChangeRecord) -> tuple[str, ...]:
    """The comments that families let their organisation read, in no order that tells who wrote which."""
    return tuple(sorted(one.comment for one in record.confirmations if one.comment_shared and one.comment))


def links_of(record: ChangeRecord, now: datetime) -> tuple[LinkLine, ...]:
    """The links made for a record, oldest first."""
    return tuple(
        LinkLine(link.id, link.made_at, link.expires_at, state.words, waiting=state is LinkState.OPEN)
        for link in record.links
        for state in (link.state(now),)
    )


def counted(record: ChangeRecord) -> Change:
    """A record as the scoring rules count it."""
    facts = record.facts
    return Change(
        complete=not missing(facts),
        decided_on=facts.decided_on,
        area=facts.area,
        voices=facts.group.voices if facts.group else frozenset(),
        confirmed=tally_of(record).families_agree,
        changed_mind=facts.changed_mind,
        shared=record.published_at is not None,
    )


def link_of(secret: str) -> ConfirmationLink | None:
    """The link that this secret opens: only the secret's hash is known here."""
    return db.session.scalars(
        select(ConfirmationLink).where(ConfirmationLink.secret_hash == hash_of(secret))
    ).one_or_none()


def family_copy(link: ConfirmationLink) -> FamilyCopy:
    record = link.change
    return FamilyCopy(record.organisation_id, record.organisation.name, record.facts, record.wording)


def hash_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _line(record: ChangeRecord, today: date) -> Line:
    facts = record.facts
    return Line(
        id=record.id,
        title=record.title,
        missing=missing(facts),
        tally=tally_of(record),
        earlier=earlier_tally_of(record),
        public=record.published_at is not None,
        taken_down=record.taken_down_at is not None,
        overdue=overdue(record, today),
        decided_on=record.decided_on,
    )


def _is_known(
    table: type[Confirmation] | type[ConfirmationLink], same: ColumnElement[bool], organisation_id: UUID
) -> bool:
    chosen = (
        select(table.id)
        .join(ChangeRecord, ChangeRecord.id == table.change_id)
        .where(ChangeRecord.organisation_id == organisation_id, same)
        .order_by(table.id)
        .limit(1)
    )
    return db.session.scalar(chosen) is not None


def _newest(organisation_id: UUID) -> Select[ChangeRecord]:
    return (
        select(ChangeRecord)
        .where(ChangeRecord.organisation_id == organisation_id)
        .options(selectinload(ChangeRecord.confirmations).load_only(*_ANSWER))
        .order_by(ChangeRecord.written_at.desc(), ChangeRecord.id.desc())
    )


_ANSWER = (Confirmation.change_id, Confirmation.answer, Confirmation.change_revision)
