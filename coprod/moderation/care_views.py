from uuid import UUID

from flask import Response as FlaskResponse
from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from coprod.errors import Invalid
from coprod.moderation import care
from coprod.moderation.blueprint import bp
from coprod.moderation.care_forms import BreakForm, TimeForm
from coprod.moderation.forms import PressForm
from coprod.permissions import Action
from coprod.phrases import N_
from coprod.transaction import transaction
from coprod.web import clock, spreadsheets
from coprod.web.access import current_actor, needs
from coprod.web.forms import explain
from coprod.web.notices import flash

Answer = Response | str | tuple[str, int]
TIME_FIELDS = ("day", "minutes", "what for", "travel and other costs in pounds")


@bp.route("/moderation/break", methods=["GET", "POST"])
@needs(Action.CARE_FOR_ONESELF)
def pause() -> Answer:
    """A reviewer takes a break from being asked."""
    actor = current_actor()
    form = BreakForm()
    if form.validate_on_submit():
        try:
            with transaction():
                care.take_break(until=form.until.data, actor=actor, now=clock.now(), today=clock.today())
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("Enjoy your break. Nobody will ask you to take a case."))
            return redirect(url_for(".queue"))
    page = render_template(
        "moderation/pause.html", form=form, taken=care.own_break(actor, today=clock.today()), press=PressForm()
    )
    return (page, 422) if form.errors else page


@bp.post("/moderation/break/end")
@needs(Action.CARE_FOR_ONESELF)
def resume() -> Response:
    with transaction():
        care.end_break(actor=current_actor(), now=clock.now())
    flash(N_("Welcome back."))
    return redirect(url_for(".queue"))


@bp.route("/moderation/time", methods=["GET", "POST"])
@needs(Action.CARE_FOR_ONESELF)
def time() -> Answer:
    """A volunteer's own notes of the time it took."""
    actor = current_actor()
    form = TimeForm()
    if form.validate_on_submit():
        try:
            with transaction():
                care.note_time(**form.noted, actor=actor, now=clock.now(), today=clock.today())
        except Invalid as refusal:
            explain(form, refusal)
        else:
            return redirect(url_for(".time"))
    page = render_template("moderation/time.html", form=form, page=care.time_page(actor))
    return (page, 422) if form.errors else page


@bp.post("/moderation/time/<uuid:spent_id>/remove")
@needs(Action.CARE_FOR_ONESELF)
def remove_time(spent_id: UUID) -> Response:
    with transaction():
        care.remove_time(spent_id, actor=current_actor())
    return redirect(url_for(".time"))


@bp.get("/moderation/time.csv")
@needs(Action.CARE_FOR_ONESELF)
def time_csv() -> FlaskResponse:
    rows = care.time_rows(current_actor())
    headers = {"Content-Disposition": 'attachment; filename="my-time.csv"'}
    return FlaskResponse("".join(spreadsheets.as_csv(TIME_FIELDS, rows)), mimetype="text/csv", headers=headers)
