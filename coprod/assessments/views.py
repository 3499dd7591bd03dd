from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coprod.assessments import (
    again_views,
    backing_views,
    check_in_views,
    check_page,
    colleagues,
    drafting,
    families_page,
    family_views,
    file_views,
    meeting_queries,
    more,
    operations,
    pages,
    paper_views,
    plan_views,
    queries,
    question_views,
    together_views,
)
from coprod.assessments.blueprint import bp
from coprod.assessments.forms import ActionForm, PressForm, SubmitForm, WithdrawForm
from coprod.assessments.home_page import home_page
from coprod.assessments.models import Assessment
from coprod.assessments.rules import BEFORE_MODERATION, State
from coprod.assessments.score_page import score_page
from coprod.errors import Invalid
from coprod.framework.queries import current_framework
from coprod.organisations import queries as organisations
from coprod.permissions import Action, open_actions, require
from coprod.phrases import N_
from coprod.transaction import transaction
from coprod.web import clock, navigation
from coprod.web.access import current_actor, signed_in
from coprod.web.forms import explain
from coprod.web.navigation import FirstSteps, Step
from coprod.web.notices import flash

__all__ = [
    "again_views",
    "backing_views",
    "bp",
    "check_in_views",
    "family_views",
    "file_views",
    "paper_views",
    "plan_views",
    "question_views",
    "together_views",
]

OFFERED = (Action.ANSWER, Action.SUBMIT, Action.WITHDRAW_ASSESSMENT)


bp.record_once(
    lambda state: navigation.guide(
        state.app,
        FirstSteps(
            N_("Your first three steps"),
            (
                Step(
                    N_("Open the page of your school or service, below, and start the self-assessment."),
                    N_("2 minutes"),
                ),
                Step(N_("Answer one question, and say how you know. Any of the 25 will do."), N_("15 minutes")),
                Step(N_("Share the other questions with your colleagues. Most take some weeks."), N_("10 minutes")),
            ),
            lambda actor: bool(actor.memberships) and not queries.any_of(actor.memberships.keys()),
        ),
    )
)


@bp.get("/organisations/<uuid:organisation_id>")
@signed_in
def home(organisation_id: UUID) -> str:
    """The organisation's own page, for its members."""
    actor = current_actor()
    page = home_page(organisations.for_member(organisation_id, actor), actor=actor, today=clock.today())
    return render_template("assessments/home.html", page=page, form=PressForm())


@bp.post("/organisations/<uuid:organisation_id>/assessments")
@signed_in
def start(organisation_id: UUID) -> Response:
    organisation = organisations.for_member(organisation_id, current_actor())
    with transaction():
        assessment = operations.start(
            organisation,
            framework=current_framework(),
            actor=current_actor(),
            now=clock.now(),
            from_last="from_last" in request.form,
        )
    return redirect(url_for(".tasks", assessment_id=assessment.id))


@bp.get("/assessments/<uuid:assessment_id>")
@signed_in
def tasks(assessment_id: UUID) -> str:
    """The questions, how far each is, and what comes next."""
    assessment = queries.for_member(assessment_id, current_actor())
    framework = queries.framework_of(assessment)
    outline, hands = drafting.outline(assessment), colleagues.hands(assessment)
    mine = colleagues.yours(hands, outline, current_actor().person_id)
    return render_template(
        "assessments/tasks.html",
        assessment=assessment,
        may=_may(assessment),
        state=State(assessment.state),
        tally=pages.tally(framework, outline),
        blocks=pages.blocks(framework, outline),
        hands={code: colleagues.hand_words(hand, today=clock.today()) for code, hand in hands.items()},
        yours=colleagues.yours_lines(mine, framework, today=clock.today()),
        asked=more.asked_for(assessment),
    )


@bp.get("/assessments/<uuid:assessment_id>/score")
@signed_in
def score(assessment_id: UUID) -> str:
    """What the answers come to, and what separates them from the next level."""
    assessment = queries.for_member(assessment_id, current_actor())
    rows = queries.rows_of(assessment)
    scored = queries.scored(assessment, today=clock.today(), rows=rows)
    framework = queries.framework_of(assessment)
    chosen = {code: each.claimed for code, each in scored.credited.items()}
    return render_template(
        "assessments/score.html",
        assessment=assessment,
        may=_may(assessment),
        page=score_page(framework, scored, {code: row.reason for code, row in rows.items()}),
        gaps=families_page.gaps(framework, meeting_queries.view_of(assessment), chosen),
    )


