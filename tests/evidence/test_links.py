"""The link check speaks to public addresses alone, whatever names, pages and redirects say."""

import http.server
import threading
from datetime import timedelta

import pytest

from coprod.database import db
from coprod.evidence import housekeeping, links, queries
from coprod.evidence.links import Seen
from coprod.history import Event
from coprod.transaction import transaction
from tests.support import assessments, build
from tests.support.build import MOMENT


@pytest.fixture
def server():
    """A page on the loopback address, and every request that reaches it."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            status, _, onward = self.path.strip("/").partition("-to-")
            self.send_response(int(status or 200))
            if onward:
                self.send_header("Location", onward)
            self.end_headers()
            self.wfile.write(b"x" * 100_000)

        def log_message(self, *_):
            return

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 8443), Handler)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield asked
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104  # an address to refuse
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "198.18.0.1",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd12::1",
        "fec0::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "2001:db8::1",
        "not an address",
    ],
)
def test_no_private_address_is_public(address):
    assert not links.is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"])
def test_public_addresses_are(address):
    assert links.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8443/",
        "http://localhost:8443/",
        "http://[::ffff:127.0.0.1]:8443/",
        "http://2130706433:8443/",
        "http://0x7f.1:8443/",
        "http://user:secret@127.0.0.1:8443/",
        "http://127.0.0.1:22/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:8443/",
    ],
)
def test_nothing_on_this_machine_is_ever_asked(server, url):
    assert not links.look(url).alive
    assert server == []


def test_a_name_with_one_private_address_is_not_asked(server):
    assert not links.look("http://mixed.example:8443/", lookup=lambda *_: ["1.1.1.1", "127.0.0.1"]).alive
    assert server == []


def here(monkeypatch):
    """Let the check take this machine for the public one, to see what it does with answers."""
    monkeypatch.setattr(links, "is_public", lambda address: address == "127.0.0.1")
    return lambda host, port: ["127.0.0.1"] if host == "public.example" else ["10.0.0.1"]


@pytest.mark.parametrize(
    ("path", "alive"),
    [("200", True), ("403", True), ("429", True), ("404", False), ("410", False), ("500", False)],
)
def test_a_page_answers_or_does_not(server, monkeypatch, path, alive):
    assert links.look(f"http://public.example:8443/{path}", lookup=here(monkeypatch)).alive is alive


def test_redirects_are_followed_and_each_is_checked(server, monkeypatch):
    lookup = here(monkeypatch)
    assert links.look("http://public.example:8443/302-to-/200", lookup=lookup).alive
    assert server == ["/302-to-/200", "/200"]
    inward = links.look("http://public.example:8443/302-to-http://inside.example:8443/200", lookup=lookup)
    assert inward.fault == "it does not lead to a public page"
    assert links.look("http://public.example:8443/302-to-file:///etc/passwd", lookup=lookup).fault
    round_and_round = links.look("http://public.example:8443/302-to-302-to-x", lookup=lookup)
    assert not round_and_round.alive


def test_a_name_that_changes_its_mind_is_asked_once(server, monkeypatch):
    """What was looked up and checked is what is spoken to."""
    lookup, answers = here(monkeypatch), []

    def turning(host, port):
        answers.append(host)
        return lookup("public.example", port) if len(answers) == 1 else ["10.0.0.1"]

    assert links.look("http://public.example:8443/200", lookup=turning).alive
    assert answers == ["public.example"]


def test_the_organisation_sees_when_a_link_was_last_alive(app, client, monkeypatch):
    school = build.organisation()
    lead = build.lead_of(school)
    item = assessments.item(school, build.actor(lead.id), url="https://www.example.org/a", statement="")
    monkeypatch.setattr(links, "look", lambda url: Seen(""))
    assert housekeeping.check_links(now=MOMENT) == 0
    monkeypatch.setattr(links, "look", lambda url: Seen("the page is not there any more"))
    assert housekeeping.check_links(now=MOMENT + timedelta(days=6)) == 0  # It was asked less than a week ago.
    assert housekeeping.check_links(now=MOMENT + timedelta(days=8)) == 1
    client.sign_in(lead.email)
    page = client.get(f"/organisations/{school.id}/evidence")
    assert "the page is not there any more. It last answered on 22 November 2026." in page.text
    told = db.session.query(Event).filter_by(thing_id=str(item.id), what="evidence.link_dead").one()
    assert told.facts == {}
    assert queries.links_to_check(now=MOMENT + timedelta(days=9)) == []


def test_an_answer_for_an_address_that_was_replaced_is_not_written_down(app):
    school = build.organisation()
    item = assessments.item(school, build.actor(build.lead_of(school).id), url="https://www.example.org/a")
    with transaction():
        housekeeping.record_link(item.id, "https://www.example.org/before", Seen("gone"), now=MOMENT)
    assert item.link_checked_at is None
