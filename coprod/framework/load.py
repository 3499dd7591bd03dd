"""From files to frozen standards: read, checked whole, and hashed. A refusal names every fault.

frameworks/<slug>/<version>/framework.yaml     the standards, with values/<number>-<code>.yaml beside it
frameworks/<slug>/<version>/from-<older>.yaml  what became of the questions of an older version
frameworks/<slug>/<version>/practice.yaml      invented answers that reviewers rate before their first live case
frameworks/<slug>/<version>/languages/<code>.yaml  words of that version in another language, question by question
frameworks/<slug>/<version>.yaml               a charter
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pydantic import ValidationError

from coprod.framework.charter import Charter
from coprod.framework.charter_shapes import CharterShape
from coprod.framework.consistency import Whole, charter_disagreements, disagreements, misplaced
from coprod.framework.explain import explained
from coprod.framework.faults import Fault, FrameworkFaults, things
from coprod.framework.library import Library
from coprod.framework.model import Framework
from coprod.framework.move_shapes import MovesShape
from coprod.framework.practice import Practice
from coprod.framework.practice_shapes import PracticeShape
from coprod.framework.practice_shapes import disagreements as misfits
from coprod.framework.safe_yaml import Source, read
from coprod.framework.shapes import FrameworkShape, ValueShape
from coprod.framework.text_shapes import Shape
from coprod.framework.translation import Translation, not_yet
from coprod.framework.translation_shapes import TranslationShape
from coprod.framework.translation_shapes import disagreements as wrong_words
from coprod.framework.versions import Move, mapping
from coprod.framework.versions import disagreements as wrong_moves

__all__ = [
    "Fault",
    "FrameworkFaults",
    "Report",
    "check",
    "load_charter",
    "load_framework",
    "load_library",
    "load_next",
]

MAX_FILES = 200
_WHOLE = "framework.yaml"
_SCHEMA = "schema"
_MOVES = "from-{}.yaml"
_PRACTICE = "practice.yaml"
_LANGUAGES = "languages"

_Shape = TypeVar("_Shape", bound=Shape)


@dataclass(frozen=True, slots=True)
class Report:
    """What was found on reading files without refusing them: the good ones, and every fault of the others."""

    frameworks: tuple[Framework, ...]
    charters: tuple[Charter, ...]
    faults: tuple[Fault, ...]
    translations: tuple[Translation, ...] = ()

    def summary(self) -> list[str]:
        """One line for each version that is right, one for each fault, and a last line that sums up."""
        lines = [
            f"{each.slug} {each.version} ({each.status}): {len(each.values)} values, "
            f"{len(each.questions)} questions, {len(each.checks)} checks, {len(each.levels)} levels. "
            f"sha256 {each.sha256}"
            for each in self.frameworks
        ]
        lines += [
            f"{each.slug} {each.version} ({each.status}): promises: {len(each.values)}. sha256 {each.sha256}"
            for each in self.charters
        ]
        lines += [self._translated(each) for each in self.translations]
        lines += [str(fault) for fault in self.faults]
        return [*lines, f"{things(len(self.faults)) if self.faults else 'Nothing'} to put right."]

    def _translated(self, words: Translation) -> str:
        """How far one language has come: what is missing is shown in English, whole."""
        known = {(each.slug, each.version): each for each in self.frameworks}
        left = not_yet(known[words.slug, words.version], words)
        how_far = f"not yet {', '.join(left)}" if left else "whole"
        return f"{words.slug} {words.version} in {words.language}: {how_far}."


def load_framework(folder: Path) -> Framework:
    """One version of the standards. Raises FrameworkFaults with every fault in its files."""
    folder = folder.resolve()
    reading = _Reading(folder)
    reading.read_framework(folder)
    return reading.report_or_refuse().frameworks[0]


def load_charter(file: Path) -> Charter:
    """One version of the charter. Raises FrameworkFaults with every fault in its file."""
    folder = file.parent.resolve()
    reading = _Reading(folder)
    reading.read_charter(folder / file.name)
    return reading.report_or_refuse().charters[0]


def load_library(root: Path) -> Library:
    """Every version in a folder of standards. Raises FrameworkFaults with every fault in any of them."""
    root = root.resolve()
    reading = _Reading(root)
    reading.read_library(root)
    report = reading.report_or_refuse()
    return Library(
        frameworks=MappingProxyType({(each.slug, each.version): each for each in report.frameworks}),
        charters=MappingProxyType({(each.slug, each.version): each for each in report.charters}),
        moves=MappingProxyType(reading.moves),
        practices=MappingProxyType(reading.practices),
        translations=MappingProxyType({(t.slug, t.version, t.language): t for t in reading.translations}),
    )


def load_next(folder: Path, old: Framework) -> tuple[Framework, dict[str, Move]]:
    """A version that is not in use yet, and what becomes of the questions of `old` in it."""
    new = load_framework(folder)
    reading = _Reading(folder.resolve())
    reading.frameworks = [old, new]
    reading.read_moves(folder.resolve())
    reading.report_or_refuse()
    return new, mapping(old, new, reading.moves.get((new.slug, old.version, new.version), ()))


def check(path: Path) -> Report:
    """Read whatever the path names: the whole folder of standards, one slug, one version, or one file of it."""
    path = path.resolve()
    parents = (path, path.parent, path.parent.parent)
    version = next((folder for folder in parents if (folder / _WHOLE).is_file()), None)
    root = version or (path.parent if path.is_file() else path)
    reading = _Reading(root)
    if version:
        reading.read_framework(version)
    elif path.is_file():
        reading.read_charter(path)
    elif any(path.glob("*.yaml")) or any(path.glob(f"*/{_WHOLE}")):
        reading.read_slug(path)
    else:
        reading.read_library(path)
    return reading.report()


class _Reading:
    """One reading of a folder: what was right so far, and every fault so far."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.frameworks: list[Framework] = []
        self.charters: list[Charter] = []
        self.moves: dict[tuple[str, str, str], tuple[Move, ...]] = {}
        self.practices: dict[tuple[str, str], Practice] = {}
        self.translations: list[Translation] = []
        self.faults: list[Fault] = []

    def report(self) -> Report:
        faults = tuple(sorted(set(self.faults)))
        return Report(tuple(self.frameworks), tuple(self.charters), faults, tuple(self.translations))

    def report_or_refuse(self) -> Report:
        if self.faults:
            raise FrameworkFaults(self.faults)
        return self.report()

    def read_library(self, root: Path) -> None:
        for folder in self._entries(root):
            if folder.is_dir() and folder.name != _SCHEMA:
                self.read_slug(folder)

    def read_slug(self, folder: Path) -> None:
        entries = self._entries(folder)
        for entry in entries:
            if entry.is_dir():
                self.read_framework(entry)
            elif entry.suffix == ".yaml":
                self.read_charter(entry)
            elif entry.suffix == ".yml":
                self._fault(entry, "Give this file a name that ends in .yaml.")
        for entry in entries:
            if entry.is_dir():
                self.read_moves(entry)

    def read_moves(self, folder: Path) -> None:
        """Every file of moves beside one version, once the versions that they lead from are read."""
        for file in self._entries(folder):
            if file.suffix != ".yaml" or file.name in {_WHOLE, _PRACTICE}:
                continue
            read = self._read(file, MovesShape)
            if read is not None:
                self._keep_moves(file, *read)

    def _keep_moves(self, file: Path, source: Source, shape: MovesShape) -> None:
        """Moves are kept only if both versions are here and bear them out."""
        known = {(each.slug, each.version): each for each in self.frameworks}
        old, new = known.get((shape.slug, shape.older)), known.get((shape.slug, shape.newer))
        if file.name != _MOVES.format(shape.older) or shape.newer != file.parent.name:
            self._fault(file, f"Put this in the folder {shape.newer}, as {_MOVES.format(shape.older)}.")
        elif old is None or new is None:
            missing = shape.older if old is None else shape.newer
            self._fault(file, f"There is no version {missing} of “{shape.slug}” here, or it has faults.")
        else:
            moves = shape.build()
            wrong = [source.fault(("moves", each.place), each.message) for each in wrong_moves(old, new, moves)]
            self.faults += wrong
            if not wrong:
                self.moves[shape.slug, shape.older, shape.newer] = moves

    def read_framework(self, folder: Path) -> None:
        """One version, kept only if nothing in any of its files is wrong."""
        before = len(self.faults)
        files = [entry for entry in self._entries(folder / "values") if self._is_yaml(entry)]
        whole = self._read(folder / _WHOLE, FrameworkShape)
        values = [value for file in files if (value := self._read(file, ValueShape))]
        if whole is None:
            source, shape = Source(self._name(folder / _WHOLE)), None
        else:
            source, shape = whole
            self.faults += misplaced(source, shape, slug=folder.parent.name, version=folder.name)
        self.faults += disagreements(Whole(source, shape, values, complete=len(values) == len(files)))
        if shape is not None and len(self.faults) == before:
            content = {"framework": source.data, "values": [source.data for source, _ in values]}
            built = shape.build([value for _, value in values], sha256=_sha256(content))
            self.frameworks.append(built)
            self._read_practice(folder / _PRACTICE, built)
            self._read_languages(folder / _LANGUAGES, built)

    def _read_practice(self, file: Path, framework: Framework) -> None:
        read = self._read(file, PracticeShape) if file.exists() or file.is_symlink() else None
        if read is None:
            return
        source, shape = read
        wrong = misfits(source, shape, framework)
        self.faults += wrong
        if not wrong:
            self.practices[framework.slug, framework.version] = shape.build()

    def _read_languages(self, folder: Path, framework: Framework) -> None:
        """Words in other languages change nothing of the version itself; one with faults is left out whole."""
        for file in self._entries(folder) if folder.is_dir() else ():
            read = self._read(file, TranslationShape) if self._is_yaml(file) else None
            if read is None:
                continue
            source, shape = read
            wrong = wrong_words(source, shape, framework)
            self.faults += wrong
            if not wrong:
                self.translations.append(shape.build())

    def read_charter(self, file: Path) -> None:
        read = self._read(file, CharterShape)
        if read is None:
            return
        source, shape = read
        faults = [
            *misplaced(source, shape, slug=file.parent.name, version=file.stem),
            *charter_disagreements(source, shape),
        ]
        self.faults += faults
        if not faults:
            self.charters.append(shape.build(sha256=_sha256(source.data)))

    def _read(self, file: Path, shape: type[_Shape]) -> tuple[Source, _Shape] | None:
        """One file in its shape, or None when its faults were noted."""
        try:
            source = read(file, self.root)
        except FrameworkFaults as refused:
            self.faults += refused.faults
            return None
        try:
            return source, shape.model_validate(source.data)
        except ValidationError as error:
            self.faults += explained(error, source)
            return None

    def _entries(self, folder: Path) -> list[Path]:
        """What is in a folder inside the root, in order of name; hidden files are nobody's standards."""
        try:
            if not folder.resolve().is_relative_to(self.root):
                self._fault(folder, "This is a link to somewhere outside. Put the folder itself here.")
                return []
            entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
        except (OSError, RuntimeError):
            self._fault(folder, "This folder is missing, or can't be opened.")
            return []
        if len(entries) > MAX_FILES:
            self._fault(folder, f"There are more than {MAX_FILES} files here.")
            return []
        return entries

    def _is_yaml(self, entry: Path) -> bool:
        if entry.suffix != ".yaml":
            self._fault(entry, "Only files whose name ends in .yaml belong here.")
        return entry.suffix == ".yaml"

    def _fault(self, path: Path, message: str) -> None:
        self.faults.append(Fault(self._name(path), 1, "", message))

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


def _sha256(content: object) -> str:
    """The hash of what a file says, not of how it is laid out: of its data as canonical JSON."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
