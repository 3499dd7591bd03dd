"""Everything that a deployment holds in one file, taken while people work, and put back on either database.

The file is a gzipped tar: `manifest.json` (what is in it, how many rows, the register's head), one
`tables/<name>.jsonl` for each table, every kept file under its SHA-256, and `settings.json` (what this deployment has
set, without secrets and places). It holds no key: those in the data folder and the secret settings are kept apart. Who
is signed in, counts of tries and what is worked out from the rest are left out.
"""

import base64
import io
import json
import re
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from alembic.migration import MigrationContext
from flask_migrate import upgrade
from pydantic import SecretStr
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    LargeBinary,
    Table,
    Uuid,
    bindparam,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.types import TypeEngine

from coprod.database import WRITING, UtcDateTime, db
from coprod.directory import listings
from coprod.errors import DomainError
from coprod.jobs import note_backup
from coprod.register import queries as register
from coprod.settings import Settings
from coprod.storage import Store, write
from coprod.transaction import transaction
from coprod.web import clock, deployment

FORMAT = 1
MANIFEST = "manifest.json"
LEFT_OUT = {"person_sessions", "rate_counts", "guesses", "emailed_links", "job_runs"}
LEFT_OUT |= {"listings", "listed_words", "public_state"}  # worked out from the others
SETTINGS = "settings.json"
# Secrets, what may hold one, and where things are on this machine.
NOT_KEPT = {"instance", "database_url", "rate_limit_storage", "s3_key", "smtp_user"} | {
    name for name, field in Settings.model_fields.items() if field.annotation is SecretStr
}
EXPECTED = re.compile(r"manifest\.json|settings\.json|tables/[a-z_]+\.jsonl|(files|evidence)/[0-9a-f]{64}")
A_BATCH = 500
STORES: Mapping[str, Callable[[], Store]] = {
    "files": deployment.storage,
    "evidence": deployment.evidence_storage,
}


class BadBackup(DomainError):
    """A backup that can't be put back, and why."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a backup holds, or what was put back."""

    rows: int
    files: int
    entries: int
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> str:
        return f"{self.rows:,} rows, {self.files:,} files and {self.entries:,} entries of the register"


def backup(path: Path) -> Report:
    """Write everything into the file at `path`, as it was at one moment. It is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as name:
        folder = Path(name)
        unfinished = folder / "backup.tar.gz"
        with tarfile.open(unfinished, "w:gz", compresslevel=6) as archive:
            with _one_moment() as connection:
                revision = MigrationContext.configure(connection).get_current_revision()
                counts = {table.name: _save(archive, folder, connection, table) for table in _tables()}
            files = {sort: _save_files(archive, folder, sort) for sort in STORES}
            _add(archive, SETTINGS, json.dumps(kept_settings()).encode())
            head = counts["register_entries"]
            manifest = {"format": FORMAT, "revision": revision, "made_at": clock.now().isoformat()}
            _add(archive, MANIFEST, json.dumps(manifest | {"rows": counts, "files": files, "entries": head}).encode())
        unfinished.replace(path)
    note_backup(now=clock.now())
    return Report(sum(counts.values()), sum(files.values()), head)


def restore(path: Path) -> Report:
    """Put a backup into an empty deployment, and check what is there afterwards. Raises BadBackup, and changes nothing
    that was there: a database that holds anything is left alone.
    """
    with tempfile.TemporaryDirectory(prefix="coprod-restore-") as name:
        folder = Path(name)
        manifest = _unpack(path, folder)
        _check_empty()
        upgrade(revision=manifest["revision"])
        settings = _settings_in(folder)
        files = sum(_restore_files(folder / sort, store()) for sort, store in STORES.items())
        _restore_rows(folder / "tables", manifest["rows"])
        upgrade()
    with transaction():
        listings.mend(today=clock.today())
    verdict = register.verify_database()
    if not verdict.sound:
        raise BadBackup(f"The rows are back, but the register is not sound: {verdict.words}")
    return Report(sum(manifest["rows"].values()), files, manifest["entries"], settings)


def kept_settings() -> dict[str, Any]:
    """What this deployment has set, by name: never a secret, and never where something is."""
    return deployment.settings().model_dump(mode="json", exclude_defaults=True, exclude=NOT_KEPT)


def differing(settings: Mapping[str, Any]) -> Iterator[str]:
    """Settings of a backup that are others here, as lines for the environment."""
    here = kept_settings()
    for name, value in sorted(settings.items()):
        if here.get(name) != value:
            yield f"COPROD_{name.upper()}={value if isinstance(value, str) else json.dumps(value)}"


def _settings_in(folder: Path) -> dict[str, Any]:
    """Backups that were made before settings went along have none."""
    file = folder / SETTINGS
    found: dict[str, Any] = json.loads(file.read_bytes()) if file.exists() else {}
    return found


def _tables() -> Iterator[Table]:
    """Those whose rows are kept, each after what it points at."""
    return (table for table in db.metadata.sorted_tables if table.name not in LEFT_OUT)


def _one_moment() -> Connection:
    """A connection that sees the database as it is now, whatever others write meanwhile."""
    if db.engine.dialect.name == "postgresql":
        return db.engine.connect().execution_options(isolation_level="REPEATABLE READ")
    return db.engine.connect()


def _save(archive: tarfile.TarFile, folder: Path, connection: Connection, table: Table) -> int:
    count = 0
    written = folder / table.name
    with written.open("w", encoding="utf-8") as lines:
        for row in connection.execution_options(yield_per=A_BATCH).execute(select(table)).mappings():
            lines.write(json.dumps({name: _plain(value) for name, value in row.items()}, ensure_ascii=False) + "\n")
            count += 1
    archive.add(written, f"tables/{table.name}.jsonl")
    written.unlink()
    return count


def _save_files(archive: tarfile.TarFile, folder: Path, sort: str) -> int:
    """Rows are written after their files, so every file of a row that was read is there; more is no harm."""
    count, store = 0, STORES[sort]()
    for digest, _ in sorted(store.digests()):
        copy = folder / digest
        with copy.open("wb") as file:
            file.writelines(store.pieces(digest))
        archive.add(copy, f"{sort}/{digest}")
        copy.unlink()
        count += 1
    return count


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


def _unpack(path: Path, folder: Path) -> dict[str, Any]:
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                _take_out(archive, member, folder)
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    except (tarfile.TarError, OSError, EOFError, ValueError, KeyError) as fault:
        raise BadBackup(f"{path} is not a backup that we can read, or a part of it is missing.") from fault
    if manifest.get("format") != FORMAT:
        raise BadBackup(f"{path} was made by another version of this program.")
    for name, count in manifest["rows"].items():
        with (folder / "tables" / f"{name}.jsonl").open("rb") as lines:
            if sum(1 for _ in lines) != count:
                raise BadBackup(f"{path} is damaged: rows of {name} are missing.")
    return manifest


def _take_out(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Only plain files under the names that a backup has: nothing is ever written anywhere else."""
    name = member.name.removeprefix("./")
    content = archive.extractfile(member) if member.isfile() and EXPECTED.fullmatch(name) else None
    if content is not None:
        place = folder / name
        place.parent.mkdir(exist_ok=True)
        write(content, place)


