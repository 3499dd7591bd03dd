from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from coprod.certificates import making
from coprod.errors import Invalid, WrongState
from coprod.framework.queries import current_framework
from coprod.moderation import (
    allocation_views,
    asking_views,
    care,
    care_views,
    exhibit_views,
    exhibits,
    operations,
    practice_views,
    practising,
    queries,
    reply_views,
)
from coprod.moderation.blueprint import bp
from coprod.moderation.forms import ConfirmForm, DeclareForm, PressForm, RateForm, SettleForm
from coprod.moderation.last_time import last_time
from coprod.moderation.pages import RatePage
from coprod.moderation.sent import as_kept
from coprod.permissions import Action, Actor, can
from coprod.phrases import N_
from coprod.transaction import transaction
from coprod.web import clock, deployment, navigation
from coprod.web.access import current_actor, needs, signed_in
from coprod.web.forms import explain
from coprod.web.navigation import FirstSteps, Step, Task
from coprod.web.notices import flash

__all__ = ["allocation_views", "asking_views", "bp", "care_views", "exhibit_views", "practice_views", "reply_views"]

Answer = Response | str | tuple[str, int]


@bp.record_once
def offer_tasks(state: BlueprintSetupState) -> None:
    app = state.app
    navigation.offer(
        app,
        Task(
            N_("Cases to look at"),
            "moderation.queue",
            N_("What waits for a reviewer, and the cases that you have open."),
            lambda actor: can(actor, Action.SEE_QUEUE),
        ),
    )
    navigation.offer(
        app,
        Task(
            N_("How far everybody has got"),
            "moderation.progress",
            N_("Every organisation’s assessment: its state, and for how long."),  # noqa: RUF001  # an apostrophe
            lambda actor: can(actor, Action.SEE_PROGRESS),
        ),
    )


@bp.record_once
def guide_new_reviewers(state: BlueprintSetupState) -> None:
    steps = (
        Step(
            N_("Practise on answers that are made up."),
            N_("about an hour"),
            N_("Open the practice answers"),
            "moderation.queue",
        ),
        Step(N_("Choose a case, and say if you have a conflict with it. You need not say why."), N_("5 minutes")),
        Step(
            N_("Read each answer with its evidence, and rate it. You can stop and come back."),
            N_("2 to 3 hours a case"),
        ),
    )
    navigation.guide(state.app, FirstSteps(N_("Your first three steps as a reviewer"), steps, _is_new))


def _is_new(actor: Actor) -> bool:
    """A reviewer who has not practised yet."""
    return can(actor, Action.SEE_QUEUE) and not practising.may_take_cases(actor, current_framework())


@bp.get("/moderation")
@needs(Action.SEE_QUEUE)
def queue() -> str:
    """What this reviewer has open, and what waits."""
    actor = current_actor()
    waits = queries.queue(actor, today=clock.today())
    return render_template(
        "moderation/queue.html",
        queue=waits,
        practised=bool(waits.mine) or practising.may_take_cases(actor, current_framework()),
        on_a_break=care.own_break(actor, today=clock.today()) is not None,
        leads=can(actor, Action.SEE_AGREEMENT),
    )


@bp.route("/moderation/assessments/<uuid:assessment_id>/declare", methods=["GET", "POST"])
@needs(Action.SEE_QUEUE)
def declare(assessment_id: UUID) -> Answer:
    """Before anything of the case is shown: is there a conflict?"""
    actor = current_actor()
    if request.method == "POST" and queries.has_stepped_back(assessment_id, actor):  # The same button, pressed twice.
        return redirect(url_for(".queue"))
    about = queries.to_declare(assessment_id, actor)
    form = DeclareForm()
    if form.validate_on_submit():
        with transaction():
            case = operations.open_case(about.assessment, now=clock.now())
            operations.declare(case, conflict=form.conflict, actor=actor, now=clock.now())
        if not form.conflict:
            return redirect(url_for(".case", case_id=case.id))
        flash(N_("Thank you for saying so. Somebody else will look at this one."))
        return redirect(url_for(".queue"))
    page = render_template("moderation/declare.html", about=about, form=form)
    return (page, 422) if form.errors else page


