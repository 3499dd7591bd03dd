"""Two who decide at the same moment: each is decided on what is true by then, on both databases."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier
from uuid import uuid4

import pytest
from flask import Flask, request
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from coprod.accounts.models import Person
from coprod.database import db
from coprod.errors import Busy
from coprod.transaction import Again, again, transaction
from coprod.web.access import public
from tests.support import build
from tests.support.client import Client

pytestmark = pytest.mark.both_databases
MOST = 3


@pytest.fixture
def meet(engine: str) -> Callable[[], None]:
    """On PostgreSQL the first two meet between reading and writing. SQLite lets nobody in meanwhile."""
    barrier, met = Barrier(2, timeout=5), []

    def wait() -> None:
        if engine == "postgresql" and len(met) < 2:
            met.append(1)
            barrier.wait()

    return wait


def join(wait: Callable[[], None]) -> str:
    """At most three people: a rule that no row or constraint holds."""
    with transaction():
        if (db.session.scalar(select(func.count()).select_from(Person)) or 0) >= MOST:
            return "full"
        wait()
        db.session.add(Person(email=f"{uuid4()}@example.org", name="P", created_at=build.MOMENT))
    return "in"


def at_once(app: Flask, what: Callable[[], str]) -> list[str]:
    def one(_number: int) -> str:
        with app.app_context():
            try:
                return what()
            except Busy:
                return "busy"
            finally:
                db.session.remove()

    build.person("Ann One")
    build.person("Ben Two")
    db.session.commit()
    with ThreadPoolExecutor(2) as pool:
        found = sorted(pool.map(one, range(2)))
    db.session.expire_all()
    return found


def test_who_was_in_the_way_is_seen_when_it_is_decided_again(app, meet):
    assert at_once(app, lambda: again(lambda: join(meet))) == ["full", "in"]
    assert db.session.scalar(select(func.count()).select_from(Person)) == MOST


def test_where_nobody_stands_by_it_is_refused_in_words_and_nothing_is_half_done(app, meet, engine):
    refused = "busy" if engine == "postgresql" else "full"
    assert at_once(app, lambda: join(meet)) == sorted([refused, "in"])
    assert db.session.scalar(select(func.count()).select_from(Person)) == MOST


def test_a_rule_of_the_database_that_is_truly_broken_is_a_fault_and_not_tried_for_ever(app):
    build.person("Ann One")
    tries = []

    def same() -> None:
        tries.append(1)
        with transaction():
            db.session.add(Person(email="ann.one@example.org", name="P", created_at=build.MOMENT))

    with pytest.raises(IntegrityError):
        again(same)
    assert len(tries) == (2 if db.engine.dialect.name == "postgresql" else 1)


def test_a_page_whose_decision_is_made_again_is_answered_as_if_nothing_was(app):
    sent = []

    @app.post("/twice")
    @public
    def twice() -> str:
        sent.append(request.files["file"].stream.read())
        if len(sent) == 1:
            raise Again
        return "done"

    with app.test_request_context("/twice", method="POST", data={"file": (io.BytesIO(b"words"), "a.txt")}):
        assert app.dispatch_request() == "done"
    assert sent == [b"words"] * 2


def test_when_all_connections_are_in_use_the_page_says_so_and_heals(app, client: Client, engine):
    if engine == "sqlite":
        db.engine.dispose()
    db.session.remove()
    pool = db.engine.pool
    pool._timeout = 0.01
    with ExitStack() as held:
        for _ in range(pool.size() + max(0, pool._max_overflow)):
            held.enter_context(db.engine.connect())
        assert "Nothing you typed is lost" in client.get("/signatories", status=503).text
    client.get("/signatories")
