"""How long the forms of signing in take for an address that has an account, beside one that has none.

Each try has an address of its own and comes from another place, so that nothing slows it down but its own work. The
two take turns, so that a busy moment of the machine hits both alike.
"""

import re
import statistics
import time
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask

from coprod.accounts.models import Person
from coprod.database import db
from tests.bench import data, harness
from tests.bench.harness import Figure
from tests.support import build
from tests.support.client import Browser

TRIES = 200
FORMS = {
    "A wrong password": ("/sign-in", {"password": "not the right password"}),
    "A link to sign in": ("/sign-in/link", {}),
    "A new password": ("/password/forgotten", {}),
}


def figures(folder: Path, *, quick: bool) -> Iterable[Figure]:
    app = data.app_with_tables(folder)
    tries = 30 if quick else TRIES
    with app.app_context():
        _people(tries + 1)
    for name, (address, typed) in FORMS.items():
        known = _trying(app, address, typed, "known")
        unknown = _trying(app, address, typed, "nobody")
        clock, processor = _in_turns(tries, known, unknown)
        yield _apart(f"{name}, beside an unknown account", clock)
        yield _apart("  the same, by the processor's own clock", processor)


def _people(number: int) -> None:
    first = build.person("Somebody 0", email="known0@example.org")
    for each in range(1, number):
        db.session.add(
            Person(
                email=f"known{each}@example.org",
                name=f"Somebody {each}",
                password=first.password,
                created_at=build.MOMENT,
            )
        )
    db.session.commit()


def _trying(app: Flask, address: str, typed: dict[str, str], who: str) -> Callable[[], object]:
    client, numbers = Browser(app, app.response_class), count()
    page = client.get(address).text
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if not found:
        raise RuntimeError(f"{address} has no form")

    def send() -> Any:
        number = next(numbers)
        form = {"csrf_token": found[1], "email": f"{who}{number}@example.org"} | typed
        place = {"REMOTE_ADDR": f"10.{number // 250}.{number % 250}.{1 if who == 'known' else 2}"}
        answer = client.post(address, data=form, environ_base=place)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
        return answer

    return send


def _in_turns(tries: int, *tasks: Callable[[], object]) -> tuple[list[float], list[float]]:
    """The median seconds of each task, on the wall's clock and the processor's; each goes first every other time."""
    for task in tasks:
        task()
    wall: list[list[float]] = [[] for _ in tasks]
    work: list[list[float]] = [[] for _ in tasks]
    order = list(range(len(tasks)))
    for _ in range(tries):
        order.reverse()
        for which in order:
            begun, worked = time.perf_counter(), time.process_time()
            tasks[which]()
            wall[which].append(time.perf_counter() - begun)
            work[which].append(time.process_time() - worked)
    return [statistics.median(each) for each in wall], [statistics.median(each) for each in work]


def _apart(name: str, medians: list[float]) -> Figure:
    known, unknown = medians
    apart = abs(known - unknown) / unknown
    return Figure(
        name,
        harness.milliseconds(known),
        harness.milliseconds(unknown),
        f"{apart:.1%}",
        "less than 5 % apart",
        apart < 0.05,
    )
