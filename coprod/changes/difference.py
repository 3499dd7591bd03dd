"""What changed from one text to another, word by word, so that a page can mark it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum


class Mark(StrEnum):
    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words, and what became of it."""

    mark: Mark
    words: str


def difference(before: str, after: str) -> tuple[Piece, ...]:
    """Both texts as one run of pieces: those not added join to `before`, those not removed join to `after`."""
    return tuple(_pieces(_tokens(before), _tokens(after)))


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    """Spaces between two changes belong to the change, so that a changed phrase is marked once and not word by word."""
    removed = added = ""
    for kind, a, b, c, d in SequenceMatcher(str.isspace, old, new).get_opcodes():
        gone, come = "".join(old[a:b]), "".join(new[c:d])
        if kind != "equal" or (gone.isspace() and (removed or added) and b < len(old)):
            removed, added = removed + gone, added + come
            continue
        yield from _flushed(removed, added)
        removed = added = ""
        yield Piece(Mark.KEPT, gone)
    yield from _flushed(removed, added)


def _flushed(removed: str, added: str) -> Iterator[Piece]:
    if removed:
        yield Piece(Mark.REMOVED, removed)
    if added:
        yield Piece(Mark.ADDED, added)


def _tokens(text: str) -> list[str]:
    """Words and the spaces between them, nothing lost."""
    return re.findall(r"\s+|\S+", text)
