"""READS: an organisation, a search among all of them, and what the coordinator looks after."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true, tuple_
from sqlalchemy.orm import aliased

from coprod.database import db
from coprod.errors import NotFound
from coprod.history import Event
from coprod.organisations.models import Organisation, Succession
from coprod.organisations.rules import IMPORTED, SERVES, WORKING, Kind, Scheme, Status, is_outward, postcode_of
from coprod.permissions import Action, Actor, can
from coprod.phrases import Phrase, Phrases
from coprod.text import folded

PAGE = 20
MOST_WORDS = 8
LONGEST_CODE = 20
MOST_PARENTS = 500
MOST_DOUBLES = 50

_Parent = aliased(Organisation)
_Coded = aliased(Organisation)


@dataclass(frozen=True, slots=True)
class Found:
    """One organisation as a list shows it."""

    id: UUID
    name: str
    town: str
    type_words: str
    code: str
    parent: str | None
    status: Status

    @property
    def lines(self) -> tuple[str, ...]:
        """What is said under its name."""
        run = Phrase("Run by {body}", body=self.parent) if self.parent else ""
        place = Phrases((part for part in (self.type_words, self.town) if part), between=", ")
        return tuple(line for line in (place, run, self.code) if line)

    @property
    def closed(self) -> bool:
        return self.status is Status.CLOSED

    @property
    def status_words(self) -> str:
        """Said only where it is not simply open."""
        return "" if self.status is Status.OPEN else self.status.words


@dataclass(frozen=True, slots=True)
class Finds:
    """One page of a search; `next` is where the next page starts after."""

    rows: tuple[Found, ...]
    next: UUID | None


@dataclass(frozen=True, slots=True)
class Doubles:
    """Organisations with the same name and postcode: perhaps one that is here twice."""

    name: str
    postcode: str
    organisations: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class LastImport:
    """When the register was last loaded, and what that changed."""

    at: datetime
    new: int
    changed: int
    closed: int
    faulty: int


def get(organisation_id: UUID) -> Organisation:
    """The organisation. Raises NotFound where there is none."""
    found = db.session.get(Organisation, organisation_id)
    if found is None:
        raise NotFound
    return found


def for_member(organisation_id: UUID, actor: Actor) -> Organisation:
    """The organisation, for its members. Raises NotFound alike where it is missing and where it is not theirs."""
    found = get(organisation_id)
    if not can(actor, Action.SEE_ORGANISATION, found):
        raise NotFound
    return found


def shown(organisation_id: UUID) -> Found:
    """The organisation as a list shows it. Raises NotFound where there is none."""
    row = db.session.execute(_columns().where(Organisation.id == organisation_id)).one_or_none()
    if row is None:
        raise NotFound
    return _found_row(row)


def find(text: str, *, after: UUID | None = None, limit: int = PAGE) -> Finds:
    """The open organisations that `text` means, A to Z, from the one after `after` on.

    Every word must occur in the name or the town; or the text is an official number or a postcode, or its first half.
    """
    return _found(text, after, limit, WORKING)


def listed(text: str, *, after: UUID | None = None, limit: int = PAGE) -> Finds:
    """As `find`, for the coordinator: closed and planned ones too."""
    return _found(text, after, limit, frozenset(Status))


def counts() -> tuple[tuple[str, str], ...]:
    """How many organisations there are of each status, in words."""
    rows = db.session.execute(select(Organisation.status, func.count()).group_by(Organisation.status))
    numbers = {row[0]: row[1] for row in rows}
    return tuple((status.words, f"{numbers.get(status.value, 0):,}") for status in Status)


def possible_doubles(limit: int = MOST_DOUBLES) -> tuple[Doubles, ...]:
    """Organisations that are not closed and share their folded name and their postcode, A to Z."""
    same = (Organisation.search_name, Organisation.postcode)
    alive = and_(Organisation.postcode != "", Organisation.status != Status.CLOSED.value)
    shared = select(*same).where(alive).group_by(*same).having(func.count() > 1).order_by(*same).limit(limit)
    rows = db.session.execute(
        _columns().where(alive, tuple_(*same).in_(shared.subquery().select())).order_by(*same, Organisation.id)
    )
    return tuple(
        Doubles(doubles[0].name, postcode, tuple(_found_row(row) for row in doubles))
        for (_, postcode), group in groupby(rows, key=lambda row: (row.search_name, row.postcode))
        if (doubles := list(group))
    )


def is_used(organisation_id: UUID, *, besides: Collection[str] = ()) -> bool:
    """True where any row of any table, but those named, belongs to the organisation."""
    tables = (table for table in db.metadata.sorted_tables if table.name not in besides)
    columns = (
        key.parent for table in tables for key in table.foreign_keys if key.column.table is Organisation.__table__
    )
    return any(
        db.session.scalar(select(true()).where(column == organisation_id).limit(1)) is not None for column in columns
    )


def moved_to(slug: str) -> str | None:
    """The public address under which an organisation goes on that had this one before."""
    if not slug.isprintable():
        return None
    former = aliased(Organisation)
    return db.session.scalar(
        select(Organisation.slug)
        .join(Succession, Succession.successor_id == Organisation.id)
        .join(former, Succession.id == former.id)
        .where(former.slug == slug)
    )


def moved(*, after: str, limit: int) -> Sequence[tuple[str, str]]:
    """Old public addresses with the ones that took their place, some at a time: those that follow `after`."""
    former = aliased(Organisation)
    rows = db.session.execute(
        select(former.slug, Organisation.slug)
        .join(Succession, Succession.id == former.id)
        .join(Organisation, Succession.successor_id == Organisation.id)
        .where(former.slug > after)
        .order_by(former.slug)
        .limit(limit)
    )
    return [(old, new) for old, new in rows]


def formerly(organisation_id: UUID) -> Sequence[Succession]:
    """What an organisation was before, the latest first."""
    found = select(Succession).where(Succession.successor_id == organisation_id)
    return db.session.scalars(found.order_by(Succession.linked_on.desc(), Succession.id)).all()


def has_succeeded(organisation_id: UUID) -> bool:
    """True of a former number's row: what it stood for goes on under another."""
    return db.session.get(Succession, organisation_id) is not None


