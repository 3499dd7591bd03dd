"""A file is held until a scanner calls it clean: a small stand-in speaks the real protocol on a real socket."""

import io
import socketserver
import struct
import threading
from datetime import date, timedelta

import pytest

from coprod.database import db
from coprod.errors import Invalid, WrongState
from coprod.evidence import housekeeping, operations, queries, receiving, scanning
from coprod.evidence.models import EvidenceFile
from coprod.evidence.scanning import Verdict, scan
from coprod.mail.models import Letter
from coprod.settings import Settings
from coprod.transaction import transaction
from coprod.web import deployment
from tests.evidence import hostile
from tests.support import build
from tests.support.build import MOMENT

TODAY = date(2026, 11, 22)
FRESH = "ClamAV 1.4.6/27500/Fri Nov 20 08:11:02 2026"


class Daemon(socketserver.ThreadingUnixStreamServer):
    """Says what it is told to say, as clamd does: nVERSION, and nINSTREAM with its pieces."""

    version = FRESH
    answer = "stream: OK"
    silent = False
    seen = b""
    daemon_threads = True


class Talk(socketserver.StreamRequestHandler):
    def handle(self):
        command = self.rfile.readline().strip()
        if self.server.silent:
            self.rfile.read(1)
            return
        if command == b"nVERSION":
            self.wfile.write(f"{self.server.version}\n".encode())
            return
        assert command == b"nINSTREAM"
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        self.server.seen = content
        found = "stream: Eicar-Test-Signature FOUND" if b"EICAR" in content else self.server.answer
        self.wfile.write(f"{found}\n".encode())


@pytest.fixture
def daemon(tmp_path):
    running = Daemon(str(tmp_path / "clamd.ctl"), Talk)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def file(tmp_path):
    place = tmp_path / "letter.txt"
    place.write_bytes(b"x" * 5000)
    return place


def asked(daemon, file, **how):
    for name, value in how.items():
        setattr(daemon, name, value)
    return scan(file, scanner=f"unix://{daemon.server_address}", now=MOMENT)


def test_a_clean_answer_is_clean(daemon, file):
    assert asked(daemon, file) is Verdict.CLEAN
    assert daemon.seen == file.read_bytes()


def test_a_find_is_a_find(daemon, file):
    file.write_bytes(hostile.EICAR)
    assert asked(daemon, file) is Verdict.INFECTED


@pytest.mark.parametrize(
    "how",
    [
        {"answer": "INSTREAM size limit exceeded. ERROR"},
        {"answer": "stream: Can't open file ERROR"},
        {"answer": ""},
        {"answer": "what?"},
        {"answer": "stream: OKAY"},
        {"version": "ClamAV 1.4.6"},
        {"version": "ClamAV 1.4.6/27500/Fri Nov 13 08:11:02 2026"},
        {"version": "ClamAV 1.4.6/27500/some day"},
        {"version": "ERROR"},
        {"silent": True},
    ],
)
def test_everything_else_waits(daemon, file, monkeypatch, how):
    monkeypatch.setattr(scanning, "WAIT", 0.2)
    assert asked(daemon, file, **how) is Verdict.WAITING


def test_a_scanner_that_is_not_there_means_waiting(file, tmp_path):
    for away in (f"unix://{tmp_path}/nothing.ctl", "tcp://127.0.0.1:9"):
        assert scan(file, scanner=away, now=MOMENT) is Verdict.WAITING


@pytest.mark.parametrize("wrong", ["clamd", "/run/clamd.ctl", "http://x", "tcp://", "unix://"])
def test_a_setting_that_names_no_scanner_is_refused(wrong):
    with pytest.raises(ValueError, match="must be unix"):
        Settings(secret_key="x" * 40, scanner=wrong)


@pytest.fixture
def scanned(app, daemon):
    """A deployment that scans, and somebody who sends files."""
    given = deployment.settings().model_copy(update={"scanner": f"unix://{daemon.server_address}"})
    app.extensions[deployment.SETTINGS] = given
    school = build.organisation()
    lead = build.lead_of(school)
    return school, build.actor(lead.id)


def upload(school, actor, content=b"Hello"):
    taken = receiving.take_in(io.BytesIO(content), "letter.txt", now=MOMENT, today=TODAY)
    with transaction():
        return operations.receive(school.id, taken, actor=actor, now=MOMENT)


def evidence(school, actor, file):
    facts = {"kind": "family_voice", "title": "T", "url": "", "statement": "", "shows": "S"}
    facts |= {"dated": TODAY, "from_families": True, "no_child_named": True}
    with transaction():
        return operations.add(school.id, **facts, file=file, actor=actor, now=MOMENT, today=TODAY)


def test_what_is_clean_when_it_comes_can_be_opened(scanned):
    item = evidence(*scanned, upload(*scanned))
    with transaction():
        assert operations.open_own(item, actor=scanned[1], now=MOMENT).id == item.file_id


def test_what_is_harmful_when_it_comes_is_not_kept(scanned):
    with pytest.raises(Invalid, match="something harmful"):
        upload(*scanned, hostile.EICAR)
    assert list(deployment.evidence_storage().digests()) == []


def test_held_while_the_scanner_is_away_and_let_out_when_it_says_clean(scanned, daemon):
    daemon.version = "ClamAV 1.4.6"
    item = evidence(*scanned, upload(*scanned))
    assert queries.cannot_open(item.file) == "This file waits for the virus check. Try again later."
    assert housekeeping.scan_waiting(now=MOMENT) == (0, 0)
    with pytest.raises(WrongState), transaction():
        operations.open_own(item, actor=scanned[1], now=MOMENT)
    daemon.version = FRESH
    assert housekeeping.scan_waiting(now=MOMENT) == (1, 0)
    assert housekeeping.scan_waiting(now=MOMENT) == (0, 0)
    with transaction():
        operations.open_own(item, actor=scanned[1], now=MOMENT)


def test_found_later_it_is_shut_its_owners_are_told_and_it_goes(scanned, daemon):
    daemon.version = "ClamAV 1.4.6"
    item = evidence(*scanned, upload(*scanned, hostile.EICAR))
    daemon.version = FRESH
    assert housekeeping.scan_waiting(now=MOMENT) == (0, 1)
    with pytest.raises(WrongState, match="harmful"), transaction():
        operations.open_own(item, actor=scanned[1], now=MOMENT)
    assert db.session.query(Letter).filter_by(template="evidence_infected").count() == 1
    assert housekeeping.drop_rejected(now=MOMENT + timedelta(days=6)) == 0
    assert housekeeping.drop_rejected(now=MOMENT + timedelta(days=8)) == 1
    assert list(deployment.evidence_storage().digests()) == []
    assert db.session.query(EvidenceFile).one().sha256
