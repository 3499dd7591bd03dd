"""A backup is whole, goes back on either database, and a damaged one is refused."""

import errno
import gzip
import json
import shutil
import tarfile
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import inspect, select

from coprod import backup, history, jobs, restoring
from coprod.app import create_app
from coprod.backup import BadBackup
from coprod.database import db
from coprod.directory import listings
from coprod.errors import Busy
from coprod.permissions import SYSTEM
from coprod.register import queries as register
from coprod.transaction import transaction
from coprod.web import clock
from tests.conftest import Demonstration, made, opened
from tests.support import build, postgres
from tests.support.engines import engines


@pytest.fixture(scope="module")
def told(demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Path]]:
    """A whole demonstration, and its backup."""
    folder = tmp_path_factory.mktemp("told")
    with opened(demonstration.copied(folder)) as app:
        backup.backup(folder / "all.tar.gz")
        yield app, folder / "all.tar.gz"


def contents() -> dict[str, list[str]]:
    """Every kept row, however the database holds it."""
    with db.engine.connect() as connection:
        return {
            table.name: sorted(
                json.dumps([backup._plain(value) for value in row], sort_keys=True)
                for row in connection.execute(select(table))
            )
            for table in backup._tables()
        }


NUMBERS = count(1)


def new_app(folder: Path, **settings: object) -> Flask:
    """A deployment whose database has nothing in it, not even tables."""
    folder.mkdir(exist_ok=True)
    if engines.now == "postgresql" and engines.server is not None and "database_url" not in settings:
        settings["database_url"] = postgres.make_database(engines.server, f"bare_{next(NUMBERS)}")
    return create_app(made(folder, mode="demonstration", **settings), TESTING=True)


def test_a_restored_deployment_holds_the_same(told, tmp_path: Path):
    _, file = told
    before = contents()
    other = new_app(tmp_path)
    with other.app_context():
        report = restoring.restore(file)
        assert contents() == before
        assert report.rows == sum(map(len, before.values()))
        assert report.files > 0
        assert register.verify_database().sound
        assert not listings.differing(today=clock.today())
        db.engine.dispose()


def test_it_goes_to_postgresql_and_back(told, tmp_path: Path, postgresql: Path):
    _, file = told
    before = contents()
    address = postgres.make_database(postgresql, f"backup_{uuid4().hex}", like="template1")
    large = new_app(tmp_path / "large", database_url=address)
    with large.app_context():
        restoring.restore(file)
        assert contents() == before
        with transaction():  # Counters stand behind the last row.
            history.record("person.added", build.person("Newer Person"), actor=SYSTEM, now=build.MOMENT)
        backup.backup(tmp_path / "back.tar.gz")
        after = contents()
        db.engine.dispose()
    small = new_app(tmp_path / "small")
    with small.app_context():
        restoring.restore(tmp_path / "back.tar.gz")
        assert contents() == after
        db.engine.dispose()


def test_it_holds_no_key(told):
    _, file = told
    app, _ = told
    with tarfile.open(file) as archive:
        names = archive.getnames()
    assert not [name for name in names if "key" in name.split("/")[-1] and not name.startswith("tables/")]
    plain = gzip.decompress(file.read_bytes())
    assert app.config["SECRET_KEY"].encode() not in plain
    assert b"PRIVATE KEY" not in plain


def test_settings_go_along_without_secrets_and_places(tmp_path: Path, empty_database: Path):
    secrets = dict.fromkeys(("smtp_password", "s3_secret", "oidc_client_secret", "signing_passphrase"), "CANARY")
    others = {"s3_key": "CANARY", "smtp_user": "CANARY", "smtp_host": "mail.example.org", "area_name": "Rutland"}
    elsewhere = {"oidc_name": "M", "oidc_issuer": "https://m.example.org", "oidc_client_id": "1"}
    shutil.copy(empty_database, tmp_path / "coprod.sqlite3")
    app = create_app(made(tmp_path, **secrets, **others, **elsewhere), TESTING=True)
    with app.app_context():
        backup.backup(tmp_path / "all.tar.gz")
        kept = backup.kept_settings()
        assert list(restoring.differing(kept)) == []
        assert list(restoring.differing(kept | {"area_name": "Kent"})) == ["COPROD_AREA_NAME=Kent"]
        db.engine.dispose()
    with tarfile.open(tmp_path / "all.tar.gz") as archive:
        said = archive.extractfile("settings.json").read().decode()
    assert json.loads(said) == kept
    assert kept["area_name"] == "Rutland"
    assert "CANARY" not in said
    assert str(tmp_path) not in said


def test_a_backup_is_noted_for_whoever_looks_after_the_site(told):
    assert db.session.get(jobs.JobRun, jobs.BACKUP).ran_at is not None


