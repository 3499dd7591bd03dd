"""However many read something large slowly, pages go on; and half a file is never taken for a whole one."""

import http.client
import socket
from contextlib import ExitStack, closing
from threading import BoundedSemaphore

import pytest

from coprod.web import bodies, downloads, page_cache
from coprod.web.downloads import Following, TooManyDownloads
from tests.support import large_pages
from tests.support.client import Client

THREADS = 12
MANY = 40
WHOLE = large_pages.PIECES * len(large_pages.PIECE)


def begun(port: int) -> socket.socket:
    """Somebody asks for something large, and takes nothing of it."""
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.settimeout(20)
    reader.connect(("127.0.0.1", port))
    reader.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
    return reader


def test_pages_go_on_beside_many_who_take_nothing(serve):
    server = serve("tests.support.slow_site:app", threads=THREADS)
    server.wait_for(lambda: server.ask("/health/live")[0] == 200)
    with ExitStack() as held:
        for _ in range(MANY):
            held.enter_context(begun(server.port))
        server.wait_for(lambda: server.log.read_text().count('"endpoint": "large"') == MANY)
        for path in ("/signatories", "/sign-in", "/you-said", "/small", "/signatories"):
            assert server.ask(path)[0] == 200
        sent = [line for line in server.log.read_text().splitlines() if '"endpoint": "large", "status": 200' in line]
        assert 0 < len(sent) <= 2 * bodies.DOWNLOADS_AT_ONCE
    server.wait_for(lambda: server.ask("/large")[0] == 200)  # They are gone, and others have their places.


def test_half_is_never_taken_for_the_whole(serve):
    server = serve("tests.support.slow_site:app")
    server.wait_for(lambda: server.ask("/health/live")[0] == 200)
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)) as asked:
        asked.request("GET", "/short", headers={"Host": "localhost"})
        with pytest.raises(http.client.IncompleteRead):
            asked.getresponse().read()
    status, words = server.ask("/broken")
    assert status == 503
    assert large_pages.PIECE.decode() not in words


@pytest.fixture
def pages(app):
    large_pages.add(app)
    return Client(app)


def test_what_is_small_is_whole_and_has_a_length(pages):
    answer = pages.get("/small").response
    assert answer.get_data(as_text=True) == "a few words"
    assert answer.headers["Content-Length"] == "11"


def test_what_is_large_has_a_length_and_a_place_until_it_is_sent(app, pages):
    free = bodies.places(app)
    for _ in range(2 * bodies.AT_ONCE):
        answer = app.test_client().get("/large", buffered=False)
        assert answer.headers["Content-Length"] == str(WHOLE)
        assert sum(map(len, answer.iter_encoded())) == WHOLE
        answer.close()
    for place, number in ((free.downloads, bodies.DOWNLOADS_AT_ONCE), (free.bodies, bodies.AT_ONCE)):
        assert [place.acquire(blocking=False) for _ in range(number + 1)] == [True] * number + [False]


def test_who_finds_no_place_is_told_so_in_words(app, pages):
    taken = [app.test_client().get("/large", buffered=False) for _ in range(bodies.DOWNLOADS_AT_ONCE)]
    page = pages.get("/large", status=503)
    assert page.h1 == "Try again in a minute"
    assert "Many people are downloading large files" in page.text
    assert page.response.headers["Retry-After"] == "30"
    taken[0].close()
    assert len(pages.get("/large").response.get_data()) == WHOLE
    for each in taken:
        each.close()


def test_what_breaks_while_it_is_made_is_a_page_in_words(pages):
    assert pages.get("/broken", status=503).h1 == "Try again in a minute"


@pytest.mark.parametrize("kept", [True, False])
def test_where_only_the_headers_are_asked_for_nothing_is_made(pages, app, kept):
    if kept:
        page_cache.install(app)
    answer = app.test_client(use_cookies=False).head("/broken")
    assert (answer.status_code, answer.data) == (200, b"")


def test_a_full_disk_is_told_in_words_too(pages, monkeypatch):
    def full(*_given, **_named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(downloads.tempfile, "SpooledTemporaryFile", full)
    assert pages.get("/large", status=503).h1 == "Try again in a minute"


def test_who_takes_it_too_slowly_is_not_waited_for(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(downloads.time, "monotonic", lambda: now[0])
    place = BoundedSemaphore(1)
    following = Following(iter([b"x" * 1000, b"x" * 200_000, b"x", b"x"]), place)
    with pytest.raises(TooManyDownloads):
        Following(iter(()), place)
    assert len(next(following)) == 1000
    now[0] += bodies.AT_LEAST
    assert len(next(following)) == 200_000  # That long anybody may take.
    now[0] += 1
    assert next(following) == b"x"
    now[0] += 60
    assert list(following) == []
    assert place.acquire(blocking=False)
