"""`./run rig restores`: backups taken while people work, put back on the other database, and looked through.

Writers in processes of their own write without a pause: a person, an event, an entry of the register and a file of
evidence in one transaction each, and note what was acknowledged. A backup is taken meanwhile and put back on the other
database. What was acknowledged before the backup began must be there, nothing may be there by half, every file must
have the content of its name, and the register must be sound. `--without-one-moment` puts in the fault that must be
found: tables read one after the other, each as it is by then.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from coprod import backup, history, restoring
from coprod.accounts.models import Person
from coprod.app import create_app
from coprod.database import db
from coprod.errors import Busy, DomainError
from coprod.evidence.models import EvidenceFile
from coprod.history import Event
from coprod.organisations.models import Organisation
from coprod.permissions import SYSTEM
from coprod.register import operations as register
from coprod.register import queries as log
from coprod.register.models import RegisterEntry
from coprod.register.rules import EntryKind
from coprod.storage import digest_of
from coprod.transaction import transaction
from coprod.web import clock, deployment
from tests.conftest import made
from tests.support import build, postgres

WROTE = "rig.wrote"


@dataclass(frozen=True)
class Verdict:
    """What one restore came to."""

    way: str
    acknowledged: int
    meanwhile: int
    restored: int
    faults: tuple[str, ...]

    @property
    def words(self) -> str:
        said = "; ".join(self.faults) or "complete"
        return (
            f"{self.way}: {self.acknowledged} acknowledged before the backup began, {self.meanwhile} while it was "
            f"taken, {self.restored} put back: {said}"
        )


def run(folder: Path, server: Path, *, to_postgresql: bool, seconds: float, writers: int = 4) -> Verdict:
    """One backup under load, and its restore on the other database."""
    numbered = uuid4().hex
    large = postgres.make_database(server, f"rig_{numbered}")
    source = _app(folder / "source", "" if to_postgresql else large)
    with source.app_context():
        upgrade()
        organisation_id = build.organisation().id
        with _written(folder, source, organisation_id, writers):
            time.sleep(seconds)
            begun, before = time.time(), len(_acknowledged(folder))
            backup.backup(folder / "all.tar.gz")
            ended, after = time.time(), len(_acknowledged(folder))
            time.sleep(seconds / 4)
        db.session.remove()
        db.engine.dispose()
    sure = {person for person, at in _acknowledged(folder).items() if at < begun}
    target = _app(folder / "target", large if to_postgresql else "")
    with target.app_context():
        try:
            restoring.restore(folder / "all.tar.gz")
            faults = tuple(_faults(sure))
        except (DomainError, IntegrityError) as fault:
            faults = (f"it can't be put back ({type(fault).__name__})",)
        restored = db.session.scalar(select(func.count()).select_from(Person)) or 0
        db.session.remove()
        db.engine.dispose()
    way = "SQLite to PostgreSQL" if to_postgresql else "PostgreSQL to SQLite"
    return Verdict(f"{way} (backup {ended - begun:.1f} s)", before, after - before, restored, faults)


def _faults(sure: set[UUID]) -> Iterator[str]:
    people = set(db.session.scalars(select(Person.id)))
    if lost := sure - people:
        yield f"{len(lost)} acknowledged people are lost"
    told = {UUID(each) for each in db.session.scalars(select(Event.thing_id).where(Event.what == WROTE))}
    if halves := people ^ told:
        yield f"{len(halves)} people or events stand alone"
    entries = db.session.scalar(select(func.count()).select_from(RegisterEntry)) or 0
    files = db.session.scalars(select(EvidenceFile.sha256)).all()
    if not len(people) == entries == len(files):
        yield f"{len(people)} people, {entries} entries of the register, {len(files)} files"
    kept = {digest for digest, _ in deployment.evidence_storage().digests()}
    if missing := set(files) - kept:
        yield f"{len(missing)} files are missing"
    store = deployment.evidence_storage()
    with tempfile.TemporaryDirectory() as aside:
        for digest in files:
            copy = Path(aside) / "copy"
            copy.write_bytes(b"".join(store.pieces(digest)) if digest in kept else b"")
            if digest_of(copy) != digest:
                yield f"the file {digest} has another content"
    verdict = log.verify_database()
    if not verdict.sound:
        yield verdict.words


@contextmanager
def _written(folder: Path, app: Flask, organisation_id: UUID, number: int) -> Iterator[None]:
    address = app.config["SQLALCHEMY_DATABASE_URI"]
    command = [sys.executable, "-m", "tests.rigs.restores", str(folder), address, str(organisation_id)]
    writers = [subprocess.Popen([*command, str(each)], cwd=Path(__file__).parents[2]) for each in range(number)]
    try:
        while len(list(folder.glob("*.acknowledged"))) < number:
            time.sleep(0.05)
        yield
    finally:
        for each in writers:
            each.terminate()
        for each in writers:
            each.wait()


def write(folder: Path, address: str, organisation_id: UUID, number: str) -> None:
    """Write until somebody ends this process."""
    app = _app(folder / "source", address)
    with app.app_context(), (folder / f"{number}.acknowledged").open("w") as said:
        while True:
            with suppress(Busy):  # Refused in words, so it is not acknowledged.
                with transaction():
                    person = _one(folder, organisation_id, number)
                said.write(f"{person} {time.time()}\n")
                said.flush()


def _one(folder: Path, organisation_id: UUID, number: str) -> UUID:
    now, unique = clock.now(), uuid4().hex
    file = folder / f"{number}.file"
    size = file.write_text(unique * 200)
    kept = deployment.evidence_storage().put_file(file)
    file.unlink()  # What is kept may be this very file under another name: it is never written to again.
    person = Person(email=f"{unique}@example.org", name="P", created_at=now)
    db.session.add(person)
    history.record(WROTE, person, actor=SYSTEM, now=now)
    db.session.add(
        EvidenceFile(
            organisation_id=organisation_id,
            sha256=kept,
            size=size,
            type="txt",
            name="f.txt",
            uploaded_by=person.id,
            uploaded_at=now,
        )
    )
    school = db.session.get_one(Organisation, organisation_id)
    register.append(EntryKind.SIGNED, organisation_id=school.id, facts={"name": school.name}, now=now)
    return person.id


def _acknowledged(folder: Path) -> dict[UUID, float]:
    """Whom the writers were told to be safe, and when. A line that is still being written does not count."""
    lines = (line for file in folder.glob("*.acknowledged") for line in file.read_text().splitlines(keepends=True))
    return {UUID(line.split()[0]): float(line.split()[1]) for line in lines if line.endswith("\n")}


def _app(folder: Path, database: str) -> Flask:
    folder.mkdir(exist_ok=True)
    return create_app(made(folder, database_url=database), TESTING=True)


def _many_moments() -> Connection:
    """The fault: each table is read as it is by then."""
    level = "READ COMMITTED" if db.engine.dialect.name == "postgresql" else "AUTOCOMMIT"
    return db.engine.connect().execution_options(isolation_level=level)


def many(times: int, *, seconds: float, one_moment: bool, say: Callable[[str], None]) -> int:
    """How many of so many restores are complete, every second one the other way."""
    programs = postgres.programs()
    if programs is None:
        raise SystemExit(postgres.NOT_HERE)
    if not one_moment:
        backup._one_moment = _many_moments
    well = 0
    with postgres.served(programs) as server:
        for number in range(times):
            with tempfile.TemporaryDirectory(prefix="coprod-restores-") as folder:
                verdict = run(Path(folder), server.folder, to_postgresql=number % 2 == 0, seconds=seconds)
            say(verdict.words)
            well += not verdict.faults
    return well


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2], UUID(sys.argv[3]), sys.argv[4])