def _check_empty() -> None:
    tables = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
    if tables:
        raise BadBackup("This database is not empty. A backup is put back into an empty one only.")


def _restore_files(folder: Path, store: Store) -> int:
    count = 0
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        if store.put_file(file) != file.name:
            raise BadBackup(f"A file in the backup is damaged: {file.name}.")
        count += 1
    return count


def _restore_rows(folder: Path, counts: Mapping[str, int]) -> None:
    """Every row in one transaction, each table after those that it points at."""
    tables = inspect(db.engine).get_table_names()
    with db.engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        for table in (each for each in db.metadata.sorted_tables if each.name in counts):
            if table.name not in tables:
                raise BadBackup(f"The backup holds a table that this version does not know: {table.name}.")
            if connection.execute(select(func.count()).select_from(table)).scalar():
                connection.execute(table.delete())  # What migrations put there by themselves stands in the backup too.
            _insert(connection, table, _rows(folder / f"{table.name}.jsonl", table))
            found = connection.execute(select(func.count()).select_from(table)).scalar()
            if found != counts[table.name]:
                raise BadBackup(f"{found} rows of {table.name} are back, not {counts[table.name]}.")
            _go_on_counting(connection, table)


def _rows(file: Path, table: Table) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        rows = (json.loads(line) for line in lines)
        made = ({name: _typed(table.c[name].type, value) for name, value in row.items()} for row in rows)
        own = [column.name for column in table.c for key in column.foreign_keys if key.column.table is table]
        yield from _parents_first(list(made), own[0]) if own else made


def _parents_first(rows: list[dict[str, Any]], parent: str) -> Iterator[dict[str, Any]]:
    """Rows that point at rows of the same table come after those."""
    there: set[Any] = {None}
    while rows:
        ready = [row for row in rows if row[parent] in there]
        if not ready:
            raise BadBackup("Some rows point at rows that are not in the backup.")
        yield from ready
        there.update(row["id"] for row in ready)
        rows = [row for row in rows if row["id"] not in there]


def _insert(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    statement = insert(table).values({column.name: bindparam(column.name, type_=_stored(column)) for column in table.c})
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) >= A_BATCH:
            connection.execute(statement, batch)
            batch = []
    if batch:
        connection.execute(statement, batch)


def _stored(column: Column[Any]) -> TypeEngine[Any]:
    """Nothing in a JSON column is no value at all, as it was, and not JSON's own word for it."""
    return JSON(none_as_null=True) if isinstance(column.type, JSON) else column.type


def _go_on_counting(connection: Connection, table: Table) -> None:
    """PostgreSQL gives numbers from a counter of its own, which must stand behind the last one."""
    column = table.autoincrement_column
    if column is None or connection.dialect.name != "postgresql":
        return
    named = {"name": table.name, "column": column.name}
    counter = connection.execute(text("SELECT pg_get_serial_sequence(:name, :column)"), named).scalar()
    last = connection.execute(select(func.max(column))).scalar()
    if counter and last:
        connection.execute(text("SELECT setval(:counter, :last)"), {"counter": counter, "last": last})


def _plain(value: Any) -> Any:
    """A value as JSON has it. What kind it is, the table knows."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def _typed(kind: TypeEngine[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, Uuid):
        return UUID(value)
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    return date.fromisoformat(value) if kind.python_type is date else value

