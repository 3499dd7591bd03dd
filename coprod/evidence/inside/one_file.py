"""One file, looked into by the process that runs this, within limits that hold for that process alone."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from coprod.evidence.file_types import OFFICE_FILES, PICTURES, ZIP
from coprod.evidence.inside.looking import Deadline, Look, Pieces, Refused, plain, within
from coprod.evidence.screening import MOST, signs
from coprod.phrases import N_

MEMORY = 360 * 1024 * 1024  # of addresses; what it really uses stays far below
SECONDS = 4  # of work
TIME_TO_READ = 1.0
READERS = {"pdf": "pdf"} | dict.fromkeys(PICTURES, "pictures") | dict.fromkeys((ZIP, *OFFICE_FILES), "office_cleaning")
NO_ROOM = N_(
    "There is more in this file than we can look through. Make it smaller, or save it as a PDF, and send that."
)


def look_inside(path: Path, out: Path, kind: str, today: date) -> dict[str, Any]:
    """Everything that can be said about the file, with what looks like personal data in its text."""
    if kind in PICTURES:
        from coprod.evidence.inside import pictures

        return asdict(pictures.make_again(path, out, kind)) | {"signs": [], "more": False}
    found = Look(kind)
    with _text_of(path, kind, found) as pieces:
        seen = list(islice(signs(within(pieces, Deadline(TIME_TO_READ), found), today=today), MOST + 1))
    said = [{"what": sign.what.value, "words": sign.words, "where": sign.where} for sign in seen[:MOST]]
    return asdict(found) | {"signs": said, "more": len(seen) > MOST}


def clean(path: Path, out: Path, kind: str) -> dict[str, Any]:
    if kind == "pdf":
        from coprod.evidence.inside import pdf

        pdf.clean(path, out)
    elif kind in OFFICE_FILES:
        from coprod.evidence.inside import office_cleaning

        office_cleaning.clean(path, out)
    return {"type": kind}


@contextmanager
def _text_of(path: Path, kind: str, found: Look) -> Iterator[Pieces]:
    if kind == "pdf":
        from coprod.evidence.inside import pdf

        yield pdf.pieces(path, found)
    elif kind == ZIP:
        from coprod.evidence.inside import office

        with office.opened(path) as (held, found.type):
            yield office.pieces(held, found)
    else:
        yield plain(path, found)


def get_ready(kind: str) -> None:
    """Load what looks into files of that type, which takes longer than most looks."""
    import_module(f"coprod.evidence.inside.{READERS.get(kind, 'looking')}")


def limited(task: str, source: str, out: str, kind: str, today: str) -> dict[str, Any]:
    """What is asked, and from now on this process has no more memory and time than a file may take."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        if task == "clean":
            return clean(Path(source), Path(out), kind)
        return look_inside(Path(source), Path(out), kind, date.fromisoformat(today))
    except Refused as refusal:
        return {"refusal": str(refusal)}
    except (MemoryError, RecursionError):
        return {"refusal": NO_ROOM}
