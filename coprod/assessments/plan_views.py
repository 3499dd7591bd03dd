from uuid import UUID

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from coprod.assessments import planning, queries
from coprod.assessments.blueprint import bp
from coprod.assessments.plan import Stage
from coprod.assessments.plan_forms import StepForm, stage_from
from coprod.errors import Invalid, Stale
from coprod.phrases import N_, Phrase, Phrases
from coprod.transaction import transaction
from coprod.web import clock
from coprod.web.access import current_actor, signed_in
from coprod.web.forms import explain
from coprod.web.notices import flash

STEP = "/assessments/<uuid:assessment_id>/plan/<uuid:action_id>"


@bp.route(STEP, methods=["GET", "POST"])
@signed_in
def edit_action(assessment_id: UUID, action_id: UUID) -> Response | str | tuple[str, int]:
    """Change one step of the plan."""
    assessment = queries.for_member(assessment_id, current_actor())
    step = planning.step_of(assessment, action_id)
    questions = [(q.code, q.short) for q in queries.framework_of(assessment).questions]
    form = StepForm(questions=questions, standing=planning.said(step))
    status = 422
    if form.validate_on_submit():
        try:
            with transaction():
                planning.edit_action(
                    assessment,
                    action_id,
                    new=form.said(),
                    seen=form.seen(),
                    actor=current_actor(),
                    now=clock.now(),
                    today=clock.today(),
                )
        except Invalid as refusal:
            explain(form, refusal)
        except Stale as moved:
            status = moved.status
            form.show_again(planning.said(planning.step_of(assessment, action_id)))
            words = moved.message, N_("Save again to put yours in its place.")
            explain(form, Invalid(Phrases(words, between=" ")))
        else:
            flash(N_("The step is changed."))
            return redirect(url_for(".plan", assessment_id=assessment_id))
    page = render_template("assessments/edit_action.html", assessment=assessment, step=step, form=form)
    return (page, status) if form.errors else page


@bp.post(f"{STEP}/stage")
@signed_in
def move_action(assessment_id: UUID, action_id: UUID) -> Response:
    """Say how far a step is."""
    assessment = queries.for_member(assessment_id, current_actor())
    stage: Stage = stage_from()
    with transaction():
        planning.move_action(
            assessment, action_id, stage=stage, actor=current_actor(), now=clock.now(), today=clock.today()
        )
    flash(Phrase("The step is now: {stage}.", stage=Phrase(stage.words)))
    return redirect(url_for(".plan", assessment_id=assessment_id))
