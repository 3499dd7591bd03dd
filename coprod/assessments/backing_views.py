"""HTTP: what backs an answer up: evidence that is added or chosen for it, and change records."""

from uuid import UUID

from flask import render_template
from werkzeug.wrappers import Response

from coprod.assessments import drafting, operations, pages
from coprod.assessments.blueprint import AT, Page, bp, open_question, to_question
from coprod.assessments.forms import AttachForm, EvidenceForm
from coprod.errors import Invalid
from coprod.evidence import operations as evidence_room
from coprod.phrases import N_, Phrase, Phrases
from coprod.transaction import transaction
from coprod.web import clock
from coprod.web.access import current_actor, signed_in
from coprod.web.forms import explain
from coprod.web.notices import flash


@bp.route(f"{AT}/evidence", methods=["GET", "POST"])
@signed_in
def evidence(assessment_id: UUID, code: str) -> Response | Page:
    """Add a link or a statement to this answer. What the organisation has already can be chosen instead."""
    assessment, framework, asked = open_question(assessment_id, code)
    form = EvidenceForm(kinds=framework.evidence_kinds)
    if form.validate_on_submit():
        try:
            with transaction():
                who, now = current_actor(), clock.now()
                item = evidence_room.add(
                    assessment.organisation_id, **form.facts(), actor=who, now=now, today=clock.today()
                )
                operations.attach_evidence(assessment, code, item, actor=who, now=now)
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("Added to this answer. You can attach it to other answers too."))
            return to_question(assessment_id, code)
    page = render_template(
        "assessments/evidence.html",
        assessment=assessment,
        question=asked,
        form=form,
        guidance=framework.guidance,
        existing=pages.evidence_lines(framework, drafting.evidence_to_attach(assessment, code)),
    )
    return (page, 422) if form.errors else page


@bp.route(f"{AT}/attach", methods=["GET", "POST"])
@signed_in
def attach(assessment_id: UUID, code: str) -> Response | Page:
    """Link evidence that the organisation has already to this answer too."""
    assessment, framework, asked = open_question(assessment_id, code)
    found = {str(item.id): item for item in drafting.evidence_to_attach(assessment, code)}
    lines = pages.evidence_lines(framework, tuple(found.values()))
    form = AttachForm(things=[(str(line.id), line.title) for line in lines])
    if form.validate_on_submit():
        with transaction():
            for key in form.chosen:
                operations.attach_evidence(assessment, code, found[key], actor=current_actor(), now=clock.now())
        flash(N_("Attached to this answer."))
        return to_question(assessment_id, code)
    words = {str(line.id): line.line for line in lines}
    page = render_template(
        "assessments/attach.html", assessment=assessment, question=asked, form=form, words=words, any=bool(lines)
    )
    return (page, 422) if form.errors else page


@bp.route(f"{AT}/changes", methods=["GET", "POST"])
@signed_in
def changes(assessment_id: UUID, code: str) -> Response | Page:
    """Link change records to this answer, or go and write one."""
    assessment, _, asked = open_question(assessment_id, code)
    found = {str(record.id): record for record in drafting.changes_to_attach(assessment, code)}
    lines = pages.change_lines(tuple(found.values()))
    form = AttachForm(things=[(str(line.id), line.title) for line in lines])
    if form.validate_on_submit():
        with transaction():
            for key in form.chosen:
                operations.attach_change(assessment, code, found[key], actor=current_actor(), now=clock.now())
        flash(N_("Attached to this answer."))
        return to_question(assessment_id, code)
    words = {str(line.id): _hint(line) for line in lines}
    page = render_template(
        "assessments/changes.html", assessment=assessment, question=asked, form=form, words=words, any=bool(lines)
    )
    return (page, 422) if form.errors else page


def _hint(line: pages.Linked) -> str:
    said: list[str] = [Phrase("{line}.", line=line.line)]
    return Phrases([*said, line.warning] if line.warning else said, between=" ")
