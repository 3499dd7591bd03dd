"""Pages at their ends: nothing there yet, names as long as they may be, ten thousand rows, another language."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser

from coprod.app import create_app
from coprod.permissions import AreaRole
from tests.architecture.test_matrix import MATRIX, address, rules
from tests.bench import data
from tests.browser.conftest import free_port
from tests.browser.rounds import Round, Windows, answering, peopled
from tests.browser.test_crawl import NO_PAGES
from tests.conftest import MOMENT, QUICK, made
from tests.support import build, looks
from tests.support.client import Client
from tests.support.shapes import Shapes
from tests.support.sides import Sides
from tests.support.visitor import COOKIE
from tests.support.world import PEOPLE

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

ROWS = 10_000
LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch Donaudampfschifffahrtsgesellschaft "
# Names of things, and how much fits.
NAMED = {
    "organisations": ("name", 200),
    "people": ("name", 100),
    "change_records": ("title", 100),
    "evidence": ("title", 100),
    "plan_actions": ("what", 200),
}


@contextmanager
def served(folder: Path, empty: Path, browser: Browser) -> Iterator[tuple[Flask, Windows]]:
    """A deployment in which nothing is, and a browser for whoever is added."""
    base = f"http://localhost:{free_port()}"
    shutil.copytree(empty.parent, folder, dirs_exist_ok=True)
    config = QUICK | {"KEEP_PAGES": False, "RATELIMIT_ENABLED": False}
    app = create_app(made(folder, base_url=base, database_url=""), **config, CLOCK=lambda: MOMENT)
    windows = Windows(browser, base, {})
    with answering(app, base):
        yield app, windows
    windows.close()


@pytest.fixture
def deployment(tmp_path: Path, empty_database: Path, browser: Browser) -> Iterator[tuple[Flask, Windows]]:
    with served(tmp_path, empty_database, browser) as made:
        yield made


@pytest.fixture
def two(two_sides: Sides, tmp_path: Path, browser: Browser) -> Iterator[Round]:
    with peopled(two_sides, tmp_path, browser) as made:
        yield made


def test_pages_with_nothing_on_them(deployment: tuple[Flask, Windows]) -> None:
    app, windows = deployment
    with app.app_context():
        lead = build.lead_of(build.organisation("Hazel Lane School"))
        people = [build.person("Nell New"), build.person("Cora Ordinator", AreaRole.COORDINATOR), lead]
        people.append(build.person("Rita Reviewer", AreaRole.REVIEWER))
        emails = [person.email for person in people]
        place = build.organisation("Elm House").id, lead.memberships[0].organisation_id
        cookies = {email: cookie_of(app, email) for email in emails}
    windows.cookies = cookies
    plain = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    addresses = [str(rule) for rule in plain if rule.endpoint not in NO_PAGES]
    addresses += [f"/organisations/{place[1]}{end}" for end in ("", "/evidence", "/changes", "/charter", "/people")]
    found, shapes = [], Shapes()
    for who in ("public", *emails):
        http = app.test_client()
        if who in cookies:
            http.set_cookie(COOKIE, cookies[who])
        for where in addresses:
            answer = http.get(where)
            if answer.status_code == 200 and answer.mimetype == "text/html" and shapes.is_new(where, answer.text):
                page = windows.of(who)
                page.goto(windows.base + where)
                found += looks.look_at(page, f"empty{where.replace('/', '-')}-{who.split('.')[0]}", engine=False)
    assert [*found, *windows.complaints] == []


def cookie_of(app: Flask, email: str) -> str:
    client = Client(app)
    client.sign_in(email)
    cookie = client.http.get_cookie(COOKIE)
    assert cookie
    return cookie.value


def test_names_as_long_as_they_may_be(two: Round) -> None:
    for table, (column, most) in NAMED.items():
        name = (LONG * 3)[:most].strip()
        two.sides.undoing.write(f'UPDATE "{table}" SET "{column}" = ?', [name])  # noqa: S608  # our own names
    for method, rule in rules(two.sides.app):
        cells = dict(zip(PEOPLE, MATRIX[f"{method} {rule.endpoint}"][0].split(), strict=True))
        who = next((who for who in reversed(PEOPLE) if cells[who] == "200"), None)
        if method == "GET" and who and rule.endpoint not in NO_PAGES:
            page = two.windows.of(who)
            page.goto(two.windows.base + address(two.sides, rule, "own"))
            two.found += looks.look_at(page, f"long-{rule.endpoint}", engine=False)
    assert [*two.found, *two.windows.complaints] == []


def test_what_families_read_in_polish(two: Round) -> None:
    for end in (two.sides.world.own["secret"], "thank-you"):
        page = two.windows.of("public")
        page.goto(f"{two.windows.base}/confirm/{end}?lang=pl")
        two.found += looks.look_at(page, f"in-polish-{'thanked' if end == 'thank-you' else 'asked'}", language="pl")
    assert [*two.found, *two.windows.complaints] == []


def test_ten_thousand_signatories(deployment: tuple[Flask, Windows]) -> None:
    app, windows = deployment
    data.fill(app, ROWS)
    with app.app_context():
        windows.cookies = {"coordinator": cookie_of(app, build.person("Cora", AreaRole.COORDINATOR).email)}
    public = ("/", "/signatories", "/signatories?page=500", "/signatories?q=oak", "/you-said", "/data")
    found = []
    for who, addresses in {"public": public, "coordinator": ("/organisations", "/start")}.items():
        for where in addresses:
            page = windows.of(who)
            page.goto(windows.base + where)
            assert page.locator("h1").count() == 1
            name = "".join(letter if letter.isalnum() else "-" for letter in where)
            found += looks.look_at(page, f"many{name}-{who}")
    assert [*found, *windows.complaints] == []
