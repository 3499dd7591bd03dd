"""What goes wrong round about is said in plain words with 503, never as a fault. Reading goes on, and it heals."""

import io
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, select, text
from sqlalchemy.exc import OperationalError

from coprod import jobs
from coprod.assessments.models import Answer
from coprod.database import db
from coprod.mail.models import Letter
from coprod.register import queries as register
from coprod.settings import Settings
from tests.conftest import MOMENT, made
from tests.support import assessments, build, files
from tests.support.client import Client, Page

WORDS = "Nothing you typed is lost"


class Desk:
    """Somebody at work on an answer."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        where = build.organisation()
        build.sign_up(where)
        lead = build.lead_of(where)
        self.where: UUID = where.id
        self.draft: UUID = assessments.started(where, build.actor(lead.id)).id
        self.client = Client(app)
        self.client.sign_in(lead.email)

    def save(self, words: str, status: int = 200) -> Page:
        self.client.get(f"/assessments/{self.draft}/questions/RA1")
        return self.client.submit("Save and stay", status=status, rating="2", account=words)

    def reads(self) -> None:
        self.client.get("/signatories")
        self.client.get(f"/assessments/{self.draft}")

    def kept(self) -> str | None:
        db.session.rollback()
        return db.session.scalar(select(Answer.account).where(Answer.assessment_id == self.draft))

    def bears(self, fault: str) -> None:
        """A save is refused in words that keep what was typed; reading goes on."""
        page = self.save(fault, 503)
        assert WORDS in page.text
        assert fault in page.source
        self.reads()
        assert self.kept() == "Before"

    def heals(self) -> None:
        self.save("After")
        assert self.kept() == "After"
        assert register.verify_database().sound


@pytest.fixture
def desk(app: Flask) -> Desk:
    found = Desk(app)
    found.save("Before")
    return found


@contextmanager
def read_only(engine: str) -> Iterator[None]:
    """The whole database, for every connection."""
    name = db.engine.url.database
    begin, end = (
        (f'ALTER DATABASE "{name}" SET default_transaction_read_only = on', f'ALTER DATABASE "{name}" RESET ALL')
        if engine == "postgresql"
        else ("PRAGMA query_only = ON", "PRAGMA query_only = OFF")
    )

    def told(connection: Any, _record: Any) -> None:
        connection.execute(begin)

    if engine == "sqlite":
        event.listen(db.engine, "connect", told)
    else:
        _tell(begin)
    db.session.remove()
    db.engine.dispose()
    yield
    if engine == "sqlite":
        event.remove(db.engine, "connect", told)
    else:
        _tell(f"SET default_transaction_read_only = off; {end}")
    db.session.remove()
    db.engine.dispose()


def _tell(statement: str) -> None:
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for each in statement.split("; "):
            connection.execute(text(each))


@pytest.mark.both_databases
def test_a_read_only_database(desk: Desk, engine: str) -> None:
    with read_only(engine):
        desk.bears("While it was read-only")
    desk.heals()


@pytest.mark.both_databases
def test_a_database_that_somebody_else_holds(desk: Desk, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hold, wait = (
        ("LOCK TABLE public_state IN ACCESS EXCLUSIVE MODE", "SET lock_timeout = 10")
        if engine == "postgresql"
        else ("BEGIN IMMEDIATE", "PRAGMA busy_timeout = 10")
    )

    def impatient(connection: Any, _record: Any, _proxy: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(wait)
        cursor.close()
        connection.commit()

    event.listen(db.engine, "checkout", impatient)
    holder = db.engine.raw_connection()
    cursor = holder.cursor()
    cursor.execute(hold)
    page = desk.save("While it was held", 503)
    assert WORDS in page.text
    desk.client.get(f"/assessments/{desk.draft}")
    cursor.close()
    holder.rollback()
    holder.close()
    event.remove(db.engine, "checkout", impatient)
    db.session.remove()
    db.engine.dispose()
    desk.heals()


@pytest.mark.both_databases
def test_a_database_that_is_gone_while_somebody_is_signed_in(desk: Desk) -> None:
    """Nobody can be asked who they are, so the page that says so is everybody's."""

    def gone(*_given: Any) -> None:
        raise OperationalError("SELECT", {}, Exception("server closed the connection unexpectedly"))

    event.listen(db.engine, "before_cursor_execute", gone)
    for address in ("/start", f"/assessments/{desk.draft}", "/signatories"):
        assert WORDS in desk.client.get(address, status=503).text
    assert desk.app.test_client().get("/health/live").status_code == 200
    event.remove(db.engine, "before_cursor_execute", gone)
    desk.heals()


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of 12 MB, which only root can make."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    with tempfile.TemporaryDirectory(prefix="coprod-small-") as name:
        mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", name]
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"no small file system can be mounted here: {done.stderr}")
        yield Path(name)
        subprocess.run(["umount", "--lazy", name], check=True)  # noqa: S607  # as root's path has it


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path, engine: str) -> Settings:
    small = "small_disk" in request.fixturenames
    return made(request.getfixturevalue("small_disk") if small else tmp_path, smtp_host="127.0.0.1", smtp_port=9)


