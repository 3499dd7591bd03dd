"""HTTP: the document for its holder, and the page where anybody can check a certificate."""

import hashlib
import io
from contextlib import suppress
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from coprod.certificates import operations, printed, queries, rules
from coprod.certificates.forms import CheckForm
from coprod.errors import Busy
from coprod.transaction import transaction
from coprod.web import clock
from coprod.web.access import current_actor, public, signed_in
from coprod.web.limits import limited

bp = Blueprint("certificates", __name__)

checking = limited("verify")


@bp.get("/certificates/<uuid:certificate_id>.pdf")
@signed_in
def document(certificate_id: UUID) -> Response:
    """The document, for members of the organisation. It is kept the first time, and never made anew after that."""
    certificate = queries.for_member(certificate_id, current_actor())
    content = operations.make_document(certificate)
    name = f"{certificate.organisation.slug}-{certificate.level or 'charter'}.pdf"
    digest = hashlib.sha256(content).hexdigest()
    if certificate.file_hash != digest:
        with suppress(Busy), transaction():  # The document is good even when it can't be noted just now.
            operations.keep_document(certificate, digest=digest)
    return send_file(io.BytesIO(content), mimetype="application/pdf", as_attachment=True, download_name=name)


@bp.get("/verify")
@public
@checking
def check() -> AnyResponse | str | tuple[str, int]:
    """Type or paste the number of a certificate."""
    form = CheckForm(request.args)
    if "code" not in request.args:
        return render_template("certificates/check.html", form=form)
    if form.validate():
        code = rules.read_code(form.code.data or "")
        if code:
            return redirect(url_for(".verify", code=code))
        form.code.errors = ["Check the number: it has 28 letters and numbers, and never the letter U"]
    return render_template("certificates/check.html", form=form), 422


@bp.get("/verify/<code>")
@public
@checking
def verify(code: str) -> str | tuple[str, int]:
    """All that the certificate says, and how it stands today. Nobody has to sign in, and nobody keeps the answer."""
    found = queries.checked(code, today=clock.today())
    if found is None:
        form = CheckForm(None, code=code[:100])
        return render_template("certificates/verify.html", found=None, form=form), 404
    return render_template(
        "certificates/verify.html", found=found, rows=printed.rows(found.facts), status=printed.standing(found)
    )
