"""Which files may be evidence: decided by what they hold, and in agreement with what their name says. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from coprod.errors import Invalid
from coprod.phrases import N_, Phrase

HEAD = 4096  # bytes that tell what a file is


class WrongType(Invalid):
    """What was sent is no file that may be evidence."""

    status = 415

    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")


@dataclass(frozen=True, slots=True)
class FileType:
    code: str
    name: str
    extensions: tuple[str, ...]
    mime: str


OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES: Mapping[str, FileType] = {
    kind.code: kind
    for kind in (
        FileType("pdf", N_("PDF"), ("pdf",), "application/pdf"),
        FileType("docx", N_("Word"), ("docx",), f"{OFFICE}wordprocessingml.document"),
        FileType("xlsx", N_("Excel"), ("xlsx",), f"{OFFICE}spreadsheetml.sheet"),
        FileType("pptx", N_("PowerPoint"), ("pptx",), f"{OFFICE}presentationml.presentation"),
        FileType("jpeg", N_("Picture"), ("jpg", "jpeg"), "image/jpeg"),
        FileType("png", N_("Picture"), ("png",), "image/png"),
        FileType("gif", N_("Picture"), ("gif",), "image/gif"),
        FileType("webp", N_("Picture"), ("webp",), "image/webp"),
        FileType("txt", N_("Plain text"), ("txt",), "text/plain"),
    )
}
PICTURES = frozenset({"jpeg", "png", "gif", "webp"})
OFFICE_FILES = frozenset({"docx", "xlsx", "pptx"})
ZIP = "zip"  # An office file is a zip: which of them, a look inside tells.
ACCEPTED = ",".join(f".{extension}" for kind in TYPES.values() for extension in kind.extensions)
ALLOWED = N_(
    "PDF, Word, Excel or PowerPoint (.docx, .xlsx, .pptx), pictures (.jpg, .png, .gif, .webp) and plain text (.txt)"
)
SIGNATURES = (
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", ZIP),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
)
RUNS = re.compile(rb"<\s*(!doctype|html|head|body|script|svg|iframe|object|embed|img|\?xml|\?php)|^\s*#!|^%!", re.I)
# What a computer would run, wherever it stands in a name: "letter.pdf.exe", and "letter.exe.pdf" too.
RUNS_BY_NAME = (
    "app bat cmd cpl dll docm dotm exe hta htm html jar js jse lnk mjs msi php pif pptm ps1 py reg scr sh svg vbe vbs "
    "wsf xhtml xlam xlsm xltm xml"
)
RUNNABLE = frozenset(RUNS_BY_NAME.split())
OLD_OFFICE = N_("This is an older Office file. Open it, save it as .docx, .xlsx or .pptx, and send that.")
ELSE = Phrase("We take {allowed}. This file is something else.", allowed=Phrase(ALLOWED))
NOT_AS_NAMED = N_("This file is not what its name says. Save it again in the program that made it, and send that.")


def by_content(head: bytes) -> str:
    """The code of the type that a file's first bytes show, or ZIP. Raises WrongType for everything else."""
    for signature, code in SIGNATURES:
        if head.startswith(signature):
            return code
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise WrongType(OLD_OFFICE)
    if head[4:8] == b"ftyp":
        raise WrongType(N_("This is a film, or a photo as some phones keep it. Save the photo as .jpg, and send that."))
    if not head.strip():
        raise WrongType(N_("This file is empty."))
    if b"\0" in head or RUNS.search(head):
        raise WrongType(ELSE)
    return "txt"


def agreed(content: str, name: str) -> None:
    """A file's name must say what it holds, and nothing in it may name what a computer runs. Raises WrongType."""
    parts = [re.sub(r"\W", "", part).casefold() for part in name.split(".")]
    extension = parts[-1] if len(parts) > 1 else ""
    known = {each for kind in TYPES.values() for each in kind.extensions}
    if extension not in known or RUNNABLE & set(parts[1:]):
        raise WrongType(ELSE)
    fits = {each for code in (OFFICE_FILES if content == ZIP else {content}) for each in TYPES[code].extensions}
    if extension not in fits:
        raise WrongType(NOT_AS_NAMED)
