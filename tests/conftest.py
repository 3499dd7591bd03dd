import gc
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
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
from tests.support import memory, postgres, quick, strict
from tests.support.client import Browser, Client
from tests.support.engines import engines

if TYPE_CHECKING:
    from tests.support.sides import Sides

MOMENT = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
KEY = "a key for tests only, and long enough to be one"
Flask.test_client_class = Browser

# The least work that Argon2 takes: what a password costs in truth is no matter for most tests.
LEAST = {"argon2__time_cost": 1, "argon2__memory_cost": 64, "argon2__parallelism": 1}
ENGINES = ["sqlite", "postgresql"]
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


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()  # What was imported stays: to look through it again and again takes a fifth of a second each time.


class Grouped(LoadScopeScheduling):  # type: ignore[misc]  # xdist carries no types
    """Which tests go to one process. pytest-xdist's own groups do nothing with pytest 9.2, and say nothing of it."""

    def _split_scope(self, nodeid: str) -> str:
        return "demonstration" if nodeid.startswith(OF_THE_DEMONSTRATION) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Grouped:
    return Grouped(config, log)


def pytest_addoption(parser: pytest.Parser) -> None:
    said = "run every test on this one, or on both what the database can matter to"
    parser.addoption("--database", choices=["sqlite", "postgresql", "both"], help=said)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What is about the database runs on both, unless one is asked for; with `both`, whatever has an app does."""
    test, asked = metafunc.definition, metafunc.config.getoption("--database")
    about_one = any(test.get_closest_marker(name) for name in ("on_sqlite", "browser", "no_database"))
    if about_one:
        return
    matters = test.get_closest_marker("both_databases") or (asked == "both" and "empty_database" in test.fixturenames)
    if matters and asked in {None, "both"}:
        metafunc.parametrize("engine", ENGINES, indirect=True)
    if "two_sides" in test.fixturenames and asked in {"both", "postgresql"}:
        on = ENGINES if asked == "both" else [asked]
        metafunc.parametrize("two_sides", on, indirect=True, scope="session")


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
def usual_engine(request: pytest.FixtureRequest) -> str:
    """The database on which tests run that don't say which."""
    if request.config.getoption("--database") == "postgresql":
        request.getfixturevalue("postgresql")
        engines.now = "postgresql"
    return engines.now


@pytest.fixture(autouse=True)
def engine(request: pytest.FixtureRequest, usual_engine: str) -> Iterator[str]:
    """The database that this test runs on: `made` gives each folder one of its own. They are gone afterwards."""
    on_sqlite = any(request.node.get_closest_marker(name) for name in ("on_sqlite", "browser"))
    on_sqlite |= "demonstration" in request.fixturenames  # Copies of it are copies of a file.
    engines.now = "sqlite" if on_sqlite else getattr(request, "param", usual_engine)
    if engines.now == "postgresql":
        request.getfixturevalue("postgresql")
    with engines.cleared():
        yield engines.now
    engines.now = usual_engine


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


@pytest.fixture(scope="session")
def two_sides(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Sides]":
    """Two sides as they begin. Each module works on a copy: `Sides(folder, like=two_sides)`."""
    from tests.support.sides import Sides  # It needs this module.

    server = request.getfixturevalue("postgresql") if getattr(request, "param", None) == "postgresql" else None
    made = Sides(tmp_path_factory.mktemp("two"), server=server)
    yield made
    made.close()


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
def opened(folder: Path) -> Iterator[Flask]:
    """The demonstration in this folder, as `./run` would open it."""
    app = create_app(made(folder, database_url="", mode="demonstration"), **QUICK, RATELIMIT_ENABLED=False)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's folder, made as `./run` makes it. That takes a while, so tests work on copies."""
    folder = tmp_path_factory.mktemp("demonstration")
    with opened(folder):
        demo.prepare(fresh=False)
    return folder
