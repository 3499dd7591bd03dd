"""Processes that stand ready to look into files, so that no look waits until its tools are loaded.

Each has one file at a time looked into, by a copy of itself (`inside`). It knows nothing of this process, and goes
with it.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

from coprod.settings import ROOT

PROGRAM = ("nice", sys.executable, "-m", "coprod.evidence.inside")  # Pages that people wait for go first.
FRESH = 45.0  # seconds without a file, after which one is not asked again: it is about to end by itself
PIECE = 64 * 1024


class NoAnswer(Exception):
    """The look took too long, or broke."""


class Standby:
    """One process that stands ready, with whatever it started in a group of its own."""

    def __init__(self) -> None:
        self.line, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603  # our own program
                PROGRAM,
                cwd=ROOT,
                env={"PYTHONDONTWRITEBYTECODE": "1"},
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.DEVNULL,
                process_group=0,
            )
        self.used = time.monotonic()

    @property
    def ready(self) -> bool:
        return self.process.poll() is None and time.monotonic() - self.used < FRESH

    def ask(self, asked: Sequence[str], *, longest: float) -> bytes:
        """One file. Raises NoAnswer where there is none after `longest` seconds."""
        until, said = time.monotonic() + longest, b""
        try:
            self.line.sendall(json.dumps(asked).encode() + b"\n")
            while not said.endswith(b"\n"):
                self.line.settimeout(max(0.001, until - time.monotonic()))
                piece = self.line.recv(PIECE)
                if not piece:
                    raise NoAnswer
                said += piece
        except OSError as fault:
            raise NoAnswer from fault
        self.used = time.monotonic()
        return said[:-1]

    def end(self) -> None:
        """It, and what looks for it, at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.line.close()


_ready: list[Standby] = []


def ask(*asked: str, longest: float) -> bytes:
    """What is found in one file, as JSON. Raises NoAnswer where the look took too long or broke."""
    standby = _one()
    try:
        said = standby.ask(asked, longest=longest)
    except BaseException:
        standby.end()
        raise
    _ready.append(standby)
    if not said:
        raise NoAnswer
    return said


def _one() -> Standby:
    while _ready:
        standby = _ready.pop()
        if standby.ready:
            return standby
        standby.end()
    return Standby()


@atexit.register
def end_all() -> None:
    """None outlives this process."""
    while _ready:
        _ready.pop().end()
