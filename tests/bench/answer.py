"""One answer saved through its page, beside a bare durable insert and beside the bare Flask page."""

import re
import time
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite

from coprod.assessments.models import Answer
from coprod.database import db
from coprod.framework.queries import current_framework
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
        assessment_id = assessment.id
        address, email = f"/assessments/{assessment_id}/questions/{CODE}", lead.email
    client = Browser(app, app.response_class)
    sign_in(client, email)
    save = _saver(client, address, folder / "coprod.sqlite3")
    insert = _inserter(folder / "floor.sqlite3")
    hello = bare.test_client()
    saved, inserted, floor = harness.alternately(30 if quick else 200, save, insert, lambda: hello.get("/").data)
    with app.app_context():
        answer = db.session.query(Answer).one()
        if answer.revision < 30:
            raise RuntimeError("the answers were not saved")
    yield _saved(saved, inserted, floor)
    rounds = 30 if quick else 200
    shown, floor = harness.alternately(rounds, lambda: client.get(address).data, lambda: hello.get("/").data)
    yield harness.slower("The page of a question, beside the bare Flask page", shown, floor, at_most=15)
    yield _whole(client, str(assessment_id))


def _saved(saved: float, inserted: float, floor: float) -> Figure:
    """The goal is one durable insert and 12 bare Flask pages together."""
    ratio = (saved - inserted) / floor
    times = f"{saved / inserted:.1f} x insert"
    name = f"An answer saved and scored again ({times}); in Flask pages above one insert"
    cells = harness.milliseconds(saved), harness.milliseconds(floor)
    return Figure(name, *cells, f"{ratio:.2f} x", "at most 12 x", ratio <= 12)


def _whole(client: Any, assessment_id: str) -> Figure:
    """Every question read and saved through its page by one person, one after the other."""
    with client.application.app_context():
        codes = [question.code for question in current_framework().questions]
    begun = time.perf_counter()
    for code in codes:
        address = f"/assessments/{assessment_id}/questions/{code}"
        page = client.get(address).text
        field = re.search(r'<input[^>]*name="revision"[^>]*>', page)
        revision = re.search(r'value="(\d*)"', field[0]) if field else None
        data = {"rating": "2", "account": "In one go.", "csrf_token": token(page), "go": "next"}
        answer = client.post(address, data=data | {"revision": revision[1] if revision else ""})
        if answer.status_code != 302:
            raise RuntimeError(f"saving answered {answer.status_code}")
    rate = len(codes) / (time.perf_counter() - begun)
    return Figure("A whole assessment through its pages", f"{rate:.1f} a second", "", "", "at least 25", rate >= 25)


def sign_in(client: Any, email: str) -> None:
    known = token(client.get("/sign-in").text)
    client.post("/sign-in", data={"email": email, "password": build.PASSWORD, "csrf_token": known})


def _saver(client: Any, address: str, database: Path) -> Callable[[], object]:
    """Each call keeps other words on top of the revision before, as the page of somebody at work does."""
    known = token(client.get(address).text)
    numbers = count()
    revisions = sqlite.connect(database, isolation_level=None)

    def save() -> object:
        number = next(numbers)
        standing = revisions.execute("SELECT revision FROM answers").fetchone()
        answer = client.post(
            f"{address}/keep",
            data={
                "rating": "2",
                "account": f"We asked forty families, and {number} answered.",
                "revision": standing[0] if standing else "",
                "csrf_token": known,
            },
        )
        if answer.status_code != 200:
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


def token(page: str) -> str:
    """The token of the page's forms, wherever its attributes stand."""
    field = re.search(r'<input[^>]*name="csrf_token"[^>]*>', page)
    value = re.search(r'value="([^"]+)"', field[0]) if field else None
    if value is None:
        raise RuntimeError(f"no form with a token: {page[:500]}")
    return value[1]
