"""READS: what the public sees of organisations. Columns are named one by one, and none of them is private.

A page of the list costs a fixed number of queries, however long the list is.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import Executable, Row, bindparam, or_, select

from coprod.charter.models import SignUp
from coprod.database import db, for_one_statement
from coprod.directory import counting, search
from coprod.directory.counting import Tallies
from coprod.directory.day import Day, Limits
from coprod.directory.models import Listing
from coprod.directory.rules import Award, Signing, Status, award_in_force, progress, status_of_signatory
from coprod.directory.search import Search, Words
from coprod.directory.spelling import as_tsquery, found_by_all, is_spelt, meant
from coprod.framework import queries as framework
from coprod.organisations.models import Organisation
from coprod.organisations.rules import Kind, Scheme
from coprod.phrases import Phrase
from coprod.web.formatting import day
from coprod.web.page_cache import PublicState

PAGE = 20
KINDS = {kind.value: Phrase(kind.words) for kind in Kind}
SAID = "coprod.directory.said"
MEANT = "meant"
READING = "coprod.directory.reading"
CHUNK = 500  # rows of a download that are read at once

Look = Callable[[Words], Sequence[Row[Any]]]
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
        if not came:
            return Phrase("Signed up {on}.", on=day(self.signed_on))
        return Phrase("Signed up {on}. {came}.", on=day(self.signed_on), came=came)

    @property
    def tag(self) -> Tag:
        return self.status.words, self.status.petals


@dataclass(frozen=True, slots=True)
class ListPage:
    """Some of the list, A to Z, and the keys from which the pages before and after it go on.

    `instead` holds the words that were looked for where nobody has those that were typed.
    """

    rows: tuple[Listed, ...]
    total: int
    before: str | None
    after: str | None
    instead: str
    tallies: Tallies

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
    on = _day(today)
    words, found = _found(asked, on, lambda words: _page(asked, words, on, after, before, limit))
    instead = " ".join(" or ".join(others) for others in words) if words != asked.words else ""
    version = found[0].version if found else public_version()
    tallies = counting.tallies(on, version=version)
    if not found:
        return ListPage((), 0, None, None, "", tallies)
    more = len(found) > limit
    rows = _all_listed(found[:limit][::-1] if before else found[:limit], on)
    return ListPage(
        rows,
        counting.total(asked, words, on, version=version),
        rows[0].slug if (more if before else after) else None,
        rows[-1].slug if (before or more) else None,
        instead,
        tallies,
    )


def all_of(asked: Search, *, today: date) -> Iterator[Listed]:
    """Every row that a search finds, A to Z, read some at a time so that memory stays flat."""
    on = _day(today)
    words = as_meant(asked.words)
    after = ""
    while rows := _page(asked, words, on, after, "", CHUNK - 1):
        yield from _all_listed(rows, on)
        after = rows[-1].slug


def _found(asked: Search, on: Day, look: Look) -> tuple[Words, Sequence[Row[Any]]]:
    """The words that something is found for, and what. Those that nobody has stand for those that were meant.

    What they stood for last is looked for first: where the public data are still those, nothing more need be asked.
    """
    words = asked.words
    known = counting.last((MEANT, words), on.today) if words else None
    if known and known[1] != words:
        found = look(known[1])
        if found and found[0].version == known[0]:
            return known[1], found
    found = look(words)
    if found or not words:
        return words, found
    instead = _meant_once(words, on.today)
    return (instead, look(instead)) if instead != words else (words, found)


def as_meant(words: Words) -> Words:
    """The words to look for: those that nobody on the list has stand for those that they are most like."""
    return tuple((word,) if _is_known(word) else _meant(word) or (word,) for (word,) in words)


def _meant_once(words: Words, today: date) -> Words:
    """The same, worked out once: it asks the database for each word and for each that is like it."""
    found: Words = counting.once((MEANT, words), lambda: as_meant(words), of=(public_version(), today))
    return found


def newest(*, today: date, limit: int = 5) -> tuple[Newest, ...]:
    """Who signed last, of those on the list."""
    chosen = (
        select(Listing.slug, Listing.name, Listing.kind, Listing.town, Listing.parent, Listing.signed_on)
        .where(search.SIGNED)
        .order_by(Listing.signed_on.desc(), Listing.position)
        .limit(limit)
    )
    rows = _run(chosen, search.moments(_day(today)))
    return tuple(Newest(row.slug, row.name, place(row.kind, row.town, row.parent), row.signed_on) for row in rows)


def on_the_list(slugs: Collection[str], *, today: date) -> frozenset[str]:
    """Those of `slugs` whose organisation is on the list today, so that its page can be linked."""
    chosen = select(Listing.slug).where(Listing.slug.in_(slugs), search.SIGNED).order_by(Listing.slug)
    return frozenset(row.slug for row in _run(chosen, search.moments(_day(today))))


def with_a_page(slugs: Collection[str], *, today: date) -> frozenset[str]:
    """Those of `slugs` that have a page: a signing that has not ended, or one that ended not long ago."""
    chosen = (
        select(Organisation.slug)
        .join(SignUp, SignUp.organisation_id == Organisation.id)
        .where(Organisation.slug.in_(slugs), or_(SignUp.ended_on.is_(None), SignUp.ended_on > bindparam("told_after")))
        .order_by(Organisation.slug)
    )
    return frozenset(row.slug for row in _run(chosen, {"told_after": _day(today).told_after}))


def public_version() -> int | None:
    """The version of everything that the public can see; None while nothing ever changed."""
    found = _run(select(PublicState.version), {})
    return found[0].version if found else None


def level_names() -> Mapping[str, str]:
    """The names of award levels by their codes, as the newest standards that have them say them."""
    return _said().level_names


def limits() -> Limits:
    """How long things are shown, as the charter and the standards say."""
    return _said().limits


@lru_cache(maxsize=4096)
def place(kind: str, town: str, parent: str | None) -> str:
    """What kind of organisation, and where: "Primary school, Corby", "Service of Example Trust"."""
    if parent:
        return Phrase("{kind} of {body}", kind=KINDS[kind], body=parent)
    return Phrase("{kind}, {town}", kind=KINDS[kind], town=town) if town else KINDS[kind]


def code(scheme: str, value: str | None) -> str:
    """The official number with the name of its scheme: "URN 121945"."""
    return f"{Scheme(scheme).words} {value}" if value else ""


def _all_listed(rows: Sequence[Row[Any]], on: Day) -> tuple[Listed, ...]:
    names = level_names()
    return tuple([_listed(row, names, on) for row in rows])


def _listed(row: Any, names: Mapping[str, str], on: Day) -> Listed:
    """A row as the public sees it. It is taken apart in the order of search's columns, which costs least."""
    slug, name, kind, town, parent, scheme, value, website, *more = row
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


