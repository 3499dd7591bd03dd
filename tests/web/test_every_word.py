"""Every page speaks a made-up language whole: what is neither its words, nor somebody's own, nor data, was missed.

The demonstration is walked through by one person of each role, who opens a page of each view and sends each form
twice: empty, for what it then says, and filled in. So are the two sides of tests/support/world.py.
What is stored in English and has no moment there is shown by itself: faults of letters, jobs, checks and devices.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask import Flask
from lxml.html import HtmlElement

from coprod import jobs
from coprod.accounts import devices
from coprod.accounts.models import Person
from coprod.app import create_app
from coprod.job_runs import note_failure
from coprod.mail.faults import Why
from coprod.permissions import AreaRole
from coprod.running import checks
from coprod.web import deployment
from coprod.web.languages import IN_ADDRESS, LANGUAGES
from tests.browser.test_crawl import BASE, LEFT_ALONE, NO_PAGES, TYPED, cookie_of
from tests.conftest import MOMENT, QUICK, Demonstration
from tests.support import build, undoing
from tests.support.client import Client
from tests.support.marking import MARKED, ROOT, Data, gathered, mark, marking, missed
from tests.support.sides import Sides
from tests.support.undoing import Undoing
from tests.support.visitor import Visitor
from tests.support.wording import HERE

pytestmark = pytest.mark.one_database

PEOPLE = {
    "public": "",
    "newcomer": "sal.newman",
    "contributor": "tom.field",
    "lead": "priya.anand",
    "lead of a result": "helen.marsh",
    "lead who is asked for more": "dana.elder",
    "reviewer": "grace.obi",
    "lead reviewer": "mina.shah",
    "coordinator": "alex.morgan",
}
OF_THE_SIDES = ("contributor", "lead", "reviewer", "lead reviewer", "coordinator")
# The same in every language.
NAMES = (
    *(name for _, name in devices.BROWSERS),
    "localhost",
    "English",
    "Polski",
    "Open Government Licence v3.0",
    "Aa",
    "URN",
    "UKPRN",
    "Coprod",
    "SQLite",
    "PostgreSQL",
)
TYPED_WORDS = "Words that were typed"  # nothing that a page says by itself


@dataclass
class Foreigner(Visitor):
    """Reads each page in the made-up language."""

    undo: Callable[[], None] = lambda: None

    def _hear_of(self, link: str) -> None:
        parts = urlsplit(link)
        asked = [(name, value) for name, value in parse_qsl(parts.query) if name != IN_ADDRESS]
        super()._hear_of(parts._replace(query=urlencode([*asked, (IN_ADDRESS, HERE)])).geturl())

    def _send(self, at: str, data: dict[str, Any], form: HtmlElement) -> None:
        seen = {each.get("name") for each in form.iter("input", "select", "textarea") if each.get("type") != "hidden"}
        super()._send(at, {name: value for name, value in data.items() if name not in seen}, form)
        self.undo()
        super()._send(at, {name: TYPED_WORDS if value == "school" else value for name, value in data.items()}, form)
        self.undo()


class Kept:
    """A database, and how it was."""

    def __init__(self, live: Undoing) -> None:
        self.live = live
        self.keep()

    def keep(self) -> None:
        self.note = self.live.noted()
        self.version = self.live.moved()

    def undo(self, first: Callable[[Undoing], None]) -> None:
        """Put it back, where somebody changed it; `first` sees what it is by then."""
        if self.live.moved() != self.version:
            first(self.live)
            self.live.put_back(note=self.note)
            self.version = self.live.moved()


@pytest.fixture(scope="module")
def pages(demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """What was missed on the pages of each view of the demonstration."""
    folder = tmp_path_factory.mktemp("spoken")
    settings = demonstration.copied(folder)
    app = create_app(settings, **QUICK, RATELIMIT_ENABLED=False, KEEP_PAGES=False)
    return walked(app, undoing.at(settings), [cookie_of(app, email) if email else "" for email in PEOPLE.values()])


@pytest.fixture(scope="module")
def other_pages(two_sides: Sides, tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The same of the two sides, who have something in every state."""
    sides = Sides(tmp_path_factory.mktemp("sides_spoken"), like=two_sides)
    found = walked(sides.app, sides.undoing, [sides.seats[who][0] for who in OF_THE_SIDES], alike=6)
    sides.close()
    return found


