"""HTTP: reporting a concern about a signatory, and the coordinator's list."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from coprod.accounts import leaving
from coprod.concerns import operations, queries, rules
from coprod.concerns.forms import CloseForm, ConcernForm
from coprod.concerns.rules import State
from coprod.errors import Invalid
from coprod.organisations.old_addresses import follows_schools
from coprod.permissions import Action, AreaRole
from coprod.phrases import N_
from coprod.transaction import transaction
from coprod.web import clock, navigation
from coprod.web.access import current_actor, needs, public
from coprod.web.forms import explain
from coprod.web.limits import limited
from coprod.web.navigation import Task
from coprod.web.notices import flash

bp = Blueprint("concerns", __name__)
bp.record_once(lambda state: leaving.also_forgets(state.app, operations.forget))
bp.record_once(
    lambda state: navigation.offer(
        state.app,
        Task(
            N_("Concerns"),
            "concerns.concerns",
            N_("Read what people report about signatories, and say what came of it."),
            lambda actor: AreaRole.COORDINATOR in actor.roles,
        ),
    )
)


@bp.route("/signatories/<slug>/concern", methods=["GET", "POST"])
@public
@limited("report a concern")
@follows_schools
def report(slug: str) -> Response | str | tuple[str, int]:
    """For anybody, without an account."""
    about, form = queries.about(slug), ConcernForm()
    if form.validate_on_submit():
        try:
            with transaction():
                operations.send(
                    about.organisation_id,
                    words=form.words.data or "",
                    address=form.address.data or "",
                    now=clock.now(),
                )
        except Invalid as refusal:
            explain(form, refusal)
        else:
            return redirect(url_for(".sent"))
    page = render_template("concerns/report.html", about=about, form=form)
    return (page, 422) if form.errors else page


@bp.get("/concerns/sent")
@public
def sent() -> str:
    return render_template("concerns/sent.html")


@bp.get("/concerns")
@needs(Action.SEE_CONCERNS)
def concerns() -> str:
    found = queries.listed(current_actor())
    return render_template("concerns/concerns.html", concerns=[(each, State(each.state).words) for each in found])


@bp.route("/concerns/<uuid:concern_id>", methods=["GET", "POST"])
@needs(Action.SEE_CONCERNS)
def concern(concern_id: UUID) -> Response | str | tuple[str, int]:
    """One concern and its story. Closing it asks what came of it."""
    found, form = queries.one(concern_id, current_actor()), CloseForm()
    if form.validate_on_submit():
        try:
            with transaction():
                operations.close(found, note=form.note.data or "", actor=current_actor(), now=clock.now())
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("Closed. It is erased a year from now, and the address in 30 days."))
            return redirect(url_for(".concerns"))
    state = State(found.state)
    page = render_template(
        "concerns/concern.html",
        concern=found,
        form=form,
        status=state.words,
        may_look=state in rules.MAY_LOOK,
        may_close=state in rules.MAY_CLOSE,
        story=queries.story(found),
    )
    return (page, 422) if form.errors else page


@bp.post("/concerns/<uuid:concern_id>/look")
@needs(Action.SEE_CONCERNS)
def look(concern_id: UUID) -> Response:
    found = queries.one(concern_id, current_actor())
    with transaction():
        operations.look(found, actor=current_actor(), now=clock.now())
    flash(N_("Marked as being looked at."))
    return redirect(url_for(".concern", concern_id=concern_id))
