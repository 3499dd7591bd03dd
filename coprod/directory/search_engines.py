"""READS: the addresses that search engines are told of, some at a time."""

import math
from collections.abc import Sequence

from sqlalchemy import func, select

from coprod.database import db
from coprod.directory.models import Listing

PART = 20_000  # addresses; search engines take 50,000


def parts() -> int:
    """How many lists of pages search engines are given."""
    rows = db.session.connection().execute(select(func.count()).select_from(Listing)).scalar_one()
    return math.ceil(rows / PART)


def slugs(part: int) -> Sequence[str]:
    """The addresses in one of these lists; the first is number 1."""
    chosen = select(Listing.slug).order_by(Listing.slug).limit(PART).offset(max(part - 1, 0) * PART)
    return db.session.connection().execute(chosen).scalars().all()
