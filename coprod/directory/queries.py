"""READS: what the public sees of organisations. Columns are named one by one, and none of them is private.

A page of the list costs a fixed number of queries, however long the list is.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Executable, Row, select

from coprod.charter.models import SignUp
from coprod.database import db
from coprod.directory import counting, search
from coprod.directory.day import Day, Limits
from coprod.directory.rules import Award, Signing, Status, award_in_force, progress, status_of_signatory
from coprod.directory.search import Search
from coprod.framework import queries as framework
from coprod.organisations.models import Organisation
from coprod.organisations.rules import Kind, Scheme
from coprod.web.formatting import day

PAGE = 20
KINDS = {kind.value: kind.words for kind in Kind}
CHUNK = 500  # rows of a download that are read at once

Tag = tuple[str, int | None]
"""What a tag shows: words, and petals for an award."""


class Listed(NamedTuple):
    """One organisation on the public list."""

    slug: str
    name: str
    kind: str
    place: str
    scheme: str
    value: str | None
    website: str
    signed_on: date
    status: Status
    award: Award | None
    commitments: int
    kept: int
    changes: int

    @property
    def code(self) -> str:
        return code(self.scheme, self.value)

    @property
    def line(self) -> str:
        """What a line of the list says: when it signed, and what came of it."""
        came = progress(commitments=self.commitments, kept=self.kept, changes=self.changes)
        return f"Signed up {day(self.signed_on)}.{came and f' {came}.'}"

    @property
    def tag(self) -> Tag:
        return self.status.words, self.status.petals


@dataclass(frozen=True, slots=True)
class ListPage:
    """Some of the list, A to Z, and the keys from which the pages before and after it go on."""

    rows: tuple[Listed, ...]
    total: int
    before: str | None
    after: str | None

    @property
    def lines(self) -> list[tuple[str, str, str, str, Tag]]:
        """Each row as the list shows it: its address, its name, what and where it is, what came of it, its tag."""
        return [(row.slug, row.name, row.place, row.line, row.tag) for row in self.rows]

    @property
    def tags(self) -> frozenset[Tag]:
        """Every tag on this page once: a few, however many rows."""
        return frozenset(row.tag for row in self.rows)


@dataclass(frozen=True, slots=True)
class Newest:
    """An organisation that signed lately."""

    slug: str
    name: str
    place: str
    signed_on: date


def page(asked: Search, *, today: date, after: str = "", before: str = "", limit: int = PAGE) -> ListPage:
    """One page of the list: the rows after the address `after`, or before the address `before`, and the whole count."""
    on = Day.of(today, limits())
    values = asked.values(on)
    statement = search.page_before(asked.shape) if before else search.page_after(asked.shape, begun=bool(after))
    found = _run(statement, values | {"most": limit + 1, "key": before or after})
    if not found:
        return ListPage((), 0, None, None)
    more = len(found) > limit
    rows = _all_listed(found[:limit][::-1] if before else found[:limit], on)
    return ListPage(
        rows,
        counting.total(asked.shape, values, version=found[0].version),
        rows[0].slug if (more if before else after) else None,
        rows[-1].slug if (before or more) else None,
    )


def all_of(asked: Search, *, today: date) -> Iterator[Listed]:
    """Every row that a search finds, A to Z, read some at a time so that memory stays flat."""
    on = Day.of(today, limits())
    values = asked.values(on) | {"most": CHUNK}
    after = ""
    while rows := _run(search.page_after(asked.shape, begun=bool(after)), values | {"key": after}):
        yield from _all_listed(rows, on)
        after = rows[-1].slug


def newest(*, today: date, limit: int = 5) -> tuple[Newest, ...]:
    """Who signed last, of those on the list."""
    chosen = (
        select(
            Organisation.slug,
            Organisation.name,
            Organisation.kind,
            Organisation.town,
            search.Parent.name.label("parent"),
            SignUp.signed_on,
        )
        .join(SignUp, SignUp.organisation_id == Organisation.id)
        .join(search.Parent, Organisation.parent_id == search.Parent.id, isouter=True)
        .where(search.SIGNED)
        .order_by(SignUp.signed_on.desc(), SignUp.signed_at.desc(), Organisation.search_name, Organisation.id)
        .limit(limit)
    )
    rows = _run(chosen, Search().values(Day.of(today, limits())))
    return tuple(Newest(row.slug, row.name, place(row.kind, row.town, row.parent), row.signed_on) for row in rows)


def on_the_list(slugs: Collection[str], *, today: date) -> frozenset[str]:
    """Those of `slugs` whose organisation is on the list today, so that its page can be linked."""
    chosen = (
        select(Organisation.slug)
        .join(SignUp, SignUp.organisation_id == Organisation.id)
        .where(Organisation.slug.in_(slugs), search.SIGNED)
    )
    return frozenset(row.slug for row in _run(chosen, Search().values(Day.of(today, limits()))))


def level_names() -> Mapping[str, str]:
    """The names of award levels by their codes, as the newest standards that have them say them."""
    return {level.code: level.name for level in framework.current_framework().levels}


def limits() -> Limits:
    """How long things are shown, as the charter and the standards say."""
    lapse = framework.current_charter().lapse
    return Limits(
        months_to_assess=lapse.lapses_months,
        months_to_check_in=lapse.check_in_months,
        days_until_overdue=lapse.overdue_days,
        days_until_lapse=lapse.lapse_days,
        months_told=framework.current_framework().keeping.withdrawn_shown_months,
    )


def place(kind: str, town: str, parent: str | None) -> str:
    """What kind of organisation, and where: "Primary school, Corby", "Service of Example Trust"."""
    if parent:
        return f"{KINDS[kind]} of {parent}"
    return f"{KINDS[kind]}, {town}" if town else KINDS[kind]


def code(scheme: str, value: str | None) -> str:
    """The official number with the name of its scheme: "URN 121945"."""
    return f"{Scheme(scheme).words} {value}" if value else ""


def _all_listed(rows: Sequence[Row[Any]], on: Day) -> tuple[Listed, ...]:
    names = level_names()
    return tuple([_listed(row, names, on) for row in rows])


def _listed(row: Any, names: Mapping[str, str], on: Day) -> Listed:
    """A row as the public sees it. It is taken apart in the order of search's columns, which costs least."""
    slug, name, kind, town, scheme, value, website, parent, *more = row
    signed_on, counts_from, assessed_on, checked_in_on, *more = more
    level, petals, *dates, commitments, kept, told, _version = more
    awards = (Award(names.get(level, level), petals, *dates),) if level else ()
    signing = Signing(signed_on, counts_from, assessed_on, checked_in_on)
    return Listed(
        slug,
        name,
        KINDS[kind],
        place(kind, town, parent),
        scheme,
        value,
        website,
        signed_on,
        status_of_signatory(signing, awards, on),
        award_in_force(awards, on.today) if awards else None,
        commitments,
        kept,
        told,
    )


def _run(statement: Executable, values: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """Ask the connection, not the session: these are columns, and the list is asked for often."""
    return db.session.connection().execute(statement, values).all()
