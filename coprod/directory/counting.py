"""READS: how many signatories there are of each sort, asked once for as long as the public data stays as it is.

Counting reads every row that a search could find, a page of the list only twenty; so without this the count would be
most of what a page costs. The numbers of the day are kept beside the list (numbers.py); where they are not, they are
counted here, by one thread while the others wait for it.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, case, func, select

from coprod.database import db
from coprod.directory import search
from coprod.directory.day import Day
from coprod.directory.models import ListedNumber, Listing
from coprod.directory.search import Search, Words
from coprod.directory.spelling import place_key

MOST_KEPT = 1000
COUNTED_FROM = 5


def enough(organisations: int) -> bool:
    """A total over few organisations tells of single ones, so it is not said."""
    return organisations >= COUNTED_FROM


@dataclass(frozen=True, slots=True)
class Cell:
    """Signatories that are alike in all that can be asked for. `level` is of an award in force."""

    kind: str
    town: str
    level: str | None
    standing: str


class Tallies:
    """How many signatories are alike, on one day."""

    def __init__(self, cells: Mapping[Cell, int]) -> None:
        self.cells = cells
        self.kinds = self._by(lambda cell: cell.kind)
        self.places = self._by(lambda cell: place_key(cell.town))
        self.levels = self._by(lambda cell: cell.level)
        self.standings = self._by(lambda cell: cell.standing)
        self.towns = {place_key(town): town for town in sorted({cell.town for cell in cells if cell.town})}
        self.total = sum(cells.values())

    def found(self, asked: Search) -> int:
        """How many signatories a search without words finds."""
        return sum(number for cell, number in self.cells.items() if _is_asked_for(cell, asked))

    def _by(self, sort: Callable[[Cell], str | None]) -> Mapping[str, int]:
        numbers: Counter[str] = Counter()
        for cell, number in self.cells.items():
            sorted_as = sort(cell)
            if sorted_as:
                numbers[sorted_as] += number
        return numbers


class _Kept:
    """What was counted in one database, all of the same version of its public data and the same day."""

    def __init__(self) -> None:
        self.of: tuple[int | None, date] | None = None
        self.known: dict[Hashable, Any] = {}
        self.working: dict[Hashable, Lock] = {}


_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()
_lock = Lock()
CELLS = (
    select(
        Listing.kind,
        Listing.town,
        case((search.IN_FORCE, Listing.level)).label("level"),
        search.STANDING.label("standing"),
        func.count(),
    )
    .where(search.SIGNED)
    .group_by(Listing.kind, Listing.town, case((search.IN_FORCE, Listing.level)), search.STANDING)
)


def tallies(on: Day, *, version: int | None) -> Tallies:
    """Everybody on the list on this day, counted by sort."""

    def count() -> Tallies:
        cells = kept(on)
        if not cells:
            rows = db.session.connection().execute(CELLS, search.moments(on))
            cells = {Cell(*sort): number for *sort, number in rows}
        return Tallies(cells)

    return cast(Tallies, once("tallies", count, of=(version, on.today)))


def kept(on: Day) -> dict[Cell, int]:
    """The numbers beside the list, where they are those of this day; else nothing."""
    sorts = (ListedNumber.kind, ListedNumber.town, ListedNumber.level, ListedNumber.standing)
    chosen = select(*sorts, ListedNumber.number).where(ListedNumber.of == of(on)).order_by(*sorts)
    rows = db.session.connection().execute(chosen)
    return {Cell(kind, town, level or None, standing): number for kind, town, level, standing, number in rows}


def of(on: Day) -> str:
    """The days that decide where everybody stands, in short. They move with the day, and with what the charter says."""
    days = (on.today, on.in_time_from, on.holds_from, on.checked_from, on.told_after)
    return " ".join(f"{day:%Y%m%d}" for day in days)


def total(asked: Search, words: Words, on: Day, *, version: int | None) -> int:
    """How many rows a search finds on this day in this version of the public data."""

    def count() -> int:
        if not words:
            return tallies(on, version=version).found(asked)
        postgresql = is_postgresql()
        statement = search.number(asked.shape, postgresql=postgresql)
        values = asked.values(on, words, postgresql=postgresql)
        return int(db.session.connection().execute(statement, values).scalar_one())

    return cast(int, once((asked, words), count, of=(version, on.today)))


def is_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


def once(key: Hashable, count: Callable[[], Any], *, of: tuple[int | None, date]) -> Any:
    """What is worked out from the public data alone, once for each version of them and each day.

    Whoever asks while somebody works it out waits for that: all at once, they would only keep each other from it.
    """
    with _lock:
        kept = _kept.setdefault(db.engine, _Kept())
        if kept.of != of or len(kept.known) >= MOST_KEPT:
            kept.of, kept.known, kept.working = of, {}, {}
        if key in kept.known:
            return kept.known[key]
        at_work = kept.working.setdefault(key, Lock())
    with at_work:
        if kept.of == of and key in kept.known:
            return kept.known[key]
        counted = count()
        with _lock:
            if kept.of == of:
                kept.known[key] = counted
                kept.working.pop(key, None)
        return counted


def last(key: Hashable, today: date) -> tuple[int | None, Any] | None:
    """What was worked out for `key` last, and for which version of the public data: a guess until that is looked at."""
    with _lock:
        kept = _kept.get(db.engine)
        if kept is None or kept.of is None or kept.of[1] != today or key not in kept.known:
            return None
        return kept.of[0], kept.known[key]


def _is_asked_for(cell: Cell, asked: Search) -> bool:
    return (
        asked.kind in {"", cell.kind}
        and asked.level in {"", cell.level}
        and asked.place in {"", place_key(cell.town)}
        and (asked.standing is None or asked.standing.value == cell.standing)
    )