def _page(asked: Search, words: Words, on: Day, after: str, before: str, limit: int) -> Sequence[Row[Any]]:
    postgresql = counting.is_postgresql()
    if before:
        statement = search.page_before(asked.shape, postgresql=postgresql)
    else:
        statement = search.page_after(asked.shape, postgresql=postgresql, begun=bool(after))
    values = asked.values(on, words, postgresql=postgresql)
    return _run(statement, values | {"most": limit + 1, "key": before or after})


def _is_known(word: str) -> bool:
    postgresql = counting.is_postgresql()
    found = as_tsquery([[word]]) if postgresql else found_by_all([[word]])
    return bool(_run(search.is_known(postgresql=postgresql), {"found": found}))


def _meant(word: str) -> tuple[str, ...]:
    """The words of the list that a word which nobody has may stand for. A number is never taken for another."""
    if not is_spelt(word):
        return ()
    similar = [row.word for row in _run(search.similar(word), {})]
    return tuple(each for each in meant(word, similar) if _is_known(each))


@dataclass(frozen=True, slots=True)
class _Said:
    """What the standards and the charter say of the list. They never change while the app runs."""

    level_names: Mapping[str, str]
    limits: Limits


def _said() -> _Said:
    said: _Said | None = current_app.extensions.get(SAID)
    if said is None:
        standards, lapse = framework.current_framework(), framework.current_charter().lapse
        said = current_app.extensions[SAID] = _Said(
            {level.code: level.name for level in standards.levels},
            Limits(
                months_to_assess=lapse.lapses_months,
                months_to_check_in=lapse.check_in_months,
                days_until_overdue=lapse.overdue_days,
                days_until_lapse=lapse.lapse_days,
                months_told=standards.keeping.withdrawn_shown_months,
            ),
        )
    return said


def _day(today: date) -> Day:
    return _day_under(today, limits())


@lru_cache(maxsize=8)
def _day_under(today: date, limits: Limits) -> Day:
    return Day.of(today, limits)


def _run(statement: Executable, values: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """Ask a connection, not the session: these are columns, and what a session does besides is a tenth of a page."""
    # The one that this page may be read from: only a session that was begun knows of another than the main one.
    engine: Any = db.session.get_bind() if db.session.registry.has() else db.engine
    reading = current_app.extensions.setdefault(READING, {})
    if engine not in reading:
        reading[engine] = for_one_statement(engine)
    with reading[engine].connect() as connection:
        rows: Sequence[Row[Any]] = connection.execute(statement, values).all()
    return rows
