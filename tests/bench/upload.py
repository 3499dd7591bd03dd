"""Uploads: what they cost the server in memory, what ten at once do to the public list, and the hostile files."""

import http.client
import io
import os
import re
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from flask_migrate import upgrade
from pypdf import PdfWriter
from pypdf.generic import NameObject, StreamObject

from coprod.app import create_app
from coprod.database import db
from coprod.errors import Invalid
from coprod.evidence import receiving
from tests.bench import harness, serving
from tests.bench.harness import Figure
from tests.conftest import KEY, MOMENT, made
from tests.evidence import hostile
from tests.support import build
from tests.support.client import Client

SIZE = 20 * 1024 * 1024
BOUNDARY = "----coprod"
HERE = "http://localhost"
AT_ONCE = 10
SECONDS = 3.0


def figures(folder: Path, *, quick: bool) -> Iterator[Figure]:
    yield from _corpus(folder / "corpus")
    yield from _served(folder / "served", quick)


def large_pdf() -> bytes:
    """A PDF of 20 MB that does not pack."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    content = StreamObject()
    content.set_data(b"%" + os.urandom(SIZE - 2000).hex()[: SIZE - 3000].encode() + b"\n")
    page[NameObject("/Contents")] = writer._add_object(content)
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


def _corpus(folder: Path) -> Iterator[Figure]:
    """Every hostile file in turn, as the server takes it in."""
    folder.mkdir()
    app = create_app(made(folder))
    slowest, what, count = 0.0, "", 0
    with app.app_context():
        _take(hostile.pdf(), "first.pdf")
        files = [(file, file.content) for file in hostile.files()]
        before = harness.held_mb()
        with _watching() as memory:
            for file, content in files:
                begun = time.perf_counter()
                _take(content, file.name)
                taken, count = time.perf_counter() - begun, count + 1
                if taken > slowest:
                    slowest, what = taken, file.what
        grown = max(0.0, harness.held_mb() - before)
    name = f"{count} hostile files: the slowest ({what})"
    yield Figure(name, harness.milliseconds(slowest), goal="under 2 s", met=slowest < 2)
    yield Figure("hostile files: memory the server grew by", f"{grown:.0f} MB", goal="under 100 MB", met=grown < 100)
    inside = memory["most_inside"]
    yield Figure(
        "the processes that look inside, at their most", f"{inside:.0f} MB", goal="under 100 MB", met=inside < 100
    )


def _take(content: bytes, name: str) -> None:
    try:
        receiving.take_in(io.BytesIO(content), name, now=MOMENT, today=date(2026, 11, 22))
    except Invalid:
        return


def _served(folder: Path, quick: bool) -> Iterator[Figure]:
    folder.mkdir()
    settings = {"COPROD_INSTANCE": str(folder), "COPROD_SECRET_KEY": KEY, "COPROD_BASE_URL": HERE}
    settings |= {"COPROD_TRUSTED_HOSTS": '["127.0.0.1"]'}
    app = create_app(made(folder, base_url=HERE))
    with app.app_context():
        upgrade()
        school = build.organisation()
        build.sign_up(school)
        lead = build.lead_of(school)
        client = Client(app)
        client.sign_in(lead.email)
        path = f"/organisations/{school.id}/evidence/file"
        page = client.get(path)
        cookie = client.http.get_cookie("coprod_session")
        db.session.remove()
        db.engine.dispose()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.source)
    assert cookie
    assert token
    with serving.served("wsgi:app", settings) as port:
        sender = _Sender(port, path, cookie.value, token[1])
        sender.send(hostile.pdf())
        sender.send(hostile.pdf())
        content = large_pdf()
        with _watching() as memory:
            status = sender.send(content)
        assert status == 302, status
        most = memory["most_own"] - memory["before_own"]
        yield Figure(
            "a 20 MB PDF uploaded: extra memory of the server", f"{most:.0f} MB", goal="at most 30 MB", met=most <= 30
        )
        inside = memory["most_inside"]
        yield Figure("the same: the processes that look inside", f"{inside:.0f} MB")
        yield from _beside(port, sender, content, rounds=2 if quick else 5)


def _beside(port: int, sender: "_Sender", content: bytes, *, rounds: int) -> Iterator[Figure]:
    """The same load on the public list, in turns without and with ten uploads that never stop meanwhile."""
    alone, busy, took = [], [], []
    for _ in range(rounds):
        alone.append(serving.requests_per_second(port, "/signatories", seconds=SECONDS))
        with _uploading(sender, content) as done:
            busy.append(serving.requests_per_second(port, "/signatories", seconds=SECONDS))
        took += done
    name = f"the public list beside {AT_ONCE} uploads at once"
    yield harness.faster(name, statistics.median(busy), statistics.median(alone), at_least=0.5)
    middle, slowest = statistics.median(took), max(took)
    yield Figure("the same: one of the uploads, and the slowest", f"{middle:.1f} s", f"{slowest:.1f} s")


@contextmanager
def _uploading(sender: "_Sender", content: bytes) -> Iterator[list[float]]:
    """Ten people who send 20 MB each, again and again: they have begun before, and end afterwards."""
    stop, begun, took = threading.Event(), threading.Barrier(AT_ONCE + 1), []

    def send() -> None:
        begun.wait()
        while not stop.is_set():
            started = time.perf_counter()
            status = sender.send(content)
            took.append(time.perf_counter() - started)
            assert status == 302, status

    senders = [threading.Thread(target=send) for _ in range(AT_ONCE)]
    for thread in senders:
        thread.start()
    begun.wait()
    time.sleep(1)  # They are all on their way.
    yield took
    stop.set()
    for thread in senders:
        thread.join()
    assert len(took) >= AT_ONCE, "an upload failed"


class _Sender:
    """A browser's upload, signed in."""

    def __init__(self, port: int, path: str, cookie: str, token: str) -> None:
        self.port, self.path, self.cookie, self.token = port, path, cookie, token

    def send(self, content: bytes) -> int:
        part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{self.token}\r\n'
        part += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
        part += "Content-Type: application/pdf\r\n\r\n"
        body = part.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        headers = {
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            "Cookie": f"coprod_session={self.cookie}",
            "Origin": HERE,
        }
        connection.request("POST", self.path, body=body, headers=headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status


@contextmanager
def _watching() -> Iterator[dict[str, float]]:
    """The memory of the server's processes while something happens: its own, and the one that looks inside."""
    own, inside = _memory()
    seen = {"before_own": own, "most_own": own, "most_inside": inside}
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.005):
            own, inside = _memory()
            seen["most_own"] = max(seen["most_own"], own)
            seen["most_inside"] = max(seen["most_inside"], inside)

    thread = threading.Thread(target=watch)
    thread.start()
    yield seen
    done.set()
    thread.join()


def _memory() -> tuple[float, float]:
    parents: dict[int, int] = {}
    sizes: dict[int, tuple[float, bool]] = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            status = (place / "status").read_text()
            looks = b"coprod.evidence.inside" in (place / "cmdline").read_bytes()
            # A process that looks is a copy of one that stands ready: what both hold is counted once.
            held = (place / "smaps_rollup").read_text().split("Pss:") if looks else status.split("VmRSS:")
        except OSError:
            continue
        number = int(place.name)
        parents[number] = int(status.split("PPid:")[1].split()[0])
        sizes[number] = (int(held[1].split()[0]) / 1024 if len(held) > 1 else 0.0, looks)
    ours = [number for number in sizes if number != os.getpid() and _is_below(number, parents)]
    return tuple(sum(sizes[n][0] for n in ours if sizes[n][1] is looks) for looks in (False, True))  # type: ignore[return-value]  # two of them


def _is_below(number: int, parents: dict[int, int]) -> bool:
    while number in parents:
        number = parents[number]
        if number == os.getpid():
            return True
    return False
