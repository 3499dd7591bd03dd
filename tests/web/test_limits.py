"""How often: one table, counted for all workers together, in the database unless a setting says otherwise."""

import shutil
import time
from pathlib import Path

import pytest
from flask import Flask

from coprod.app import create_app
from coprod.database import db
from coprod.transaction import transaction
from coprod.web import limits
from coprod.web.limits import DatabaseStorage, RateCount
from tests.conftest import MOMENT, made
from tests.support.client import Client

pytestmark = pytest.mark.both_databases


@pytest.fixture
def store(app: Flask) -> DatabaseStorage:
    return DatabaseStorage()


def test_it_counts_until_the_while_is_over_and_then_anew(store, monkeypatch):
    moment = 1_000_000.0
    monkeypatch.setattr(time, "time", lambda: moment)
    assert [store.incr("a", 60), store.incr("a", 60, 3), store.incr("b", 60)] == [1, 4, 1]
    assert (store.get("a"), store.get_expiry("a")) == (4, moment + 60)
    moment += 61
    assert store.get("a") == 0
    assert store.incr("a", 60) == 1
    assert store.get_expiry("a") == moment + 60


def test_it_forgets_one_or_all_and_says_that_it_works(store):
    store.incr("a", 60)
    store.incr("b", 60)
    store.clear("a")
    assert (store.get("a"), store.get("b"), store.check()) == (0, 1, True)
    assert store.reset() == 1
    assert store.get("b") == 0


def test_time_forgets_counts_whose_while_is_over(store, monkeypatch):
    moment = 1_000_000.0
    monkeypatch.setattr(time, "time", lambda: moment)
    store.incr("short", 10)
    store.incr("long", 100)
    moment += 50
    with transaction():
        assert limits.tidy() == 1
    with transaction():
        assert limits.tidy() == 0
    assert store.get("long") == 1


def limited_app(tmp_path: Path) -> Flask:
    return create_app(made(tmp_path), TESTING=True, KEEP_PAGES=False, CLOCK=lambda: MOMENT, RATELIMIT_ENABLED=True)


def test_all_workers_count_together_by_default(tmp_path, empty_database):
    """Two apps on one database, as two workers are: the 31st try of a minute is refused, wherever it arrives."""
    shutil.copy(empty_database, tmp_path / "coprod.sqlite3")
    workers = [limited_app(tmp_path), limited_app(tmp_path)]
    statuses = []
    for n in range(31):
        app = workers[n % 2]
        with app.app_context():
            client = Client(app)
            client.get("/sign-in")
            data = {"csrf_token": token_of(client), "email": ""}
            statuses.append(client.http.post("/sign-in", data=data).status_code)
            db.session.remove()
    assert statuses == [200] * 30 + [429]
    with workers[0].app_context():
        kept = " ".join(row.key for row in db.session.query(RateCount))
        assert "sign in" in kept
        assert "127.0.0.1" not in kept
        db.session.remove()


def token_of(client: Client) -> str:
    assert client.page is not None
    return client.page.form("Sign in").find(".//input[@name='csrf_token']").get("value")


def test_reading_certificates_counts_guesses_alone(tmp_path, empty_database):
    """Whoever checks a hundred real certificates is not stopped, and nothing is written for them."""
    shutil.copy(empty_database, tmp_path / "coprod.sqlite3")
    app = limited_app(tmp_path)
    with app.app_context():
        http = app.test_client()
        assert {http.get("/verify").status_code for _ in range(70)} == {200}
        assert db.session.query(RateCount).count() == 0
        found = [http.get("/verify/ABCD-EFGH-JKMN-PQRS-TVWX-YZ23").status_code for _ in range(62)]
        assert found == [404] * 60 + [429] * 2
        db.session.remove()
        db.engine.dispose()


def test_files_are_looked_at_so_often_and_no_more(tmp_path, empty_database):
    shutil.copy(empty_database, tmp_path / "coprod.sqlite3")
    app = limited_app(tmp_path)
    with app.app_context():
        client = Client(app)
        for _ in range(20):
            client.get("/verify/file")
            client.submit("Check this file", status=422)
        client.get("/verify/file")
        client.submit("Check this file", status=429)
        db.session.remove()
        db.engine.dispose()


def test_every_route_that_can_be_misused_has_a_row(app):
    """The table is used whole, and by these."""
    used = {
        name
        for name in limits.TABLE
        for path in (Path(limits.__file__).parents[1]).rglob("*.py")
        if f'("{name}")' in path.read_text(encoding="utf-8")
    }
    assert used == set(limits.TABLE)
