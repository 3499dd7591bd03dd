"""READS: "You said, we are doing", as frozen rows that hold only what the public may know."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, tuple_

from coprod.changes.confirming import Answer
from coprod.changes.models import ChangeRecord, Confirmation
from coprod.changes.rules import Group, Status, public_size
from coprod.database import db
from coprod.organisations.models import Organisation
from coprod.organisations.rules import Kind

PAGE = 10


@dataclass(frozen=True, slots=True)
class PublicChange:
    """One public record. It has no private field: no small numbers, no place, no comments, nobody's name."""

    id: UUID
    organisation: str
    organisation_slug: str
    organisation_town: str
    kind: Kind
    title: str
    status: Status
    heard: str
    group: Group | None
    how_many: int | None
    heard_on: date | None
    before: str
    after: str
    decision: str
    why: str
    decided_on: date | None
    told_on: date | None
    told_how: str
    better: str
    changed_mind: bool
    families_agree: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins or ends, as it stands in an address."""

    day: date
    id: UUID

    def __str__(self) -> str:
        return f"{self.day:%Y%m%d}{self.id.hex}"

    @classmethod
    def read(cls, text: str) -> Self:
        """The place that `text` says. Raises ValueError where it says none."""
        return cls(date.fromisoformat(text[:8]), UUID(hex=text[8:]))

    @classmethod
    def of(cls, row: PublicChange) -> Self:
        day = row.decided_on or row.heard_on
        if day is None:
            raise ValueError("a public record was heard on some day")
        return cls(day, row.id)


@dataclass(frozen=True, slots=True)
class PublicPage:
    """Some public records, newest decision first, and where the pages beside it begin."""

    rows: tuple[PublicChange, ...]
    newer: Place | None
    older: Place | None


def published(
    *,
    organisation_id: UUID | None = None,
    status: Status | None = None,
    kind: Kind | None = None,
    after: Place | None = None,
    limit: int = PAGE,
) -> tuple[PublicChange, ...]:
    """Public records, newest decision first: the whole area's, or one organisation's."""
    chosen = _chosen(organisation_id, status, kind)
    if after is not None:
        chosen = chosen.where(_key < (after.day, after.id))
    return _rows(chosen.order_by(_day.desc(), ChangeRecord.id.desc()).limit(limit))


def published_page(
    *,
    status: Status | None = None,
    kind: Kind | None = None,
    after: Place | None = None,
    before: Place | None = None,
    limit: int = PAGE,
) -> PublicPage:
    """One page of the area's public records: those older than `after`, or those just newer than `before`."""
    if before is None:
        rows = published(status=status, kind=kind, after=after, limit=limit + 1)
        shown = rows[:limit]
        newer, older = after is not None, len(rows) > limit
    else:
        chosen = _chosen(None, status, kind).where(_key > (before.day, before.id))
        rows = _rows(chosen.order_by(_day, ChangeRecord.id).limit(limit + 1))
        shown = rows[limit - 1 :: -1] if len(rows) > limit else rows[::-1]
        newer, older = len(rows) > limit, True
    if not shown:
        return PublicPage((), None, None)
    return PublicPage(shown, Place.of(shown[0]) if newer else None, Place.of(shown[-1]) if older else None)


def published_counts(organisation_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """How many public records each of these organisations has."""
    counts = dict.fromkeys(organisation_ids, 0)
    if counts:
        chosen = (
            select(ChangeRecord.organisation_id, func.count())
            .where(ChangeRecord.organisation_id.in_(counts), ChangeRecord.published_at.is_not(None))
            .group_by(ChangeRecord.organisation_id)
            .order_by(ChangeRecord.organisation_id)
        )
        for organisation_id, number in db.session.execute(chosen):
            counts[organisation_id] = number
    return counts


_day: ColumnElement[date] = func.coalesce(ChangeRecord.decided_on, ChangeRecord.heard_on)
_key = tuple_(_day, ChangeRecord.id)
_agree = (
    select(func.count())
    .where(
        Confirmation.change_id == ChangeRecord.id,
        Confirmation.change_revision == ChangeRecord.wording,
        Confirmation.answer == Answer.YES.value,
    )
    .correlate(ChangeRecord)
    .scalar_subquery()
)


def _chosen(organisation_id: UUID | None, status: Status | None, kind: Kind | None) -> Select[Any]:
    chosen = (
        select(
            ChangeRecord.id,
            Organisation.name.label("organisation"),
            Organisation.slug.label("organisation_slug"),
            Organisation.town.label("organisation_town"),
            Organisation.kind,
            *(getattr(ChangeRecord, field) for field in _AS_WRITTEN),
            _agree.label("families_agree"),
        )
        .join(Organisation, Organisation.id == ChangeRecord.organisation_id)
        .where(ChangeRecord.published_at.is_not(None))
    )
    if organisation_id is not None:
        chosen = chosen.where(ChangeRecord.organisation_id == organisation_id)
    if status is not None:
        chosen = chosen.where(ChangeRecord.status == status.value)
    if kind is not None:
        chosen = chosen.where(Organisation.kind == kind.value)
    return chosen


_AS_WRITTEN = (
    "title",
    "status",
    "heard",
    "group",
    "how_many",
    "heard_on",
    "before",
    "after",
    "decision",
    "why",
    "decided_on",
    "told_on",
    "told_how",
    "better",
    "changed_mind",
)


def _rows(chosen: Select[Any]) -> tuple[PublicChange, ...]:
    return tuple(_row(dict(found)) for found in db.session.execute(chosen).mappings())


def _row(found: dict[str, Any]) -> PublicChange:
    meant = {
        "kind": Kind(found["kind"]),
        "status": Status(found["status"]),
        "group": Group(found["group"]) if found["group"] else None,
        "how_many": public_size(found["how_many"]),
    }
    return PublicChange(**(found | meant))
