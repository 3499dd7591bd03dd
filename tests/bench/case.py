"""The pages on which a reviewer works, with a large case: how many statements each asks, and how long it takes."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import event

from coprod.accounts.letting_in import PASSED
from coprod.accounts.models import Person
from coprod.database import db
from tests.bench import data, harness
from tests.bench.answer import sign_in
from tests.bench.harness import Figure
from tests.bench.targets import bare
from tests.support import large_case
from tests.support.client import Browser

MOST_QUERIES = 15
MOST_TIMES = 80


def figures(folder: Path, *, quick: bool) -> Iterable[Figure]:
    app = data.app_with_tables(folder)
    with app.app_context():
        case = large_case.made()
    client = Browser(app, app.response_class)
    sign_in(client, case.reviewer)
    _pass_second_step(client)
    rating, side_by_side = (f"/moderation/cases/{each}" for each in (case.rating, case.side_by_side))
    pages = {
        "The list of a case with 25 questions and 60 items": rating,
        "One of its questions": f"{rating}/LLE1",
        "All of it side by side": f"{side_by_side}/agree",
        "One difference": f"{side_by_side}/agree/LLE1",
    }
    for name, address in pages.items():
        yield from _page(client, name, address, rounds=20 if quick else 100)


def _page(client: Any, name: str, address: str, *, rounds: int) -> Iterable[Figure]:
    asked: list[str] = []
    with client.application.app_context():
        engine = db.engine

    def listen(*told: Any) -> None:
        asked.append(told[2])

    event.listen(engine, "before_cursor_execute", listen)
    answer = client.get(address)
    event.remove(engine, "before_cursor_execute", listen)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    queries = len(asked)
    yield Figure(f"{name}: statements", str(queries), "", "", f"at most {MOST_QUERIES}", queries <= MOST_QUERIES)
    hello = bare.test_client()
    shown, floor = harness.alternately(rounds, lambda: client.get(address).data, lambda: hello.get("/").data)
    yield harness.slower(f"{name}, beside the bare Flask page", shown, floor, at_most=MOST_TIMES)


def _pass_second_step(client: Any) -> None:
    """Reviewers owe a second step: here it counts as passed."""
    with client.session_transaction() as session, client.application.app_context():
        person = db.session.query(Person).filter_by(fs_uniquifier=session["_user_id"]).one()
        session[PASSED] = str(person.id)
