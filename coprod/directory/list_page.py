"""HTTP: what the page of the list is put together from. Only what was found, and what was typed, differs each time."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import current_app, request, url_for
from markupsafe import Markup

from coprod.directory import downloads
from coprod.directory.asking import choices
from coprod.directory.counting import Tallies, enough
from coprod.directory.queries import ListPage, Tag
from coprod.phrases import Phrase
from coprod.web import deployment, languages, reading
from coprod.web.frames import drawn, framed
from coprod.web.open_data import LICENCES

ASKED = ("q", "kind", "place", "award", "status", "after", "before")
TAGS = "coprod.directory.tags"
TYPED = "q"


class Choice(NamedTuple):
    """What the page round the rows depends on: the filters, but not the words, and the numbers beside them."""

    filters: tuple[tuple[str, str], ...]
    searched: bool
    tallies: Tallies


def list_page(page: ListPage, given: dict[str, Any]) -> str:
    """The page that shows these rows, with the search that found them."""
    filters = tuple((name, value) for name, value in given.items() if name != TYPED)
    found = drawn(
        "directory/found.html",
        page=page,
        given=given,
        plain=reading.current().plain,
        tags={tag: _tag(tag) for tag in page.tags},
        previous=_address(given | {"before": page.before}) if page.before else None,
        next=_address(given | {"after": page.after}) if page.after else None,
    )
    return framed(
        "directory/signatories.html",
        Choice(filters, bool(given), page.tallies),
        _round_the_rows,
        found=found,
        q=given.get(TYPED, ""),
        query=_query(given),
        canonical=deployment.settings().base_url + _address(request.args),
    )


def _round_the_rows(choice: Choice) -> dict[str, Any]:
    chosen = dict(choice.filters)
    return {
        "given": chosen,
        "searched": choice.searched,
        "choices": _counted(choice.tallies, chosen.get("place", "")),
        "fields": downloads.FIELDS,
        "licence": LICENCES[deployment.settings().data_licence],
        "embed": deployment.settings().base_url + url_for("directory.embed", lang=None),
    }


def _address(query: Mapping[str, Any]) -> str:
    """A page of the list. Asking Flask to put one together costs as much as reading ten rows."""
    return f"/signatories{_query(query)}"


def _query(query: Mapping[str, Any]) -> str:
    known = {name: query[name] for name in ASKED if query.get(name)}
    return f"?{urlencode(known)}" if known else ""


def _tag(tag: Tag) -> Markup:
    """A status as the list shows it. There are a few, each made once in this app."""
    made = current_app.extensions.get(TAGS)
    if made is None:
        made = current_app.extensions[TAGS] = lru_cache(maxsize=100)(_drawn_tag)
    known: Markup = made(tag, languages.current().code)
    return known


def _drawn_tag(tag: Tag, _language: str) -> Markup:
    return drawn("directory/tag.html", words=tag[0], petals=tag[1])


def _counted(tallies: Tallies, place: str) -> dict[str, list[tuple[str, str]]]:
    """The choices of each filter, with how many signatories each finds where that is enough of them to be said."""
    towns = list(tallies.towns.items())
    if place and place not in tallies.towns:
        towns.append((place, place.replace("-", " ").capitalize()))
    numbers = {"kind": tallies.kinds, "place": tallies.places, "award": tallies.levels, "status": tallies.standings}
    return {
        name: [(value, _with_number(words, numbers[name].get(value, 0))) for value, words in choices]
        for name, choices in (choices() | {"place": towns}).items()
    }


def _with_number(words: str, number: int) -> str:
    return Phrase("{words} ({number:,})", words=Phrase(words), number=number) if enough(number) else words
