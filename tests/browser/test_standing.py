"""A head signs by the link in a letter; from then on every public place says the same of the school, as time goes by.

The server runs in this process, so that its clock is one that the test sets.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from shutil import copy, copytree
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from coprod import jobs
from coprod.accounts.models import Person
from coprod.app import create_app
from coprod.certificates.models import Certificate
from coprod.charter import operations as charter
from coprod.charter import queries
from coprod.charter.rules import Promised
from coprod.database import db
from coprod.organisations.models import Organisation
from coprod.permissions import AreaRole
from coprod.transaction import transaction
from coprod.web.clock import day_of
from tests.browser.conftest import Site, free_port
from tests.browser.test_journey import fill_day, sign_in
from tests.conftest import made
from tests.support import build, looks
from tests.support.letters import letters_to, links_in

HEAD, LEAD = "helen.head@example.org", "ravi.lead@example.org"
NAME = "Hazel Lane School"
A_SECOND = 1000  # thousandths
Window = Callable[..., Page]

pytestmark = pytest.mark.browser


@dataclass
class Clock:
    """What time the server thinks it is."""

    now: datetime = build.MOMENT

    def __call__(self) -> datetime:
        return self.now

    @property
    def today(self) -> date:
        return day_of(self.now)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(tmp_path: Path, empty_database: Path, clock: Clock) -> Iterator[Site]:
    """A deployment of its own, pages kept as in production."""
    copy(empty_database, tmp_path / "coprod.sqlite3")
    copytree(empty_database.parent / "keys", tmp_path / "keys")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    app = create_app(made(tmp_path, base_url=address), CLOCK=clock)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(address, tmp_path, app)
    server.shutdown()
    thread.join()


@dataclass(frozen=True)
class Said:
    """What each public place says of the school."""

    listed: bool
    profile: str
    badge: str
    verify: str


SIGNED = Said(True, "Signed up", "Signed the charter", "Valid")
OVERDUE = Said(True, "Check-in overdue", "Check-in overdue", "Valid")
LAPSED = Said(False, "Lapsed", "Lapsed", "Lapsed on 20 February 2028")
WITHDRAWN = Said(False, "Withdrawn", "Withdrawn", "Withdrawn on 1 March 2028")
REVOKED = Said(False, "The area took its signing back on", "Withdrawn", "Revoked on 1 March 2028")


@pytest.fixture
def school(site: Site) -> UUID:
    with site.app.app_context():
        where = build.organisation(NAME)
        build.lead_of(where)
        build.person("Cora Ordinator", AreaRole.COORDINATOR)
        return where.id


def test_every_public_place_follows_a_sign_up_through_its_life(
    site: Site, school: UUID, clock: Clock, person: Window
) -> None:
    lead, public = person(), person()
    sign_in(lead, LEAD)
    fill_in_for_the_head(lead, school, clock)
    everywhere_says(public, site, school, None)
    sign_by_letter(person(viewport={"width": 390, "height": 844}), site)
    everywhere_says(public, site, school, SIGNED)
    found_in_public(public)

    with site.app.app_context(), transaction():
        charter.record_assessment(school, today=clock.today)
    clock.now += timedelta(days=365 + 30)
    everywhere_says(public, site, school, SIGNED)
    clock.now += timedelta(days=1)
    everywhere_says(public, site, school, OVERDUE)
    clock.now += timedelta(days=59)
    everywhere_says(public, site, school, OVERDUE)
    clock.now += timedelta(days=1)
    everywhere_says(public, site, school, LAPSED)
    with site.app.app_context():
        assert jobs.do_due(now=clock.now, today=clock.today).failed == []
    everywhere_says(public, site, school, LAPSED)

    clock.now = clock.now.replace(month=3, day=1)
    first = code_of(site, school)
    sign_again(site, school, clock)
    everywhere_says(public, site, school, SIGNED)
    assert "Lapsed on 20 February 2028" in public.request.get(f"/verify/{first}").text()

    withdraw(lead, school)
    everywhere_says(public, site, school, WITHDRAWN)
    clock.now += timedelta(hours=1)
    sign_again(site, school, clock)
    everywhere_says(public, site, school, SIGNED)
    revoke(site, school, clock)
    everywhere_says(public, site, school, REVOKED)


NAMES = (
    "Llanfairpwllgwyngyll" * 10,
    ("The Bartholomew Featherstonehaugh Memorial Academy for Children " * 4)[:200].strip(),
    ("مدرسة الأمل للتعليم الخاص والتربية الشاملة " * 6)[:200].strip(),
    "ਗੁਰਮੁਖੀ ਸਕੂਲ" * 16,
    "北安普敦郡中文学校特殊教育" * 15,
    "Sunflower 🌻 Nursery 👩‍👧‍👦 École Łódź",
)
TOO_WIDE = """() => [...document.querySelectorAll("h1, h2, h3, p, a, dd, dt, li, label, legend, button, summary, img")]
    .filter(each => each.offsetParent && each.getBoundingClientRect().right > innerWidth + 1)
    .map(each => each.outerHTML.slice(0, 200))"""


def test_names_of_any_length_and_script_stay_inside_a_narrow_window(site: Site, person: Window) -> None:
    with site.app.app_context():
        places = [build.organisation(name) for name in NAMES]
        lead = build.lead_of(places[0])
        for place in places[1:]:
            build.membership(lead, place)
        for place in places:
            build.sign_up(place)
        pages = ["/signatories", "/charter"]
        pages += [f"/signatories/{place.slug}{end}" for place in places for end in ("", "/concern")]
        pages += [f"/organisations/{place.id}/charter{end}" for place in places for end in ("", "/withdraw")]
    narrow = person(viewport={"width": 320, "height": 800})
    sign_in(narrow, LEAD)
    for address in pages:
        narrow.goto(address)
        assert narrow.evaluate(TOO_WIDE) == [], address


def fill_in_for_the_head(page: Page, school: UUID, clock: Clock) -> None:
    page.goto(f"/organisations/{school}/charter/sign")
    page.get_by_role("link", name="Fill it in for them").click()
    for label, words in {
        "Name of your senior lead": "Sana Senior",
        "Name of your link with families": "Lin Link",
        "Name of the person who signs": "Helen Head",
        "Their role": "Head teacher",
        "Their e-mail address": HEAD,
    }.items():
        page.get_by_label(label).fill(words)
    for number in (1, 2, 3):
        part = page.get_by_role("group", name=f"Commitment {number}", exact=True)
        part.get_by_label("What you promise").fill(f"We tell families what happened, part {number}")
        fill_day(page, "By when", clock.today + timedelta(days=300), nth=number - 1)
    page.get_by_label("This one is about telling families what happened").first.check()
    looks.check(page, "charter-fill-in-for-others")
    page.get_by_role("button", name="Send it to the person who signs").click()
    expect(page.get_by_text("Waiting for Helen Head to sign.")).to_be_visible()
    looks.check(page, "charter-waiting")


def sign_by_letter(head: Page, site: Site) -> None:
    with site.app.app_context():
        (link,) = links_in(letters_to(HEAD)[-1])
    head.goto(link)
    looks.check(head, "charter-sign-by-letter")
    expect(head.get_by_text("You sign as Helen Head, Head teacher")).to_be_visible()
    head.get_by_role("button", name="Sign the charter").click()
    expect(head.get_by_role("alert")).to_contain_text("Tick the box to agree to the declaration")
    head.get_by_label("I agree to this declaration").check()
    head.get_by_role("button", name="Sign the charter").click()
    expect(head.get_by_role("heading", level=1)).to_have_text("Thank you for signing")
    head.goto(link)
    expect(head.get_by_role("heading", level=1)).to_have_text("This link does not work any more")


def everywhere_says(page: Page, site: Site, school: UUID, said: Said | None) -> None:
    """All of them are asked once the second is over that a page may be kept for."""
    page.wait_for_timeout(A_SECOND)
    with site.app.app_context():
        slug = db.session.get_one(Organisation, school).slug
    profile, badge = (page.request.get(f"/signatories/{slug}{end}") for end in ("", "/badge.svg"))
    rows: list[dict[str, Any]] = page.request.get("/signatories.json").json()["signatories"]
    listed = f'href="/signatories/{slug}"' in page.request.get("/signatories").text()
    if said is None:
        assert (listed, rows, profile.status, badge.status) == (False, [], 404, 404)
        return
    assert listed is said.listed
    assert [(row["name"], row["status"]) for row in rows] == ([(NAME, said.profile)] if said.listed else [])
    assert said.profile in profile.text().split('class="hero"')[1].split("<h2")[0]
    assert f">{said.badge}</text>" in badge.text()
    assert f'<p class="note__title">{said.verify}</p>' in page.request.get(f"/verify/{code_of(site, school)}").text()


def found_in_public(page: Page) -> None:
    page.goto("/signatories")
    page.get_by_role("link", name=NAME).click()
    expect(page.locator(".hero")).to_contain_text("Signed up")
    looks.check(page, "signatory-signed")
    page.get_by_role("link", name="Report a concern about Hazel Lane School").click()
    looks.check(page, "report-a-concern")
    page.go_back()
    page.get_by_role("link", name="Check it").click()
    expect(page.locator(".note__title").first).to_have_text("Valid")


def code_of(site: Site, school: UUID) -> str:
    """The number on the school's newest certificate."""
    with site.app.app_context():
        sign_up = queries.latest(school)
        assert sign_up is not None
        return db.session.get_one(Certificate, sign_up.certificate_id).code


