"""HTTP: how colleagues share the work: who answers which question, notes that stay between them, who changed what."""

from uuid import UUID

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from coprod.assessments import colleagues, extra, queries, story, together
from coprod.assessments.blueprint import AT, Page, bp, earlier_than, open_question, to_question
from coprod.assessments.forms import AssignForm, NoteForm
from coprod.errors import Invalid
from coprod.phrases import N_
from coprod.transaction import transaction
from coprod.web import clock
from coprod.web.access import current_actor, signed_in
from coprod.web.forms import explain
from coprod.web.notices import flash


@bp.route(f"{AT}/assign", methods=["GET", "POST"])
@signed_in
def assign(assessment_id: UUID, code: str) -> Response | Page:
    """Say who answers one question, and by when."""
    assessment, _, asked = open_question(assessment_id, code)
    hand = colleagues.hands(assessment).get(code)
    standing = {"person": str(hand.person_id), "due": hand.due} if hand else {}
    form = AssignForm(people=colleagues.members(assessment.organisation_id), data=standing)
    if form.validate_on_submit():
        try:
            with transaction():
                _assign(assessment_id, code, form)
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("Saved."))
            return to_question(assessment_id, code)
    page = render_template("assessments/assign.html", assessment=assessment, question=asked, form=form)
    return (page, 422) if form.errors else page


@bp.route("/assessments/<uuid:assessment_id>/notes/<about>", methods=["GET", "POST"])
@signed_in
def notes(assessment_id: UUID, about: str) -> Response | Page:
    """What colleagues tell each other about one question, and a place to add to it."""
    actor = current_actor()
    assessment = queries.for_member(assessment_id, actor)
    topic = extra.topic(queries.framework_of(assessment), about)
    form = NoteForm()
    if form.validate_on_submit():
        with transaction():
            together.write_note(assessment, about, text=form.text.data or "", actor=actor, now=clock.now())
        flash(N_("Your note is there for your colleagues."))
        return redirect(url_for(".notes", assessment_id=assessment_id, about=about))
    page = render_template(
        "assessments/notes.html",
        assessment=assessment,
        topic=topic,
        form=form,
        notes=colleagues.notes_about(assessment, about, reader=actor.person_id),
    )
    return (page, 422) if form.errors else page


@bp.post("/assessments/<uuid:assessment_id>/notes/<uuid:note_id>/remove")
@signed_in
def remove_note(assessment_id: UUID, note_id: UUID) -> Response:
    assessment = queries.for_member(assessment_id, current_actor())
    with transaction():
        about = together.remove_note(assessment, note_id, actor=current_actor(), now=clock.now())
    flash(N_("The note is gone."))
    return redirect(url_for(".notes", assessment_id=assessment_id, about=about))


@bp.get("/assessments/<uuid:assessment_id>/extra")
@signed_in
def extra_questions(assessment_id: UUID) -> str:
    """Questions for this kind of organisation to talk over. They are not scored, and nothing about them is sent in."""
    assessment = queries.for_member(assessment_id, current_actor())
    prompts = extra.prompts_for(assessment.organisation.kind, queries.framework_of(assessment))
    counts = colleagues.note_counts(assessment)
    return render_template("assessments/extra.html", assessment=assessment, prompts=prompts, counts=counts)


@bp.get("/assessments/<uuid:assessment_id>/story")
@signed_in
def what_happened(assessment_id: UUID) -> str:
    """Who changed what, and when; the newest first."""
    assessment = queries.for_member(assessment_id, current_actor())
    lines, older = story.told(assessment, queries.framework_of(assessment), before=earlier_than())
    return render_template("assessments/story.html", assessment=assessment, lines=lines, older=older)


def _assign(assessment_id: UUID, code: str, form: AssignForm) -> None:
    actor, now = current_actor(), clock.now()
    assessment = queries.for_member(assessment_id, actor)
    if not form.person.data or form.due.data is None:
        together.unassign(assessment, code, actor=actor, now=now)
        return
    together.assign(
        assessment,
        code,
        person_id=UUID(form.person.data),
        due=form.due.data,
        actor=actor,
        now=now,
        today=clock.today(),
    )
