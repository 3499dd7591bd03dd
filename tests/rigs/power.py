"""A power cut at any moment, on SQLite: what was acknowledged is there when the power comes back.

What the product asks of the disk is recorded while people work. Then the power is cut at random moments of the record:
what was synced by then is on the disk; of what was written since, any part may be, in any order, by sectors.
"""

import random
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pysqlite3.dbapi2 as sqlite
from flask import Flask
from sqlalchemy import event

from coprod.database import db
from tests.rigs import stage
from tests.rigs.hands import Ledger, Worker
from tests.rigs.recorder import Acknowledged, Delete, Recorder, Step, Sync, Truncate, Write
from tests.support import memory

SECTOR = 512
FILE = "coprod.sqlite3"
KEPT = {
    "saved": "SELECT account FROM answer_versions WHERE stood",
    "judged": "SELECT note FROM judgements",
    "signed": "SELECT organisation_id FROM sign_ups",
    "submitted": "SELECT id FROM assessments WHERE state <> 'draft'",
}
CHAIN = "SELECT seq, previous, entry_hash FROM register_entries ORDER BY seq"


@dataclass(frozen=True)
class Result:
    """In how many cuts something acknowledged was gone, and in how many something was broken."""

    lost: int
    broken: int


@dataclass(frozen=True)
class Record:
    """What was on the disk at first, and what was asked of it since."""

    before: dict[str, bytes]
    steps: list[Step]

    @property
    def acknowledged(self) -> int:
        return sum(isinstance(step, Acknowledged) for step in self.steps)


