"""What a look inside a file brings back, and how long it may take."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from coprod.phrases import N_

LONGEST_VALUE = 200
MOST_CHARACTERS = 2_000_000


class Refused(Exception):
    """This file can't be evidence; the words say why, and what to do."""


class Deadline:
    """How long the text of a file may be read, by the processor's clock. What is left is said, not guessed."""

    def __init__(self, seconds: float) -> None:
        self.ends = time.process_time() + seconds
        self.characters = 0

    @property
    def passed(self) -> bool:
        return time.process_time() > self.ends or self.characters > MOST_CHARACTERS


@dataclass
class Look:
    """What was found. `hidden` is what the file says beside its text; `partly` says where the reading stopped."""

    type: str
    hidden: list[tuple[str, str]] = field(default_factory=list)
    removable: bool = False
    partly: str = ""

    def say(self, label: str, value: object) -> None:
        """Something that the file carries along: shown once, and shortened."""
        words = " ".join(str(value).split())[:LONGEST_VALUE]
        if words and (label, words) not in self.hidden:
            self.hidden.append((label, words))


Pieces = Iterator[tuple[str, str]]


def within(pieces: Iterable[tuple[str, str]], deadline: Deadline, look: Look) -> Pieces:
    """The pieces as far as time goes."""
    for where, text in pieces:
        if deadline.passed:
            look.partly = f"We had no time to read on from here: {where}."
            return
        deadline.characters += len(text)
        yield where, text


def plain(path: Path, look: Look) -> Pieces:
    """The lines of a text file. It must be text from end to end. Line by line: it may be 20 MB."""
    try:
        with path.open(encoding="utf-8-sig", newline=None) as lines:
            for number, line in enumerate(iter(lambda: lines.readline(10_000), ""), start=1):
                if any(ord(c) < 32 and c not in "\t\n\f" for c in line):
                    raise Refused(N_("This is not plain text. Save it again as plain text, and send that."))
                yield f"line {number}", line
    except UnicodeDecodeError:
        raise Refused(N_("We can't read the letters in this text. Save it as UTF-8, and send that.")) from None