@pytest.mark.on_sqlite
def test_a_full_disk(small_disk: Path, desk: Desk) -> None:
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    statuses = set()
    for number in range(10):  # What was left of the last page may still take something.
        desk.client.get(f"/assessments/{desk.draft}/questions/RA1")
        words = f"{number}" * 3000
        page = desk.client.http.post(
            f"/assessments/{desk.draft}/questions/RA1", data=_typed(desk.client.page, words), follow_redirects=True
        )
        statuses.add(page.status_code)
    assert 503 in statuses
    assert statuses <= {200, 503}
    _uploaded(desk, status=503)
    desk.reads()
    assert desk.client.get("/signatories").text.count("Hazel Lane School")
    filler.unlink()
    desk.heals()
    _uploaded(desk, status=200)


def _typed(page: Page | None, words: str) -> dict[str, str]:
    assert page is not None
    hidden = {
        e.get("name"): e.get("value") for e in page.form("Save and stay").iter("input") if e.get("type") == "hidden"
    }
    return {**{str(name): value or "" for name, value in hidden.items()}, "rating": "2", "account": words, "go": "stay"}


def _uploaded(desk: Desk, *, status: int) -> None:
    desk.client.get(f"/organisations/{desk.where}/evidence/file")
    sent = {"file": (io.BytesIO(files.pdf()), "survey.pdf")}
    desk.client.post(f"/organisations/{desk.where}/evidence/file", sent, status=status)


def test_a_mail_server_that_is_down_slows_nobody_and_no_letter_is_lost(desk: Desk) -> None:
    build.letter(due_at=MOMENT - timedelta(hours=1))  # Before whatever else the tick finds to write.
    done = jobs.tick(now=lambda: MOMENT)
    assert any("could not be sent" in line for line in done.lines), done
    desk.heals()
    letter = db.session.scalars(select(Letter).where(Letter.receiver == "sam@example.org")).one()
    assert (letter.sent_at, letter.closed_at, letter.tries) == (None, None, 1)


@pytest.mark.parametrize("moved", [timedelta(hours=-1), timedelta(days=400), timedelta(days=-400)])
def test_a_clock_that_is_moved(app: Flask, desk: Desk, moved: timedelta) -> None:
    """Nothing breaks and nothing is lost: whoever was signed in signs in again where their session is over."""
    now: Callable[[], datetime] = app.config["CLOCK"]
    app.config["CLOCK"] = lambda: MOMENT + moved
    desk.client.get("/signatories")
    desk.client.get("/start")
    assert desk.kept() == "Before"
    assert jobs.tick(now=app.config["CLOCK"]).failed == []
    app.config["CLOCK"] = now
    assert register.verify_database().sound
    again = Desk.__new__(Desk)
    again.__dict__ |= desk.__dict__ | {"client": Client(app)}
    again.client.sign_in("ravi.lead@example.org")
    again.heals()