def recorded(writes: int, *, synchronous: str = "", **people: int) -> Record:
    """People at work. `synchronous` is the fault that must be found: what SQLite is told instead of FULL."""
    recorder = _recorder()
    with tempfile.TemporaryDirectory(prefix="coprod-rig-", dir=memory.FOLDER) as name:
        folder = Path(name)
        app = stage.opened(stage.settings(folder))
        desks = stage.set_up(app, each=3 + writes // 250, **people)
        before = {str(file): file.read_bytes() for file in folder.glob(f"{FILE}*") if "shm" not in file.name}
        if synchronous:
            _spoil(app, synchronous)
        recorder.steps.clear()
        recorder.on = str(folder)
        _work(app, desks, recorder, writes)
        recorder.on = ""
        with app.app_context():
            db.engine.dispose()
        return Record(before, list(recorder.steps))


def cut(record: Record, cuts: int) -> Result:
    with tempfile.TemporaryDirectory(prefix="coprod-rig-", dir=memory.FOLDER) as name:
        return _cut(Disk(record.before), record.steps, cuts, Path(name))


_made: list[Recorder] = []


def _recorder() -> Recorder:
    if not _made:
        _made.append(Recorder())
    return _made[0]


def _spoil(app: Flask, synchronous: str) -> None:
    with app.app_context():

        @event.listens_for(db.engine, "connect")
        def on_connect(connection: Any, _record: Any) -> None:
            connection.execute(f"PRAGMA synchronous = {synchronous}")


class _Hand(Worker):
    """The same person without a network: what is answered goes straight into the record."""

    def __init__(self, desk: stage.Desk, ledger: Ledger, app: Flask) -> None:
        super().__init__(desk, 0, ledger, threading.Event(), threading.Event())
        self.http = app.test_client(use_cookies=False)

    def ask(self, method: str, address: str, body: bytes | None = None, kind: str = "") -> tuple[int, str]:
        headers = {"Cookie": f"coprod_session={self.desk.cookie}"} | ({"Content-Type": kind} if kind else {})
        answer = self.http.open(address, method=method, data=body, headers=headers, base_url=stage.HERE)
        self.ledger.statuses[answer.status_code] += 1
        return answer.status_code, answer.text

    def upload(self) -> None:
        self.save()  # Files are no part of the record: each is synced before its row is written.


def _work(app: Flask, desks: list[stage.Desk], recorder: Recorder, writes: int) -> None:
    """They take turns, and each acknowledgement stands in the record where it was given."""
    ledger = Ledger()
    people = [_Hand(desk, ledger, app) for desk in desks]
    while ledger.acknowledged < writes:
        for person in people:
            before = {sort: set(getattr(ledger, sort)) for sort in KEPT}
            person._next()()
            for sort, known in before.items():
                for what in getattr(ledger, sort) - known:
                    recorder.note(Acknowledged(sort, what))


class Disk:
    """What is on the disk for certain, and what was written since the last sync of each file."""

    def __init__(self, before: dict[str, bytes]) -> None:
        self.synced = {path: bytearray(content) for path, content in before.items()}
        self.since: dict[str, list[Write | Truncate]] = {}

    def do(self, step: Step) -> None:
        if isinstance(step, (Write, Truncate)):
            self.since.setdefault(step.path, []).append(step)
        elif isinstance(step, Sync):
            content = self.synced.setdefault(step.path, bytearray())
            for each in self.since.pop(step.path, ()):
                _apply(content, each)
        elif isinstance(step, Delete):
            self.synced.pop(step.path, None)
            self.since.pop(step.path, None)

    def after_a_cut(self, chance: random.Random) -> Iterator[tuple[str, bytes]]:
        """Each file as it may be found: of what was not synced nothing, all, or any of its sectors."""
        share = chance.choice((0.0, 0.0, 0.5, 0.9, 1.0))
        for path in self.synced.keys() | self.since.keys():
            content = bytearray(self.synced.get(path, b""))
            for step in self.since.get(path, ()):
                for part in _sectors(step):
                    if chance.random() < share:
                        _apply(content, part)
            if content:
                yield path, bytes(content)


def _sectors(step: Write | Truncate) -> Iterator[Write | Truncate]:
    if isinstance(step, Truncate):
        yield step
        return
    for start in range(0, len(step.content), SECTOR):
        yield Write(step.path, step.at + start, step.content[start : start + SECTOR])


def _apply(content: bytearray, step: Write | Truncate) -> None:
    if isinstance(step, Truncate):
        del content[step.size :]
        content.extend(bytes(max(0, step.size - len(content))))
        return
    content.extend(bytes(max(0, step.at - len(content))))
    content[step.at : step.at + len(step.content)] = step.content


def _cut(disk: Disk, steps: list[Step], cuts: int, folder: Path) -> Result:
    chance = random.Random(20261122)  # noqa: S311  # the same cuts of the same record
    moments = sorted(chance.randrange(len(steps) + 1) for _ in range(cuts))
    told: list[Acknowledged] = []
    lost = broken = done = 0
    for moment in moments:
        for step in steps[done:moment]:
            disk.do(step)
            if isinstance(step, Acknowledged):
                told.append(step)
        done = moment
        found = _found(disk, chance, folder)
        if found is None:
            broken += 1
        elif any(_named(each) not in found[each.sort] for each in told):
            lost += 1
    return Result(lost, broken)


def _named(told: Acknowledged) -> str:
    """As SQLite keeps it."""
    return UUID(told.what).hex if told.sort in {"signed", "submitted"} else told.what


def _found(disk: Disk, chance: random.Random, folder: Path) -> dict[str, set[str]] | None:
    """What is there when the power is back. None where the file is damaged, or the register's chain is."""
    for old in folder.iterdir():
        old.unlink()
    for path, content in disk.after_a_cut(chance):
        (folder / Path(path).name).write_bytes(content)
    connection = sqlite.connect(folder / FILE)
    try:
        if connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            return None
        if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            return None
        entries = connection.execute(CHAIN).fetchall()
        for (seq, _, this), (following, previous, _) in pairwise(entries):
            if (following, previous) != (seq + 1, this):
                return None
        return {sort: {row[0] for row in connection.execute(statement)} for sort, statement in KEPT.items()}
    except sqlite.DatabaseError:
        return None
    finally:
        connection.close()
