"""The press: pages of HTML as documents that people can print, and that screen readers can read.

A room gives it a page of its own template and a style; the same page makes the same bytes each time. The library is
loaded only here, because it needs libraries of the system; it is not safe with threads, and each new font
configuration keeps memory for ever: so one of each is used behind a lock.
"""

import io
import logging
import os
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any

FACE = files("fontpkg_atkinson_hyperlegible") / "files"
NOTO = files("manimgx_fonts")
# For what our face has no letters for. The first that has one is used; each is loaded once some page needs any of them.
SCRIPTS = (
    *("Sans", "SansGurmukhi", "SansHebrew", "SansBengali", "SansDevanagari", "SansGujarati", "SansTamil"),
    *("SansTelugu", "SansKannada", "SansMalayalam", "SansOriya", "SansSinhala", "SansThai", "SansLao", "SansKhmer"),
    *("SansMyanmar", "SansGeorgian", "SansArmenian", "SansEthiopic", "SansSymbols", "Emoji"),
)
OTHERS = {name: NOTO / f"Noto{name}[wght].ttf" for name in SCRIPTS}
OTHERS["SansSC"] = files("pylopdf_fonts_zh_cn") / "NotoSansSC-Regular.otf"
# Noto's Arabic puts letters together from parts that several letters share, so that they can't be read back.
OTHERS["Arabic"] = files("fontpkg_ibm_plex_sans_arabic") / "files" / "IBMPlexSansArabic-Medium.ttf"
FONTS = {name: FACE / f"AtkinsonHyperlegible-{name}.ttf" for name in ("Regular", "Bold")} | OTHERS
OURS = "coprod:"  # What a document may load besides data: of our own.
ACCESSIBLE = "pdf/ua-1"
BEGIN, END = b"\nstream\n", b"\nendstream"  # round what a part of a document holds
PACKING = 9  # the most that the compression can do

_one_at_a_time = Lock()


class DocumentFault(RuntimeError):
    """A document could not be made as it should be: a fault of the program, so none is made."""


@dataclass(frozen=True, slots=True)
class Press:
    """What every document shares: the library, the fonts, and what may be loaded."""

    weasyprint: Any
    fonts: Any
    fetcher: Any
    refused: type[BaseException]

    def read_style(self, style: Path) -> Any:
        text = style.read_text(encoding="utf-8")
        return self.weasyprint.CSS(string=text, base_url=OURS, font_config=self.fonts, url_fetcher=self.fetcher)


@dataclass(frozen=True, slots=True)
class Inside:
    """A file that a document carries inside it."""

    name: str
    content: bytes
    description: str
    made_on: date


