"""Files that nobody should send, made here: what each is, and what has to become of it.

Each is a name, the name that somebody's computer gives it, its content, and what it may become: REFUSED, or the type
as which it may be kept (as a picture made again, or as a file that no browser opens by itself).
"""

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import Image, PngImagePlugin
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

REFUSED = ""
CANARY = "document.title='canary-ran'"
HTML = f"<!doctype html><html><body><script>{CANARY}</script></body></html>".encode()
SVG = f"<svg xmlns='http://www.w3.org/2000/svg' onload=\"{CANARY}\"><script>{CANARY}</script></svg>".encode()
EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + r"ANTIVIRUS-TEST-FILE!$H+H*").encode()
EXE = b"MZ\x90\x00" + b"\x00" * 200
RELATED = "http://schemas.openxmlformats.org/package/2006"
WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@dataclass(frozen=True)
class Hostile:
    what: str
    name: str
    made: bytes | Callable[[], bytes]
    becomes: str = REFUSED

    @property
    def content(self) -> bytes:
        """Large ones are made when they are asked for."""
        return self.made if isinstance(self.made, bytes) else self.made()


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 8), mode: str = "RGB", **options: object) -> bytes:
    held = io.BytesIO()
    Image.new(mode, size, 1).save(held, kind, **options)  # type: ignore[arg-type]  # whatever the format takes
    return held.getvalue()


def photo() -> bytes:
    """A photo that says where and with what it was taken, and has to be turned."""
    made = Image.new("RGB", (40, 20), "red")
    exif = made.getexif()
    exif[0x010F], exif[0x0112] = "SecretCamera", 6
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (52.0, 24.0, 0.0)
    held = io.BytesIO()
    made.save(held, "JPEG", exif=exif, comment=b"SecretComment")
    return held.getvalue()


