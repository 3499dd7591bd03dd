"""HTTP: what can be taken away from an assessment, on paper and in a spreadsheet, and what comes back."""

from uuid import UUID

from flask import Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from coprod.assessments import bringing_back, conflict, papers, queries, report, returned, workbook_reader
from coprod.assessments.blueprint import bp
from coprod.assessments.models import Assessment
from coprod.assessments.paper_forms import BringBackForm, PreviewForm, hidden_fields
from coprod.assessments.returned import Preview
from coprod.assessments.rules import WRITABLE, State
from coprod.errors import Invalid, NotFound, Stale
from coprod.framework.model import Framework
from coprod.framework.on_paper import Print
from coprod.phrases import N_, Phrase
from coprod.transaction import transaction
from coprod.web import clock, paper
from coprod.web.access import current_actor, signed_in
from coprod.web.formatting import counted
from coprod.web.forms import explain
from coprod.web.languages import translated
from coprod.web.notices import flash

AT = "/assessments/<uuid:assessment_id>"
Page = str | tuple[str, int]


@bp.get(f"{AT}/papers")
@signed_in
def papers_page(assessment_id: UUID) -> str:
    """Everything that can be taken away, and the way back."""
    assessment = queries.for_member(assessment_id, current_actor())
    return render_template(
        "assessments/papers.html",
        assessment=assessment,
        writable=State(assessment.state) in WRITABLE,
        form=BringBackForm(),
    )


@bp.get(f"{AT}/pack/<layout>")
@signed_in
def pack(assessment_id: UUID, layout: str) -> str:
    """The pack for a meeting with families, as a page in the organisation's name."""
    assessment = queries.for_member(assessment_id, current_actor())
    return render_template(
        "framework/pack.html",
        framework=queries.framework_of(assessment),
        layout=_layout(layout),
        organisation=assessment.organisation.name,
        crumbs=[
            (translated(N_("Self-assessment")), url_for(".tasks", assessment_id=assessment_id)),
            (translated(N_("What families say")), url_for(".families", assessment_id=assessment_id)),
        ],
    )


@bp.get(f"{AT}/pack/<layout>.pdf")
@signed_in
def pack_document(assessment_id: UUID, layout: str) -> Response:
    assessment = queries.for_member(assessment_id, current_actor())
    chosen = _layout(layout)
    made = paper.document(
        "framework/pack_paper.html",
        framework=queries.framework_of(assessment),
        layout=chosen,
        organisation=assessment.organisation.name,
    )
    return paper.handed_over(made, name=f"{assessment.organisation.slug}-meeting-pack-{chosen.value}.pdf")


@bp.get(f"{AT}/copy.pdf")
@signed_in
def copy_document(assessment_id: UUID) -> Response:
    """Every question with what is written so far."""
    assessment = queries.for_member(assessment_id, current_actor())
    made = paper.document("framework/copy_paper.html", **papers.copy_facts(assessment, now=clock.now()))
    return paper.handed_over(made, name=f"{assessment.organisation.slug}-self-assessment.pdf")


@bp.get(f"{AT}/copy.xlsx")
@signed_in
def copy_workbook(assessment_id: UUID) -> Response:
    """The same as a spreadsheet, which can be brought back."""
    assessment = queries.for_member(assessment_id, current_actor())
    return paper.handed_over(papers.workbook(assessment), name=f"{assessment.organisation.slug}-self-assessment.xlsx")


@bp.get(f"{AT}/report.pdf")
@signed_in
def report_document(assessment_id: UUID) -> Response:
    """Score, next steps and plan, to read and to share."""
    assessment = queries.for_member(assessment_id, current_actor())
    made = paper.document("assessments/report.html", report=report.report(assessment, today=clock.today()))
    return paper.handed_over(made, name=f"{assessment.organisation.slug}-report.pdf")


@bp.get(f"{AT}/report.xlsx")
@signed_in
def report_workbook(assessment_id: UUID) -> Response:
    assessment = queries.for_member(assessment_id, current_actor())
    made = report.workbook(report.report(assessment, today=clock.today()))
    return paper.handed_over(made, name=f"{assessment.organisation.slug}-report.xlsx")


@bp.post(f"{AT}/workbook")
@signed_in
def bring_back(assessment_id: UUID) -> Page:
    """Look at what a spreadsheet would change. Nothing is saved here."""
    assessment = queries.for_member(assessment_id, current_actor())
    framework = queries.framework_of(assessment)
    form = BringBackForm()
    if form.validate_on_submit():
        try:
            workbook = workbook_reader.read(form.content())
            standing = bringing_back.standing_of(assessment)
            preview = returned.compared(framework, workbook, standing, assessment=str(assessment.id))
        except Invalid as refusal:
            explain(form, refusal)
        else:
            return _preview(assessment, framework, preview, PreviewForm(formdata=None))
    writable = State(assessment.state) in WRITABLE
    page = render_template("assessments/papers.html", assessment=assessment, writable=writable, form=form)
    return page, 422


@bp.post(f"{AT}/workbook/save")
@signed_in
def save_workbook(assessment_id: UUID) -> AnyResponse | Page:
    """Save the changes that were shown and ticked, all or none. What moved meanwhile is shown again first."""
    assessment = queries.for_member(assessment_id, current_actor())
    framework = queries.framework_of(assessment)
    form = PreviewForm()
    if not form.validate_on_submit():
        raise Invalid(N_("Send the spreadsheet again."))
    shown = form.brought(framework)
    try:
        with transaction():
            number = bringing_back.bring_back(
                assessment, shown, ticked=form.ticked(), actor=current_actor(), now=clock.now()
            )
    except (Invalid, Stale) as refusal:
        explain(form, Invalid(refusal.message))
        preview = returned.looked_at_again(framework, shown, bringing_back.standing_of(assessment))
        return _preview(assessment, framework, preview, form), refusal.status
    saved = Phrase("{number} saved from your spreadsheet.", number=counted(number, "answer", "answers"))
    flash(saved if number else N_("Nothing was changed."))
    return redirect(url_for(".tasks", assessment_id=assessment_id))


def _preview(assessment: Assessment, framework: Framework, preview: Preview, form: PreviewForm) -> str:
    return render_template(
        "assessments/preview.html",
        assessment=assessment,
        form=form,
        lines=papers.preview_lines(framework, preview, conflict.version_text),
        faults=preview.faults,
        hidden=hidden_fields(preview.changes),
        total=len(preview.changes),
    )


def _layout(word: str) -> Print:
    try:
        return Print(word)
    except ValueError:
        raise NotFound from None
