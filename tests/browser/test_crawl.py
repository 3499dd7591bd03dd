"""Every page is found by links and forms, by somebody; its HTML is valid, and no two pages of one person share a title.

The demonstration is walked through by each of the people whom it offers, and by two more; then the two sides of
tests/support/world.py, where everything stands that a demonstration has no moment for. No browser is needed.
"""

import re
from collections import defaultdict
from html import unescape
from pathlib import Path

import pytest
from flask import Flask

from coprod.app import create_app
from coprod.demo.cast import PASSWORD
from tests.conftest import QUICK, Demonstration
from tests.support import nu, undoing
from tests.support.client import Client
from tests.support.shapes import Shapes
from tests.support.sides import Sides
from tests.support.undoing import Undoing
from tests.support.visitor import COOKIE, Seen, Visitor

pytestmark = pytest.mark.one_database

BASE, LETTERS = "http://localhost", "/demonstration/letters"
PEOPLE = {
    "contributor": ("tom.field",),
    "lead": ("priya.anand", "fern.lead", "helen.marsh", "dana.elder", "omar.haddad"),
    "reviewer": ("grace.obi", "lewis.hart", "noor.aziz"),
    "lead reviewer": ("mina.shah",),
    "coordinator": ("alex.morgan",),
    "newcomer": ("sal.newman",),
}

# What is no page, and what it is instead.
NO_PAGES = {
    "accounts.opened_files": "a table to download",
    "accounts.own_data_file": "one's own data to download",
    "accounts.who_could_see": "a table to download",
    "assessments.copy_document": "a PDF",
    "assessments.copy_workbook": "a spreadsheet",
    "assessments.pack_document": "a PDF",
    "assessments.report_document": "a PDF",
    "assessments.report_workbook": "a spreadsheet",
    "certificates.credential": "a credential for programs",
    "certificates.document": "a PDF",
    "changes.you_said_atom": "a feed",
    "changes.you_said_csv": "a table to download",
    "changes.you_said_json": "data for programs",
    "directory.badge": "a picture",
    "directory.badge_dark": "a picture",
    "directory.open_api": "data for programs",
    "directory.robots": "for search engines",
    "directory.signatories_atom": "a feed",
    "directory.signatories_csv": "a table to download",
    "directory.signatories_json": "data for programs",
    "directory.sitemap": "for search engines",
    "directory.sitemap_pages": "for search engines",
    "directory.sitemap_signatories": "for search engines",
    "framework.blank_document": "a PDF",
    "framework.blank_workbook": "a spreadsheet",
    "framework.pack_document": "a PDF",
    "health.live": "for whoever watches the server",
    "health.ready": "for whoever watches the server",
    "keys.listed": "keys for programs",
    "keys.one": "a key for programs",
    "moderation.letter": "a PDF",
    "moderation.time_csv": "a table to download",
    "register.head": "data for programs",
    "register.lines": "data for programs",
    "running.own_colours": "a style sheet",
    "running.security_txt": "for whoever finds a hole",
    "security.static": "files of the sign-in library, which answer nothing",
    "static": "style sheets, scripts and fonts",
    "accounts.elsewhere": "goes on to another site, where one is set",
    "accounts.back_from_elsewhere": "where that site sends people back to",
}

# Pages of moments that a walk does not have. tests/browser/test_pages.py looks at them, and these go through them.
OTHER_MOMENTS = {
    "accounts.prove": "asked of whoever signed in long ago: tests/accounts",
    "accounts.recover": "for whoever lost the second step that they had set up: tests/browser/test_ways_in.py",
    "accounts.verify": "for whoever has a second step: tests/browser/test_ways_in.py",
    "mail.stop": "in letters that come later, of reminders: tests/mail",
    "security.verify": "goes on to where somebody signs in again: tests/accounts",
}
SAME_PAGE = {"charter.ask_many": "charter.ask"}  # for several organisations, or for one

SENDING_IN, MANY = "assessments.submit", 12
# Somebody's session would end with the first, and with the second they would be somebody else.
LEFT_ALONE = {"security.logout", "accounts.demonstration"}
TYPED: dict[str, dict[str, object]] = {
    "security.login": {"email": "alex.morgan@example.org", "password": PASSWORD},
    "concerns.report": {"address": ""},
    "accounts.ask_for_link": {"email": "sal.newman@example.org"},
    "accounts.ask_for_password": {"email": "sal.newman@example.org"},
    "accounts.invite": {"email": "sal.newman@example.org"},  # Who has an account; others get invitations to the area.
}


