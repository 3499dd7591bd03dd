"""HTTP: the document for its holder, and the page where anybody can check a certificate."""

import hashlib
import io
import re
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from coprod.certificates import making, printed, queries, rules
from coprod.certificates.forms import CheckForm, FileForm
from coprod.errors import NotFound
from coprod.permissions import Action, can
from coprod.phrases import N_
from coprod.web import clock
from coprod.web.access import current_actor, public, signed_in
from coprod.web.files import small_file
from coprod.web.languages import translated
from coprod.web.limits import limited
from coprod.web.open_api import gives

bp = Blueprint("certificates", __name__)

checking = limited("verify")
CODE = re.compile(rb"(?:[0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}")
MAY_END = {rules.Status.VALID, rules.Status.EXPIRED}
MOST_CODES = 20  # that are looked up in one file


@bp.get("/certificates/<uuid:certificate_id>.pdf")
@signed_in
def document(certificate_id: UUID) -> Response:
    """The document as it was made, for members of the organisation."""
    certificate = queries.for_member(certificate_id, current_actor())
    content = making.document_of(certificate)
    name = f"{certificate.organisation.slug}-{certificate.level or 'charter'}.pdf"
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
        form.code.errors = [N_("Check the number: it has 28 letters and numbers, and never the letter U")]
    return render_template("certificates/check.html", form=form), 422


@bp.route("/verify/file", methods=["GET", "POST"])
@public
@small_file
@limited("verify a file")
def check_file() -> str | tuple[str, int]:
    """Is this file one that we made? It is looked at, and kept nowhere."""
    form = FileForm()
    if not form.validate_on_submit():
        page = render_template("certificates/check_file.html", form=form)
        return (page, 422) if form.errors else page
    content = form.file.data.read()
    found = queries.checked_file(hashlib.sha256(content).hexdigest(), today=clock.today())
    named = None if found else _named_in(content)
    said = printed.of_file(found, named)
    return render_template("certificates/file_checked.html", found=found, named=named, said=said)


def _named_in(content: bytes) -> queries.Checked | None:
    """The first certificate of ours whose number stands in a file that is not ours."""
    for code in list(dict.fromkeys(CODE.findall(content)))[:MOST_CODES]:
        found = queries.checked(code.decode(), today=clock.today())
        if found:
            return found
    return None


@bp.get("/verify/<code>/credential.jwt")
@public
@checking
@gives("application/jwt", limited=True)
def credential(code: str) -> Response:
    """The facts for programs, signed: an Open Badges 3.0 credential."""
    found = queries.with_code(code)
    if found is None or found.credential is None:
        raise NotFound
    answer = send_file(
        io.BytesIO(found.credential.encode()),
        mimetype="application/jwt",
        as_attachment=True,
        download_name=f"{found.code}.jwt",
    )
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


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
        "certificates/verify.html",
        found=found,
        rows=[(term, translated(words)) for term, words in printed.rows(found.facts)],
        status=printed.standing(found),
        may_revoke=can(current_actor(), Action.REVOKE_CERTIFICATE) and found.status in MAY_END,
    )
