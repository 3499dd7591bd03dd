"""What was changed in a deployment's database, and how it was before: on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, Protocol, Self, cast

import psycopg
import pysqlite3.dbapi2 as sqlite3  # Python's own is older, and can't read the search table.
from psycopg import sql
from sqlalchemy import make_url

from coprod.settings import Settings
from tests.support import postgres
from tests.support.engines import engines

FILE = "coprod.sqlite3"


class Undoing(Protocol):
    """A database that can be noted as it is, and put back to how it was then. It writes past the app.

    `address` is for settings. `moved` is another number whenever somebody else has committed a change. What `select`
    gives for a table without columns are those that it keeps.
    """

    address: str
    row_number: str  # as an expression
    json: str  # an expression of text, as a column of JSON takes it

    def like(self, folder: Path) -> Self:
        """A new database for the deployment in this folder, as this one was when it was kept."""

    def keep(self) -> None:
        """Note how it is, for `like`, and for `put_back` that is told no other note."""

    def noted(self) -> Any: ...

    def moved(self) -> int: ...

    def tables(self) -> Iterable[str]: ...

    def rows(self) -> dict[str, int]:
        """Every table, as one number each."""

    def put_back(self, tables: Iterable[str] | None = None, note: Any = None) -> None:
        """Make it as it was noted. With `tables`, only those are known to differ."""

    def select(self, table: str, columns: Iterable[str] = ()) -> list[tuple[Any, ...]]: ...

    def loosen(self) -> None:
        """From here on `write` may put anything anywhere."""

    def write(self, statement: str, values: Sequence[object] = ()) -> int:
        """One statement, a `?` for each value. Gives how many rows it was about."""

    def close(self) -> None: ...


class OnFile:
    """SQLite, which can copy itself whole into memory and back."""

    address = ""  # in the data folder
    row_number = "rowid"
    json = "{}"

    def __init__(self, folder: Path) -> None:
        self.file = folder / FILE

    @cached_property
    def live(self) -> sqlite3.Connection:
        return sqlite3.connect(self.file)

    def like(self, folder: Path) -> "OnFile":
        made = OnFile(folder)
        self.kept.backup(made.live)
        return made

    def keep(self) -> None:
        self.kept = self.noted()

    def noted(self) -> sqlite3.Connection:
        note = sqlite3.connect(":memory:")
        self.live.backup(note)
        return note

    def moved(self) -> int:
        found: int = self.live.execute("PRAGMA data_version").fetchone()[0]
        return found

    def tables(self) -> list[str]:
        return self._named("table")

    def rows(self) -> dict[str, int]:
        return {name: hash(tuple(self.select(name))) for name in self.tables()}

    def put_back(self, tables: Iterable[str] | None = None, note: sqlite3.Connection | None = None) -> None:
        (note or self.kept).backup(self.live)

    def select(self, table: str, columns: Iterable[str] = ()) -> list[tuple[Any, ...]]:
        what = ", ".join(f'"{name}"' for name in columns) or "*"
        found: list[tuple[Any, ...]] = self.live.execute(f'SELECT {what} FROM "{table}"').fetchall()  # noqa: S608
        return found

    def loosen(self) -> None:
        for trigger in self._named("trigger"):
            if not trigger.startswith("listings"):  # They keep what is searched in step.
                self.live.execute(f'DROP TRIGGER "{trigger}"')
        self.live.execute("PRAGMA ignore_check_constraints = ON")

    def write(self, statement: str, values: Sequence[object] = ()) -> int:
        written: int = self.live.execute(statement, values).rowcount
        self.live.commit()
        return written

    def close(self) -> None:
        self.live.close()

    def _named(self, kind: str) -> list[str]:
        return [name for (name,) in self.live.execute("SELECT name FROM sqlite_master WHERE type = ?", [kind])]


Note = tuple[dict[str, list[bytes]], list[tuple[Any, ...]]]  # Each table's rows, and what its numbers had come to.


class OnServer:
    """PostgreSQL. The rows of its tables are kept here, and only those of a table that was changed are put back."""

    row_number = "translate(ctid::text, '(,)', '')"
    json = "({})::json"
    _numbers = count(1)

    def __init__(self, server: Path, name: str = "") -> None:
        """The database of that name, or a new and empty one."""
        self.server = server
        self.name = name or f"undone_{next(self._numbers)}"
        self.own = not name
        if self.own:
            postgres.make_database(server, self.name, like="empty")
        self.address = postgres.address(server, self.name)

    @cached_property
    def live(self) -> psycopg.Connection:
        at = {"host": str(self.server), "user": "coprod", "dbname": self.name}
        made = psycopg.connect(**at, autocommit=True)  # type: ignore[arg-type]  # all of them are its parameters
        made.execute("SET session_replication_role = replica")  # past every trigger
        return made

    def like(self, folder: Path) -> "OnServer":
        made = OnServer(self.server)
        made.put_back(note=self.kept)
        return made

    def keep(self) -> None:
        self.kept = self.noted()

    def noted(self) -> Note:
        return {table: self._copied(table) for table in self.columns}, self.live.execute(LAST).fetchall()

    def moved(self) -> int:
        """Each transaction that writes takes the next number."""
        return cast(int, self._one("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"))

    def tables(self) -> Iterable[str]:
        return self.columns

    def rows(self) -> dict[str, int]:
        return {table: hash(tuple(sorted(self._copied(table)))) for table in self.columns}

    def put_back(self, tables: Iterable[str] | None = None, note: Note | None = None) -> None:
        rows, numbers = note or self.kept
        for table in self.columns if tables is None else tables:
            if tables is not None or sorted(rows[table]) != sorted(self._copied(table)):
                self.live.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
                with self.live.cursor().copy(self._whole(table, "FROM STDIN")) as into:
                    into.write(b"".join(rows[table]))
        for name, last in numbers:
            self.live.execute("SELECT setval(%s, coalesce(%s, 1), %s)", [name, last, last is not None])

    def select(self, table: str, columns: Iterable[str] = ()) -> list[tuple[Any, ...]]:
        what = _listed(columns or self.columns[table])
        return self.live.execute(sql.SQL("SELECT {} FROM {}").format(what, sql.Identifier(table))).fetchall()

    def loosen(self) -> None:
        for table, check in self.live.execute(CHECKS).fetchall():
            named = sql.Identifier(table), sql.Identifier(check)
            self.live.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(*named))
        self.live.execute(OF_ANY_LENGTH)

    def write(self, statement: str, values: Sequence[object] = ()) -> int:
        asked = statement.replace("%", "%%").replace("?", "%s") if values else statement
        return self.live.execute(asked, values or None).rowcount

    def close(self) -> None:
        self.live.close()
        if self.own:
            postgres.drop_database(self.server, self.name)

    @cached_property
    def columns(self) -> dict[str, list[str]]:
        """Of each table, the columns that are not worked out from others."""
        return dict(self.live.execute(COLUMNS).fetchall())

    def _one(self, asked: str) -> object:
        row = self.live.execute(asked).fetchone()
        assert row
        return row[0]

    def _whole(self, table: str, way: str) -> sql.Composed:
        names = _listed(self.columns[table])
        return sql.SQL("COPY {} ({}) {}").format(sql.Identifier(table), names, sql.SQL(way))

    def _copied(self, table: str) -> list[bytes]:
        """A row in each line: line breaks within are written as two letters."""
        with self.live.cursor().copy(self._whole(table, "TO STDOUT")) as out:
            return b"".join(out).splitlines(keepends=True)


def new(folder: Path) -> OnFile | OnServer:
    """For a new deployment in this folder, on the database that tests run on now."""
    return OnServer(_server()) if engines.now == "postgresql" else OnFile(folder)


def at(settings: Settings) -> OnFile | OnServer:
    """The database of the deployment with these settings."""
    name = make_url(settings.database_url).database if settings.database_url else None
    return OnServer(_server(), name) if name else OnFile(settings.instance)


def copy_files(before: Path, folder: Path) -> None:
    """What a deployment has beside its database."""
    shutil.copytree(before, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(f"{FILE}*"))


def _server() -> Path:
    assert engines.server
    return engines.server


def _listed(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join([sql.Identifier(name) for name in names])


COLUMNS = """SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position)
             FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
             WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND is_generated = 'NEVER'
             GROUP BY table_name"""
CHECKS = "SELECT conrelid::regclass::text, conname::text FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0"
OF_ANY_LENGTH = """UPDATE pg_attribute SET atttypmod = -1
                   WHERE atttypid = 'varchar'::regtype AND attrelid IN (SELECT oid FROM pg_class WHERE relkind = 'r')"""
LAST = "SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences"
