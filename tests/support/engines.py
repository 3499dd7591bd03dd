"""Which database a test runs on, and a database on PostgreSQL for each folder that stands for a deployment."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import text

from coprod.database import db
from tests.support import postgres

USES = 50  # times that one database is handed out: what was deleted in it lies about still, and slows it in the end


class Engines:
    def __init__(self) -> None:
        self.now = "sqlite"
        self.server: Path | None = None
        self.there: dict[Path, str] = {}
        self.empty: list[str] = []
        self.used: dict[str, int] = {}
        self.numbers = count(1)

    def address(self, instance: Path) -> str:
        """Where a deployment with this folder keeps its rows: with its tables, and empty. Nothing means SQLite."""
        if self.now == "sqlite":
            return ""
        assert self.server is not None
        if instance not in self.there:
            self.there[instance] = self.empty.pop() if self.empty else f"test_{next(self.numbers)}"
            if self.there[instance] not in self.used:
                postgres.make_database(self.server, self.there[instance], like="empty")
        return postgres.address(self.server, self.there[instance])

    @contextmanager
    def cleared(self) -> Iterator[None]:
        """The databases that are used meanwhile are empty afterwards, for the next test, or gone."""
        before = set(self.there)
        yield
        for folder in set(self.there) - before:
            self._take_back(self.there.pop(folder))

    def _take_back(self, name: str) -> None:
        assert self.server is not None
        self.used[name] = self.used.get(name, 0) + 1
        if self.used[name] < USES and postgres.emptied(self.server, name):
            self.empty.append(name)
        else:
            postgres.drop_database(self.server, name)


engines = Engines()


def unguard(table: str, verb: str = "update") -> None:
    """Take away what keeps rows of a table from being changed, as somebody with the database in hand could."""
    named = f"{table}_no_{verb}" if db.engine.dialect.name == "sqlite" else f"{table}_append_only ON {table}"
    db.session.execute(text(f"DROP TRIGGER IF EXISTS {named}"))
