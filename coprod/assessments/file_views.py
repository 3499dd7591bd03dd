"""HTTP: a file for one answer: sent, looked into, described, and attached in one go."""

from uuid import UUID

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from coprod.assessments import operations
from coprod.assessments.blueprint import AT, Page, bp, open_question, to_question
from coprod.assessments.forms import EvidenceForm, FileForm
from coprod.errors import Invalid
from coprod.evidence import operations as evidence_room
from coprod.evidence import pages, receiving
from coprod.evidence.file_types import ACCEPTED
from coprod.evidence.queries import upload_for
from coprod.phrases import N_
from coprod.transaction import transaction
from coprod.web import clock, deployment
from coprod.web.access import current_actor, signed_in
from coprod.web.files import takes_files
from coprod.web.forms import explain
from coprod.web.notices import flash


@bp.route(f"{AT}/file", methods=["GET", "POST"])
@takes_files
@signed_in
def file(assessment_id: UUID, code: str) -> Response | Page:
    """Choose a file for this answer. It is looked into before anything is asked about it."""
    assessment, framework, asked = open_question(assessment_id, code)
    form, status = FileForm(), 422
    if form.validate_on_submit():
        try:
            sent, now = form.file.data, clock.now()
            taken = receiving.take_in(sent.stream, sent.filename or "", now=now, today=clock.today())
            with transaction():
                kept = evidence_room.receive(assessment.organisation_id, taken, actor=current_actor(), now=now)
        except Invalid as refusal:
            explain(form, refusal)
            status = refusal.status
        else:
            return redirect(url_for(".describe_file", assessment_id=assessment_id, code=code, file_id=kept.id))
    page = render_template(
        "assessments/file.html",
        assessment=assessment,
        question=asked,
        form=form,
        guidance=framework.guidance,
        checklist=pages.CHECKLIST,
        accepted=ACCEPTED,
        most=deployment.settings().largest_file_mb,
        scanned=bool(deployment.settings().scanner),
    )
    return (page, status) if form.errors else page


@bp.route(f"{AT}/file/<uuid:file_id>", methods=["GET", "POST"])
@signed_in
def describe_file(assessment_id: UUID, code: str, file_id: UUID) -> Response | Page:
    """What was found in the file; and what it shows for this answer."""
    assessment, framework, asked = open_question(assessment_id, code)
    kept = upload_for(file_id, current_actor())
    form = EvidenceForm(kinds=framework.evidence_kinds, file=True)
    if form.validate_on_submit():
        who, now = current_actor(), clock.now()
        try:
            with transaction():
                item = evidence_room.add(
                    assessment.organisation_id, **form.facts(), file=kept, actor=who, now=now, today=clock.today()
                )
                operations.attach_evidence(assessment, code, item, actor=who, now=now)
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("Added to this answer. You can attach it to other answers too."))
            return to_question(assessment_id, code)
    page = render_template(
        "assessments/describe_file.html",
        assessment=assessment,
        question=asked,
        form=form,
        file=pages.file_shown(kept),
    )
    return (page, 422) if form.errors else page