class Heard(logging.Handler):
    """Keeps what the library complains about."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.complaints: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.complaints.append(record.getMessage())


def printed(
    page: str,
    *,
    style: Path,
    identifier: bytes,
    variant: str = ACCESSIBLE,
    most_pages: int | None = None,
    finish: Callable[[Any], None] | None = None,
    inside: Inside | None = None,
) -> bytes | None:
    """The page as a document, or None where it is longer than `most_pages`.

    Raises DocumentFault rather than make one with anything missing. `finish` has the last word on its parts.
    """
    with _one_at_a_time:
        press = the_press()
        standard = {"pdf_variant": variant, "pdf_identifier": identifier, "uncompressed_pdf": True}
        source = press.weasyprint.HTML(string=page, base_url=OURS, url_fetcher=press.fetcher)
        heard = Heard()
        logger = logging.getLogger("weasyprint")
        logger.addHandler(heard)
        styles = [style_of(style), *([other_scripts()] if needs_other_scripts(page) else [])]
        try:
            document = source.render(font_config=press.fonts, stylesheets=styles, **standard)
            if most_pages is not None and len(document.pages) > most_pages:
                return None
            made: bytes = document.write_pdf(
                finisher=lambda _document, pdf: _finish(pdf, finish), attachments=_attached(press, inside), **standard
            )
        except press.refused as refusal:
            raise DocumentFault(str(refusal)) from refusal
        finally:
            logger.removeHandler(heard)
    if heard.complaints:
        raise DocumentFault("; ".join(heard.complaints))
    return made


def _attached(press: Press, inside: Inside | None) -> list[Any]:
    if inside is None:
        return []
    moment = datetime.combine(inside.made_on, time(), UTC)  # Of the facts, so that the same facts make the same bytes.
    return [
        press.weasyprint.Attachment(
            string=inside.content,
            url_fetcher=press.fetcher,
            name=inside.name,
            description=inside.description,
            created=moment,
            modified=moment,
            relationship="Data",
        )
    ]


def metadata_of(pdf: Any) -> Any:
    return pdf.objects[int(pdf.catalog["Metadata"].split()[0])]


def _finish(pdf: Any, finish: Callable[[Any], None] | None) -> None:
    if finish is not None:
        finish(pdf)
    for each in pdf.objects:
        _give_each_glyph_its_words(each)
    metadata = metadata_of(pdf)  # Left as it is, so that any program can read what a document says of itself.
    pack(each for each in pdf.objects if hasattr(each, "compress") and each is not metadata)


def _give_each_glyph_its_words(part: Any) -> None:
    """A glyph that is a part of a letter has no words of its own, which the standard does not allow: it gets a space
    without width.
    """
    lines = getattr(part, "stream", None)
    if isinstance(lines, list) and b"begincmap" in lines:
        part.stream = [line[:-2] + b"<200b>" if line.endswith(b" <>") else line for line in lines]


def pack(streams: Iterable[Any]) -> None:
    """Compress each stream, but for the few whose last byte would then be a carriage return.

    A reader takes that byte for a part of the line end that follows, finds the stream a byte too short, and the
    document no longer keeps to the standard. It is done here, once: the library would do it each time it is asked.
    """
    for stream in streams:
        stream.compress = False
        content = stream.data.partition(BEGIN)[2].removesuffix(END)
        packed = zlib.compress(content, PACKING)
        if packed.endswith(b"\r"):
            stream.stream = [content]
        else:
            stream.stream, stream.extra["Filter"] = [packed], "/FlateDecode"


@cache
def style_of(style: Path) -> Any:
    """Read once in each process, under the lock."""
    return the_press().read_style(style)


@cache
def other_scripts() -> Any:
    """The faces of all other scripts, under the lock, for every page from now on."""
    faces = (f'@font-face {{ font-family: "{name}"; src: url("{OURS}{name}") }}' for name in OTHERS)
    press = the_press()
    families = ", ".join(f'"{name}"' for name in ("Atkinson Hyperlegible", *OTHERS))
    text = "\n".join((*faces, f"html {{ font-family: {families}, sans-serif }}"))
    return press.weasyprint.CSS(string=text, base_url=OURS, font_config=press.fonts, url_fetcher=press.fetcher)


def needs_other_scripts(page: str) -> bool:
    return any(ord(character) not in our_letters() for character in set(page) if not character.isspace())


@cache
def our_letters() -> frozenset[int]:
    """The characters that our own face can show."""
    from fontTools.ttLib import TTFont

    with FONTS["Regular"].open("rb") as file, TTFont(file, lazy=True) as face:
        return frozenset(face.getBestCmap())


@cache
def the_press() -> Press:
    """Made once in each process, under the lock."""
    os.environ["SOURCE_DATE_EPOCH"] = "0"  # Else fonts that are cut to size carry the second at which they were.
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class Locked(URLFetcher):  # type: ignore[misc]  # the library is untyped
        """Only our own fonts: no file, no network. Whatever else a document asks for stops it."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            font = FONTS.get(url.removeprefix(OURS)) if url.startswith(OURS) else None
            if font is None:
                raise ValueError("a document loads nothing from elsewhere")
            return URLFetcherResponse(url, io.BytesIO(font.read_bytes()), {"Content-Type": "font/ttf"})

    return Press(weasyprint, FontConfiguration(), Locked(fail_on_errors=True), FatalURLFetchingError)