def walked(app: Flask, database: Undoing, cookies: list[str], *, alike: int = 1) -> dict[str, set[str]]:
    app.extensions[LANGUAGES][HERE] = marking()
    settings = app.extensions[deployment.SETTINGS]
    data = Data(ROOT / "frameworks", (*NAMES, settings.area_name, settings.forum_name, settings.contact_email))
    kept = Kept(database)
    found: dict[str, set[str]] = defaultdict(set)
    for cookie in cookies:
        visitor = Foreigner(app, BASE, cookie, files=NO_PAGES, typed=TYPED, left_alone=LEFT_ALONE, alike=alike, times=1)
        visitor.look_round("/")
        kept.keep()
        data.learn(kept.live)
        visitor.undo = partial(kept.undo, data.learn)
        visitor.fill_in(lambda _: None)
        for page in visitor.pages:
            found[page.endpoint] |= set(missed(page.source, data))
    return found


def test_no_word_is_missed(pages):
    assert len(pages) > 140
    assert not {page: sorted(texts) for page, texts in pages.items() if texts}


def test_no_word_is_missed_of_what_has_no_moment_in_a_demonstration(other_pages):
    assert len(other_pages) > 100
    assert not {page: sorted(texts) for page, texts in other_pages.items() if texts}


@pytest.fixture
def coordinator(app: Flask, client: Client) -> Person:
    app.extensions[LANGUAGES][HERE] = marking()
    found = build.person("Cora Ordinator", AreaRole.COORDINATOR)
    client.sign_in(found.email)
    return found


def missed_at(client: Client, address: str, said: Iterable[str]) -> list[str]:
    """What was missed on a page that says all these sentences; those that it says in English too, as other people's."""
    english = client.get(address).text
    assert not [words for words in said if words not in english]
    settings = client.http.application.extensions[deployment.SETTINGS]
    known = (*NAMES, settings.area_name, settings.forum_name, "Cora Ordinator", "News")
    page = client.get(f"{address}?{IN_ADDRESS}={HERE}")
    left = MARKED.sub("", page.text)
    return [*missed(page.source, Data(ROOT / "frameworks", known)), *(words for words in said if words in left)]


def test_no_word_is_missed_of_why_a_letter_is_stuck(client, coordinator):
    faults = [str(why.words(550)) for why in Why]
    for fault in faults:
        build.letter(tries=3, fault=fault)
    assert not missed_at(client, "/letters", faults)


def test_no_word_is_missed_of_a_device(client, coordinator):
    browsers, systems = [mark for mark, _ in devices.BROWSERS], [mark for mark, _ in devices.SYSTEMS]
    said = [devices.device_words(" ".join(both)) for both in zip_longest([*browsers, ""], systems, fillvalue="")]
    for words in said:
        build.session(coordinator, device=str(words))
    assert not missed_at(client, "/account/sessions", said)
    assert not missed_at(client, "/account/data", said)


@pytest.mark.parametrize(("fault", "words"), checks.SENTENCES.items())
def test_no_word_is_missed_of_a_check(client, coordinator, monkeypatch, fault, words):
    assert words == f"{fault[0].upper()}{fault[1:]}."
    monkeypatch.setattr(checks.health, f"{'storage' if 'storage' in fault else 'database'}_fault", lambda: fault)
    assert not missed_at(client, "/is-everything-working", [words])


def test_no_word_is_missed_of_what_went_wrong(client, coordinator):
    names = [each.name for each in jobs.JOBS]
    jobs.tick(now=lambda: MOMENT)
    for each in jobs.JOBS:
        note_failure(each, MOMENT)
    assert not missed_at(client, "/is-everything-working", names)


def test_a_bare_word_is_seen():
    data = Data(ROOT / "frameworks", ["Hazel Lane School"])
    known = next(text for text in sorted(gathered()) if text.startswith("Back to"))
    source = (
        f'<html lang="{HERE}"><title>{mark(known)}</title><p>{mark("Sent in by")} Hazel Lane School, 3</p>'
        '<p lang="en">Their own words</p>'
        '<p>Hazel Lane School is waiting</p><img alt="a picture"><input type="submit" value="Send">'
    )
    assert missed(source, data) == ["Hazel Lane School is waiting", "a picture", "Send"]


def test_words_that_nobody_marked_stay_as_they_are():
    words = marking().catalogue
    assert words.gettext("Words that no page has") == "Words that no page has"
    assert words.gettext("Back") == "⟦Back⟧"
    assert words.ngettext("{n} wombat", "{n} wombats", 2) == "{n} wombats"
