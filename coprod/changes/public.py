"""READS: "You said, we are doing", as frozen rows that hold only what the public may know."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, tuple_

from coprod.changes.confirming import Answer
from coprod.changes.groups import Group
from coprod.changes.models import ChangeRecord, Confirmation
from coprod.changes.rules import Status, public_size
from coprod.database import db
from coprod.errors import NotFound
from coprod.organisations.models import Organisation
from coprod.organisations.queries import has_succeeded
from coprod.organisations.rules import Kind

PAGE = 10
AT_ONCE = 200
MOST_TOWNS = 500


class Wanted(TypedDict, total=False):
    """What of the public records is asked for; what is not named, or empty, is not asked about."""

    organisation_id: UUID | None
    status: Status | None
    kind: Kind | None
    value: str
    town: str


@dataclass(frozen=True, slots=True)
class Publisher:
    """An organisation as the page of its public records names it."""

    id: UUID
    name: str
    slug: str


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
    value: str
    due_on: date | None
    updated: datetime
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


def published(*, after: Place | None = None, limit: int = PAGE, **wanted: Unpack[Wanted]) -> tuple[PublicChange, ...]:
    """Public records, newest decision first: the whole area's, or one organisation's."""
    chosen = _chosen(wanted)
    if after is not None:
        chosen = chosen.where(_key < (after.day, after.id))
    return _rows(chosen.order_by(_day.desc(), ChangeRecord.id.desc()).limit(limit))


def published_page(
    *, after: Place | None = None, before: Place | None = None, limit: int = PAGE, **wanted: Unpack[Wanted]
) -> PublicPage:
    """One page of the area's public records: those older than `after`, or those just newer than `before`."""
    if before is None:
        rows = published(after=after, limit=limit + 1, **wanted)
        shown = rows[:limit]
        newer, older = after is not None, len(rows) > limit
    else:
        chosen = _chosen(wanted).where(_key > (before.day, before.id))
        rows = _rows(chosen.order_by(_day, ChangeRecord.id).limit(limit + 1))
        shown = rows[limit - 1 :: -1] if len(rows) > limit else rows[::-1]
        newer, older = len(rows) > limit, True
    if not shown:
        return PublicPage((), None, None)
    return PublicPage(shown, Place.of(shown[0]) if newer else None, Place.of(shown[-1]) if older else None)


def every(wanted: Wanted) -> Iterator[PublicChange]:
    """All of them, read a piece at a time."""
    after: Place | None = None
    while rows := published(after=after, limit=AT_ONCE, **wanted):
        yield from rows
        after = Place.of(rows[-1])


def latest(wanted: Wanted, *, limit: int) -> tuple[PublicChange, ...]:
    """Those whose public words or status changed last, for the feed."""
    return _rows(_chosen(wanted).order_by(_updated.desc(), ChangeRecord.id).limit(limit))


def publisher(slug: str) -> Publisher:
    """The organisation behind an address. Raises NotFound where there is none, or where it goes on under another."""
    found = None
    if slug.isprintable():  # PostgreSQL can't be asked for NUL.
        chosen = select(Organisation.id, Organisation.name, Organisation.slug).where(Organisation.slug == slug)
        found = db.session.execute(chosen).one_or_none()
    if found is None or has_succeeded(found.id):
        raise NotFound
    return Publisher(*found)


def towns() -> Sequence[str]:
    """The places from which there are public records, A to Z."""
    chosen = (
        select(Organisation.town)
        .join(ChangeRecord, ChangeRecord.organisation_id == Organisation.id)
        .where(ChangeRecord.published_at.is_not(None), Organisation.town != "")
        .distinct()
        .order_by(Organisation.town)
        .limit(MOST_TOWNS)
    )
    return db.session.scalars(chosen).all()


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
_updated: ColumnElement[datetime] = func.coalesce(ChangeRecord.renewed_at, ChangeRecord.published_at)
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


def _chosen(wanted: Wanted) -> Select[Any]:
    columns = {
        "organisation_id": ChangeRecord.organisation_id,
        "status": ChangeRecord.status,
        "kind": Organisation.kind,
        "value": ChangeRecord.value,
        "town": Organisation.town,
    }
    return (
        select(
            ChangeRecord.id,
            Organisation.name.label("organisation"),
            Organisation.slug.label("organisation_slug"),
            Organisation.town.label("organisation_town"),
            Organisation.kind,
            *(getattr(ChangeRecord, field) for field in _AS_WRITTEN),
            _updated.label("updated"),
            _agree.label("families_agree"),
        )
        .join(Organisation, Organisation.id == ChangeRecord.organisation_id)
        .where(ChangeRecord.published_at.is_not(None))
        .where(*(columns[name] == asked for name, asked in wanted.items() if asked))
    )


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
    "value",
    "due_on",
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