def sign_again(site: Site, school: UUID, clock: Clock) -> None:
    with site.app.app_context(), transaction():
        due = clock.today + timedelta(days=300)
        charter.sign(
            db.session.get_one(Organisation, school),
            senior_lead="Sana Senior",
            family_link="Lin Link",
            signatory_name="Ravi Lead",
            signatory_role="Head teacher",
            agreed=True,
            commitments=[Promised(f"Promise {number}", due, about_feedback=number == 1) for number in (1, 2, 3)],
            actor=person_called("Ravi Lead"),
            now=clock.now,
            today=clock.today,
        )


def withdraw(page: Page, school: UUID) -> None:
    sign_in(page, LEAD)
    page.goto(f"/organisations/{school}/charter")
    page.get_by_role("link", name="Withdraw from the charter").click()
    page.get_by_role("button", name="Withdraw from the charter").click()
    expect(page.get_by_text("You have withdrawn from the charter.")).to_be_visible()


def revoke(site: Site, school: UUID, clock: Clock) -> None:
    with site.app.app_context(), transaction():
        sign_up = queries.needed(school)
        assert sign_up.certificate is not None
        charter.revoke(
            sign_up.certificate,
            why="Somebody signed who may not.",
            actor=person_called("Cora Ordinator"),
            now=clock.now,
            today=clock.today,
        )


def person_called(name: str) -> Any:
    return db.session.query(Person).filter_by(name=name).one().actor
