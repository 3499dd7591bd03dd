"""What every answer carries, and what people see when something is refused or goes wrong."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import OperationalError

from coprod.database import db
from coprod.errors import Busy, WrongState
from coprod.web import access
from coprod.web.headers import POLICY
from tests.support import build
from tests.support.client import Client

ADDRESSES = ["/", "/sign-in", "/nothing-here", "/health/live", "/static/css/site.css", "/static/nothing.css"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_carries_the_security_headers(app, address):
    with app.test_client().get(address) as answer:
        headers = answer.headers
    assert headers["Content-Security-Policy"] == POLICY
    assert "unsafe" not in POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in POLICY


def test_a_host_that_is_not_ours_is_refused(app):
    answer = app.test_client().get("/", base_url="http://evil.example")
    assert answer.status_code == 400
    assert b"evil.example" not in answer.data


def test_pages_of_somebody_signed_in_are_never_kept(app, client: Client):
    build.person("Sam Reed")
    client.sign_in("sam.reed@example.org")
    assert client.get("/").response.headers["Cache-Control"] == "no-store"
    assert client.get("/start").response.headers["Cache-Control"] == "no-store"


def test_static_files_with_their_hash_may_be_kept_for_ever(app):
    with app.test_client().get("/static/css/site.css?v=1") as answer:
        assert "immutable" in answer.headers["Cache-Control"]


def test_a_missing_page_says_so_and_offers_a_way_on(client: Client):
    page = client.get("/nothing-here", status=404)
    assert page.h1 == "Page not found"
    assert "Go to the front page" in page.links()


def refusing(app, refusal: Exception) -> None:
    def view() -> str:
        raise refusal

    app._got_first_request = False
    app.add_url_rule("/refusing", "refusing", access.public(view))


@pytest.mark.parametrize(
    ("refusal", "status", "words"),
    [
        (WrongState(), 409, "This has moved on"),
        (Busy(), 503, "Nothing you typed is lost"),
        (OperationalError("SELECT", {}, Exception("disk I/O error")), 503, "Nothing you typed is lost"),
    ],
)
def test_a_refusal_is_a_page_in_plain_words(app, client: Client, refusal, status, words):
    refusing(app, refusal)
    page = client.get("/refusing", status=status)
    assert words in page.text
    assert "disk I/O" not in page.source
    assert ("Retry-After" in page.response.headers) is (status == 503)


def test_a_fault_of_the_program_shows_none_of_its_insides(app, client: Client):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    refusing(app, KeyError("a secret thing"))
    page = client.get("/refusing", status=500)
    assert page.h1 == "Sorry, something went wrong"
    assert "secret thing" not in page.source


def test_a_form_without_its_token_changes_nothing(app, client: Client):
    page = client.post("/sign-in", {"email": "a@example.org", "password": "x"}, status=400)
    assert "open for too long" in page.text


def test_ready_means_that_the_tables_are_there(app, client: Client):
    assert client.get("/health/ready").response.json == {"status": "ok"}
    from flask_migrate import downgrade

    downgrade(revision="base")
    assert client.get("/health/ready", status=503).response.json["status"].startswith("the database")
    assert client.get("/health/live").response.json == {"status": "ok"}


def test_somebody_at_another_name_of_this_machine_is_told_the_right_one(app):
    answer = app.test_client().get("/signatories", headers={"Host": "127.0.0.1:5000"})
    assert answer.status_code == 400
    assert answer.text == "Nothing is at this address. This site is at http://localhost\n"
    assert "evil.example" not in app.test_client().get("/", headers={"Host": "evil.example"}).text


def test_a_database_that_goes_away_once_the_answer_is_made_does_not_spoil_it(app, monkeypatch):
    def gone(_connection: object) -> None:
        raise db.engine.dialect.dbapi.OperationalError("server closed the connection unexpectedly")

    def ask() -> int:
        return app.test_client().get("/verify/0000-0000-0000-0000-0000-0000-0000").status_code

    with ThreadPoolExecutor(1) as elsewhere:  # Here, the test's own context would keep the session open.
        assert elsewhere.submit(ask).result() == 404
        monkeypatch.setattr(db.engine.dialect, "do_rollback", gone)
        assert elsewhere.submit(ask).result() == 404
