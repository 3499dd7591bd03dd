"""YAML as people write it, read within bounds: no aliases, no tags, nothing twice, and a line for each place.

Only `true`, `false`, whole numbers, `null` and text mean something here: `no` stays a word and 1.0 a version.
"""

import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from coprod.framework.faults import Fault, FrameworkFaults, Place, refuse, written

MAX_BYTES = 1_000_000
MAX_NODES = 20_000
MAX_DEPTH = 12

# Control characters, and those that reorder or hide text: they could make a file read other than it is.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Source:
    """One file as read: plain data, and the line on which each place stands."""

    file: str
    data: object = None
    lines: dict[Place, int] = field(default_factory=dict)

    def fault(self, place: Place, message: str) -> Fault:
        """A fault at a place, on the line of the nearest place above it that is in the file."""
        near = next((place[:end] for end in range(len(place), -1, -1) if place[:end] in self.lines), ())
        return Fault(self.file, self.lines.get(near, 1), written(place), message)


def read(path: Path, root: Path) -> Source:
    """Read one file inside `root`. Raises FrameworkFaults with every fault of its YAML."""
    source = Source(path.relative_to(root).as_posix())
    text = _text(path, root, source.file)
    builder = _Builder(source, yaml.parse(text, Loader=_Loader))
    try:
        builder.build_document()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it breaks off"
        line = mark.line + 1 if mark else 1
        builder.faults.append(Fault(source.file, line, "", f"This is not YAML that we can read: {problem}."))
    if builder.faults:
        raise FrameworkFaults(builder.faults)
    return source


def _text(path: Path, root: Path, name: str) -> str:
    """The file's text, refused where it is not a plain file of a sensible size inside `root`."""
    try:
        if not path.resolve().is_relative_to(root.resolve()):
            refuse(name, "This is a link to somewhere outside the folder. Put the file itself here.")
        if not stat.S_ISREG(path.stat().st_mode):
            refuse(name, "This is not a file.")
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except (OSError, RuntimeError):
        refuse(name, "This file is missing, or can't be opened.")
    if len(raw) > MAX_BYTES:
        refuse(name, f"This file is larger than {MAX_BYTES // 1_000_000} MB, so it was not read.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        refuse(name, "This is not UTF-8 text. Save the file as UTF-8.", line=line)
    unseen = [
        Fault(name, number, "", _unseen_words(found[0]))
        for number, line in enumerate(text.split("\n"), start=1)
        if (found := _UNSEEN.search(line))
    ]
    if unseen:
        raise FrameworkFaults(unseen)
    return text


def _unseen_words(character: str) -> str:
    return f"There is a character here that can't be seen (U+{ord(character):04X}). Take it out."


class _Builder:
    """Makes plain data of the parser's events, noting the line of each place and every fault on the way."""

    def __init__(self, source: Source, events: Iterable[yaml.Event]) -> None:
        self.source = source
        self.faults: list[Fault] = []
        self._events = iter(events)
        self._nodes = 0

    def build_document(self) -> None:
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._fault((), "Keep to one document in a file.", event)
                    return
            elif isinstance(event, yaml.NodeEvent):
                self.source.lines[()] = _line(event)
                self.source.data = self._build(event, ())
        if not documents:
            self.faults.append(self.source.fault((), "This file is empty."))

    def _fault(self, place: Place, message: str, event: yaml.Event) -> None:
        self.faults.append(Fault(self.source.file, _line(event), written(place), message))

    def _build(self, event: yaml.Event, place: Place) -> object:
        self._stay_in_bounds(event, place)
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor is not None:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            self._fault(place, f"Write this out in full: “{sign}{anchor}” can't be used here.", event)
        if tag is not None:
            self._fault(place, f"Write plain text or a number: “{tag}” can't be used here.", event)
        match event:
            case yaml.MappingStartEvent():
                return self._build_mapping(place)
            case yaml.SequenceStartEvent():
                return self._build_list(place)
            case yaml.ScalarEvent():
                return self._scalar(event, place)
        return None

    def _stay_in_bounds(self, event: yaml.Event, place: Place) -> None:
        self._nodes += 1
        if len(place) > MAX_DEPTH:
            self._fault(place, "This is nested too deeply.", event)
        elif self._nodes > MAX_NODES:
            self._fault(place, "This file has too many entries.", event)
        else:
            return
        raise FrameworkFaults(self.faults)

    def _build_mapping(self, place: Place) -> dict[str, object]:
        data: dict[str, object] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            name = self._name(event, place)
            here = (*place, name)
            if name in data:
                first = self.source.lines[here]
                self._fault(here, f"“{name}” is here twice. It is first on line {first}.", event)
            self.source.lines.setdefault(here, _line(event))
            data.setdefault(name, self._build(next(self._events), here))
        return data

    def _name(self, event: yaml.Event, place: Place) -> str:
        named = self._build(event, place)
        if isinstance(event, yaml.ScalarEvent):
            return str(event.value)
        self._fault(place, "The name of an entry needs to be plain text.", event)
        return str(named)

    def _build_list(self, place: Place) -> list[object]:
        data: list[object] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            here = (*place, len(data))
            self.source.lines[here] = _line(event)
            data.append(self._build(event, here))
        return data

    def _scalar(self, event: yaml.ScalarEvent, place: Place) -> object:
        text: str = event.value
        if found := _UNSEEN.search(text):
            self._fault(place, _unseen_words(found[0]), event)
        plain = event.implicit[0] and not event.style
        if plain and text in _WORDS:
            return _WORDS[text]
        return int(text) if plain and _WHOLE_NUMBER.fullmatch(text) else text


def _line(event: yaml.Event) -> int:
    """People count lines from 1."""
    return event.start_mark.line + 1 if event.start_mark else 1