class Walks:
    """What each person came to, and who gets a link or a letter from what they do: somebody without an account."""

    def __init__(self, app: Flask, database: Undoing) -> None:
        self.app = app
        self.live = database
        self.live.keep()
        self.family = self.visitor("")
        self.by: dict[str, list[Visitor]] = defaultdict(list)
        self.by["family"].append(self.family)

    def visitor(self, cookie: str) -> Visitor:
        return Visitor(self.app, BASE, cookie, files=NO_PAGES, typed=TYPED, left_alone=LEFT_ALONE)

    def walk(self, who: str, email: str) -> None:
        visitor = self.visitor(cookie_of(self.app, email) if email else "")
        self.live.keep()
        self.by[who].append(visitor)
        visitor.look_round("/")
        visitor.fill_in(self._is_heard_of)

    def _is_heard_of(self, visitor: Visitor) -> None:
        """Whoever gets links and letters opens them, and each of their forms; then everything is as it was."""
        after = self.live.noted()
        self.family.open(LETTERS)
        self.family.look_round(*visitor.handed)
        self.family.fill_in(lambda _: self.live.put_back(note=after))
        self.live.put_back()

    @property
    def pages(self) -> list[tuple[str, Seen]]:
        return [(who, page) for who, visitors in self.by.items() for visitor in visitors for page in visitor.pages]

    @property
    def reached(self) -> set[str]:
        return {view for visitors in self.by.values() for visitor in visitors for view in visitor.reached}


def cookie_of(app: Flask, email: str) -> str:
    with app.app_context():
        client = Client(app)
        client.sign_in(f"{email}@example.org", PASSWORD)
        cookie = client.http.get_cookie(COOKIE)
    assert cookie
    return cookie.value


@pytest.fixture(scope="module")
def walks(demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> Walks:
    settings = demonstration.copied(tmp_path_factory.mktemp("walked"))
    app = create_app(settings, **QUICK, RATELIMIT_ENABLED=False, KEEP_PAGES=False)
    walks = Walks(app, undoing.at(settings))
    for who, people in PEOPLE.items():
        for email in people:
            walks.walk(who, email)
    walks.walk("public", "")
    return walks


@pytest.fixture(scope="module")
def sides_walked(two_sides: Sides, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What people of the two sides come to, who have something in every state."""
    sides = Sides(tmp_path_factory.mktemp("sides"), like=two_sides)
    posts = {rule.endpoint for rule in sides.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    reached: set[str] = set()
    for who in ("lead", "reviewer", "lead reviewer", "coordinator"):
        cookie = sides.seats[who][0]
        visitor = Visitor(sides.app, BASE, cookie, files=NO_PAGES, left_alone=posts - {SENDING_IN}, alike=MANY)
        visitor.look_round("/")
        visitor.fill_in(lambda _: None)
        reached |= visitor.reached
    sides.close()
    return reached


def test_somebody_finds_every_page(walks: Walks, sides_walked: set[str]) -> None:
    there = {rule.endpoint for rule in walks.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert there - walks.reached - sides_walked - set(NO_PAGES) - set(OTHER_MOMENTS) == set()
    assert {*NO_PAGES, *OTHER_MOMENTS} <= there, "these are not there any more"
    assert not {page.endpoint for _, page in walks.pages} & set(NO_PAGES), "these are pages"


def test_no_link_leads_nowhere(walks: Walks) -> None:
    """But for links in letters: they are for somebody else, or lead to what is undone by then."""
    letters = "".join(page.source for _, page in walks.pages if page.endpoint == "mail.demonstration_letter")
    faults = {fault for visitors in walks.by.values() for visitor in visitors for fault in visitor.faults}
    assert not {fault for fault in faults if fault.split()[1] not in letters}


def test_titles_differ(walks: Walks) -> None:
    """Among all that one person sees, a title belongs to one view."""
    for who, visitors in walks.by.items():
        for visitor in visitors:
            seen = defaultdict(set)
            for page in visitor.pages:
                if page.status == 200:
                    seen[title(page.source)].add(SAME_PAGE.get(page.endpoint, page.endpoint))
            assert not {name: views for name, views in seen.items() if len(views) > 1}, who


def title(source: str) -> str:
    found = re.search(r"<title[^>]*>(.*?)</title>", source, re.DOTALL)
    return " ".join(unescape(found[1]).split()) if found else ""


def test_the_html_of_each_sort_of_page_is_valid(walks: Walks, tmp_path: Path) -> None:
    shapes = Shapes()
    different = [(who, page) for who, page in walks.pages if shapes.is_new(page.endpoint, page.source)]
    sources = {f"{page.endpoint}-{who}-{number}": page.source for number, (who, page) in enumerate(different)}
    assert len(sources) > 100
    assert not nu.faults(sources, tmp_path)
