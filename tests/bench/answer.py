"""One answer saved through its page, beside a bare durable insert and beside the bare Flask page."""

import re
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite

from coprod.assessments.models import Answer
from coprod.database import db
from tests.bench import data, harness
from tests.bench.harness import Figure
from tests.bench.targets import bare
from tests.support import assessments, build
from tests.support.client import Browser

CODE = "LLE1"


def figures(folder: Path, *, quick: bool) -> Iterable[Figure]:
    app = data.app_with_tables(folder)
    with app.app_context():
        where = build.organisation()
        lead = build.lead_of(where)
        assessment = assessments.started(where, build.actor(lead.id))
        address, email = f"/assessments/{assessment.id}/questions/{CODE}", lead.email
    client = Browser(app, app.response_class)
    _sign_in(client, email)
    save = _saver(client, address, folder / "coprod.sqlite3")
    insert = _inserter(folder / "floor.sqlite3")
    hello = bare.test_client()
    saved, inserted, floor = harness.alternately(30 if quick else 200, save, insert, lambda: hello.get("/").data)
    with app.app_context():
        answer = db.session.query(Answer).one()
        if answer.revision < 30:
            raise RuntimeError("the answers were not saved")
    yield harness.slower("One answer saved, beside a bare durable insert", saved, inserted)
    yield harness.slower("  beside the bare Flask page", saved, floor)


def _sign_in(client: Any, email: str) -> None:
    token = _token(client.get("/sign-in").text)
    client.post("/sign-in", data={"email": email, "password": build.PASSWORD, "csrf_token": token})


def _saver(client: Any, address: str, database: Path) -> Callable[[], object]:
    """Each call saves other words on top of the revision before, as somebody at work does."""
    token = _token(client.get(address).text)
    numbers = count()
    revisions = sqlite.connect(database, isolation_level=None)

    def save() -> object:
        number = next(numbers)
        standing = revisions.execute("SELECT revision FROM answers").fetchone()
        answer = client.post(
            address,
            data={
                "rating": "2",
                "account": f"We asked forty families, and {number} answered.",
                "revision": standing[0] if standing else "",
                "csrf_token": token,
            },
        )
        if answer.status_code != 302:
            raise RuntimeError(f"saving answered {answer.status_code}: {answer.text[-2000:]}")
        return answer.data

    return save


def _inserter(path: Path) -> Callable[[], object]:
    """One row that survives a power cut, with nothing around it."""
    connection = sqlite.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE answers (id INTEGER PRIMARY KEY, account TEXT)")

    def insert() -> object:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO answers (account) VALUES (?)", ("We asked forty families.",))
        return connection.execute("COMMIT")

    return insert


def _token(page: str) -> str:
    """The token of the page's forms, wherever its attributes stand."""
    field = re.search(r'<input[^>]*name="csrf_token"[^>]*>', page)
    value = re.search(r'value="([^"]+)"', field[0]) if field else None
    if value is None:
        raise RuntimeError(f"no form with a token: {page[:500]}")
    return value[1]
