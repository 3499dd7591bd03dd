"""`kill -9` of the real server at random moments under eight people at work; then a look for all it acknowledged."""

import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from tests.rigs import looking, stage
from tests.rigs.hands import Ledger, Worker
from tests.rigs.looking import Found
from tests.rigs.server import Server, free_port
from tests.support import memory, postgres

SAFE = "-c max_connections=60"  # As PostgreSQL comes: a commit is on the disk before it is acknowledged.


@dataclass(frozen=True)
class Result:
    kills: int
    ledger: Ledger
    found: Found
    seconds: float


def run(
    kills: int,
    writes: int,
    *,
    database: str = "sqlite",
    target: str = "wsgi:app",
    say: Callable[[str], None] = lambda _words: None,
    look: Callable[[Flask, Ledger], Found] = looking.look,
    **people: int,
) -> Result:
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="coprod-rig-", dir=memory.FOLDER) as name,
        _database(database) as (address, restart),
    ):
        port = free_port()
        chosen = stage.settings(Path(name), address)
        app = stage.opened(chosen)
        desks = stage.set_up(app, each=3 + writes // 250, **people)
        say(f"{len(desks)} people are at work after {time.monotonic() - begun:.0f} s.")
        server = Server(port, stage.environment(chosen), Path(name) / "server.log", target)
        ledger = Ledger()
        _play(server, desks, ledger, kills, writes, restart, say)
        return Result(kills, ledger, look(app, ledger), time.monotonic() - begun)


def _play(
    server: Server,
    desks: list[stage.Desk],
    ledger: Ledger,
    kills: int,
    writes: int,
    restart: Callable[[int], None],
    say: Callable[[str], None],
) -> None:
    chance = random.Random()  # noqa: S311  # when to kill
    up, over = threading.Event(), threading.Event()
    people = [Worker(desk, server.port, ledger, up, over) for desk in desks]
    for person in people:
        person.start()
    try:
        for number in range(1, kills + 1):
            server.start()
            up.set()
            _wait(ledger, int(writes * number / kills))
            time.sleep(chance.uniform(0, 0.1))
            restart(number)
            server.kill()
            up.clear()
            if number % max(1, kills // 10) == 0:
                say(f"{number} kills, {ledger.acknowledged:,} acknowledged, {dict(ledger.statuses)}")
    finally:
        server.kill()
        over.set()
        up.set()
        for person in people:
            person.join()


def _wait(ledger: Ledger, target: int) -> None:
    """Until so many are acknowledged, but in every round for a few more than before."""
    target = max(target, ledger.acknowledged + 5)
    quiet, before = time.monotonic(), 0
    while ledger.acknowledged < target:
        time.sleep(0.01)
        if ledger.acknowledged != before:
            quiet, before = time.monotonic(), ledger.acknowledged
        if time.monotonic() - quiet > 60:
            raise RuntimeError(f"nothing was acknowledged for a minute: {dict(ledger.statuses)}")


@contextmanager
def _database(kind: str) -> Iterator[tuple[str, Callable[[int], None]]]:
    """Its address, and what to do to it at a kill: every fourth takes PostgreSQL down too, as if it were killed."""
    if kind == "sqlite":
        yield "", lambda _number: None
        return
    programs = postgres.programs()
    if programs is None:
        raise RuntimeError(postgres.NOT_HERE)
    with postgres.served(programs, SAFE) as server:

        def restart(number: int) -> None:
            if number % 4 == 0:
                server.stop("immediate")
                server.start()

        yield postgres.make_database(server.folder, "coprod"), restart
