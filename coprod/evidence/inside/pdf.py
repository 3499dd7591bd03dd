"""A PDF: what it would run is refused; what it hides is said and can be taken out; its text is read page by page."""

import mmap
import re
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, StreamObject

from coprod.evidence.inside import photos
from coprod.evidence.inside.looking import Look, Pieces, Refused
from coprod.phrases import N_

ACTIVE = re.compile(rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData)\b")
DISGUISED = re.compile(rb"/[A-Za-z#0-9]{0,60}#[0-9A-Fa-f]{2}[A-Za-z#0-9]{0,60}")
RUNS = N_("This PDF would run a program, or holds other files. Print it to a new PDF, and send that.")
LOCKED = N_("This PDF has a password. Save it without one, and send that.")
BROKEN = N_("We can't read this PDF. Print it to a new PDF, and send that.")
LABELS = {
    "/Author": N_("Author"),
    "/Title": N_("Title"),
    "/Subject": N_("Subject"),
    "/Keywords": N_("Keywords"),
    "/Creator": N_("Made with"),
}
REMARKS = {
    "/Text",
    "/FreeText",
    "/Highlight",
    "/Underline",
    "/StrikeOut",
    "/Squiggly",
    "/Stamp",
    "/Ink",
    "/Popup",
    "/Caret",
}
IS_A_PHOTO = ("/DCTDecode", ["/DCTDecode"])  # how a PDF says that these are a JPEG's bytes
FAULTS = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError)


def pieces(path: Path, look: Look) -> Pieces:
    """The text of each page. On the way, what the file hides."""
    with path.open("rb") as handle:
        try:
            _refuse_what_runs(handle.fileno(), look)
            reader = PdfReader(handle)
            if reader.is_encrypted:
                raise Refused(LOCKED)
            _refuse_in_bundles(reader)
            look.removable = True
            facts = reader.metadata or DictionaryObject()
            for key, label in LABELS.items():
                look.say(label, facts.get(key, ""))
            count = len(reader.pages)
        except FAULTS:
            raise Refused(BROKEN) from None
        if not count:
            raise Refused(BROKEN)
        remarks = 0
        for number in range(count):
            text, found = _page(reader, number)
            remarks += found
            if found:
                look.say(N_("Comments and marks"), N_("There are some. They may name people"))
            yield f"page {number + 1}", text


def clean(path: Path, out: Path) -> None:
    """The same pages without author, title, comments and marks, and without what photos carry."""
    try:
        writer = PdfWriter(clone_from=str(path))
        writer.metadata = None
        for holder in (writer.root_object, *writer.pages):
            for key in ("/Metadata", "/PieceInfo"):
                holder.pop(key, None)
        writer.remove_annotations(subtypes=tuple(REMARKS))  # type: ignore[arg-type]  # any subtype's name serves
        for each in writer._objects:
            if isinstance(each, StreamObject) and each.get("/Filter") in IS_A_PHOTO:
                each._data = photos.bare(each._data)
        # What nothing points at any more would still lie in the file for whoever looks.
        writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
        writer.write(str(out))
    except FAULTS:
        raise Refused(BROKEN) from None


def _page(reader: PdfReader, number: int) -> tuple[str, int]:
    """The text of one page, and how many remarks are on it. A page that can't be read says nothing."""
    try:
        page = reader.pages[number]
        marks = [each.get_object() for each in page.get("/Annots", ())]
        remarks = [mark for mark in marks if isinstance(mark, DictionaryObject) and mark.get("/Subtype") in REMARKS]
        said = "\n".join(str(mark.get("/Contents", "")) for mark in remarks)
        return f"{page.extract_text()}\n{said}", len(remarks)
    except FAULTS:
        return "", 0


def _refuse_what_runs(handle: int, look: Look) -> None:
    with mmap.mmap(handle, 0, access=mmap.ACCESS_READ) as content:
        _refuse_active(content)
        if photos.CARRIES.search(content):
            look.say(photos.LABEL, photos.SAID)


def _refuse_in_bundles(reader: PdfReader) -> None:
    """Newer PDFs pack their objects into compressed bundles: what runs may hide there."""
    for number in {bundle for bundle, _place in reader.xref_objStm.values()}:
        held = reader.get_object(number)
        if isinstance(held, StreamObject):
            _refuse_active(held.get_data())


def _refuse_active(content: bytes | mmap.mmap) -> None:
    if ACTIVE.search(content):
        raise Refused(RUNS)
    for match in DISGUISED.finditer(content):
        plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda code: bytes([int(code[1], 16)]), match.group())
        if ACTIVE.search(plain + b" "):
            raise Refused(RUNS)
