"""A log line is one line of JSON with identifiers only: nobody forges one, and nobody is named in one."""

import errno
import io
import json
import logging
import shutil
import sys

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from coprod.app import create_app
from coprod.database import db
from coprod.web import access
from tests.conftest import MOMENT, made
from tests.support import build

FORGED = '\r\n{"event": "forged", "level": "info"}\r\n'

# What each database says of a person without a name.
IN_THE_DRIVERS_WORDS = {"sqlite": ("IntegrityError", "SQLITE_CONSTRAINT"), "postgresql": ("NotNullViolation", "23502")}


def test_nobody_writes_into_the_log(tmp_path, empty_database, capsys):
    shutil.copy(empty_database, tmp_path / "coprod.sqlite3")
    app = create_app(made(tmp_path), KEEP_PAGES=False, CLOCK=lambda: MOMENT, RATELIMIT_ENABLED=False)
    with app.app_context():
        build.person("Sam Reed")
        http = app.test_client()
        token = http.get("/sign-in").text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        data = {"email": f"sam.reed@example.org{FORGED}", "password": f"x{FORGED}", "csrf_token": token}
        for where in ("/%0d%0aforged", "/verify/%0d%0aforged", f"/sign-in?next=/start%0d%0aX-Bad:%20forged&{FORGED!r}"):
            assert "X-Bad" not in http.get(where, environ_base={"HTTP_USER_AGENT": FORGED}).headers
        http.post("/sign-in", data=data, environ_base={"HTTP_USER_AGENT": FORGED, "HTTP_X_REQUEST_ID": FORGED})
        db.session.remove()
        db.engine.dispose()
    lines = [line for line in capsys.readouterr().err.splitlines() if line.strip()]
    assert len(lines) >= 4
    for line in lines:
        assert isinstance(json.loads(line), dict), line
        for private in ("forged", "sam.reed", "127.0.0.1"):
            assert private not in line


def test_a_fault_is_told_by_its_kind_and_place_and_not_by_what_somebody_wrote(tmp_path, empty_database, capsys, engine):
    """Neither its message, nor the words of what it came from, nor the address, which may hold a secret."""
    shutil.copy(empty_database, tmp_path / "coprod.sqlite3")
    app = create_app(made(tmp_path), KEEP_PAGES=False, RATELIMIT_ENABLED=False)

    def breaks(**values: object) -> str:
        try:
            db.session.execute(text("INSERT INTO people (email) VALUES (:email)"), {"email": "sam.reed@example.org"})
        except IntegrityError:
            logging.getLogger("some.library").warning("could not keep %s", "sam.reed@example.org")
            raise ValueError("Sam Reed wrote this") from None
        return ""

    app.view_functions["mail.stop"] = access.public(breaks)
    assert app.test_client().get("/letters/stop/a-secret").status_code == 500
    with app.app_context():
        db.engine.dispose()
    said = capsys.readouterr().err
    lines = [json.loads(line) for line in said.splitlines()]
    fault = next(line for line in lines if line["event"] == "fault")
    kinds = [each["kind"].rpartition(".")[2] for each in fault["fault"]]
    drivers, why = IN_THE_DRIVERS_WORDS[engine]
    assert kinds == ["ValueError", "IntegrityError", drivers]
    assert fault["fault"][1]["why"] == why
    assert fault["endpoint"] == "mail.stop"
    assert any("test_log_lines.py" in place and place.endswith(" breaks") for place in fault["fault"][0]["at"])
    assert any(line["event"] == "could not keep %s" for line in lines)
    assert {line["request"] for line in lines} == {fault["request"]}
    for private in ("sam.reed", "Sam Reed", "a-secret", "INSERT"):
        assert private not in said


class FullDisk(io.StringIO):
    def write(self, _words: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_log_that_can_not_be_written_keeps_nobody_from_their_answer(tmp_path, empty_database, monkeypatch, capsys):
    shutil.copy(empty_database, tmp_path / "coprod.sqlite3")
    with monkeypatch.context() as full:
        full.setattr(sys, "stderr", FullDisk())
        app = create_app(made(tmp_path), KEEP_PAGES=False, RATELIMIT_ENABLED=False)
        assert app.test_client().get("/signatories").status_code == 200
    assert app.test_client().get("/signatories").status_code == 200
    with app.app_context():
        db.engine.dispose()
    assert [json.loads(line)["status"] for line in capsys.readouterr().err.splitlines()] == [200]
