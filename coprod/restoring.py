"""A backup is put back into an empty deployment, on either database, and checked before and afterwards."""

import base64
import json
import re
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from flask_migrate import upgrade
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

from coprod.backup import A_BATCH, FORMAT, MANIFEST, SETTINGS, STORES, BadBackup, Report, kept_settings
from coprod.database import WRITING, UtcDateTime, db
from coprod.directory import listings
from coprod.errors import Busy
from coprod.register import queries as register
from coprod.storage import Store, digest_of, write
from coprod.transaction import transaction
from coprod.web import clock, deployment, health

EXPECTED = re.compile(r"manifest\.json|settings\.json|tables/[a-z_]+\.jsonl|(files|evidence)/[0-9a-f]{64}")


def restore(path: Path) -> Report:
    """Put a backup into an empty deployment, and check what is there afterwards. Raises BadBackup, and changes nothing
    that was there: a database that holds anything is left alone.
    """
    instance = deployment.settings().instance  # Where files are kept is room for them, and none is copied there.
    instance.mkdir(parents=True, exist_ok=True)
    _check_empty()
    with tempfile.TemporaryDirectory(dir=instance, prefix=".restore-") as name:
        folder = Path(name)
        try:
            manifest = _unpack(path, folder)
            _check_known(path, manifest["revision"])
            _check_files(path, folder, manifest["files"])
            files = sum(_restore_files(folder / sort, store()) for sort, store in STORES.items())
        except Busy as fault:
            raise BadBackup(f"{path} is not put back: its files find no room, or the storage takes none.") from fault
        settings = _settings_in(folder)
        upgrade(revision=manifest["revision"])
        _restore_rows(folder / "tables", manifest["rows"])
        upgrade()
    with transaction():
        listings.mend(today=clock.today())
    verdict = register.verify_database()
    if not verdict.sound:
        raise BadBackup(f"The rows are back, but the register is not sound: {verdict.words}")
    return Report(sum(manifest["rows"].values()), files, manifest["entries"], settings)


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


def _check_known(path: Path, revision: str) -> None:
    """A newer version's database can't be read here."""
    if revision not in health.migrations():
        raise BadBackup(f"{path} was made by a newer version of this program: put it back into that one.")


def _check_files(path: Path, folder: Path, counts: Mapping[str, int]) -> None:
    """Before anything is put back: each file is what its name says, and none is missing."""
    for sort in STORES:
        found = list((folder / sort).iterdir()) if (folder / sort).is_dir() else []
        damaged = [file.name for file in found if digest_of(file) != file.name]
        if damaged:
            raise BadBackup(f"A file in the backup is damaged: {damaged[0]}.")
        if len(found) != counts[sort]:
            raise BadBackup(f"{path} is damaged: {len(found)} of {counts[sort]} files are there.")


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
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    for file in files:
        store.put_file(file)
    return len(files)


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