def parents() -> Sequence[tuple[UUID, str]]:
    """Councils, trusts and services that stand alone: a new service may belong to one of them."""
    rows = db.session.execute(
        select(Organisation.id, Organisation.name)
        .where(
            Organisation.kind.in_(sorted(SERVES)),
            Organisation.parent_id.is_(None),
            Organisation.status.in_(sorted(WORKING)),
        )
        .order_by(Organisation.search_name, Organisation.id)
        .limit(MOST_PARENTS)
    )
    return [(row.id, row.name) for row in rows]


def last_import() -> LastImport | None:
    """The last time that the register was loaded, where it ever was."""
    event = db.session.execute(
        select(Event.at, Event.facts).where(Event.what == IMPORTED).order_by(Event.id.desc()).limit(1)
    ).first()
    if event is None:
        return None
    return LastImport(event.at, **{name: event.facts[name] for name in ("new", "changed", "closed", "faulty")})


def _found(text: str, after: UUID | None, limit: int, statuses: Collection[Status]) -> Finds:
    query = _columns().where(Organisation.status.in_(sorted(statuses)), _means(text))
    key = (Organisation.search_name, Organisation.id)
    last = db.session.execute(select(*key).where(Organisation.id == after)).first() if after else None
    if last:
        query = query.where(tuple_(*key) > tuple(last))
    query = query.order_by(*key).limit(limit + 1)
    rows = [_found_row(row) for row in db.session.execute(query)]
    return Finds(tuple(rows[:limit]), rows[limit - 1].id if len(rows) > limit else None)


def _means(text: str) -> ColumnElement[bool]:
    """What `text` could mean. Folded words hold only letters and digits, so they are safe in a pattern."""
    town = func.replace(func.replace(func.lower(Organisation.town), "'", ""), ".", "")
    words = folded(text).split()[:MOST_WORDS]
    each = (or_(Organisation.search_name.like(f"%{word}%"), town.like(f"%{word}%")) for word in words)
    plain = "".join(text.upper().split())
    named = and_(true(), *each) if words or not plain else false()
    if not plain or len(plain) > LONGEST_CODE:
        return named
    coded = [and_(_Coded.scheme.in_(list(Scheme)), _Coded.value == plain), _Coded.postcode == postcode_of(text)]
    if is_outward(plain):
        coded.append(_Coded.postcode.like(f"{plain} %"))
    return or_(named, Organisation.id.in_(select(_Coded.id).where(or_(*coded))))


def _columns() -> Select[*tuple[Any, ...]]:
    return select(
        Organisation.id,
        Organisation.name,
        Organisation.search_name,
        Organisation.postcode,
        Organisation.town,
        Organisation.kind,
        Organisation.type_name,
        Organisation.scheme,
        Organisation.value,
        Organisation.status,
        _Parent.name.label("parent"),
    ).join(_Parent, Organisation.parent_id == _Parent.id, isouter=True)


def _found_row(row: Any) -> Found:
    return Found(
        id=row.id,
        name=row.name,
        town=row.town,
        type_words=row.type_name or Kind(row.kind).words,
        code=f"{Scheme(row.scheme).words} {row.value}" if row.value else "",
        parent=row.parent,
        status=Status(row.status),
    )
