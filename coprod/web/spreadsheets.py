"""Lists as CSV files that are safe to open in a spreadsheet: what looks like a formula stays text."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime

FORMULA = frozenset("=+-@\t\r\n＝＋－＠")  # noqa: RUF001  # the full-width forms count too
IN_FRONT = " \u00a0\u3000\"'"
MARK = "\ufeff"  # Tells spreadsheets that the file is UTF-8.

Cell = str | int | date | datetime | None


def safe_cell(text: str) -> str:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front, and so stays text."""
    first = text.lstrip(IN_FRONT)[:1] or text[:1]
    return f"'{text}" if first in FORMULA or text[:1] in FORMULA else text


def as_csv(heading: Iterable[str], rows: Iterable[Iterable[Cell]]) -> Iterator[str]:
    """A heading and rows as CSV, in pieces."""
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(heading)
    yield MARK + _taken(held)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        if held.tell() > io.DEFAULT_BUFFER_SIZE:
            yield _taken(held)
    yield _taken(held)


def _cell(value: Cell) -> str | int:
    if isinstance(value, str):
        return safe_cell(value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value if isinstance(value, int) else value.isoformat() if value else ""


def _taken(held: io.StringIO) -> str:
    text = held.getvalue()
    held.seek(0)
    held.truncate()
    return text
