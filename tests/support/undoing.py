"""What requests changed in a deployment's database, and how it was before: on SQLite and on PostgreSQL."""

from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Any, Protocol, Self, cast

import psycopg
import pysqlite3.dbapi2 as sqlite3  # Python's own is older, and can't read the search table.
from psycopg import sql

from tests.support import postgres

FILE = "coprod.sqlite3"


class Undoing(Protocol):
    """A database that begins empty or like another, of which `keep` notes how it is, and `put_back` makes it so again.

    `address` is for settings. `moved` is another number whenever somebody else has committed a change.
    """

    address: str

    def like(self, folder: Path) -> Self: ...

    def keep(self) -> None: ...

    def moved(self) -> int: ...

    def rows(self) -> dict[str, int]: ...

    def put_back(self, tables: Iterable[str]) -> None: ...

    def select(self, table: str, columns: Iterable[str] = ()) -> list[tuple[Any, ...]]: ...

    def close(self) -> None: ...


class OnFile:
    """SQLite, which can copy itself whole into memory and back."""

    address = ""  # in the data folder

    def __init__(self, folder: Path) -> None:
        self.file = folder / FILE

    def like(self, folder: Path) -> "OnFile":
        made = OnFile(folder)
        copy = sqlite3.connect(made.file)
        self.kept.backup(copy)
        copy.close()
        return made

    def keep(self) -> None:
        self.kept, self.live = sqlite3.connect(":memory:"), sqlite3.connect(self.file)
        self.live.backup(self.kept)

    def moved(self) -> int:
        found: int = self.live.execute("PRAGMA data_version").fetchone()[0]
        return found

    def rows(self) -> dict[str, int]:
        """Every table, as one number each."""
        names = [name for (name,) in self.live.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: hash(tuple(self.select(name))) for name in names}

    def put_back(self, tables: Iterable[str]) -> None:
        self.kept.backup(self.live)

    def select(self, table: str, columns: Iterable[str] = ()) -> list[tuple[Any, ...]]:
        what = ", ".join(f'"{name}"' for name in columns) or "*"
        found: list[tuple[Any, ...]] = self.live.execute(f'SELECT {what} FROM "{table}"').fetchall()  # noqa: S608
        return found

    def close(self) -> None:
        self.live.close()
        self.kept.close()


class OnServer:
    """PostgreSQL. The rows of its tables are kept here, and only those of a table that was changed are put back."""

    _numbers = count(1)

    def __init__(self, server: Path, first: str = "empty") -> None:
        """A new database that begins as the one named `first`, which nobody is connected to."""
        self.server = server
        self.name = f"undone_{next(self._numbers)}"
        self.address = postgres.make_database(server, self.name, like=first)
        self.first: str | None = None

    def like(self, folder: Path) -> "OnServer":
        assert self.first
        return OnServer(self.server, self.first)

    def keep(self) -> None:
        if self.first is None:
            self.first = f"{self.name}_first"
            postgres.make_database(self.server, self.first, like=self.name)
        at = {"host": str(self.server), "user": "coprod", "dbname": self.name}
        self.live = psycopg.connect(**at, autocommit=True)  # type: ignore[arg-type]  # all of them are its parameters
        self.live.execute("SET session_replication_role = replica")  # past every trigger
        self.columns = self._columns()
        self.kept = {table: self._copied(table) for table in self.columns}
        self.numbers = self.live.execute(LAST).fetchall()

    def moved(self) -> int:
        """Each transaction that writes takes the next number."""
        return cast(int, self._one("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"))

    def rows(self) -> dict[str, int]:
        return {table: hash(tuple(sorted(self._copied(table)))) for table in self.columns}

    def put_back(self, tables: Iterable[str]) -> None:
        for table in tables:
            self.live.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            with self.live.cursor().copy(self._whole(table, "FROM STDIN")) as into:
                into.write(b"".join(self.kept[table]))
        for name, last in self.numbers:
            self.live.execute("SELECT setval(%s, coalesce(%s, 1), %s)", [name, last, last is not None])

    def select(self, table: str, columns: Iterable[str] = ()) -> list[tuple[Any, ...]]:
        what = _listed(columns or self.columns[table])
        return self.live.execute(sql.SQL("SELECT {} FROM {}").format(what, sql.Identifier(table))).fetchall()

    def close(self) -> None:
        self.live.close()
        postgres.drop_database(self.server, self.name)

    def _one(self, asked: str) -> object:
        row = self.live.execute(asked).fetchone()
        assert row
        return row[0]

    def _columns(self) -> dict[str, list[str]]:
        """Of each table, the columns that are not worked out from others."""
        return dict(self.live.execute(COLUMNS).fetchall())

    def _whole(self, table: str, way: str) -> sql.Composed:
        names = _listed(self.columns[table])
        return sql.SQL("COPY {} ({}) {}").format(sql.Identifier(table), names, sql.SQL(way))

    def _copied(self, table: str) -> list[bytes]:
        """A row in each line: line breaks within are written as two letters."""
        with self.live.cursor().copy(self._whole(table, "TO STDOUT")) as out:
            return b"".join(out).splitlines(keepends=True)


def _listed(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join([sql.Identifier(name) for name in names])


COLUMNS = """SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position)
             FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
             WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND is_generated = 'NEVER'
             GROUP BY table_name"""
LAST = "SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences"
