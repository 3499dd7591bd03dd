"""Whose turn it is to be looked into: few files at a time, however many people send one and to whichever process.

A turn is a lock on a file, so it ends with the process that has it, whatever ends that.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import IO

from coprod.errors import Busy

AT_ONCE = max(1, (os.cpu_count() or 1) // 2)
PAUSE = 0.25  # seconds between two files where several wait, so that people who read pages hardly notice them
_next = count()


@contextmanager
def turn(folder: Path, at_once: int = AT_ONCE) -> Iterator[None]:
    """Wait for a turn, and have it as long as the block lasts. Whoever has not to wait begins at once."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        places = [(folder / str(number)).open("ab") for number in range(at_once)]
    except OSError as fault:
        raise Busy from fault
    try:
        if not any(map(_is_free, places)):
            fcntl.flock(places[next(_next) % at_once], fcntl.LOCK_EX)
            time.sleep(PAUSE)
        yield
    finally:
        for place in places:
            place.close()


def _is_free(place: IO[bytes]) -> bool:
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
