"""Takes in an uploaded file: written aside in pieces, looked into, scanned, and only then kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO

from coprod import storage
from coprod.errors import Invalid
from coprod.evidence import examining, file_names, file_types, screening
from coprod.evidence.examining import Examined
from coprod.evidence.file_types import TYPES, ZIP
from coprod.evidence.scanning import Verdict, scan
from coprod.phrases import N_
from coprod.web import deployment, files

HARMFUL = N_("The virus scanner found something harmful in this file, so we did not keep it. Tell your IT support.")


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that is kept, and what was found in it."""

    sha256: str
    size: int
    type: str
    name: str
    hidden: tuple[tuple[str, str], ...]
    signs: tuple[dict[str, str], ...]
    partly: str
    removable: bool
    clean: bool


def take_in(stream: IO[bytes], filename: str, *, now: datetime, today: date) -> Taken:
    """Keep what was sent, where it may be evidence. Raises Invalid, with the words to show, for everything else."""
    with _aside() as folder:
        source = folder / "sent"
        if not storage.write(stream, source):
            raise file_types.WrongType(N_("This file is empty."))
        kind = _kind(source)
        file_types.agreed(kind, filename)
        found = examining.look(source, folder / "made", kind, today=today)
        if kind == ZIP:
            file_types.agreed(found.type, filename)
        return _kept(folder / "made" if found.made else source, found, filename, now=now, today=today)


def without_hidden(sha256: str, kind: str, name: str, *, now: datetime, today: date) -> Taken:
    """The same file without author, comments and tracked changes, looked into again."""
    with _aside() as folder:
        source, cleaned = folder / "kept", folder / "cleaned"
        fetch(sha256, source)
        examining.clean(source, cleaned, kind, today=today)
        found = examining.look(cleaned, folder / "made", _kind(cleaned), today=today)
        return _kept(cleaned, found, name, now=now, today=today)


def scan_again(sha256: str, *, now: datetime) -> Verdict:
    """What the scanner says about a file that waits."""
    with _aside() as folder:
        fetch(sha256, folder / "kept")
        return scan(folder / "kept", scanner=deployment.settings().scanner, now=now)


def fetch(sha256: str, path: Path) -> None:
    with path.open("wb") as file:
        for piece in deployment.evidence_storage().pieces(sha256):
            file.write(piece)


def _kept(path: Path, found: Examined, filename: str, *, now: datetime, today: date) -> Taken:
    settings = deployment.settings()
    verdict = scan(path, scanner=settings.scanner, now=now) if settings.scanner else None
    if verdict is Verdict.INFECTED:
        raise Invalid(HARMFUL, field="file")
    name = file_names.shown_name(filename, TYPES[found.type].extensions[0])
    said = screening.signs([(N_("the file’s name"), name)], today=today)  # noqa: RUF001  # an apostrophe
    in_name = ({"what": sign.what.value, "words": sign.words, "where": sign.where} for sign in said)
    return Taken(
        sha256=deployment.evidence_storage().put_file(path),
        size=path.stat().st_size,
        type=found.type,
        name=name,
        hidden=found.hidden,
        signs=(*in_name, *found.signs),
        partly=found.partly,
        removable=found.removable,
        clean=verdict is Verdict.CLEAN,
    )


def _kind(path: Path) -> str:
    with path.open("rb") as file:
        return file_types.by_content(file.read(file_types.HEAD))


def drop_aside(*, before: float) -> int:
    """Delete uploads that were being looked into when the process was killed, before that moment; how many."""
    return storage.drop_aside(files.incoming(), before=before)


@contextmanager
def _aside() -> Iterator[Path]:
    with storage.aside(files.incoming()) as folder:
        yield folder

