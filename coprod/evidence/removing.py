"""Content leaves the store only while nobody can add a file that needs it.

Whoever sends the same bytes at that moment keeps them first and writes their row a moment later. So the store is asked
and told inside a transaction here, and whoever writes a row looks again whether its content is still there.
"""

from collections.abc import Iterable

from sqlalchemy import text

from coprod.database import db
from coprod.errors import Busy
from coprod.evidence import queries
from coprod.transaction import transaction
from coprod.web import deployment


def remove_unneeded(digests: Iterable[str]) -> int:
    """Remove the content that no row needs; how many."""
    store, removed = deployment.evidence_storage(), 0
    for sha256 in digests:
        with transaction():
            _let_nobody_add_files()
            if not queries.known(sha256):
                store.remove(sha256)
                removed += 1
    return removed


def check_there(sha256: str) -> None:
    """For whoever has just written a row that needs it. Raises Busy where it went meanwhile: it can be sent again."""
    db.session.flush()
    if not deployment.evidence_storage().has(sha256):
        raise Busy


def _let_nobody_add_files() -> None:
    """Who is at it is waited for, and seen. On SQLite one writes at a time anyway."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("LOCK TABLE evidence_files IN SHARE ROW EXCLUSIVE MODE"))