def test_it_is_of_one_moment_while_people_write(app, tmp_path: Path):
    """Whatever is written meanwhile, who is there belongs to the events that tell of them."""
    done = threading.Event()

    def write() -> None:
        with app.app_context():
            for number in range(60):
                with transaction():
                    who = build.Person(email=f"p{number}@example.org", name="P", created_at=build.MOMENT)
                    db.session.add(who)
                    history.record("person.added", who, actor=SYSTEM, now=build.MOMENT)
            done.set()

    writer = threading.Thread(target=write)
    writer.start()
    taken = []
    while not done.is_set():
        taken.append(tmp_path / f"{len(taken)}.tar.gz")
        backup.backup(taken[-1])
    writer.join()
    for file in taken:
        with tarfile.open(file) as archive:
            rows = json.load(archive.extractfile("manifest.json"))["rows"]
        assert rows["people"] == rows["events"]


def test_a_database_that_holds_anything_is_left_alone(told):
    _, file = told
    before = contents()
    with pytest.raises(BadBackup, match="not empty"):
        restoring.restore(file)
    assert contents() == before


def shortened(file: Path, folder: Path) -> Path:
    broken = folder / "short.tar.gz"
    broken.write_bytes(file.read_bytes()[:-2000])
    return broken


def without_a_row(file: Path, folder: Path) -> Path:
    with tarfile.open(file) as archive:
        archive.extractall(folder / "all")  # noqa: S202  # a backup that this test made
    table = folder / "all" / "tables" / "events.jsonl"
    table.write_text("".join(table.read_text().splitlines(keepends=True)[:-1]))
    return packed(folder)


def with_a_changed_file(file: Path, folder: Path) -> Path:
    with tarfile.open(file) as archive:
        archive.extractall(folder / "all")  # noqa: S202  # a backup that this test made
    kept = next((folder / "all" / "files").iterdir())
    kept.write_bytes(kept.read_bytes() + b"!")
    return packed(folder)


def without_a_file(file: Path, folder: Path) -> Path:
    with tarfile.open(file) as archive:
        archive.extractall(folder / "all")  # noqa: S202  # a backup that this test made
    next((folder / "all" / "files").iterdir()).unlink()
    return packed(folder)


def of_a_newer_version(file: Path, folder: Path) -> Path:
    with tarfile.open(file) as archive:
        archive.extractall(folder / "all")  # noqa: S202  # a backup that this test made
    manifest = folder / "all" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"revision": "9999"}))
    return packed(folder)


def no_backup_at_all(file: Path, folder: Path) -> Path:
    broken = folder / "letter.txt"
    broken.write_text("Dear all")
    return broken


def packed(folder: Path) -> Path:
    with tarfile.open(folder / "changed.tar.gz", "w:gz") as archive:
        archive.add(folder / "all", ".")
    return folder / "changed.tar.gz"


DAMAGES = [shortened, without_a_row, with_a_changed_file, without_a_file, of_a_newer_version, no_backup_at_all]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_is_refused_in_words(told, tmp_path: Path, damage):
    _, file = told
    broken = damage(file, tmp_path)
    other = new_app(tmp_path / "other")
    with other.app_context():
        with pytest.raises(BadBackup):
            restoring.restore(broken)
        assert inspect(db.engine).get_table_names() == []
        assert not list(tmp_path.glob("other/.restore-*"))
        restoring.restore(file)  # Nothing of the damaged one is in the way of a good one.
        db.session.remove()
        db.engine.dispose()


def test_where_its_files_find_no_room_that_is_said_and_it_can_be_tried_again(told, tmp_path: Path, monkeypatch):
    _, file = told
    other = new_app(tmp_path / "other")
    with other.app_context():
        with monkeypatch.context() as full:
            full.setattr(type(other.extensions["coprod.storage"]), "put_file", refuse)
            with pytest.raises(BadBackup, match="find no room"):
                restoring.restore(file)
        restoring.restore(file)
        db.session.remove()
        db.engine.dispose()


def refuse(*_given):
    raise Busy


def test_a_file_that_is_deleted_meanwhile_is_left_out(told, tmp_path: Path, monkeypatch):
    app, _ = told
    store = app.extensions["coprod.storage"]
    whole, gone = sum(1 for _ in store.digests()), min(digest for digest, _ in store.digests())
    pieces = type(store).pieces

    def deleted(self, digest):
        return pieces(self, "0" * 64 if digest == gone else digest)

    monkeypatch.setattr(type(store), "pieces", deleted)
    backup.backup(tmp_path / "all.tar.gz")
    with tarfile.open(tmp_path / "all.tar.gz") as archive:
        assert json.load(archive.extractfile("manifest.json"))["files"]["files"] == whole - 1


def test_only_whoever_made_it_can_read_it(told):
    _, file = told
    assert file.stat().st_mode & 0o077 == 0


def test_where_there_is_no_room_for_it_that_is_said_and_nothing_is_left(told, tmp_path: Path, monkeypatch):
    def full(*_given):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(backup, "_save_files", full)
    with pytest.raises(BadBackup, match=r"can't be written: No space left on device\.$"):
        backup.backup(tmp_path / "all.tar.gz")
    assert list(tmp_path.iterdir()) == []