@bp.route("/assessments/<uuid:assessment_id>/plan", methods=["GET", "POST"])
@signed_in
def plan(assessment_id: UUID) -> Response | str | tuple[str, int]:
    assessment = queries.for_member(assessment_id, current_actor())
    questions = [(q.code, q.short) for q in queries.framework_of(assessment).questions]
    form = ActionForm(questions=questions, data={"question": request.args.get("question", "")})
    if form.validate_on_submit():
        try:
            with transaction():
                operations.add_action(
                    assessment, **form.facts(), actor=current_actor(), now=clock.now(), today=clock.today()
                )
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("Added to your plan."))
            return redirect(url_for(".plan", assessment_id=assessment_id))
    steps = check_page.plan_lines(queries.plan_of(assessment), dict(questions), today=clock.today())
    page = render_template(
        "assessments/plan.html",
        assessment=assessment,
        may=_may(assessment),
        may_plan=State(assessment.state) is not State.WITHDRAWN,
        form=form,
        steps=steps,
    )
    return (page, 422) if form.errors else page


@bp.post("/assessments/<uuid:assessment_id>/plan/<uuid:action_id>/remove")
@signed_in
def remove_action(assessment_id: UUID, action_id: UUID) -> Response:
    assessment = queries.for_member(assessment_id, current_actor())
    with transaction():
        operations.remove_action(assessment, action_id, actor=current_actor(), now=clock.now())
    flash(N_("Removed from your plan."))
    return redirect(url_for(".plan", assessment_id=assessment_id))


@bp.route("/assessments/<uuid:assessment_id>/submit", methods=["GET", "POST"])
@signed_in
def submit(assessment_id: UUID) -> Response | str | tuple[str, int]:
    assessment = queries.for_member(assessment_id, current_actor())
    if State(assessment.state) is State.SUBMITTED:
        return redirect(url_for(".submitted", assessment_id=assessment_id))
    form = SubmitForm()
    if form.validate_on_submit():
        try:
            with transaction():
                operations.submit(
                    assessment, declared=form.declared.data, actor=current_actor(), now=clock.now(), today=clock.today()
                )
        except Invalid as refusal:
            explain(form, refusal)
        else:
            return redirect(url_for(".submitted", assessment_id=assessment_id))
    page = render_template("assessments/submit.html", form=form, **_to_check(assessment))
    return (page, 422) if form.errors else page


@bp.get("/assessments/<uuid:assessment_id>/submitted")
@signed_in
def submitted(assessment_id: UUID) -> Response | str:
    """Thanks, and what happens next."""
    assessment = queries.for_member(assessment_id, current_actor())
    if assessment.submitted_at is None:
        return redirect(url_for(".submit", assessment_id=assessment_id))
    withdrawable = State(assessment.state) in BEFORE_MODERATION
    return render_template(
        "assessments/submitted.html", assessment=assessment, may=_may(assessment), withdrawable=withdrawable
    )


@bp.route("/assessments/<uuid:assessment_id>/withdraw", methods=["GET", "POST"])
@signed_in
def withdraw(assessment_id: UUID) -> Response | str:
    """Asks first: a withdrawn assessment is not taken up again."""
    assessment = queries.for_member(assessment_id, current_actor())
    require(current_actor(), Action.WITHDRAW_ASSESSMENT, assessment)
    form = WithdrawForm()
    if form.validate_on_submit():
        with transaction():
            operations.withdraw(assessment, actor=current_actor(), now=clock.now())
        flash(N_("The assessment is withdrawn. You can start another whenever you are ready."))
        return redirect(url_for(".home", organisation_id=assessment.organisation_id))
    return render_template("assessments/withdraw.html", assessment=assessment, form=form)


def _may(assessment: Assessment) -> frozenset[str]:
    """What the person may do here, as templates ask for it; writing only while the assessment can be written."""
    allowed = open_actions(current_actor(), assessment, OFFERED)
    return frozenset(action.name.lower() for action in allowed if pages.is_offered(action, State(assessment.state)))


def _to_check(assessment: Assessment) -> dict[str, object]:
    """What is about to be sent in, question by question, and what is missing."""
    framework = queries.framework_of(assessment)
    rows = queries.rows_of(assessment)
    scored = queries.scored_rows(assessment, rows, today=clock.today())
    return {
        "assessment": assessment,
        "may": _may(assessment),
        "gaps": check_page.gaps(framework, scored.problems),
        "values": check_page.check_answers(framework, scored, rows),
        "step_count": len(queries.plan_of(assessment)),
        "page": score_page(framework, scored, {}),
    }
