"""A spreadsheet that comes back, read within bounds: whatever somebody sends, it is refused in words or read as words.

Nothing in it is ever worked out: a formula is a fault that the preview names. What it unpacks to is looked at before
any of it is read.
"""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import openpyxl

from coprod.errors import Invalid
from coprod.framework.workbook import ABOUT, ACCOUNT, ANSWERS, CODE, COLUMNS, FORMAT, QUESTION, RATING, REASON
from coprod.phrases import N_, Phrase

MOST_PARTS = 100
MOST_UNPACKED = 8_000_000
MOST_ROWS = 150
DECLARES_ENTITIES = (b"<!DOCTYPE", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))
RETURN = "_x000D_"  # How some spreadsheet programs write the first half of a line end.
FORMULA = "f"


class NotReadable(Invalid):
    """The file is not a spreadsheet that was made here."""

    def __init__(self, words: str) -> None:
        super().__init__(words, field="file")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the answers as it was typed. `formulas` are the headings of cells that hold a formula."""

    number: int
    code: str
    question: str
    rating: str
    reason: str
    account: str
    formulas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workbook:
    """What a spreadsheet says: which standards and assessment it was made from, what stood then, and its rows."""

    standards: str
    version: str
    assessment: str
    stood: Mapping[str, str]
    rows: tuple[Row, ...]


def read(content: bytes) -> Workbook:
    """The spreadsheet as words. Raises NotReadable for whatever else it may be."""
    _check_archive(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        facts = _facts(book)
        rows = tuple(_rows(book))
    except NotReadable:
        raise
    except Exception as fault:  # The library raises whatever a broken file makes it stumble over.
        raise NotReadable(
            N_("We can't read this file. Save it again as an Excel workbook (.xlsx), and send that.")
        ) from fault
    stood = {name.removeprefix("stood "): value for name, value in facts.items() if name.startswith("stood ")}
    return Workbook(facts.get("standards", ""), facts.get("version", ""), facts.get("assessment", ""), stood, rows)


def _check_archive(content: bytes) -> None:
    """A workbook is a zip. How much it unpacks to is known before it is unpacked, and is never more than that."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            listed = parts.infolist()
            if any(part.flag_bits & 1 for part in listed):
                raise NotReadable(N_("This file has a password. Save it without one, and send that."))
            if len(listed) > MOST_PARTS or sum(part.file_size for part in listed) > MOST_UNPACKED:
                raise NotReadable(N_("This file holds far more than your answers. Download a new copy and use that."))
            for part in listed:
                if any(mark in parts.read(part) for mark in DECLARES_ENTITIES):
                    raise NotReadable(
                        N_("This file holds something that a spreadsheet has no use for. Use a new copy.")
                    )
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, RuntimeError) as fault:
        raise NotReadable(N_("This is not a spreadsheet that we can read. Send an Excel workbook (.xlsx).")) from fault


def _facts(book: Any) -> dict[str, str]:
    if ABOUT not in book.sheetnames or ANSWERS not in book.sheetnames:
        raise NotReadable(N_("This spreadsheet was not made here. Download a copy, and fill in that one."))
    pairs = book[ABOUT].iter_rows(min_row=2, max_row=MOST_ROWS, max_col=2)
    facts = {_words(row[0]): _words(row[1]) for row in pairs if len(row) == 2}
    if facts.get("format") != FORMAT:
        raise NotReadable(N_("This spreadsheet was made by another version of this site. Download a new copy."))
    return facts


def _rows(book: Any) -> Iterator[Row]:
    sheet = book[ANSWERS]
    sheet.reset_dimensions()  # What a file says of its own size is not to be relied on.
    for number, cells in enumerate(sheet.iter_rows(max_row=MOST_ROWS, max_col=len(COLUMNS)), start=1):
        here = [*cells, *[None] * (len(COLUMNS) - len(cells))]
        if number == 1:
            _check_headings(here)
            continue
        words = [_words(cell) for cell in here]
        if any(words):
            formulas = tuple(COLUMNS[place][0] for place in (RATING, REASON, ACCOUNT) if _is_formula(here[place]))
            yield Row(number, words[CODE], words[QUESTION], words[RATING], words[REASON], words[ACCOUNT], formulas)


def _check_headings(cells: list[Any]) -> None:
    for place in (CODE, QUESTION, RATING, REASON, ACCOUNT):
        if _words(cells[place]) != COLUMNS[place][0]:
            raise NotReadable(
                Phrase(
                    "The columns of the sheet “{answers}” are not where they were. Put them back, or use a new copy.",
                    answers=ANSWERS,
                )
            )


def _is_formula(cell: Any) -> bool:
    return cell is not None and cell.data_type == FORMULA


def _words(cell: Any) -> str:
    """A cell as words: a whole number without its point."""
    value = None if cell is None else cell.value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).replace(RETURN, "").strip()
