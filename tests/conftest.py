import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

from coprod.app import create_app
from coprod.database import db
from coprod.settings import Settings
from tests.support import strict
from tests.support.client import Browser, Client

MOMENT = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
KEY = "a key for tests only, and long enough to be one"
Flask.test_client_class = Browser


def made(instance: Path, **changed: object) -> Settings:
    """Settings of a test's own deployment, its data in `instance`."""
    given: dict[str, object] = {"instance": instance, "secret_key": KEY, "base_url": "http://localhost"}
    return Settings(**(given | changed))  # type: ignore[arg-type]  # checked when they are made


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database as the migrations make it. Each test works on a copy."""
    folder = tmp_path_factory.mktemp("empty")
    app = create_app(made(folder))
    with app.app_context():
        upgrade()
        db.engine.dispose()
    return folder / "coprod.sqlite3"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return made(tmp_path)


@pytest.fixture
def app(settings: Settings, empty_database: Path) -> Iterator[Flask]:
    """A fresh app on an empty database, where it is always half past ten on 22 November 2026."""
    shutil.copy(empty_database, settings.instance / "coprod.sqlite3")
    app = create_app(settings, TESTING=True, KEEP_PAGES=False, CLOCK=lambda: MOMENT, RATELIMIT_ENABLED=False)
    strict.watch(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> Client:
    return Client(app)
