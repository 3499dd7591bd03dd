"""Pages for everybody come from a PostgreSQL that follows the main one, and are never older than they may be."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import g
from flask_migrate import upgrade
from sqlalchemy import create_engine, event, text

from coprod.app import create_app
from coprod.database import db
from coprod.running import checks
from coprod.web import page_cache, tries
from tests.conftest import MOMENT, QUICK, made
from tests.support import build, postgres
from tests.support.client import Client

FOLLOWED = "-c fsync=off -c wal_level=replica -c max_wal_senders=4 -c hot_standby=on"


class Pair:
    """A main server and one that follows it, and an app that knows both."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.main, self.replica = (postgres.Server(programs, FOLLOWED) for _ in range(2))
        self.main.make()
        self.main.start()
        address = postgres.make_database(self.main.folder, "coprod")
        self.replica.follow(self.main)
        self.replica.start()
        self.address = postgres.address(self.replica.folder, "coprod")
        self.app = create_app(
            made(folder, database_url=address, replica_url=self.address),
            **QUICK,
            CLOCK=lambda: MOMENT,
            RATELIMIT_ENABLED=False,
        )
        self.known: tries.Replica = self.app.extensions[tries.REPLICA]
        self.asked: list[str] = []
        event.listen(self.known.engine, "before_cursor_execute", lambda *told: self.asked.append(told[2]))

    def tell_replica(self, statement: str) -> None:
        engine = create_engine(self.address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def catch_up(self) -> None:
        """Wait until the replica has seen what was written."""
        with db.engine.connect() as connection:
            place = connection.execute(text("SELECT pg_current_wal_flush_lsn()")).scalar()
        engine = create_engine(self.address)
        with engine.connect() as connection:
            for _ in range(500):
                if connection.execute(text(f"SELECT pg_last_wal_replay_lsn() >= '{place}'")).scalar():
                    break
                connection.execute(text("SELECT pg_sleep(0.01)"))
        engine.dispose()

    def says(self, address: str = "/signatories") -> str:
        """What a visitor without cookies is shown."""
        for name in list(g):  # A test holds one context open, but what one request found out is not the next one's.
            g.pop(name)
        answer = self.app.test_client(use_cookies=False).get(address)
        assert answer.status_code == 200, answer.text
        return answer.text

    def asked_for_pages(self) -> bool:
        """Whether anything but how up to date it is was asked of the replica since the last time."""
        found = [statement for statement in self.asked if not statement.startswith("SELECT public_state.version")]
        self.asked.clear()
        return bool(found)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    programs = postgres.programs()
    if programs is None:
        pytest.skip(postgres.NOT_HERE)
    pair = Pair(tmp_path_factory.mktemp("pair"), programs)
    with pair.app.app_context():
        upgrade()
        build.sign_up(build.organisation("Ash School"))
        yield pair
        db.session.remove()
        db.engine.dispose()
    pair.known.engine.dispose()
    pair.replica.remove()
    pair.main.remove()


@pytest.fixture
def pair(servers: Pair, monkeypatch: pytest.MonkeyPatch) -> Pair:
    """Both up, the replica caught up, and nothing kept."""
    monkeypatch.setattr(page_cache, "ASK_EVERY", 0)
    servers.known.asked_from = 0
    servers.catch_up()
    servers.asked.clear()
    return servers


def standing() -> str:
    """What the coordinator reads of it."""
    return next(each.words for each in checks.answers(now=MOMENT) if each.name == "Replica")


def test_pages_for_everybody_are_read_there_and_what_is_private_is_not(pair: Pair) -> None:
    assert "Ash School" in pair.says()
    assert pair.asked_for_pages()
    client = Client(pair.app)
    client.sign_in(build.person("Sam Reed").email)
    pair.catch_up()
    pair.asked.clear()
    client.get("/signatories")
    client.get("/start")
    assert not pair.asked


def test_a_replica_that_is_behind_shows_nothing_old(pair: Pair) -> None:
    pair.tell_replica("SELECT pg_wal_replay_pause()")
    build.sign_up(build.organisation("Beech School"))
    assert "Beech School" in pair.says()
    assert not pair.asked_for_pages()
    assert standing().startswith("It is behind. Pages for everybody are read from the main")
    pair.tell_replica("SELECT pg_wal_replay_resume()")
    pair.catch_up()
    assert standing() == "It answers, and is up to date."
    assert "Beech School" in pair.says("/signatories?kind=primary")
    assert pair.asked_for_pages()


def test_a_replica_that_is_lost_is_done_without_and_asked_again_later(pair: Pair) -> None:
    pair.replica.stop()
    build.sign_up(build.organisation("Cedar School"))
    assert "Cedar School" in pair.says()
    assert pair.known.asked_from > 0
    assert standing().startswith("It does not answer.")
    pair.replica.start()
    pair.catch_up()
    pair.asked.clear()
    pair.says("/signatories?kind=special")
    assert not pair.asked
    pair.known.asked_from = 0
    assert "Cedar School" in pair.says("/signatories?q=cedar")
    assert pair.asked_for_pages()


def test_reading_goes_on_when_the_main_one_is_lost(pair: Pair) -> None:
    pair.says("/you-said")
    db.session.remove()
    pair.main.stop()
    try:
        assert "Ash School" in pair.says("/signatories?q=ash")
    finally:
        pair.main.start()
