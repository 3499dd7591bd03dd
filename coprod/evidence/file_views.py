"""Files: sent, looked into, described, opened. No file has an address of its own: it is the answer to a button."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coprod.errors import DomainError, Invalid, WrongState
from coprod.evidence import operations, pages, queries, receiving
from coprod.evidence.blueprint import bp
from coprod.evidence.file_types import ACCEPTED, TYPES
from coprod.evidence.forms import EvidenceForm, ReplaceForm, UploadForm
from coprod.evidence.models import Evidence, EvidenceFile
from coprod.framework.queries import current_framework
from coprod.organisations import queries as organisations
from coprod.phrases import N_
from coprod.transaction import transaction
from coprod.web import clock, deployment
from coprod.web.access import current_actor, signed_in
from coprod.web.files import attachment, takes_files
from coprod.web.forms import explain
from coprod.web.notices import flash

Page = Response | str | tuple[str, int]


@bp.route("/organisations/<uuid:organisation_id>/evidence/file", methods=["GET", "POST"])
@takes_files
@signed_in
def upload(organisation_id: UUID) -> Page:
    """Choose a file. It is looked into before anything is asked about it; `replaces` names the item it is meant for."""
    organisation = organisations.for_member(organisation_id, current_actor())
    replaces = request.args.get("replaces", type=UUID)
    form, status = UploadForm(), 422
    if form.validate_on_submit():
        try:
            sent, now = form.file.data, clock.now()
            taken = receiving.take_in(sent.stream, sent.filename or "", now=now, today=clock.today())
            with transaction():
                file = operations.receive(organisation_id, taken, actor=current_actor(), now=now)
        except Invalid as refusal:
            explain(form, refusal)
            status = refusal.status
        else:
            return redirect(url_for(".describe", file_id=file.id, replaces=replaces))
    page = render_template(
        "evidence/upload.html",
        organisation=organisation,
        form=form,
        guidance=current_framework().guidance,
        checklist=pages.CHECKLIST,
        accepted=ACCEPTED,
        most=deployment.settings().largest_file_mb,
        scanned=bool(deployment.settings().scanner),
    )
    return (page, status) if form.errors else page


@bp.route("/evidence/files/<uuid:file_id>", methods=["GET", "POST"])
@signed_in
def describe(file_id: UUID) -> Page:
    """What was found in a file; and what it is, what it shows, and where it comes from."""
    file = queries.upload_for(file_id, current_actor())
    replaced = _replaced(file)
    form = _form(replaced)
    if form.validate_on_submit():
        try:
            with transaction():
                _add(file, replaced, form.facts())
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("File added. You can now attach it to your answers."))
            return redirect(url_for(".items", organisation_id=file.organisation_id))
    page = render_template(
        "evidence/describe.html",
        file=pages.file_shown(file),
        organisation_id=file.organisation_id,
        replaced=replaced,
        form=form,
        guidance=current_framework().guidance,
        here={"file_id": file.id, "replaces": replaced.id if replaced else None},
    )
    return (page, 422) if form.errors else page


@bp.post("/evidence/files/<uuid:file_id>/clean")
@signed_in
def clean(file_id: UUID) -> Response:
    """Take out what the file hides: author, comments, tracked changes."""
    file = queries.upload_for(file_id, current_actor())
    if not file.removable:
        raise WrongState
    now = clock.now()
    taken = receiving.without_hidden(file.sha256, file.type, file.name, now=now, today=clock.today())
    with transaction():
        operations.clean_file(file, taken, actor=current_actor(), now=now)
    flash(N_("What the file hid is taken out."))
    return redirect(_back_to(file_id))


@bp.post("/evidence/files/<uuid:file_id>/discard")
@signed_in
def discard(file_id: UUID) -> Response:
    """Throw an upload away."""
    file = queries.upload_for(file_id, current_actor())
    with transaction():
        operations.discard(file, actor=current_actor(), now=clock.now())
    flash(N_("Thrown away. Nobody can open it, and it will be deleted within 7 days."))
    return redirect(url_for(".items", organisation_id=file.organisation_id))


@bp.post("/evidence/<uuid:evidence_id>/open")
@signed_in
def open_own(evidence_id: UUID) -> Response:
    """The file itself, to keep. That it was opened is written down in the same step."""
    item = queries.for_member(evidence_id, current_actor())
    with transaction():
        file = operations.open_own(item, actor=current_actor(), now=clock.now())
        name, kind, size, sha256 = file.name, file.type, file.size, file.sha256
    pieces = deployment.evidence_storage().pieces(sha256)
    return attachment(pieces, name=name, mime=TYPES[kind].mime, size=size)


def _back_to(file_id: UUID) -> str:
    """The page that describes the file: beside the question that it was sent for, or on its own."""
    assessment, code = request.args.get("assessment", type=UUID), request.args.get("code", "")
    if assessment and code:
        return url_for("assessments.describe_file", assessment_id=assessment, code=code, file_id=file_id)
    return url_for(".describe", file_id=file_id, replaces=request.args.get("replaces", type=UUID))


def given(item: Evidence) -> dict[str, Any]:
    """An item as the form that replaces it begins. What is shut away is not shown again."""
    if item.is_shut:
        return {"kind": item.kind, "dated": item.dated, "from_families": item.from_families}
    return {
        "kind": item.kind,
        "title": item.title,
        "url": item.url,
        "statement": item.statement,
        "dated": item.dated,
        "shows": item.shows,
        "from_families": item.from_families,
    }


def _replaced(file: EvidenceFile) -> Evidence | None:
    """The item that the upload is meant to replace, where it is the same organisation's."""
    named = request.args.get("replaces", type=UUID)
    try:
        item = queries.to_change(named, current_actor()) if named else None
    except DomainError:
        return None
    return item if item and item.organisation_id == file.organisation_id else None


def _form(replaced: Evidence | None) -> EvidenceForm | ReplaceForm:
    kinds = current_framework().evidence_kinds
    if replaced is None:
        return EvidenceForm(kinds=kinds, file=True)
    return ReplaceForm(kinds=kinds, file=True, data=given(replaced))


def _add(file: EvidenceFile, replaced: Evidence | None, facts: dict[str, Any]) -> None:
    at: dict[str, Any] = {"actor": current_actor(), "now": clock.now(), "today": clock.today()}
    if replaced is None:
        operations.add(file.organisation_id, **facts, file=file, **at)
    else:
        operations.replace(replaced, **facts, file=file, **at)
