"""READS, the first part: which signatories a search finds, as one statement for each shape of search.

Statements are made once for a shape and kept; what was typed comes in as values, never as SQL. All of them read the
rows of the list, which are kept in its order: A to Z is the order of `position`.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    table,
    tuple_,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from coprod.directory.day import Day
from coprod.directory.models import ListedWord, Listing
from coprod.directory.rules import Standing
from coprod.directory.spelling import as_tsquery, asked_words, found_by_all, trigrams
from coprod.organisations.models import Organisation
from coprod.web.page_cache import PublicState

LONGEST_TEXT = 100
MOST_WORDS = 6
MOST_CANDIDATES = 50

LISTED = (
    "slug",
    "name",
    "kind",
    "town",
    "parent",
    "scheme",
    "value",
    "website",
    "signed_on",
    "counts_from",
    "assessed_on",
    "checked_in_on",
    "level",
    "petals",
    "issued_on",
    "valid_to",
    "award_ended_as",
    "award_ended_on",
    "commitments",
    "kept",
    "changes",
)
"""The public columns of the list. queries.py takes rows apart in this order."""

Words = tuple[tuple[str, ...], ...]
"""For each word that was typed, the words that count as it."""

_index = table("listing_search", column("rowid"), column("listing_search"))

# The same as rules.py says, said to the database; a test compares the two over every case.
SIGNED = or_(
    and_(Listing.assessed_on.is_(None), Listing.counts_from >= bindparam("in_time_from")),
    func.coalesce(Listing.checked_in_on, Listing.assessed_on) >= bindparam("holds_from"),
)
_OVERDUE = func.coalesce(Listing.checked_in_on, Listing.counts_from) < bindparam("checked_from")
IN_FORCE = and_(
    Listing.level.is_not(None), Listing.award_ended_as.is_(None), Listing.valid_to >= bindparam("today")
)
_ENDED = func.coalesce(Listing.award_ended_as, "")
_TOLD = Listing.award_ended_on > bindparam("told_after")
_STANDS = (  # The first that is true, as rules.status_of_signatory goes through them.
    (Standing.OVERDUE, _OVERDUE),
    (Standing.AWARDED, IN_FORCE),
    (Standing.EXPIRED, and_(Listing.level.is_not(None), Listing.award_ended_as.is_(None))),
    (Standing.AWARD_LAPSED, and_(_ENDED == "lapsed", _TOLD)),
    (Standing.AWARD_WITHDRAWN, and_(_ENDED.in_(("withdrawn", "revoked")), _TOLD)),
)
STANDING = case(*((said, standing.value) for standing, said in _STANDS), else_=Standing.SIGNED.value)


@dataclass(frozen=True, slots=True)
class Search:
    """What the public asks the list for. Empty means everything."""

    text: str = ""
    kind: str = ""
    level: str = ""
    standing: Standing | None = None
    place: str = ""

    @property
    def words(self) -> Words:
        """The words to find, folded: only letters and digits, so none of them is a pattern."""
        return tuple((word,) for word in asked_words(self.text[:LONGEST_TEXT], most=MOST_WORDS))

    @property
    def shape(self) -> "Shape":
        return Shape(bool(self.words), bool(self.kind), bool(self.level), self.standing, bool(self.place))

    def values(self, day: Day, words: Words, *, postgresql: bool) -> dict[str, Any]:
        """What a statement of this shape needs to be told."""
        return {
            "found": (as_tsquery if postgresql else found_by_all)(words),
            "kind": self.kind,
            "place": self.place,
            "level": self.level,
            **moments(day),
        }


@dataclass(frozen=True, slots=True)
class Shape:
    """What a search asks about, without what it asks for."""

    text: bool
    kind: bool
    level: bool
    standing: Standing | None
    place: bool


def moments(day: Day) -> dict[str, Any]:
    """The days that decide where a signatory stands."""
    return {
        "today": day.today,
        "in_time_from": day.in_time_from,
        "holds_from": day.holds_from,
        "checked_from": day.checked_from,
        "told_after": day.told_after,
    }


@cache
def page_after(shape: Shape, *, postgresql: bool, begun: bool) -> Select[Any]:
    """The rows that follow the organisation with the address `key`, A to Z; from the beginning where not `begun`."""
    rows, place = _filtered(_rows(), shape, postgresql), _place(shape, postgresql)
    beyond = place >= _neighbour(after=True)
    return (rows.where(beyond) if begun else rows).order_by(place).limit(bindparam("most"))


@cache
def page_before(shape: Shape, *, postgresql: bool) -> Select[Any]:
    """The rows that come before the organisation with the address `key`, Z to A."""
    rows, place = _filtered(_rows(), shape, postgresql), _place(shape, postgresql)
    return rows.where(place <= _neighbour(after=False)).order_by(place.desc()).limit(bindparam("most"))


@cache
def number(shape: Shape, *, postgresql: bool) -> Select[Any]:
    """How many signatories the search finds."""
    return _filtered(select(func.count()).select_from(Listing), shape, postgresql)


@cache
def is_known(*, postgresql: bool) -> Select[Any]:
    """Whether anybody on the list has a word that begins so."""
    only_words = Shape(text=True, kind=False, level=False, standing=None, place=False)
    return _filtered(select(Listing.position), only_words, postgresql, signed=False).limit(1)


def similar(word: str) -> Select[Any]:
    """Words of the list that have most in common with this one, three letters at a time."""
    return (
        select(ListedWord.word)
        .where(ListedWord.trigram.in_(tuple(trigrams(word))))
        .group_by(ListedWord.word)
        .order_by(func.count().desc(), ListedWord.word)
        .limit(MOST_CANDIDATES)
    )


def _rows() -> Select[Any]:
    """The public columns of the list, one by one; one statement answers a whole page."""
    version = select(PublicState.version).scalar_subquery().label("version")
    columns: list[ColumnElement[Any]] = [getattr(Listing, name) for name in LISTED]
    return select(*columns, version)


def _filtered(rows: Select[Any], shape: Shape, postgresql: bool, *, signed: bool = True) -> Select[Any]:
    asked: list[ColumnElement[bool]] = [SIGNED] if signed else []
    if shape.kind:
        asked.append(Listing.kind == bindparam("kind"))
    if shape.place:
        asked.append(Listing.town_key == bindparam("place"))
    if shape.level:
        asked += [IN_FORCE, Listing.level == bindparam("level")]
    if shape.standing:
        asked.append(literal(shape.standing.value) == STANDING)
    if shape.text and postgresql:
        asked.append(func.listing_words(Listing.words).bool_op("@@")(cast(bindparam("found", type_=Text), TSQUERY)))
    elif shape.text:
        rows = rows.join(_index, _index.c.rowid == Listing.position)
        asked.append(_index.c.listing_search.bool_op("MATCH")(bindparam("found", type_=Text)))
    return rows.where(*asked)


def _place(shape: Shape, postgresql: bool) -> Any:
    """The column to go along. SQLite's full-text index knows the order too, and stops as soon as a page is full."""
    return _index.c.rowid if shape.text and not postgresql else Listing.position


def _neighbour(*, after: bool) -> ColumnElement[int]:
    """The position next to the organisation with the address `key`, whether or not it is still on the list itself."""
    name = select(Organisation.search_name).where(Organisation.slug == bindparam("key")).scalar_subquery()
    columns = (Listing.search_name, Listing.slug)
    here = tuple_(name, bindparam("key"))
    next_to = select(Listing.position)
    if after:
        return next_to.where(tuple_(*columns) > here).order_by(*columns).limit(1).scalar_subquery()
    backwards = tuple(each.desc() for each in columns)
    return next_to.where(tuple_(*columns) < here).order_by(*backwards).limit(1).scalar_subquery()
