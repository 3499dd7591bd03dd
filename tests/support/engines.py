"""Which database a test runs on, and a database on PostgreSQL for each folder that stands for a deployment."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from sqlalchemy import text

from coprod.database import db
from tests.support import postgres


class Engines:
    def __init__(self) -> None:
        self.now = "sqlite"
        self.server: Path | None = None
        self.there: dict[str, str] = {}

    def address(self, instance: Path) -> str:
        """Where a deployment with this folder keeps its rows: with its tables, and empty. Nothing means SQLite."""
        if self.now == "sqlite":
            return ""
        assert self.server is not None
        name = f"test_{sha256(str(instance).encode()).hexdigest()[:20]}"
        if name not in self.there:
            self.there[name] = postgres.make_database(self.server, name, like="empty")
        return self.there[name]

    @contextmanager
    def cleared(self) -> Iterator[None]:
        """The databases that are made meanwhile are gone afterwards."""
        before = set(self.there)
        yield
        for name in set(self.there) - before:
            assert self.server is not None
            postgres.drop_database(self.server, name)
            del self.there[name]


engines = Engines()


def unguard(table: str, verb: str = "update") -> None:
    """Take away what keeps rows of a table from being changed, as somebody with the database in hand could."""
    named = f"{table}_no_{verb}" if db.engine.dialect.name == "sqlite" else f"{table}_append_only ON {table}"
    db.session.execute(text(f"DROP TRIGGER IF EXISTS {named}"))
