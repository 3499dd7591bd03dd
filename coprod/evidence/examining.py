"""Has a file looked into by a process of its own: whatever is wrong with the file, the server stays well."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from coprod.errors import Invalid
from coprod.evidence import file_types, standby
from coprod.evidence.turns import turn
from coprod.phrases import N_
from coprod.web import deployment

LONGEST = 25  # seconds by the clock, on a busy machine; what it may really work is far less
NO_TIME = N_("We can't look through this file. Make it smaller, or save it as a PDF, and send that.")


@dataclass(frozen=True, slots=True)
class Examined:
    """What a look inside found. `made` is true where the file was made again without what it carried along."""

    type: str
    hidden: tuple[tuple[str, str], ...]
    signs: tuple[dict[str, str], ...]
    more: bool
    partly: str
    removable: bool
    made: bool


def look(path: Path, out: Path, kind: str, *, today: date) -> Examined:
    """What is inside the file at `path`. A picture is made again at `out`. Raises Invalid where it can't be taken."""
    found = _run("look", path, out, kind, today)
    return Examined(
        type=found["type"],
        hidden=tuple((label, value) for label, value in found["hidden"]),
        signs=tuple(found["signs"]),
        more=found["more"],
        partly=found["partly"],
        removable=found["removable"] and bool(found["hidden"]),
        made=kind in file_types.PICTURES,
    )


def clean(path: Path, out: Path, kind: str, *, today: date) -> None:
    """The same file at `out`, without author, comments and tracked changes."""
    _run("clean", path, out, kind, today)


def _run(task: str, path: Path, out: Path, kind: str, today: date) -> dict[str, Any]:
    try:
        with turn(deployment.settings().instance / "turns"):
            said = standby.ask(task, str(path), str(out), kind, today.isoformat(), longest=LONGEST)
    except standby.NoAnswer:
        raise Invalid(NO_TIME, field="file") from None
    found: dict[str, Any] = json.loads(said)
    if "refusal" in found:
        raise Invalid(found["refusal"], field="file")
    return found
