import gc
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from hypothesis import HealthCheck
from hypothesis import settings as made_up_cases
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource
from xdist.scheduler import LoadScopeScheduling

from coprod import demo
from coprod.app import create_app
from coprod.database import db
from coprod.framework import views as framework
from coprod.keys.ring import Purpose, ring
from coprod.settings import Settings
from tests.support import memory, postgres, quick, strict, undoing
from tests.support.client import Browser, Client
from tests.support.engines import engines

if TYPE_CHECKING:
    from tests.support.sides import Sides
    from tests.support.undoing import OnFile, OnServer

MOMENT = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
KEY = "a key for tests only, and long enough to be one"
Flask.test_client_class = Browser

# The least work that Argon2 takes: what a password costs in truth is no matter for most tests.
LEAST = {"argon2__time_cost": 1, "argon2__memory_cost": 64, "argon2__parallelism": 1}
DATABASES = ["sqlite", "postgresql"]
QUICK: dict[str, object] = {"TESTING": True, "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": LEAST}


# How long a case takes says how busy the machine is, not whether a promise holds.
made_up_cases.register_profile("promises", deadline=None, suppress_health_check=[HealthCheck.too_slow])


# These need the demonstration, which takes a while to make: they run in one process, so that it is made once.
OF_THE_DEMONSTRATION = (
    "tests/browser/test_crawl.py",
    "tests/cli/test_cli.py",
    "tests/cli/test_backup.py",
    "tests/web/test_every_word.py",
)


def pytest_configure() -> None:
    made_up_cases.load_profile("promises")
    if memory.FOLDER:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", memory.FOLDER)  # A commit waits for a disk.
    quick.install(pytest.MonkeyPatch())


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first, so that no process is left with it while the other has nothing to do."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()  # What was imported stays: to look through it again and again takes a fifth of a second each time.


class Grouped(LoadScopeScheduling):  # type: ignore[misc]  # xdist carries no types
    """Which tests go to one process. pytest-xdist's own groups do nothing with pytest 9.2, and say nothing of it."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(OF_THE_DEMONSTRATION):
            return f"demonstration, {'[postgresql' in nodeid}"
        return nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Grouped:
    return Grouped(config, log)


def pytest_addoption(parser: pytest.Parser) -> None:
    said = "run every test on this one; or on both, but for what looks the same on every database"
    parser.addoption("--database", choices=["sqlite", "postgresql", "both"], help=said)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """On which databases a test runs."""
    test, asked = metafunc.definition, metafunc.config.getoption("--database")
    marked = {name for name in ("on_sqlite", "one_database", "both_databases") if test.get_closest_marker(name)}
    on = DATABASES[:1]
    if asked == "postgresql" and "on_sqlite" not in marked:
        on = DATABASES[1:]
    elif asked != "sqlite" and not marked & {"on_sqlite", "one_database"}:
        has_rows = not {"empty_database", "two_sides", "demonstration"}.isdisjoint(test.fixturenames)
        on = DATABASES if "both_databases" in marked or (asked == "both" and has_rows) else on
    if on != DATABASES[:1]:
        metafunc.parametrize("engine", on, indirect=True, scope="session")


class Given(Settings):
    """Settings that stand in nobody's environment, nor in a file beside the tests."""

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, *_: Any, **_others: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def made(instance: Path, **changed: object) -> Settings:
    """Settings of a test's own deployment, its data in `instance`."""
    given: dict[str, object] = {"instance": instance, "secret_key": KEY, "base_url": "http://localhost"}
    if "database_url" not in changed:
        given["database_url"] = engines.address(instance)
    return Given(**(given | changed))  # type: ignore[arg-type]  # checked when they are made


@pytest.fixture(scope="session", autouse=True)
def engine(request: pytest.FixtureRequest) -> str:
    """The database that tests run on from here on: `made` gives each folder one of its own."""
    engines.now = getattr(request, "param", DATABASES[0])
    if engines.now == "postgresql":
        request.getfixturevalue("postgresql")
    return engines.now


