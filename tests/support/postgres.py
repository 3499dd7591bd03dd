"""A PostgreSQL of the tests' own, in a temporary folder and reached through it alone."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

NOT_HERE = "PostgreSQL is not installed: ./run test installs it"
OPTIONS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"


def programs() -> Path | None:
    """Where Debian puts the newest server's programs; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    return found[-1].parent if found else None


@contextmanager
def served(programs: Path) -> Iterator[Path]:
    """A server for as long as it is needed; gives the folder of its socket. It refuses to run as root."""
    folder = Path(tempfile.mkdtemp(prefix="coprod-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data = str(folder / "data")
    try:
        _run(programs, "initdb", "-D", data, "-U", "coprod", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        _run(programs, "pg_ctl", "-D", data, "-w", "-l", f"{folder}/log", "-o", f"{OPTIONS} -k {folder}", "start")
        try:
            yield folder
        finally:
            _run(programs, "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def address(folder: Path, name: str) -> str:
    return f"postgresql+psycopg://coprod@/{name}?host={folder}"


def make_database(folder: Path, name: str, *, like: str = "template1") -> str:
    """A new database that begins as a copy of `like`; answers its address."""
    engine = create_engine(address(folder, "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{like}"'))
    engine.dispose()
    return address(folder, name)


def _run(programs: Path, program: str, *words: str) -> None:
    command = [str(programs / program), *words]
    if os.geteuid() == 0:
        command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]
    done = subprocess.run(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{program} failed: {done.stderr}")
