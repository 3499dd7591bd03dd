"""The link check speaks to public addresses alone, whatever names, pages and redirects say."""

import http.server
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from coprod.database import db
from coprod.evidence import housekeeping, links, queries
from coprod.evidence.links import Seen
from coprod.history import Event
from coprod.transaction import transaction
from tests.support import assessments, build
from tests.support.build import MOMENT

NOT_PUBLIC = "it does not lead to a public page"


@dataclass
class Served:
    """A page on the loopback address: its port, and the path of every request that reached it."""

    port: int
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def server(monkeypatch) -> Iterator[Served]:
    """A page at a port that is free, and which the check takes for one that web sites have."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            served.asked.append(self.path)
            status, _, onward = self.path.strip("/").partition("-to-")
            self.send_response(int(status or 200))
            if onward:
                self.send_header("Location", onward)
            self.end_headers()
            self.wfile.write(b"x" * 100_000)

        def log_message(self, *_):
            return

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Served(running.server_port)
    monkeypatch.setattr(links, "PORTS", links.PORTS | {served.port})
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield served
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
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f.1:{port}/",
        "http://user:secret@127.0.0.1:{port}/",
        "http://127.0.0.1:22/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{port}/",
    ],
)
def test_nothing_on_this_machine_is_ever_asked(server, url):
    assert not links.look(url.format(port=server.port)).alive
    assert server.asked == []


def test_a_port_that_no_web_site_has_is_not_asked(server, monkeypatch):
    lookup = here(monkeypatch)
    assert links.look(f"http://public.example:{server.port}/200", lookup=lookup).alive
    monkeypatch.setattr(links, "PORTS", links.PORTS - {server.port})
    assert links.look(f"http://public.example:{server.port}/200", lookup=lookup).fault == NOT_PUBLIC
    assert server.asked == ["/200"]


def test_a_name_with_one_private_address_is_not_asked(server):
    assert not links.look(f"http://mixed.example:{server.port}/", lookup=lambda *_: ["1.1.1.1", "127.0.0.1"]).alive
    assert server.asked == []


def here(monkeypatch):
    """Let the check take this machine for the public one, to see what it does with answers."""
    monkeypatch.setattr(links, "is_public", lambda address: address == "127.0.0.1")
    return lambda host, port: ["127.0.0.1"] if host == "public.example" else ["10.0.0.1"]


@pytest.mark.parametrize(
    ("path", "alive"),
    [("200", True), ("403", True), ("429", True), ("404", False), ("410", False), ("500", False)],
)
def test_a_page_answers_or_does_not(server, monkeypatch, path, alive):
    assert links.look(f"http://public.example:{server.port}/{path}", lookup=here(monkeypatch)).alive is alive


def test_redirects_are_followed_and_each_is_checked(server, monkeypatch):
    lookup, public = here(monkeypatch), f"http://public.example:{server.port}"
    assert links.look(f"{public}/302-to-/200", lookup=lookup).alive
    assert server.asked == ["/302-to-/200", "/200"]
    inward = links.look(f"{public}/302-to-http://inside.example:{server.port}/200", lookup=lookup)
    assert inward.fault == NOT_PUBLIC
    assert links.look(f"{public}/302-to-file:///etc/passwd", lookup=lookup).fault
    round_and_round = links.look(f"{public}/302-to-302-to-x", lookup=lookup)
    assert not round_and_round.alive


def test_one_private_address_is_enough_for_a_name_not_to_be_asked(server, monkeypatch):
    here(monkeypatch)
    for found in (["127.0.0.1", "10.0.0.1"], ["10.0.0.1", "127.0.0.1"], []):
        seen = links.look(f"http://mixed.example:{server.port}/200", lookup=lambda *_, found=found: found)
        assert seen.fault == NOT_PUBLIC
    assert server.asked == []


def test_no_user_name_is_sent_anywhere(server, monkeypatch):
    seen = links.look(f"http://user:secret@public.example:{server.port}/200", lookup=here(monkeypatch))
    assert seen.fault == NOT_PUBLIC
    assert server.asked == []


def test_it_does_not_go_round_in_circles(monkeypatch):
    asked = []
    monkeypatch.setattr(links, "_ask", lambda url, *_: asked.append(url) or (302, "/again"))
    assert links.look("http://public.example/").fault == "it leads round in circles"
    assert len(asked) == links.MOST_REDIRECTS + 1


def test_a_link_with_all_its_redirects_has_only_so_much_time(server, monkeypatch):
    monkeypatch.setattr(links, "WHOLE", 0)
    seen = links.look(f"http://public.example:{server.port}/200", lookup=here(monkeypatch))
    assert seen.fault == "it took too long to answer"
    assert server.asked == []


def test_a_name_that_changes_its_mind_is_asked_once(server, monkeypatch):
    """What was looked up and checked is what is spoken to."""
    lookup, answers = here(monkeypatch), []

    def turning(host, port):
        answers.append(host)
        return lookup("public.example", port) if len(answers) == 1 else ["10.0.0.1"]

    assert links.look(f"http://public.example:{server.port}/200", lookup=turning).alive
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
