"""How a file of the register of schools becomes rows: in batches, each compared with what is here already."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import Table, bindparam, insert, select, update

from coprod.database import db
from coprod.history import Event
from coprod.organisations import gias
from coprod.organisations.models import Organisation
from coprod.organisations.rules import IMPORTED, Scheme, Status, slug_of
from coprod.organisations.school_row import LA_CODE, URN, Row, RowFault, read_row
from coprod.permissions import Actor
from coprod.phrases import N_, Phrase
from coprod.text import folded
from coprod.web.page_cache import mark_changed

BATCH = 1000
MOST_LISTED = 500  # faults; more than these are counted only
LARGEST_URN = 10_000_000
FACTS = tuple(fact.name for fact in fields(Row) if fact.name != "value")
OUTCOMES = ("new", "changed", "closed", "unchanged", "elsewhere", "faulty")

_table = cast(Table, Organisation.__table__)
_facts_of = attrgetter(*FACTS)
_STATUS = FACTS.index("status")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What a file of the register did. Every row of it is counted once; the first faults are listed."""

    new: int
    changed: int
    closed: int
    unchanged: int
    elsewhere: int
    faulty: int
    faults: tuple[RowFault, ...]

    @property
    def rows(self) -> int:
        return self.new + self.changed + self.closed + self.unchanged + self.elsewhere + self.faulty

    def lines(self) -> Iterator[str]:
        """The whole report, a line at a time, as the command line says it."""
        yield from (f"{words}: {number}" for words, number in self.in_words)
        for fault in self.faults:
            yield f"Row {fault.number:,}{f', {fault.column}' if fault.column else ''}: {fault.reason}."
        if self.faulty > len(self.faults):
            yield f"And {self.faulty - len(self.faults):,} more rows."

    @property
    def in_words(self) -> tuple[tuple[str, str], ...]:
        """The counts in words."""
        said = {
            N_("New"): self.new,
            N_("Changed"): self.changed,
            N_("Closed since the last time"): self.closed,
            N_("As they were"): self.unchanged,
            N_("In other local authorities, left out"): self.elsewhere,
            N_("Rows not taken"): self.faulty,
        }
        return tuple((words, f"{number:,}") for words, number in said.items())


@dataclass(slots=True)
class _Tally:
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    faults: list[RowFault] = field(default_factory=list)

    def fault(self, fault: RowFault) -> None:
        self.counts["faulty"] += 1
        if len(self.faults) < MOST_LISTED:
            self.faults.append(fault)


def load(path: Path, *, called: str, la_codes: Collection[str], actor: Actor, now: datetime) -> ImportReport:
    """Load the whole file in the running transaction, with one event in the history for all of it."""
    tally = _Tally()
    rows = _rows(path, called, frozenset(la_codes), tally)
    while batch := list(islice(rows, BATCH)):
        _bring_in(batch, tally, now)
    if any(tally.counts[outcome] for outcome in ("new", "changed", "closed")):
        mark_changed(db.session())
    event = Event(
        at=now,
        actor_id=actor.person_id,
        what=IMPORTED,
        thing=Organisation.__tablename__,
        thing_id="register",
        facts=tally.counts | {"la_codes": sorted(la_codes)},
    )
    db.session.add(event)
    return ImportReport(**tally.counts, faults=tuple(tally.faults))


def _rows(path: Path, called: str, la_codes: frozenset[str], tally: _Tally) -> Iterator[Row]:
    """The sound rows of the areas asked for; what is not among them is counted."""
    seen = bytearray(LARGEST_URN // 8)  # One bit for each URN there can be, so that no file is too long.
    for read in gias.read(path, called=called):
        if isinstance(read, RowFault):
            tally.fault(read)
            continue
        number, cells = read
        if la_codes and cells[LA_CODE].strip() not in la_codes:
            tally.counts["elsewhere"] += 1
            continue
        row = read_row(number, cells)
        if isinstance(row, RowFault):
            tally.fault(row)
        elif _is_repeated(row.value, seen):
            tally.fault(RowFault(number, URN, Phrase("The URN {urn} is in the file twice", urn=row.value)))
        else:
            yield row


def _is_repeated(urn: str, seen: bytearray) -> bool:
    place, bit = divmod(int(urn), 8)
    repeated = bool(seen[place] & (1 << bit))
    seen[place] |= 1 << bit
    return repeated


def _bring_in(batch: list[Row], tally: _Tally, now: datetime) -> None:
    known = _known([row.value for row in batch])
    added: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for row in batch:
        facts = _facts_of(row)
        here = known.get(row.value)
        if here is None:
            added.append(_new(row, now))
        elif here[1] != facts:
            changed.append(_as_columns(row, now) | {"changed_id": here[0]})
            closed = row.status == Status.CLOSED and here[1][_STATUS] != Status.CLOSED
            tally.counts["closed" if closed else "changed"] += 1
        else:
            tally.counts["unchanged"] += 1
    tally.counts["new"] += len(added)
    connection = db.session.connection()
    if added:
        connection.execute(insert(_table), added)
    if changed:
        connection.execute(update(_table).where(_table.c.id == bindparam("changed_id")), changed)


def _known(values: list[str]) -> dict[str, tuple[Any, tuple[Any, ...]]]:
    """Those of the schools that are here already: the id and the facts of each, by URN."""
    columns = [_table.c[name] for name in ("id", "value", *FACTS)]
    query = select(*columns).where(_table.c.scheme == Scheme.URN.value, _table.c.value.in_(values))
    return {row[1]: (row[0], tuple(row[2:])) for row in db.session.connection().execute(query)}


def _as_columns(row: Row, now: datetime) -> dict[str, Any]:
    facts = dict(zip(FACTS, _facts_of(row), strict=True))
    return facts | {"search_name": folded(row.name)[:200], "imported_at": now}


def _new(row: Row, now: datetime) -> dict[str, Any]:
    """A school's slug is made once: when its name changes, links to it go on working."""
    return _as_columns(row, now) | {
        "id": uuid4(),
        "scheme": Scheme.URN.value,
        "value": row.value,
        "slug": slug_of(row.name, row.value),
        "added_at": now,
    }
