"""INPUT SHAPE: what an address of the list asks for. What it can't mean is left out, so every address has a page."""

from typing import Any

from flask import request

from coprod.directory import queries
from coprod.directory.rules import ON_THE_LIST, Standing
from coprod.directory.search import LONGEST_TEXT, Search
from coprod.directory.spelling import place_key
from coprod.organisations.rules import Kind
from coprod.web.open_api import Asks

LONGEST_KEY = 120
ASKS = (
    Asks("q", "Words of a name, a town or a postcode, or an official number"),
    Asks("kind", "The kind of organisation", {"type": "string", "enum": [kind.value for kind in Kind]}),
    Asks("place", "A town, in small letters with hyphens"),
    Asks("award", "The code of an award level that is held today"),
    Asks("status", "Where it stands today", {"type": "string", "enum": [standing.value for standing in ON_THE_LIST]}),
)


def asked_for() -> tuple[Search, dict[str, Any]]:
    """What the address asks the list for, and the same as an address carries it. What it can't mean is left out."""
    said = request.args
    if not said:
        return Search(), {}
    text = printable(said.get("q", "")[:LONGEST_TEXT]).strip()
    known = {name: {value for value, _ in offered} for name, offered in choices().items()}
    kept = {name: value for name in known if (value := said.get(name, "")) in known[name]}
    place = place_key(printable(said.get("place", "")[:LONGEST_TEXT]))
    if place:
        kept["place"] = place
    standing = Standing(kept["status"]) if "status" in kept else None
    asked = Search(text, kept.get("kind", ""), kept.get("award", ""), standing, place)
    return asked, ({"q": text} if text else {}) | kept


def chosen(given: dict[str, Any]) -> list[str]:
    """The same in words."""
    words = {name: dict(offered) for name, offered in choices().items()}
    place = given.get("place", "").replace("-", " ").capitalize()
    return [word for name in given if (word := words.get(name, {}).get(given[name]))] + ([place] if place else [])


def keys() -> tuple[str, str]:
    """Where a page of the list goes on: after somebody, or before."""
    after, before = (printable(request.args.get(name, "")[:LONGEST_KEY]) for name in ("after", "before"))
    return after, before


def printable(text: str) -> str:
    """Without what nobody types, such as NUL, for which PostgreSQL can't be asked."""
    return "".join(c for c in text if c.isprintable())


def choices() -> dict[str, list[tuple[str, str]]]:
    """The choices of each filter: what the address carries, and the words."""
    return {
        "kind": [(kind.value, kind.words) for kind in Kind],
        "award": list(queries.level_names().items()),
        "status": [(standing.value, standing.words) for standing in ON_THE_LIST],
    }
