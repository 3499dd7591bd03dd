"""READS: how many signatories a search finds, counted once for as long as the public data stays as it is.

Counting reads every row that a search could find, a page of the list only fifty; so without this the count would be
most of what a page costs.
"""

from collections.abc import Hashable, Mapping
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from coprod.database import db
from coprod.directory import search

MOST_KEPT = 1000


class Counts:
    """The counts of one database, all of the same version of its public data."""

    def __init__(self) -> None:
        self.version: int | None = None
        self.known: dict[Hashable, int] = {}


_counts: WeakKeyDictionary[Engine, Counts] = WeakKeyDictionary()
_lock = Lock()


def total(shape: search.Shape, values: Mapping[str, Any], *, version: int | None) -> int:
    """How many rows a search of this shape with these values finds in this version of the public data."""
    key = (shape, *values.values())
    with _lock:
        counts = _counts.setdefault(db.engine, Counts())
        if counts.version != version or len(counts.known) >= MOST_KEPT:
            counts.version, counts.known = version, {}
        known = counts.known.get(key)
    if known is None:
        known = db.session.connection().execute(search.number(shape), values).scalar_one()
        with _lock:
            if counts.version == version:
                counts.known[key] = known
    return known
