"""Papers to take away: documents that screen readers can read, and spreadsheets, as answers to a browser."""

import hashlib
import io

from flask import Response, render_template, send_file

from coprod.settings import ROOT
from coprod.web import press
from coprod.web.press import DocumentFault

STYLE = ROOT / "templates" / "layout" / "paper.css"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def document(template: str, **facts: object) -> bytes:
    """A page of `templates/layout/paper.html`'s kind as an accessible PDF. The same facts make the same bytes."""
    page = render_template(template, **facts)
    made = press.printed(page, style=STYLE, identifier=hashlib.sha256(page.encode()).digest())
    if made is None:
        raise DocumentFault("nothing was printed")
    return made


def handed_over(content: bytes, *, name: str) -> Response:
    """A file for the browser to keep under `name`."""
    kind = XLSX if name.endswith(".xlsx") else PDF
    return send_file(io.BytesIO(content), mimetype=kind, as_attachment=True, download_name=name)
