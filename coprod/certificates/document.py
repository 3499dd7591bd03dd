"""The document of a certificate: one page that people can print, and that screen readers can read.

It is PDF/A-3a and PDF/UA-1 at once, and the same bytes each time that it is made from the same facts.
"""

from typing import Any

import segno
from flask import current_app
from markupsafe import Markup

from coprod.certificates import printed, rules
from coprod.settings import ROOT
from coprod.web import press
from coprod.web.press import DocumentFault

STYLE = ROOT / "templates" / "certificates" / "document.css"
BOTH_STANDARDS = "pdf/a-3a"
CREDENTIAL = "credential.jwt"
DESCRIBED = "The facts of this certificate as an Open Badges 3.0 credential"
QR_MASK = 3  # Any of the eight can be read; to try all of them for the best one is nine tenths of drawing the code.

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


def render(facts: rules.Facts, credential: str = "") -> bytes:
    """The document, with the credential inside. Raises DocumentFault rather than make one with anything missing."""
    inside = press.Inside(CREDENTIAL, credential.encode(), DESCRIBED, facts.issued_on) if credential else None
    made = _printed(_page(facts, tight=False), facts, inside) or _printed(_page(facts, tight=True), facts, inside)
    if made is None:
        raise DocumentFault("one page does not hold all that it says")
    return made


def _page(facts: rules.Facts, *, tight: bool) -> str:
    template = current_app.jinja_env.get_template("certificates/document.html")  # No page: nothing of who asks.
    return template.render(
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
    drawn = segno.make(facts.link, error="m", micro=False, mask=QR_MASK)
    svg = drawn.svg_inline(dark="#1c2b2a", border=0, title=f"QR code that opens {facts.link}", omitsize=True)
    return Markup(svg)  # noqa: S704  # the library's own drawing, and it escapes the title


def _printed(page: str, facts: rules.Facts, inside: press.Inside | None) -> bytes | None:
    """The page as a document, or None where it is more than one page."""
    return press.printed(
        page,
        style=STYLE,
        identifier=facts.code.encode(),
        variant=BOTH_STANDARDS,
        most_pages=1,
        finish=_say_it_is_accessible,
        inside=inside,
    )


def _say_it_is_accessible(pdf: Any) -> None:
    """The library writes the mark of one standard; this adds the mark of the other."""
    metadata = press.metadata_of(pdf)
    head, end, tail = metadata.stream[0].rpartition(b"</rdf:RDF>")
    metadata.stream = [head + UA_METADATA + end + tail]