@bp.get("/moderation/cases/<uuid:case_id>")
@needs(Action.SEE_QUEUE)
def case(case_id: UUID) -> Response | str:
    """A reviewer's list; or, for somebody who has no place in the case yet, what it would ask of them."""
    actor = current_actor()
    found = queries.case_for(case_id, actor)
    page = queries.case_page(found, actor)
    if page is None and found.contested:
        return redirect(url_for(".to_decide", case_id=case_id))
    if page is None:
        return render_template("moderation/offer.html", offer=queries.offer(found, actor), press=PressForm())
    return render_template("moderation/case.html", page=page, press=PressForm())


@bp.post("/moderation/cases/<uuid:case_id>/take")
@needs(Action.SEE_QUEUE)
def take(case_id: UUID) -> Response:
    actor = current_actor()
    found = queries.case_for(case_id, actor)
    with transaction():
        operations.take_seat(found, actor=actor, now=clock.now(), most_open=deployment.settings().open_cases)
    return redirect(url_for(".case", case_id=case_id))


@bp.route("/moderation/cases/<uuid:case_id>/<code>", methods=["GET", "POST"])
@needs(Action.SEE_QUEUE)
def rate(case_id: UUID, code: str) -> Answer:
    """One question with everything that was sent in for it, and this reviewer's rating."""
    actor = current_actor()
    found = queries.case_for(case_id, actor)
    page = queries.rate_page(found, code, actor)
    if request.method == "GET" and not page.head.reached.rating:
        return redirect(url_for(".case", case_id=case_id))
    form = _rate_form(page)
    if form.validate_on_submit():
        try:
            with transaction():
                operations.judge(
                    found,
                    code,
                    rating=form.given,
                    reason=form.reason.data or "",
                    note=form.note.data or "",
                    private_note=form.private_note.data or "",
                    actor=actor,
                    now=clock.now(),
                )
        except Invalid as refusal:
            explain(form, refusal)
        else:
            following = queries.following(queries.case_for(case_id, actor), code, actor)
            case_page = url_for(".case", case_id=case_id)
            return redirect(url_for(".rate", case_id=case_id, code=following) if following else case_page)
    heard, before = exhibits.heard_about(found, page.told.claim), last_time(found, code)
    shown = render_template("moderation/rate.html", page=page, form=form, heard=heard, before=before)
    return (shown, 422) if form.errors else shown


@bp.post("/moderation/cases/<uuid:case_id>/finish")
@needs(Action.SEE_QUEUE)
def finish(case_id: UUID) -> Response:
    actor = current_actor()
    found = queries.case_for(case_id, actor)
    with transaction():
        operations.finish(found, actor=actor, now=clock.now())
    flash(N_("Thank you. Your ratings are in."))
    return redirect(url_for(".case", case_id=case_id))


@bp.get("/moderation/cases/<uuid:case_id>/agree")
@needs(Action.SEE_QUEUE)
def agree(case_id: UUID) -> str:
    """Both reviewers' ratings side by side, once both are done."""
    actor = current_actor()
    page = queries.agree_page(queries.case_for(case_id, actor), actor)
    return render_template("moderation/agree.html", page=page)


