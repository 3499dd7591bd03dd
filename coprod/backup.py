"""Everything that a deployment holds in one file, taken while people work. `coprod.restoring` puts it back.

The file is a gzipped tar: `manifest.json` (what is in it, how many rows, the register's head), one
`tables/<name>.jsonl` for each table, every kept file under its SHA-256, and `settings.json` (what this deployment has
set, without secrets and places). It holds no key: those in the data folder and the secret settings are kept apart. Who
is signed in, counts of tries and what is worked out from the rest are left out.
"""

import base64
import io
import json
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from alembic.migration import MigrationContext
from pydantic import SecretStr
from sqlalchemy import (
    Connection,
    Table,
    select,
)

from coprod.database import db
from coprod.errors import DomainError, NotFound
from coprod.jobs import note_backup
from coprod.settings import Settings
from coprod.storage import Store
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
    """Write everything into the file at `path`, as it was at one moment. It is there whole or not at all, and only
    whoever made it can read it.
    """
    try:
        report = _written(path)
    except OSError as fault:
        raise BadBackup(f"{path} can't be written: {fault.strerror}.") from fault
    note_backup(now=clock.now())
    return report


def _written(path: Path) -> Report:
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
        unfinished.chmod(0o600)
        unfinished.replace(path)
    return Report(sum(counts.values()), sum(files.values()), head)


def kept_settings() -> dict[str, Any]:
    """What this deployment has set, by name: never a secret, and never where something is."""
    return deployment.settings().model_dump(mode="json", exclude_defaults=True, exclude=NOT_KEPT)


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
    """Rows are written after their files, so every file of a row that was read is there; more is no harm.

    What is deleted meanwhile was due to be, and is gone from the next backup's rows too.
    """
    count, store = 0, STORES[sort]()
    for digest, _ in sorted(store.digests()):
        copy = folder / digest
        try:
            pieces = store.pieces(digest)
        except NotFound:
            continue
        with copy.open("wb") as file:
            file.writelines(pieces)
        archive.add(copy, f"{sort}/{digest}")
        copy.unlink()
        count += 1
    return count


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


def _plain(value: Any) -> Any:
    """A value as JSON has it. What kind it is, the table knows."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value
