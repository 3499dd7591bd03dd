"""Reading a "Get information about schools" file, a row at a time, so that its size does not matter."""

import codecs
import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

from coprod.errors import DomainError
from coprod.organisations.school_row import NEEDED, USED, RowFault
from coprod.phrases import N_, Phrase

LONGEST_LINE = 64 * 1024  # characters; the register's longest is about 3,000
BLOCK = 256 * 1024  # bytes
NOT_TEXT = (
    (b"%PDF", N_("it is a PDF")),
    (b"PK\x03\x04", N_("it is a spreadsheet or a zip file: save it as CSV first")),
    (b"\xd0\xcf\x11\xe0", N_("it is an old spreadsheet: save it as CSV first")),
    (codecs.BOM_UTF16_LE, N_("it is saved as UTF-16 text: save it as CSV first")),
    (codecs.BOM_UTF16_BE, N_("it is saved as UTF-16 text: save it as CSV first")),
)
WEB_PAGE = (b"<!doctype", b"<html", b"<?xml")


class NotARegister(DomainError):
    """A file that is not a register of schools is refused whole; the words say which file, and why."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(
            Phrase(
                "{file} can't be used: {why}.",
                file=file,
                why=reason if isinstance(reason, Phrase) else Phrase(reason),
            )
        )
        self.file = file
        self.reason = reason


def read(path: Path, *, called: str | None = None) -> Iterator[tuple[int, Mapping[str, str]] | RowFault]:
    """Each row under the heading as its number and the columns we use, or as a fault where its columns do not fit.

    Rows are counted as a spreadsheet counts them: the heading is row 1. `called` names the file in refusals.
    Raises NotARegister before the first row, or where a later row can't be told from the next.
    """
    name = called or path.name
    encoding = _encoding(path, name)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        rows = csv.reader(_lines(file, name), strict=True)
        try:
            heading = next(rows, [])
            places = _places(heading, name)
            for number, cells in enumerate(rows, start=2):
                if not cells:
                    continue  # An empty line: nothing was there to lose.
                if len(cells) != len(heading):
                    yield RowFault(
                        number,
                        "",
                        Phrase(
                            "It has {number} columns, and the heading has {all}", number=len(cells), all=len(heading)
                        ),
                    )
                else:
                    yield number, {column: cells[place] for column, place in places.items()}
        except csv.Error:
            raise NotARegister(
                name, Phrase("the quotation marks are not right near line {line:,}", line=rows.line_num)
            ) from None


def _encoding(path: Path, name: str) -> str:
    """UTF-8 where all of the file is, else Windows-1252, which the register's own download uses."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            block = file.read(BLOCK)
            _refuse_what_is_not_text(block, name)
            while block:
                decoder.decode(block)
                block = file.read(BLOCK)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    except OSError:
        raise NotARegister(name, N_("it can't be opened")) from None
    return "utf-8-sig"


def _refuse_what_is_not_text(start: bytes, name: str) -> None:
    if not start.strip():
        raise NotARegister(name, N_("it is empty"))
    for mark, reason in NOT_TEXT:
        if start.startswith(mark):
            raise NotARegister(name, reason)
    if start.lstrip(codecs.BOM_UTF8 + b" \t\r\n")[:9].lower().startswith(WEB_PAGE):
        raise NotARegister(name, N_("it is a web page: download the file again"))
    if b"\0" in start[:4096]:
        raise NotARegister(name, N_("it is not text"))


def _lines(file: TextIO, name: str) -> Iterator[str]:
    """The file's lines. One without end is refused before it fills the memory."""
    while line := file.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise NotARegister(name, N_("it has a line that is far too long"))
        yield line


def _places(heading: list[str], name: str) -> dict[str, int]:
    """Where each column that we use stands. Other columns, and their order, do not matter."""
    named = [cell.strip() for cell in heading]
    missing = [column for column in NEEDED if column not in named]
    if missing:
        listed = ", ".join(missing)
        raise NotARegister(
            name, Phrase("its first row does not have the headings of the register. It lacks {missing}", missing=listed)
        )
    twice = [column for column in USED if named.count(column) > 1]
    if twice:
        raise NotARegister(name, Phrase("it has the heading {heading} twice", heading=twice[0]))
    return {column: named.index(column) for column in USED if column in named}
