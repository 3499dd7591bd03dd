"""However many send something slowly, pages go on; and what can't be taken is refused in words."""

import io
import re
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from coprod.web import bodies
from coprod.web.bodies import Body, CutOff, Places, TooManyAtOnce, TooSlow
from tests.support import build
from tests.support.client import Client

ROOT = Path(__file__).parents[2]
THREADS = 12
MANY = 40


def begun(port: int) -> socket.socket:
    """A form of which the beginning comes, and no end."""
    sender = socket.create_connection(("127.0.0.1", port), timeout=20)
    kind = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 50000\r\n"
    sender.sendall(f"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n{kind}\r\nemail=".encode())
    return sender


def refused(sender: socket.socket) -> bool:
    """True where it was answered at once; what waits is not."""
    sender.settimeout(0.1)
    try:
        return b" 503 " in sender.recv(100)
    except TimeoutError:
        return False


def waits(port: int) -> bool:
    """True where one more finds a place."""
    with begun(port) as sender:
        return not refused(sender)


def test_pages_go_on_beside_many_who_never_end(serve):
    server = serve(threads=THREADS)
    server.wait_for(lambda: server.ask("/health/live")[0] == 200)
    with ExitStack() as held:
        senders = [held.enter_context(begun(server.port)) for _ in range(MANY)]
        assert [server.ask(path)[0] for path in ("/signatories", "/sign-in", "/you-said", "/signatories")] == [200] * 4
        server.wait_for(lambda: '"status": 503' in server.log.read_text())
        waiting = [sender for sender in senders if not refused(sender)]
        assert len(waiting) <= 2 * bodies.AT_ONCE
    server.wait_for(lambda: waits(server.port))  # They are gone, and others have their places.


def test_half_a_form_is_never_taken_for_a_whole_one(serve):
    """A connection that breaks looks like an end to whoever reads: what was typed last would be lost in silence."""
    server = serve()
    server.wait_for(lambda: server.ask("/health/live")[0] == 200)
    with begun(server.port) as sender:
        sender.sendall(b"ann")
        sender.shutdown(socket.SHUT_WR)
        server.wait_for(lambda: '"status": 400' in server.log.read_text())


def test_what_ends_before_its_time_is_cut_off():
    with pytest.raises(CutOff):
        Body(io.BytesIO(b"text=half"), Places(), 10).read()
    body = Body(io.BytesIO(b"text=half"), Places(), 10)
    assert body.read(9) == b"text=half"
    with pytest.raises(CutOff):
        body.read(1)
    assert Body(io.BytesIO(b"text=whole"), Places(), 10).read() == b"text=whole"


def test_there_are_more_threads_than_places_wherever_it_is_served():
    assert bodies.FILES_AT_ONCE < bodies.AT_ONCE < THREADS
    for place in ("docs/deployment/coprod.service", "Containerfile"):
        said = re.findall(r'--blocking-threads[ ",\\\n]+(\d+)', (ROOT / place).read_text())
        assert said == [str(THREADS)], place


def test_who_sends_too_slowly_is_not_waited_for(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(bodies.time, "monotonic", lambda: now[0])
    body = Body(io.BytesIO(b"x" * 400_000), Places())
    body.read(1000)
    now[0] += bodies.AT_LEAST
    assert len(body.read(1000)) == 1000  # That long anybody may take.
    body.read(int(bodies.AT_LEAST * bodies.SLOWEST))
    now[0] += 0.2
    assert len(body.read(1000)) == 1000
    now[0] += 30
    with pytest.raises(TooSlow):
        body.read(1000)


def test_a_place_is_free_again_with_the_last_piece_and_a_files_place_with_the_answer():
    places = Places()
    first = Body(io.BytesIO(b"whole"), places)
    first.hold_a_file()
    others = [Body(io.BytesIO(b"x"), places) for _ in range(bodies.AT_ONCE)]
    for other in others[1:]:
        assert other.read(1) == b"x"
    assert first.read(5) == b"whole"
    with pytest.raises(TooManyAtOnce):
        others[0].read(1)
    assert first.read(5) == b""
    assert others[0].read(1) == b"x"
    for _ in range(bodies.FILES_AT_ONCE - 1):
        Body(io.BytesIO(), places).hold_a_file()
    last = Body(io.BytesIO(), places)
    with pytest.raises(TooManyAtOnce):
        last.hold_a_file()
    first.end()
    last.hold_a_file()
    for each in (*others, last):
        each.end()
    assert all(places.bodies.acquire(blocking=False) for _ in range(bodies.AT_ONCE))


@pytest.fixture
def full(app, monkeypatch):
    """Every place is taken, until it is not any more."""
    taken = [True]
    take = Body._take

    def none_free(body, place):
        if taken[0]:
            raise TooManyAtOnce
        take(body, place)

    monkeypatch.setattr(Body, "_take", none_free)
    return taken


def test_what_finds_no_place_is_refused_in_words_and_can_be_sent_again(client: Client, full):
    client.get("/sign-in")
    page = client.post("/sign-in", {"email": "a@example.org", "password": "x"}, status=503)
    assert page.h1 == "Try again in a minute"
    assert "What you sent did not arrive" in page.text
    assert page.response.headers["Retry-After"] == "30"
    full[0] = False
    client.get("/sign-in")
    client.post("/sign-in", {"email": "a@example.org", "password": "x"}, status=200)


def test_so_is_a_file(app, client: Client, full):
    school = build.organisation()
    lead = build.lead_of(school)
    full[0] = False
    client.sign_in(lead.email)
    client.get(f"/organisations/{school.id}/evidence/file")
    full[0] = True
    page = client.submit("Look at this file", status=503, file=(io.BytesIO(b"Hello"), "a.txt"))
    assert "What you sent did not arrive" in page.text
    full[0] = False
    client.get(f"/organisations/{school.id}/evidence/file")
    assert client.submit("Look at this file", file=(io.BytesIO(b"Hello"), "a.txt")).h1 == "What is in your file"
