"""A PostgreSQL of the tests' own, in a temporary folder and reached through it alone."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine, text

from tests.support import memory

NOT_HERE = "PostgreSQL is not installed: ./run test installs it"
UNSAFE = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"  # Quick: no power is cut.


def programs() -> Path | None:
    """Where Debian puts the newest server's programs; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    return found[-1].parent if found else None


class Server:
    """A server with a folder of its own, reached by a socket in it. It refuses to run as root."""

    def __init__(self, programs: Path, options: str = UNSAFE) -> None:
        self.programs = programs
        self.options = options
        self.folder = Path(tempfile.mkdtemp(prefix="coprod-pg-", dir=memory.FOLDER))
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")

    @property
    def data(self) -> str:
        return str(self.folder / "data")

    def make(self) -> None:
        self.run("initdb", "-D", self.data, "-U", "coprod", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")

    def follow(self, first: "Server") -> None:
        """Begin as a copy of another server, and follow it from then on."""
        self.run("pg_basebackup", "-D", self.data, "-d", f"host={first.folder} user=coprod", "-R", "-c", "fast", "-N")

    def start(self) -> None:
        options = f"-c listen_addresses='' -k {self.folder} {self.options}"
        self.run("pg_ctl", "-D", self.data, "-w", "-l", f"{self.folder}/log", "-o", options, "start")

    def stop(self, how: str = "immediate") -> None:
        """`immediate` is as if it had been killed."""
        self.run("pg_ctl", "-D", self.data, "-w", "-m", how, "stop")

    def run(self, program: str, *words: str) -> None:
        command = [str(self.programs / program), *words]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
        done = subprocess.run(command, cwd="/", check=False, **quiet)  # type: ignore[call-overload]  # named above
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr}")

    def remove(self) -> None:
        with suppress(RuntimeError):  # It may have stopped already.
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def served(programs: Path, options: str = UNSAFE) -> Iterator[Server]:
    """A server for as long as it is needed."""
    server = Server(programs, options)
    try:
        server.make()
        server.start()
        yield server
    finally:
        server.remove()


def address(folder: Path, name: str) -> str:
    return f"postgresql+psycopg://coprod@/{name}?host={folder}"


def make_database(folder: Path, name: str, *, like: str = "template1") -> str:
    """A new database that begins as a copy of `like`; answers its address."""
    how = "" if like == "template1" else "STRATEGY FILE_COPY"  # Half the work for a database of tests, which is small.
    with _told(folder) as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{like}" {how}'))
    return address(folder, name)


def drop_database(folder: Path, name: str) -> None:
    with _told(folder) as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


def emptied(folder: Path, name: str) -> bool:
    """Delete every row of a database like "empty", and who is still connected. False where its tables are others now.

    It takes a fraction of what a new one does, which each connection would have to learn by heart first.
    """
    with _told(folder, name) as connection:
        connection.execute(text(LEAVE))
        if _drawn(folder, connection) != _drawn(folder):
            return False
        full = connection.execute(text(FULL)).scalar()
        for table in connection.execute(text(full or "SELECT WHERE false")).scalars().all():
            connection.execute(text(f'DELETE FROM "{table}"'))  # noqa: S608  # our own tables
        connection.execute(text(BEGIN_ANEW))
        return True


LEAVE = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid()"""
FULL = """SELECT string_agg(format('SELECT %L WHERE EXISTS (SELECT 1 FROM %I)', tablename, tablename), ' UNION ALL ')
          FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"""
BEGIN_ANEW = """SELECT setval(format('%I.%I', schemaname, sequencename), 1, false)
                FROM pg_sequences WHERE last_value IS NOT NULL"""
DRAWN = """SELECT (SELECT sum(hashtext(oid::text || relname)) FROM pg_class),
                  (SELECT sum(hashtext(oid::text || tgenabled::text)) FROM pg_trigger),
                  (SELECT sum(hashtext(oid::text || conname)) FROM pg_constraint),
                  (SELECT sum(hashtext(attrelid::text || attname || attnotnull::text)) FROM pg_attribute),
                  (SELECT count(*) FROM pg_db_role_setting),
                  (SELECT version_num FROM alembic_version)"""
_known: dict[Path, object] = {}


def _drawn(folder: Path, connection: Connection | None = None) -> object:
    """What the tables look like: in the database that is asked, or in "empty", which does not change."""
    if connection is not None:
        return tuple(connection.execute(text(DRAWN)).one())
    if folder not in _known:
        with _told(folder, "empty") as first:
            _known[folder] = _drawn(folder, first)
    return _known[folder]


@contextmanager
def _told(folder: Path, name: str = "postgres") -> Iterator[Connection]:
    """One connection to say something in, past every trigger."""
    engine = create_engine(address(folder, name), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        yield connection
