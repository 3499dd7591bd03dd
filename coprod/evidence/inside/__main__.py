"""`python -m coprod.evidence.inside`: stands ready, and has each file looked into by a process made for that file.

A line on the way in is a list in JSON: look or clean, SOURCE, OUT, TYPE, DAY. The line on the way out is what was
found, empty where the look did not end well. This process itself reads no file: loading takes longer than looking, so
the processes that look are copies of one that has loaded, and each ends with its file.
"""

import gc
import json
import os
import select
import sys

from coprod.evidence.inside import one_file

IDLE = 60.0  # seconds without a file, after which nothing stands ready any more
LONGEST_ANSWER = 1024 * 1024


def main() -> None:
    while select.select([sys.stdin.buffer], [], [], IDLE)[0] and (line := sys.stdin.buffer.readline()):
        asked = json.loads(line)
        one_file.get_ready(asked[3])
        gc.freeze()  # What is loaded is shared with the copies as long as nobody touches it.
        sys.stdout.buffer.write(_by_a_copy(asked) + b"\n")
        sys.stdout.buffer.flush()


def _by_a_copy(asked: list[str]) -> bytes:
    """What a process of its own says; nothing where it was stopped or broke."""
    reading, writing = os.pipe()
    copy = os.fork()
    if not copy:
        _look(asked, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        said = answer.read(LONGEST_ANSWER)
    _, status = os.waitpid(copy, 0)
    return said if status == 0 else b""


def _look(asked: list[str], writing: int) -> None:
    """The copy's whole life. It can't speak to whoever asks: only its answer goes out, and only as one."""
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 0)
        os.dup2(nowhere, 1)
        with os.fdopen(writing, "wb") as answer:
            answer.write(json.dumps(one_file.limited(*asked)).encode())
        os._exit(0)
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
