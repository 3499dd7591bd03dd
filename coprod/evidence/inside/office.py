"""An office file is a zip of XML parts: which sort it is, what it hides, and its text. It is never unpacked whole."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lxml import etree

from coprod.evidence.inside import photos
from coprod.evidence.inside.looking import Look, Pieces, Refused
from coprod.phrases import N_

MAIN = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
MOST_PARTS = 3000
MOST_UNPACKED = 150 * 1024 * 1024
LARGEST_PART = 40 * 1024 * 1024
TIMES_SMALLER = 200  # no honest part packs better than this
BROKEN = N_("We can't read this file. Save it again in the program that made it, and send that.")
TOO_MUCH = N_("There is far more in this file than its size says. Save it as a PDF, and send that.")
MACROS = N_("This file holds a program (a macro). Save it without macros, or as a PDF, and send that.")
INSIDE = N_("This file holds other files. Save it as a PDF, and send that.")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
CHANGED = {f"{W}{name}" for name in ("ins", "del", "moveFrom", "moveTo")}
PROPERTIES = {
    "creator": N_("Author"),
    "lastModifiedBy": N_("Last changed by"),
    "title": N_("Title"),
    "subject": N_("Subject"),
    "keywords": N_("Keywords"),
    "description": N_("Description"),
    "Company": N_("Company"),
    "Manager": N_("Manager"),
}
TEXT_PARTS = re.compile(
    r"^(word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml|xl/worksheets/sheet\d+\.xml"
    r"|ppt/(slides/slide|notesSlides/notesSlide)\d+\.xml)$"
)
REMARK_PARTS = re.compile(
    r"^(word/comments\w*|xl/(threadedC|c)omments/?\w*|ppt/comments/\w+|(word|xl/persons|ppt)/(people|person|authors|commentAuthors))\.xml$"
)


@contextmanager
def opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, str]]:
    """The file and its type. Raises Refused for what is not an office file, holds macros, or blows up."""
    try:
        with zipfile.ZipFile(path) as held:
            yield held, _kind(held)
    except (zipfile.BadZipFile, etree.XMLSyntaxError, KeyError, ValueError, EOFError, OSError, NotImplementedError):
        raise Refused(BROKEN) from None
    except RuntimeError:  # How a zip says that it has a password.
        raise Refused(BROKEN) from None


def pieces(held: zipfile.ZipFile, look: Look) -> Pieces:
    """The text, paragraph by paragraph or cell by cell. On the way, what the file hides."""
    names = set(held.namelist())
    look.removable = True
    _say_what_it_carries(held, names, look)
    for part in sorted(names):
        if REMARK_PARTS.match(part):
            said = [text.strip() for text in etree.fromstring(read(held, part), _parser()).itertext() if text.strip()]
            if said:
                look.say(N_("Comments"), N_("There are some. They may name people"))
                yield "a comment", "\n".join(said)
    shared = (
        list(_paragraphs(held, "xl/sharedStrings.xml", look, "{*}si")) if "xl/sharedStrings.xml" in names else []
    )
    for part in sorted((name for name in names if TEXT_PARTS.match(name)), key=_in_order):
        if part.startswith("xl/"):
            yield from _cells(held, part, shared)
        else:
            for number, text in enumerate(_paragraphs(held, part, look), start=1):
                yield _place(part, number), text


def _say_what_it_carries(held: zipfile.ZipFile, names: set[str], look: Look) -> None:
    for part in ("docProps/core.xml", "docProps/app.xml", "docProps/custom.xml"):
        if part in names:
            _say_properties(held, part, look)
    for part in filter(photos.NAMES.match, names):
        with held.open(part) as stream:
            if photos.CARRIES.search(stream.read(photos.HEAD)):
                look.say(photos.LABEL, photos.SAID)


def _kind(held: zipfile.ZipFile) -> str:
    entries = held.infolist()
    if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise Refused(TOO_MUCH)
    if any(e.file_size > TIMES_SMALLER * max(e.compress_size, 100) or e.file_size > LARGEST_PART for e in entries):
        raise Refused(TOO_MUCH)
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names) or any(".." in name.split("/") or name.startswith("/") for name in names):
        raise Refused(BROKEN)
    kind = next((code for part, code in MAIN.items() if part in names), None)
    if kind is None or "[Content_Types].xml" not in names:
        raise Refused(BROKEN)
    contents = read(held, "[Content_Types].xml").lower()
    lower = [name.casefold() for name in names]
    if b"macroenabled" in contents or b"vbaproject" in contents or any(_runs(name) for name in lower):
        raise Refused(MACROS)
    if any("/embeddings/" in name and not name.endswith((".xlsx", "/")) for name in lower):
        raise Refused(INSIDE)
    return kind


def _runs(name: str) -> bool:
    return name.endswith(("vbaproject.bin", ".exe", ".js", ".vbs", ".hta", ".html")) or "/activex/" in name


def read(held: zipfile.ZipFile, part: str) -> bytes:
    """One part, as far as it may go: a zip can say less than it holds."""
    with held.open(part) as stream:
        content = stream.read(LARGEST_PART + 1)
    if len(content) > LARGEST_PART:
        raise Refused(TOO_MUCH)
    if b"<!DOCTYPE" in content[:2000] or b"<!ENTITY" in content[:2000]:
        raise Refused(BROKEN)
    return content


def _walk(held: zipfile.ZipFile, part: str, tag: str) -> Iterator[etree._Element]:
    """Each element of one kind, forgotten once it is read."""
    with held.open(part) as stream:
        start = stream.read(2000)
        if b"<!DOCTYPE" in start:
            raise Refused(BROKEN)
        stream.seek(0)
        for _, element in etree.iterparse(stream, tag=tag, resolve_entities=False, no_network=True, load_dtd=False):
            yield element
            element.clear()
            while element.getprevious() is not None and element.getparent() is not None:
                del element.getparent()[0]


def _paragraphs(held: zipfile.ZipFile, part: str, look: Look, tag: str = "{*}p") -> Iterator[str]:
    for element in _walk(held, part, tag):
        if any(True for _ in element.iter(*CHANGED)):
            look.say(N_("Tracked changes"), N_("There are some. What was crossed out can still be read"))
        said = "".join(e.text or "" for e in element.iter("{*}t", "{*}delText", "{*}text"))
        if said:
            yield said


def _cells(held: zipfile.ZipFile, part: str, shared: list[str]) -> Pieces:
    sheet = re.sub(r"\D", "", part)
    for cell in _walk(held, part, "{*}c"):
        value = cell.findtext("{*}v") or "".join(t.text or "" for t in cell.iter("{*}t"))
        if cell.get("t") == "s" and value.isdigit() and int(value) < len(shared):
            value = shared[int(value)]
        if value:
            yield f"sheet {sheet}, cell {cell.get('r', '')}", value


def _say_properties(held: zipfile.ZipFile, part: str, look: Look) -> None:
    root = etree.fromstring(read(held, part), _parser())
    for element in root.iter("{*}*"):
        name = etree.QName(element).localname
        if part.endswith("custom.xml"):
            if element.text and element.text.strip():
                look.say(N_("Further details"), element.text)
        elif name in PROPERTIES:
            look.say(PROPERTIES[name], element.text or "")


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _in_order(part: str) -> tuple[str, int]:
    number = re.search(r"\d+", part)
    return re.sub(r"\d+", "", part), int(number[0]) if number else 0


def _place(part: str, number: int) -> str:
    digits = re.sub(r"\D", "", part)
    if part.startswith("ppt/notesSlides"):
        return f"the notes of slide {digits}"
    if part.startswith("ppt/"):
        return f"slide {digits}"
    if part == "word/document.xml":
        return f"paragraph {number}"
    return f"the {part.removeprefix('word/').removesuffix('.xml').rstrip('0123456789')} of a page"