def package(parts: dict[str, str | bytes], *, types: str = "", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip with these parts, and the part that every office file has."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as made:
        made.writestr("[Content_Types].xml", f'<Types xmlns="{RELATED}/content-types">{types}</Types>')
        for part, content in parts.items():
            made.writestr(part, content)
    return held.getvalue()


def docx(body: str = "<w:p><w:r><w:t>Hello</w:t></w:r></w:p>", **more: str | bytes) -> bytes:
    parts: dict[str, str | bytes] = {
        "_rels/.rels": f'<Relationships xmlns="{RELATED}/relationships"/>',
        "word/document.xml": f'<w:document xmlns:w="{WORDS}"><w:body>{body}</w:body></w:document>',
    }
    return package(parts | {part.replace("__", "/"): content for part, content in more.items()})


def tracked() -> bytes:
    body = (
        '<w:p><w:r><w:t>We met. </w:t></w:r><w:del w:author="SecretAuthor"><w:r><w:delText>CrossedOut</w:delText></w:r>'
        '</w:del><w:ins w:author="SecretAuthor"><w:r><w:t>PutIn</w:t></w:r></w:ins></w:p>'
    )
    core = "<c xmlns:dc='d'><dc:creator>SecretAuthor</dc:creator><dc:title>SecretTitle</dc:title></c>"
    said = '<w:comment w:author="SecretAuthor"><w:p><w:r><w:t>SecretRemark</w:t></w:r></w:p></w:comment>'
    remarks = f'<w:comments xmlns:w="{WORDS}">{said}</w:comments>'
    return docx(body, **{"docProps/core.xml": core, "word/comments.xml": remarks})


def with_photos() -> bytes:
    """A Word file with two photos, and a small picture of its first page."""
    link = f'<Relationship Id="a" Type="{RELATED}/relationships/metadata/thumbnail" Target="docProps/thumbnail.jpeg"/>'
    parts: dict[str, str | bytes] = {
        "_rels/.rels": f'<Relationships xmlns="{RELATED}/relationships">{link}</Relationships>',
        "docProps/thumbnail.jpeg": photo(),
        "word/media/image1.JPG": photo(),
        "word/media/image2.png": text_in_png(packed=False),
    }
    return docx(**parts)


def photographed() -> bytes:
    """A PDF with a photo on its page."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    held = StreamObject()
    held._data = photo()
    named = {"/Type": "/XObject", "/Subtype": "/Image", "/ColorSpace": "/DeviceRGB", "/Filter": "/DCTDecode"}
    sized = {"/Width": 40, "/Height": 20, "/BitsPerComponent": 8}
    held.update({NameObject(key): NameObject(value) for key, value in named.items()})
    held.update({NameObject(key): NumberObject(value) for key, value in sized.items()})
    drawn = DictionaryObject({NameObject("/P"): writer._add_object(held)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): drawn})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf(*, script: str = "", attach: bytes = b"", password: str = "", **facts: str) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if script:
        action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(script)}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    if attach:
        writer.add_attachment("inside.exe", attach)
    if facts:
        writer.add_metadata({f"/{name}": words for name, words in facts.items()})
    if password:
        writer.encrypt(password)
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


def launching() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    action = {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


def remarked() -> bytes:
    """A PDF with a comment on its page, and with facts in a part of their own, as newer programs keep them."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    said = {NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/Text")}
    said |= {NameObject("/T"): TextStringObject("SecretAuthor")}
    said |= {NameObject("/Contents"): TextStringObject("SecretRemark: ring 07700 900123")}
    said |= {NameObject("/Rect"): ArrayObject([NumberObject(number) for number in (10, 10, 30, 30)])}
    page[NameObject("/Annots")] = ArrayObject([writer._add_object(DictionaryObject(said))])
    facts = StreamObject()
    facts.set_data(b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><creator>SecretCreator</creator></x:xmpmeta>")
    writer.root_object[NameObject("/Metadata")] = writer._add_object(facts)
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


def bundled(inside: str) -> bytes:
    """A PDF of the newer kind: its catalogue lies packed in a bundle with others, so no search finds its words."""
    objects = [(1, f"<</Type/Catalog/Pages 2 0 R {inside}>>"), (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>")]
    objects.append((3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>"))
    places, body = [], ""
    for number, words in objects:
        places.append(f"{number} {len(body)}")
        body += f"{words} "
    head = " ".join(places) + " "
    packed = zlib.compress((head + body).encode())
    made = b"%PDF-1.5\n"
    rows = [struct.pack(">BIB", 0, 0, 255), *(struct.pack(">BIB", 2, 4, place) for place in range(3))]
    rows.append(struct.pack(">BIB", 1, len(made), 0))
    bundle = f"4 0 obj\n<</Type/ObjStm/N 3/First {len(head)}/Filter/FlateDecode/Length {len(packed)}>>stream\n"
    made += bundle.encode() + packed + b"\nendstream\nendobj\n"
    start = len(made)
    rows.append(struct.pack(">BIB", 1, start, 0))
    table = zlib.compress(b"".join(rows))
    facts = f"<</Type/XRef/Size 6/W[1 4 1]/Root 1 0 R/Filter/FlateDecode/Length {len(table)}>>"
    made += f"5 0 obj\n{facts}stream\n".encode() + table + b"\nendstream\nendobj\n"
    return made + f"startxref\n{start}\n%%EOF".encode()


def large_png(width: int, height: int) -> bytes:
    """A few bytes that claim to be an enormous picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def text_in_png(*, packed: bool = True) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "SecretAuthor", zip=packed)
    return picture(pnginfo=info)


def bomb(part: str = "word/media/bomb.bin", size: int = 200 * 1024 * 1024) -> bytes:
    held = io.BytesIO(docx())
    with zipfile.ZipFile(held, "a", zipfile.ZIP_DEFLATED) as made, made.open(part, "w", force_zip64=True) as stream:
        for _ in range(size // 1024 // 1024):
            stream.write(b"\0" * 1024 * 1024)
    return held.getvalue()


def lying_zip() -> bytes:
    """A part that says it is ten bytes long, and unpacks to 50 MB."""
    content = docx(**{"word/header1.xml": b"\0" * 50_000_000})
    true, lie = struct.pack("<I", 50_000_000), struct.pack("<I", 10)
    return content.replace(true, lie)


def large_together() -> bytes:
    """No part of it is too large or packs too well, but together they fill a disk."""
    part = os.urandom(300_000) + b"\0" * 38_000_000
    return docx(**{f"word/media/{number}.bin": part for number in range(5)})


def nested() -> bytes:
    return docx(**{"word/embeddings/b.docx": bomb(size=30 * 1024 * 1024)})


def many_parts() -> bytes:
    return docx(**{f"word/p{n}.xml": "" for n in range(20_000)})


def files() -> Iterator[Hostile]:
    """The whole corpus."""
    yield from _programs()
    yield from _two_at_once()
    yield from _too_much()
    yield from _office()
    yield from _pdfs()
    yield from _pictures()
    yield from _names()


def _programs() -> Iterator[Hostile]:
    yield Hostile("a page", "page.html", HTML)
    yield Hostile("a page called text", "page.txt", HTML)
    yield Hostile("a page called PDF", "page.pdf", HTML)
    yield Hostile("a page after blank lines", "page.txt", b"\n" * 50 + HTML)
    yield Hostile("a page in UTF-16", "page.txt", HTML.decode().encode("utf-16"))
    yield Hostile("a drawing that scripts", "drawing.svg", SVG)
    yield Hostile("a drawing called PNG", "drawing.png", SVG)
    yield Hostile("a script", "run.js", CANARY.encode())
    yield Hostile("a script called text", "run.txt", b"#!/bin/sh\nrm -rf /\n")
    yield Hostile("PHP", "index.php", b"<?php system('id');")
    yield Hostile("PHP called text", "index.txt", b"<?php system('id');")
    yield Hostile("a program", "setup.exe", EXE)
    yield Hostile("a program called PDF", "setup.pdf", EXE)
    yield Hostile("a program called picture", "setup.jpg", EXE)
    yield Hostile("a Linux program", "tool.txt", b"\x7fELF\x02\x01\x01\x00" + b"\0" * 100)
    yield Hostile("a shortcut", "letter.lnk", b"L\0\0\0\x01\x14\x02\0" + b"\0" * 80)
    yield Hostile("a batch file", "go.bat", b"del *.*")
    yield Hostile("EICAR as text", "eicar.com.exe", EICAR)
    yield Hostile("EICAR called text: the scanner's to find", "eicar.txt", EICAR, "txt")
    yield Hostile("text that moves a terminal", "log.txt", b"Hello\n" * 1000 + b"\x1b]0;ran\x07")
    yield Hostile("text with an end inside", "log.txt", b"Hello\n" * 1000 + b"\0<html>")
    yield Hostile("PostScript", "page.txt", b"%!PS\nshowpage")
    yield Hostile("XML", "data.xml", b"<?xml version='1.0'?><a/>")
    yield Hostile("a web archive", "page.mht", b"MIME-Version: 1.0\n" + HTML)
    yield Hostile("CSV with a formula", "sums.csv", b"=cmd|'/c calc'!A0")
    yield Hostile("double extension, program last", "letter.pdf.exe", pdf())
    yield Hostile("double extension, program first", "letter.exe.pdf", pdf())
    yield Hostile("double extension, script inside", "letter.js.txt", b"Hello")
    yield Hostile("no extension", "letter", pdf())
    yield Hostile("an old Word file", "letter.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    yield Hostile("an old Word file called new", "letter.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    yield Hostile("RTF", "letter.rtf", b"{\\rtf1 hello}")
    yield Hostile("nothing at all", "empty.pdf", b"")


def _two_at_once() -> Iterator[Hostile]:
    script = f"/*{'x' * 20}*/=1;{CANARY}//".encode()
    yield Hostile("GIF and script", "both.gif", b"GIF89a/*" + b"\0" * 20 + b"*/=1;" + CANARY.encode())
    yield Hostile("whole GIF and script", "both.gif", picture("GIF", mode="P") + script, "png")
    yield Hostile("GIF called script", "both.js", picture("GIF", mode="P") + script)
    yield Hostile("PDF and page", "both.pdf", pdf() + HTML, "pdf")
    yield Hostile("page, then PDF", "both.pdf", HTML + pdf())
    yield Hostile("PDF called page", "both.html", pdf() + HTML)
    yield Hostile("JPEG and zip", "both.jpg", picture("JPEG") + package({"run.exe": EXE}), "jpeg")
    yield Hostile("JPEG and zip called Word", "both.docx", picture("JPEG") + docx())
    yield Hostile("PNG and page", "both.png", picture() + HTML, "png")
    yield Hostile("zip with a page before it", "both.docx", HTML + docx())
    yield Hostile("PDF and zip", "both.pdf", pdf() + docx(), "pdf")


def _too_much() -> Iterator[Hostile]:
    yield Hostile("zip bomb in Word", "bomb.docx", bomb)
    yield Hostile("a small zip bomb", "bomb.docx", lambda: bomb(size=30 * 1024 * 1024))
    yield Hostile("parts that are large together", "bomb.docx", large_together)
    yield Hostile("zip bomb as the document", "bomb.docx", lambda: docx("<w:p>" + " " * 60_000_000 + "</w:p>"))
    yield Hostile("zip that says less than it holds", "liar.docx", lying_zip)
    yield Hostile("Word in Word in Word", "nested.docx", lambda: docx(**{"word/embeddings/a.docx": nested()}))
    yield Hostile("20,000 parts in a zip", "parts.docx", many_parts)
    yield Hostile("a picture of 30,000 by 30,000", "large.png", large_png(30_000, 30_000))
    yield Hostile("a picture of 65,535 by 65,535", "large.png", large_png(65_535, 65_535))
    yield Hostile("a plain picture too large", "large.png", lambda: picture(size=(9_000, 9_000), mode="1"))
    yield Hostile("a plain picture of 5,000 by 5,000", "large.png", lambda: picture(size=(5_000, 5_000), mode="1"))
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    laughing = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><x>&l9;</x>'
    yield Hostile("a billion laughs", "laughs.docx", docx(**{"docProps/core.xml": laughing}))
    before, after = f'<w:document xmlns:w="{WORDS}"><w:p><w:r><w:t>', "</w:t></w:r></w:p></w:document>"
    laughing = laughing.replace("<x>", before).replace("</x>", after)
    yield Hostile("a billion laughs in the text", "laughs.docx", docx(**{"word/document.xml": laughing}))
    outside = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    yield Hostile("XML that reads files", "outside.docx", docx(**{"word/comments.xml": outside}))


def _office() -> Iterator[Hostile]:
    yield Hostile("macros", "macro.docm", docx(**{"word/vbaProject.bin": b"x"}))
    yield Hostile("macros called plain", "macro.docx", docx(**{"word/vbaProject.bin": b"x"}))
    enabled = '<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
    yield Hostile("macros by type", "macro.docx", package({"word/document.xml": "<a/>"}, types=enabled))
    yield Hostile("ActiveX", "active.docx", docx(**{"word/activeX/activeX1.bin": b"x"}))
    yield Hostile("a program inside", "ole.docx", docx(**{"word/embeddings/oleObject1.bin": EXE}))
    yield Hostile("a plain zip called Word", "zip.docx", package({"readme.txt": "hi"}))
    yield Hostile("Word called Excel", "letter.xlsx", docx())
    yield Hostile("a part that climbs out", "climb.docx", docx(**{"../../etc/cron": b"x"}))
    yield Hostile("broken zip", "broken.docx", docx()[:300])
    yield Hostile("no text in it", "odd.docx", docx("<w:p>"))
    yield Hostile("tracked changes", "tracked.docx", tracked(), "docx")


def _pdfs() -> Iterator[Hostile]:
    yield Hostile("a script in a PDF", "script.pdf", pdf(script=CANARY))
    yield Hostile("a script in disguise", "script.pdf", pdf(script=CANARY).replace(b"/JavaScript", b"/J#61vaScript"))
    yield Hostile("a script in a bundle", "script.pdf", bundled(f"/OpenAction<</S/JavaScript/JS({CANARY})>>"))
    yield Hostile("a bundle without a script", "bundle.pdf", bundled(""), "pdf")
    yield Hostile("a PDF that starts programs", "launch.pdf", launching())
    yield Hostile("a PDF with a program inside", "holds.pdf", pdf(attach=EXE))
    yield Hostile("a PDF with a password", "locked.pdf", pdf(password="secret"))
    yield Hostile("the start of a PDF", "part.pdf", b"%PDF-1.7\n" + b"\0" * 500)
    yield Hostile("a PDF and nothing more", "part.pdf", b"%PDF-1.7\n%%EOF")
    yield Hostile("a PDF that names its author", "named.pdf", pdf(Author="SecretAuthor"), "pdf")


def _pictures() -> Iterator[Hostile]:
    yield Hostile("a photo with its place", "photo.jpg", photo(), "jpeg")
    yield Hostile("a picture with words inside", "words.png", text_in_png(), "png")
    yield Hostile(
        "a moving picture",
        "moves.gif",
        picture("GIF", mode="P", save_all=True, append_images=[Image.new("P", (8, 8), 2)]),
        "png",
    )
    yield Hostile("half a picture", "half.jpg", picture("JPEG", (400, 400))[:300])
    yield Hostile("PNG called JPEG", "wrong.jpg", picture())
    yield Hostile("a phone's photo", "photo.heic", b"\0\0\0\x18ftypheic" + b"\0" * 100)
    yield Hostile("TIFF", "scan.tiff", picture("TIFF"))


def _names() -> Iterator[Hostile]:
    for name in (
        "../../etc/passwd.pdf",
        "..\\..\\boot.pdf",
        "a\0b.pdf",
        "a\r\nSet-Cookie: x=1.pdf",
        "x" * 5_000 + ".pdf",
        "\u202efdp.evil.pdf",
        "CON.pdf",
        "nul.tar.pdf",
        ".pdf",
        ".hidden.pdf",
        "<img src=x onerror=alert(1)>.pdf",
        '"; filename="evil.exe".pdf',
        "\u200b\u200d.pdf",
        "ਬੱਚੇ 🎉.pdf",
    ):
        becomes = REFUSED if "evil.exe" in name else "pdf"
        yield Hostile(f"the name {name[:30]!r}", name, pdf(), becomes)
