"""WRITES: how many signatories there are of each sort, kept beside the list and moved with each of its rows.

Counting them all takes longer than a page may; what one change alters is a row or two of these. Where somebody stands
depends on the day, so the numbers are those of one day: the first change of the next counts anew.
"""

from collections import Counter
from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from coprod.database import db
from coprod.directory import counting, queries, search
from coprod.directory.counting import Cell
from coprod.directory.day import Day
from coprod.directory.models import ListedNumber, Listing
from coprod.web.page_cache import move_version

SORTS = ("kind", "town", "level", "standing")


def counted(organisation_ids: Collection[UUID] | None = None, *, today: date) -> Counter[Cell]:
    """The sorts of these organisations that are on the list, or of everybody on it, counted row by row."""
    statement = counting.CELLS
    if organisation_ids is not None:
        statement = statement.where(Listing.organisation_id.in_(organisation_ids))
    rows = db.session.connection().execute(statement, search.moments(_day(today)))
    return Counter({Cell(*sort): number for *sort, number in rows})


def move(before: Counter[Cell], after: Counter[Cell], *, today: date) -> None:
    """Some organisations were of these sorts, and are of those now."""
    moved = Counter(after)
    moved.subtract(before)
    if not any(moved.values()):
        return
    of = counting.of(_day(today))
    if not db.session.connection().scalar(select(ListedNumber.of).where(ListedNumber.of == of).limit(1)):
        count_anew(today=today)
        return
    for cell, number in moved.items():
        if number:
            _add(of, cell, number)


def mend(*, today: date) -> None:
    """Compare the numbers with the list, and write them anew where they differ or are those of another day."""
    kept = counting.kept(_day(today))
    if kept == counted(today=today):
        return
    if kept:  # Of another day there are none, and pages have counted by themselves.
        move_version(db.session())
    count_anew(today=today)


def count_anew(*, today: date) -> None:
    of = counting.of(_day(today))
    rows = [_row(cell) | {"of": of, "number": number} for cell, number in counted(today=today).items()]
    db.session.connection().execute(delete(ListedNumber))
    if rows:
        db.session.connection().execute(insert(ListedNumber), rows)


def _add(of: str, cell: Cell, number: int) -> None:
    row = _row(cell)
    here = [ListedNumber.of == of, *(getattr(ListedNumber, name) == value for name, value in row.items())]
    more = update(ListedNumber).where(*here).values(number=ListedNumber.number + number)
    if not db.session.connection().execute(more).rowcount:
        db.session.connection().execute(insert(ListedNumber).values(of=of, number=number, **row))
    db.session.connection().execute(delete(ListedNumber).where(*here, ListedNumber.number == 0))


def _row(cell: Cell) -> dict[str, str]:
    return {name: getattr(cell, name) or "" for name in SORTS}


def _day(today: date) -> Day:
    return Day.of(today, queries.limits())
