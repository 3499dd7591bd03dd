"""Which pages are alike, so that each sort is looked at once rather than each address."""

import re

PART = re.compile(r"<([a-z][a-z0-9]*)([^>]*)>")
CLASS = re.compile(r'\sclass="([^"]*)"')


class Shapes:
    """What pages were made of so far: elements, by their classes."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, str]] = set()

    def is_new(self, view: str, source: str) -> bool:
        """Whether it has a part that no page of this view had, or a frame with a part that no page at all had."""
        frame, _, main = source.partition("<main")
        parts = {(view, part) for part in _parts(main)} | {("", part) for part in _parts(frame)}
        new = not parts <= self._seen
        self._seen |= parts
        return new


def _parts(source: str) -> set[str]:
    return {f"{tag} {' '.join(CLASS.findall(rest))}" for tag, rest in PART.findall(source)}
