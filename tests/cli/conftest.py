"""One demonstration for all of these tests, for it takes a while. It is made as `./run` makes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from coprod import demo
from coprod.app import create_app
from coprod.database import db
from tests.conftest import QUICK, made


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the demonstration run in one process, so that it is made once."""
    for item in items:
        if {"demonstration", "told"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group("demonstration"))


@contextmanager
def opened(folder: Path) -> Iterator[Flask]:
    app = create_app(made(folder, mode="demonstration"), **QUICK, RATELIMIT_ENABLED=False)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its folder. Tests work on copies."""
    folder = tmp_path_factory.mktemp("demonstration")
    with opened(folder):
        demo.prepare(fresh=False)
    return folder