@bp.route("/moderation/cases/<uuid:case_id>/agree/<code>", methods=["GET", "POST"])
@needs(Action.SEE_QUEUE)
def settle(case_id: UUID, code: str) -> Answer:
    """One difference: look again together, or decide."""
    actor = current_actor()
    found = queries.case_for(case_id, actor)
    page = queries.settle_page(found, code, actor, sent=request.method == "POST")
    form = SettleForm()
    form.offer(page.cards)
    if form.validate_on_submit():
        try:
            with transaction():
                operations.settle(
                    found, code, rating=form.given, reason=form.reason.data or "", actor=actor, now=clock.now()
                )
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("Saved."))
            return redirect(url_for(".agree", case_id=case_id))
    confirming = ConfirmForm(formdata=None, agreed=as_kept(page.offered.rating) if page.offered else None)
    about = {"heard": exhibits.heard_about(found, page.told.claim), "before": last_time(found, code)}
    shown = render_template("moderation/settle.html", page=page, form=form, confirming=confirming, **about)
    return (shown, 422) if form.errors else shown


@bp.post("/moderation/cases/<uuid:case_id>/agree/<code>/confirm")
@needs(Action.SEE_QUEUE)
def confirm(case_id: UUID, code: str) -> Response:
    """The other reviewer agrees to what was put forward."""
    actor = current_actor()
    found = queries.case_for(case_id, actor)
    form = ConfirmForm()
    if not form.validate_on_submit():
        raise WrongState
    with transaction():
        operations.confirm(found, code, rating=form.given, actor=actor, now=clock.now())
    flash(N_("Agreed."))
    return redirect(url_for(".agree", case_id=case_id))


@bp.get("/moderation/cases/<uuid:case_id>/outcome")
@needs(Action.SEE_QUEUE)
def outcome(case_id: UUID) -> str:
    """The result as it would be given now."""
    actor = current_actor()
    page = queries.outcome_page(queries.case_for(case_id, actor), actor)
    return render_template("moderation/outcome.html", page=page, press=PressForm())


@bp.post("/moderation/cases/<uuid:case_id>/panel")
@needs(Action.SEE_QUEUE)
def panel(case_id: UUID) -> Response:
    actor = current_actor()
    found = queries.case_for(case_id, actor)
    with transaction():
        operations.sign_panel(found, actor=actor, now=clock.now(), today=clock.today())
    flash(N_("Signed off for the panel."))
    return redirect(url_for(".outcome", case_id=case_id))


@bp.post("/moderation/cases/<uuid:case_id>/give")
@needs(Action.SEE_QUEUE)
def give(case_id: UUID) -> Response:
    actor = current_actor()
    found = queries.case_for(case_id, actor)
    with transaction():
        operations.give_result(
            found, actor=actor, now=clock.now(), today=clock.today(), closed=deployment.closed_days()
        )
    flash(N_("The result is with the organisation. Thank you for your time."))
    return redirect(url_for(".queue"))


@bp.get("/assessments/<uuid:assessment_id>/result")
@signed_in
def result(assessment_id: UUID) -> str:
    """The organisation reads its result."""
    page = queries.result_page(assessment_id, current_actor())
    return render_template("moderation/result.html", page=page, press=PressForm())


@bp.post("/assessments/<uuid:assessment_id>/result")
@signed_in
def accept(assessment_id: UUID) -> Response:
    """A lead accepts the result."""
    actor = current_actor()
    page = queries.result_page(assessment_id, actor)
    with transaction():
        operations.accept_result(page.case, actor=actor, now=clock.now(), today=clock.today())
    making.make_soon(page.case.organisation_id, now=clock.now())
    flash(N_("Thank you. Your result is final."))
    return redirect(url_for(".result", assessment_id=assessment_id))


@bp.get("/moderation/progress")
@needs(Action.SEE_PROGRESS)
def progress() -> str:
    """For the coordinator: states and ages, never ratings."""
    page = queries.states(after=request.args.get("after", type=UUID), today=clock.today())
    return render_template("moderation/progress.html", page=page)


def _rate_form(page: RatePage) -> RateForm:
    """The form, filled with what this reviewer said last."""
    mine = page.mine
    said = {"reason": mine.reason, "note": mine.note, "private_note": mine.private_note} if mine else {}
    form = RateForm(rating=str(as_kept(mine.rating)) if mine else None, **said)
    form.offer(page.cards)
    return form