@pytest.fixture(autouse=True)
def cleared(engine: str) -> Iterator[None]:
    """What a test has of databases is gone afterwards."""
    with engines.cleared():
        yield


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database as the migrations make it. Each test works on a copy."""
    folder = tmp_path_factory.mktemp("empty")
    app = create_app(made(folder, database_url=""))
    with app.app_context():
        upgrade()
        db.engine.dispose()
        for purpose in Purpose:
            ring().key(purpose)  # Making one takes a while, so tests share them.
    return folder / "coprod.sqlite3"


@pytest.fixture
def settings(tmp_path: Path, engine: str) -> Settings:
    return made(tmp_path)


@pytest.fixture
def app(settings: Settings, empty_database: Path) -> Iterator[Flask]:
    """A fresh app on an empty database, where it is always half past ten on 22 November 2026."""
    shutil.copy(empty_database, settings.instance / "coprod.sqlite3")
    shutil.copytree(empty_database.parent / "keys", settings.instance / "keys")
    app = create_app(settings, **QUICK, KEEP_PAGES=False, CLOCK=lambda: MOMENT, RATELIMIT_ENABLED=False)
    strict.watch(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A PostgreSQL for the session, with a database "empty" as the migrations make it. Gives its folder."""
    programs = postgres.programs()
    if programs is None:
        pytest.skip(postgres.NOT_HERE)
    with postgres.served(programs) as server:
        address = postgres.make_database(server.folder, "empty")
        app = create_app(made(tmp_path_factory.mktemp("pg"), database_url=address))
        with app.app_context():
            upgrade()
            db.engine.dispose()
        engines.server = server.folder
        yield server.folder


def _sides(folders: pytest.TempPathFactory) -> "Iterator[Sides]":
    from tests.support.sides import Sides  # It needs this module.

    made = Sides(folders.mktemp("two"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def sides_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Sides]":
    yield from _sides(tmp_path_factory)


@pytest.fixture(scope="session")
def sides_on_postgresql(postgresql: Path, tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Sides]":
    yield from _sides(tmp_path_factory)


@pytest.fixture(scope="session")
def two_sides(engine: str, request: pytest.FixtureRequest) -> "Sides":
    """Two sides as they begin. Each module works on a copy: `Sides(folder, like=two_sides)`."""
    made: Sides = request.getfixturevalue(f"sides_on_{engine}")
    return made


@pytest.fixture
def quick_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers of the standards take seconds to make; this is for tests that only want any file in their place."""
    for kept in ("_pack", "_blank"):  # In place of what is kept, so that no other test is given them.
        monkeypatch.setattr(framework, kept, lambda *_given: b"%PDF- a paper")
    monkeypatch.setattr(framework, "answers_workbook", lambda *_given: b"a workbook")


@pytest.fixture
def client(app: Flask) -> Client:
    return Client(app)


@contextmanager
def opened(settings: Settings) -> Iterator[Flask]:
    """The demonstration with these settings, as `./run` would open it."""
    app = create_app(settings, **QUICK, RATELIMIT_ENABLED=False)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@dataclass(frozen=True)
class Demonstration:
    """A whole one, in this folder."""

    folder: Path
    database: "OnFile | OnServer"

    def copied(self, folder: Path) -> Settings:
        """Settings of a copy of it, its data in `folder`."""
        undoing.copy_files(self.folder, folder)
        return made(folder, mode="demonstration", database_url=self.database.like(folder).address)


def _demonstration(folders: pytest.TempPathFactory) -> Iterator[Demonstration]:
    folder = folders.mktemp("demonstration")
    database = undoing.new(folder)
    with opened(made(folder, mode="demonstration", database_url=database.address)):
        demo.prepare(fresh=False)
    database.keep()
    yield Demonstration(folder, database)
    database.close()


@pytest.fixture(scope="session")
def demonstration_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    yield from _demonstration(tmp_path_factory)


@pytest.fixture(scope="session")
def demonstration_on_postgresql(postgresql: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    yield from _demonstration(tmp_path_factory)


@pytest.fixture(scope="session")
def demonstration(engine: str, request: pytest.FixtureRequest) -> Demonstration:
    """The demonstration, made as `./run` makes it. That takes a while, so tests work on copies."""
    made: Demonstration = request.getfixturevalue(f"demonstration_on_{engine}")
    return made
