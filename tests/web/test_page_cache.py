"""Public pages are kept ready, and what the public sees is still right."""

import gzip
import shutil
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from uuid import uuid4

import pytest
from flask import abort, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import delete, insert, select, text, update

from coprod.app import create_app
from coprod.charter.models import Commitment
from coprod.database import db
from coprod.organisations.models import Organisation
from coprod.settings import Settings
from coprod.web import page_cache
from coprod.web.access import public, signed_in
from coprod.web.clock import today
from coprod.web.page_cache import PublicState
from coprod.web.visitors import has_own_pages
from tests.support import build

LONG = "words " * 1000


class Clock:
    """A clock that a test can move."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


class Site:
    """An app that keeps pages, with a page that says how often it was made."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.app = create_app(settings, TESTING=True, CLOCK=clock, RATELIMIT_ENABLED=False)
        self.made = 0
        self._routes()

    @property
    def http(self) -> FlaskClient:
        """A visitor without cookies."""
        return self.app.test_client(use_cookies=False)

    def says(self, address: str = "/kept") -> str:
        answer = self.http.get(address)
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    def _routes(self) -> None:
        @self.app.get("/kept")
        @public(cached=True)
        def kept() -> str:
            self.made += 1
            return f"{self.made} {today()} {LONG}"

        @self.app.get("/fresh")
        @public
        def fresh() -> str:
            self.made += 1
            return f"{self.made}"

        @self.app.get("/missing")
        @public(cached=True)
        def missing() -> str:
            self.made += 1
            abort(404)

        @self.app.get("/with-a-form")
        @public(cached=True)
        def with_a_form() -> str:
            self.made += 1
            session["csrf_token"] = f"secret {self.made}"
            return f"{session['csrf_token']}"

        @self.app.get("/with-a-token")
        @public(cached=True)
        def with_a_token() -> str:
            self.made += 1
            return f"{self.made} {generate_csrf()}"

        @self.app.get("/own")
        @signed_in
        def own() -> str:
            return "mine"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(
    settings: Settings, empty_database: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    monkeypatch.setattr(page_cache, "ASK_EVERY", 0)
    shutil.copy(empty_database, settings.instance / "coprod.sqlite3")
    site = Site(settings, clock)
    with site.app.app_context():
        yield site
        db.session.remove()
        db.engine.dispose()


def test_a_page_is_made_once_while_nothing_changes(site: Site) -> None:
    first = site.says()
    assert [site.says() for _ in range(3)] == [first] * 3
    assert site.made == 1


def test_a_page_has_its_own_copy_for_each_query(site: Site) -> None:
    assert site.says("/kept?kind=a") != site.says("/kept?kind=b")
    assert site.says("/kept?kind=a").startswith("1 ")


def test_a_change_to_what_the_public_sees_shows_at_once(site: Site) -> None:
    before = site.says()
    build.organisation()
    assert site.says() != before


def test_a_change_to_what_is_private_leaves_pages_as_they_are(site: Site) -> None:
    before = site.says()
    build.person()
    assert site.says() == before


def test_an_import_of_many_rows_shows_at_once(site: Site) -> None:
    before = site.says()
    db.session.execute(insert(Organisation), [_row("One"), _row("Two")])
    db.session.commit()
    assert site.says() != before


@pytest.mark.parametrize(
    "statement",
    [
        update(Organisation).values(town="Corby"),
        update(Organisation.__table__).values(town="Corby"),
        delete(Commitment),
    ],
)
def test_a_statement_over_a_public_table_counts_as_a_change(site: Site, statement: object) -> None:
    before = _version()
    db.session.execute(statement)  # type: ignore[call-overload]
    db.session.commit()
    assert _version() == before + 1


def test_a_change_that_is_undone_is_no_change(site: Site) -> None:
    before = site.says()
    db.session.add(Organisation(**_row("One")))
    db.session.flush()
    db.session.rollback()
    assert site.says() == before


def test_a_change_after_an_undone_savepoint_still_counts(site: Site) -> None:
    before = _version()
    savepoint = db.session.begin_nested()
    db.session.add(Organisation(**_row("One")))
    db.session.flush()
    savepoint.rollback()
    db.session.add(Organisation(**_row("Two")))
    db.session.commit()
    assert _version() == before + 1


def test_many_changes_in_one_transaction_are_one_version(site: Site) -> None:
    before = _version()
    for name in ("One", "Two", "Three"):
        db.session.add(Organisation(**_row(name)))
        db.session.flush()
    db.session.commit()
    assert _version() == before + 1


def test_a_new_day_makes_pages_anew(site: Site, clock: Clock) -> None:
    assert "2026-11-22" in site.says()
    clock.moment += timedelta(hours=14)
    assert "2026-11-23" in site.says()


def test_a_day_begins_at_midnight_in_england(site: Site, clock: Clock) -> None:
    clock.moment = datetime(2026, 6, 30, 22, 59, tzinfo=UTC)
    assert "2026-06-30" in site.says()
    clock.moment = datetime(2026, 6, 30, 23, 1, tzinfo=UTC)
    assert "2026-07-01" in site.says()


def test_another_process_sees_a_change_too(site: Site, settings: Settings, clock: Clock) -> None:
    other = Site(settings, clock)
    before = other.says()
    build.organisation()
    assert other.says() != before
    with other.app.app_context():
        db.engine.dispose()


def test_the_version_is_asked_at_most_twice_a_second(
    site: Site, settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_cache, "ASK_EVERY", 0.5)
    moments = iter([100.0, 100.4, 100.6])
    monkeypatch.setattr(page_cache.time, "monotonic", lambda: next(moments))
    before = site.says()
    build.organisation()
    assert site.says() == before
    assert site.says() != before


def test_somebody_with_a_session_gets_a_page_of_their_own(site: Site) -> None:
    site.says()
    answer = site.http.get("/kept", headers={"Cookie": "a=b; coprod_session=anything"})
    assert answer.get_data(as_text=True).startswith("2 ")
    assert site.says().startswith("1 ")


def test_whoever_only_opened_a_form_goes_on_getting_kept_pages(site: Site) -> None:
    """As the form on how pages look, which anybody may open and leave as it is."""
    kept = site.says()
    http = site.app.test_client()
    assert "Set-Cookie" in http.get("/reading").headers
    assert http.get("/kept").get_data(as_text=True) == kept
    assert site.made == 1
    assert http.get("/kept?kind=a").headers["Cache-Control"].startswith("public")
    assert site.says("/kept?kind=a").startswith("2 ")


def test_a_token_is_never_kept_for_others(site: Site) -> None:
    """Also where its owner had a session before, and so is not given one now."""
    http = site.app.test_client()
    http.get("/reading")
    pages = [http.get("/with-a-token") for _ in range(2)]
    assert "Set-Cookie" not in pages[1].headers
    assert [page.headers["Cache-Control"] for page in pages] == ["no-store"] * 2
    assert site.http.get("/with-a-token").get_data(as_text=True).startswith("3 ")


@pytest.mark.parametrize(
    "held",
    [
        {},
        {"csrf_token": "a", "_flashes": [("message", "Sent.")]},
        {"csrf_token": "a", "session": "a secret"},
        {"csrf_token": "a" * 40, "_flashes": [("message", "Sent. " * 300)]},
    ],
)
def test_a_session_that_holds_more_has_pages_of_its_own(site: Site, held: dict[str, object]) -> None:
    site.says()
    signer = site.app.session_interface.get_signing_serializer(site.app)
    for cookies in ("coprod_session={}", "coprod_session={}; coprod_session=e30.a.b"):
        answer = site.http.get("/kept", headers={"Cookie": cookies.format(signer.dumps(held))})
        assert not answer.get_data(as_text=True).startswith("1 ")


@pytest.mark.parametrize(
    "made_up",
    [
        "",
        "=",
        ".",
        ".e30",
        "\xff",
        "bnVsbA",
        urlsafe_b64encode(b"\xff\xfe").decode(),
        urlsafe_b64encode(b"[" * 9000).decode(),
        "." + urlsafe_b64encode(zlib.compress(b"[" * 1000)).decode(),
        "." + urlsafe_b64encode(zlib.compress(b"{" * 10**6)).decode(),
    ],
)
def test_a_session_that_somebody_made_up_is_never_a_fault(site: Site, made_up: str) -> None:
    assert has_own_pages(f"coprod_session={made_up}", "coprod_session")
    assert site.http.get("/kept", headers={"Cookie": f"coprod_session={made_up}"}).status_code == 200


def test_a_token_alone_is_known_packed_or_not(site: Site) -> None:
    signer = site.app.session_interface.get_signing_serializer(site.app)
    plain, packed = (signer.dumps({"csrf_token": token}) for token in (token_hex(20), "a" * 400))
    assert (plain[0], packed[0]) == ("e", ".")
    assert not any(has_own_pages(f"a=b; coprod_session={each}", "coprod_session") for each in (plain, packed))


def test_a_page_made_for_somebody_signed_in_is_never_kept_for_others(site: Site) -> None:
    who = build.person()
    http = site.app.test_client()
    page = http.get("/sign-in").get_data(as_text=True)
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    http.post("/sign-in", data={"email": who.email, "password": build.PASSWORD, "csrf_token": token})
    assert http.get("/own").status_code == 200
    mine = http.get("/kept")
    assert mine.headers["Cache-Control"] == "no-store"
    assert site.says() != mine.get_data(as_text=True)


def test_a_page_that_starts_a_session_is_neither_kept_nor_shared(site: Site) -> None:
    first, second = site.http.get("/with-a-form"), site.http.get("/with-a-form")
    assert first.get_data() != second.get_data()
    assert "Set-Cookie" in second.headers
    assert second.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("address", "status"), [("/fresh", 200), ("/missing", 404)])
