"""Eight people at work through the pages. What the server acknowledged, each of them notes."""

import http.client
import random
import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from urllib.parse import urlencode

from tests.rigs.stage import HERE, Desk
from tests.support import files

BOUNDARY = "----coprod-rig"
FORM = "application/x-www-form-urlencoded"
PATIENCE = 30.0  # seconds for an answer
SHARES = {"save": 955, "submit": 20, "sign": 12, "upload": 13}  # of a thousand things that a lead does

_numbers = count(1)


@dataclass
class Ledger:
    """What was acknowledged: of each sort, what to look for. And every answer's status."""

    saved: set[str] = field(default_factory=set)
    judged: set[str] = field(default_factory=set)
    uploaded: set[str] = field(default_factory=set)
    signed: set[str] = field(default_factory=set)
    submitted: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    unanswered: int = 0

    @property
    def acknowledged(self) -> int:
        return sum(map(len, (self.saved, self.judged, self.uploaded, self.signed, self.submitted)))


class Worker(threading.Thread):
    """One person. They do one thing after the other until `over`; while the server is down, they wait for `up`."""

    def __init__(self, desk: Desk, port: int, ledger: Ledger, up: threading.Event, over: threading.Event) -> None:
        super().__init__(daemon=True, name=desk.name)
        self.desk, self.port, self.ledger, self.up, self.over = desk, port, ledger, up, over
        self.chance = random.Random(desk.name)  # noqa: S311  # what they do next; nothing secret
        self.revisions: dict[str, str | None] = dict.fromkeys(desk.codes, "")
        self.connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        while not self.over.is_set():
            self.up.wait()
            try:
                self._next()()
            except (OSError, http.client.HTTPException):
                self.ledger.unanswered += 1
                self._hang_up()
        self._hang_up()

    def _next(self) -> Callable[[], None]:
        if self.desk.cases:
            return self.judge
        (what,) = self.chance.choices(list(SHARES), weights=list(SHARES.values()))
        there = {"submit": self.desk.to_submit, "sign": self.desk.to_sign}.get(what, [True])
        return (
            {"submit": self.submit, "sign": self.sign, "upload": self.upload}.get(what, self.save)
            if there
            else self.save
        )

    def save(self) -> None:
        code, mark = self.chance.choice(self.desk.codes), self._mark()
        address = f"/assessments/{self.desk.writes}/questions/{code}"
        if self.revisions[code] is None:
            found = re.search(r'<input[^>]*name="revision"[^>]*>', self.ask("GET", address)[1])
            value = re.search(r'value="(\d*)"', found[0]) if found else None
            self.revisions[code] = value[1] if value else ""
        revision, self.revisions[code] = self.revisions[code], None
        if self._send(address, rating="2", account=mark, revision=revision or "") == 302:
            self.ledger.saved.add(mark)
            self.revisions[code] = str(int(revision) + 1) if revision else None

    def judge(self) -> None:
        case, codes = self.chance.choice(self.desk.cases)
        mark = self._mark()
        address = f"/moderation/cases/{case}/{self.chance.choice(codes)}"
        if self._send(address, rating="2", reason="Families say so.", note=mark, private_note="") == 302:
            self.ledger.judged.add(mark)

    def sign(self) -> None:
        """Without an answer they do it again, as people would: it is one signing all the same."""
        place = self.desk.to_sign[-1]
        typed: dict[str, str | list[str]] = {
            "senior_lead": "A Lead",
            "family_link": "A Link",
            "signatory_name": "A Head",
            "signatory_role": "Head",
        }
        for number in range(1, 4):
            day = date.today() + timedelta(days=100 * number)  # noqa: DTZ011  # a day some months away
            typed |= {
                f"commitment_{number}": f"Promise {number}",
                f"due_{number}": [str(part) for part in (day.day, day.month, day.year)],
            }
        if self._send(f"/organisations/{place}/charter/sign", **typed, feedback_1="y", agreed="y") == 302:
            self.ledger.signed.add(str(self.desk.to_sign.pop()))

    def submit(self) -> None:
        assessment = self.desk.to_submit[-1]
        if self._send(f"/assessments/{assessment}/submit", declared="y") == 302:
            self.ledger.submitted.add(str(self.desk.to_submit.pop()))

    def upload(self) -> None:
        mark = self._mark()
        parts = [f'name="csrf_token"\r\n\r\n{self.desk.token}'.encode()]
        parts += [f'name="file"; filename="{mark}.pdf"\r\nContent-Type: application/pdf\r\n\r\n'.encode()]
        parts[1] += files.pdf(Author=mark)
        body = b"".join(b"--%s\r\nContent-Disposition: form-data; %s\r\n" % (BOUNDARY.encode(), p) for p in parts)
        body += f"--{BOUNDARY}--\r\n".encode()
        address, kind = f"/organisations/{self.desk.home}/evidence/file", f"multipart/form-data; boundary={BOUNDARY}"
        if self.ask("POST", address, body, kind)[0] == 302:
            self.ledger.uploaded.add(f"{mark}.pdf")

    def _mark(self) -> str:
        return f"mark {next(_numbers)} of {self.desk.name.split('@')[0]}"

    def _send(self, address: str, **typed: str | list[str]) -> int:
        return self.ask("POST", address, urlencode(typed | {"csrf_token": self.desk.token}, doseq=True).encode(), FORM)[
            0
        ]

    def ask(self, method: str, address: str, body: bytes | None = None, kind: str = "") -> tuple[int, str]:
        """The status and the words of a whole answer. Half an answer acknowledges nothing."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Cookie": f"coprod_session={self.desk.cookie}", "Origin": HERE}
        self.connection.request(method, address, body, headers | ({"Content-Type": kind} if kind else {}))
        answer = self.connection.getresponse()
        words = answer.read().decode("utf-8", "replace")
        self.ledger.statuses[answer.status] += 1
        return answer.status, words

    def _hang_up(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None
