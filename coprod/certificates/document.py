"""The document of a certificate: one page that people can print, and that screen readers can read.

It is PDF/A-3a and PDF/UA-1 at once, and the same bytes each time that it is made from the same facts. The library is
loaded only here, because it needs libraries of the system; it is not safe with threads, and each new font
configuration keeps memory for ever: so one of each is used behind a lock.
"""

import io
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from threading import Lock
from typing import Any

import segno
from flask import render_template
from markupsafe import Markup

from coprod.certificates import printed, rules
from coprod.settings import ROOT

FACE = files("fontpkg_atkinson_hyperlegible") / "files"
FONTS = {name: FACE / f"AtkinsonHyperlegible-{name}.ttf" for name in ("Regular", "Bold")}
STYLE = ROOT / "templates" / "certificates" / "document.css"
OURS = "coprod:"  # What the document may load besides data: of its own.

# PDF/A wants every set of metadata described; without this it would refuse the one line that says PDF/UA.
UA_METADATA = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
  xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of the PDF/UA standard</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""

_one_at_a_time = Lock()


class DocumentFault(RuntimeError):
    """The document could not be made as it should be: a fault of the program, so none is made."""


@dataclass(frozen=True, slots=True)
class Press:
    """What every document shares: the fonts, and the style that was read once."""

    weasyprint: Any
    fonts: Any
    style: Any
    fetcher: Any
    refused: type[BaseException]


class Heard(logging.Handler):
    """Keeps what the library complains about."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.complaints: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.complaints.append(record.getMessage())


def render(facts: rules.Facts) -> bytes:
    """The document. Raises DocumentFault rather than make one with anything missing."""
    with _one_at_a_time:
        made = _printed(_page(facts, tight=False), facts) or _printed(_page(facts, tight=True), facts)
    if made is None:
        raise DocumentFault("one page does not hold all that it says")
    return made


def _page(facts: rules.Facts, *, tight: bool) -> str:
    return render_template(
        "certificates/document.html",
        facts=facts,
        sizes=sizes(facts),
        tight=tight,
        rows=printed.rows(facts),
        mark_words=printed.mark_words(facts),
        qr=qr(facts),
    )


def sizes(facts: rules.Facts) -> dict[str, int]:
    """How large to print what differs in length, so that one page holds it."""
    return {
        "headline": rules.size(facts.headline, rules.HEADLINE_SIZES),
        "name": rules.size(facts.organisation, rules.NAME_SIZES),
        "sentence": rules.size(facts.sentence, rules.SENTENCE_SIZES),
        "promises": rules.size([promise.text for promise in facts.promises], rules.PROMISES_SIZES),
        "values": rules.size(facts.values, rules.VALUES_SIZES),
    }


def qr(facts: rules.Facts) -> Markup:
    """A QR code that opens the page where the certificate is checked, as SVG with its own words."""
    drawn = segno.make(facts.link, error="m", micro=False)
    svg = drawn.svg_inline(dark="#1c2b2a", border=0, title=f"QR code that opens {facts.link}", omitsize=True)
    return Markup(svg)  # noqa: S704  # the library's own drawing, and it escapes the title


def _printed(page: str, facts: rules.Facts) -> bytes | None:
    """The page as a document, or None where it is more than one page."""
    press = _press()
    standard = {
        "pdf_variant": "pdf/a-3a",
        "pdf_identifier": facts.code.encode(),
        "uncompressed_pdf": True,  # `_finish` packs what may be packed.
    }
    source = press.weasyprint.HTML(string=page, base_url=OURS, url_fetcher=press.fetcher)
    heard = Heard()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(heard)
    try:
        document = source.render(font_config=press.fonts, stylesheets=[press.style], **standard)
        if len(document.pages) != 1:
            return None
        made: bytes = document.write_pdf(finisher=_finish, **standard)
    except press.refused as refusal:
        raise DocumentFault(str(refusal)) from refusal
    finally:
        logger.removeHandler(heard)
    if heard.complaints:
        raise DocumentFault("; ".join(heard.complaints))
    return made


def _finish(_document: Any, pdf: Any) -> None:
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    _say_it_is_accessible(metadata)
    _pack(each for each in pdf.objects if hasattr(each, "compress") and each is not metadata)


def _say_it_is_accessible(metadata: Any) -> None:
    """The library writes the mark of one standard; this adds the mark of the other."""
    head, end, tail = metadata.stream[0].rpartition(b"</rdf:RDF>")
    metadata.stream = [head + UA_METADATA + end + tail]


def _pack(streams: Iterable[Any]) -> None:
    """Compress each stream, but for the few whose last byte would then be a carriage return.

    A reader takes that byte for a part of the line end that follows, finds the stream a byte too short, and the
    document no longer keeps to the standard.
    """
    for stream in streams:
        stream.compress = True
        if stream.data.endswith(b"\r\nendstream"):
            stream.compress = False


@cache
def _press() -> Press:
    """Made once in each process, under the lock."""
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class Locked(URLFetcher):  # type: ignore[misc]  # the library is untyped
        """Only our own fonts: no file, no network. Whatever else a document asks for stops it."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            font = FONTS.get(url.removeprefix(OURS)) if url.startswith(OURS) else None
            if font is None:
                raise ValueError("a certificate loads nothing from elsewhere")
            return URLFetcherResponse(url, io.BytesIO(font.read_bytes()), {"Content-Type": "font/ttf"})

    fonts, fetcher = FontConfiguration(), Locked(fail_on_errors=True)
    style = weasyprint.CSS(
        string=STYLE.read_text(encoding="utf-8"), base_url=OURS, font_config=fonts, url_fetcher=fetcher
    )
    return Press(weasyprint, fonts, style, fetcher, FatalURLFetchingError)