def test_other_pages_are_made_each_time(site: Site, address: str, status: int) -> None:
    for _ in range(2):
        answer = site.http.get(address)
        assert answer.status_code == status
        assert answer.headers["Cache-Control"] == "no-store"
    assert site.made == 2


def test_a_host_that_is_not_ours_is_refused_also_when_the_page_is_kept(site: Site) -> None:
    site.says()
    assert site.http.get("/kept", headers={"Host": "evil.example"}).status_code == 400


def test_a_browser_that_has_the_page_is_told_so(site: Site) -> None:
    first = site.http.get("/kept")
    again = site.http.get("/kept", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.get_data() == b""
    assert "Content-Type" not in again.headers
    build.organisation()
    assert site.http.get("/kept", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_page_is_packed_for_who_can_unpack_it(site: Site) -> None:
    plain = site.http.get("/kept")
    packed = site.http.get("/kept", headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.get_data()) == plain.get_data()
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Cookie" in plain.headers["Vary"]


def test_asking_for_the_head_sends_no_body(site: Site) -> None:
    whole = site.http.get("/kept")
    for address in ("/kept", "/kept?x=1"):
        head = site.http.head(address)
        assert head.status_code == 200
        assert head.get_data() == b""
        assert head.headers["Content-Length"] == whole.headers["Content-Length"]


def test_a_kept_page_has_the_headers_that_protect_it(site: Site) -> None:
    site.says()
    kept = site.http.get("/kept").headers
    assert "default-src" in kept["Content-Security-Policy"]
    assert kept["X-Content-Type-Options"] == "nosniff"
    assert kept["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "X-Request-Id" not in kept


def test_very_long_questions_are_answered_but_not_kept(site: Site) -> None:
    address = f"/kept?q={'a' * 300}"
    assert site.says(address) != site.says(address)


def test_what_is_kept_has_a_limit(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_cache, "LARGEST_CACHE", 20_000)
    cache = site.app.wsgi_app
    assert isinstance(cache, page_cache.PageCache)
    for number in range(20):
        site.says(f"/kept?{number}")
    assert cache.held <= 20_000
    assert cache.held == sum(page.size for page in cache.pages.values())
    assert 0 < len(cache.pages) < 20


def test_kept_pages_go_on_being_served_while_the_database_is_away(site: Site) -> None:
    before = site.says()
    db.session.execute(text("ALTER TABLE public_state RENAME TO away"))
    db.session.commit()
    assert site.says() == before


def test_nothing_is_kept_when_the_app_is_told_so(settings: Settings, empty_database: Path) -> None:
    app = create_app(settings, KEEP_PAGES=False)
    assert not isinstance(app.wsgi_app, page_cache.PageCache)


def _row(name: str) -> dict[str, object]:
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    return {
        "id": uuid4(),
        "scheme": "urn",
        "value": str(uuid4().int)[:12],
        "name": name,
        "search_name": name.lower(),
        "slug": uuid4().hex,
        "kind": "primary",
        "added_at": moment,
    }


def _version() -> int:
    version = db.session.scalar(select(PublicState.version)) or 0
    db.session.rollback()
    return version
