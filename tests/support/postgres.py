"""A PostgreSQL of the tests' own, in a temporary folder and reached through it alone."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import NullPool, create_engine, text

from tests.support import memory

NOT_HERE = "PostgreSQL is not installed: ./run test installs it"
UNSAFE = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"  # Quick, for what no power cut is played on.


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
    _tell(folder, f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
    return address(folder, name)


def drop_database(folder: Path, name: str) -> None:
    _tell(folder, f'DROP DATABASE "{name}" WITH (FORCE)')


def _tell(folder: Path, statement: str) -> None:
    engine = create_engine(address(folder, "postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(statement))
