"""HTTP: what a signatory sees behind the link in a letter, and what the coordinator looks at."""

from uuid import UUID

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from coprod.certificates import making
from coprod.charter import confirming, requested
from coprod.charter.blueprint import Answer, bp, shown, who_and_when
from coprod.charter.forms import ApproveForm, ConfirmForm, HoldForm, RefuseForm
from coprod.charter.models import SigningRequest
from coprod.errors import Invalid, NotFound
from coprod.framework.queries import current_charter
from coprod.permissions import Action, AreaRole, can
from coprod.phrases import N_, Phrase
from coprod.transaction import transaction
from coprod.web import clock, navigation
from coprod.web.access import current_actor, needs, public
from coprod.web.deployment import settings
from coprod.web.forms import explain
from coprod.web.limits import limited
from coprod.web.navigation import Task
from coprod.web.notices import flash

bp.record_once(
    lambda state: navigation.offer(
        state.app,
        Task(
            N_("Sign-ups to approve"),
            "charter.waiting",
            N_("Look at what organisations promise before it counts."),
            lambda actor: AreaRole.COORDINATOR in actor.roles and _may_wait(),
        ),
    )
)


@bp.route("/charter/confirm/<secret>", methods=["GET", "POST"])
@public
@limited("confirm")
def confirm(secret: str) -> Answer:
    """The whole text and everything that was filled in. Opening the link decides nothing: programs open links too."""
    try:
        found = confirming.opened(secret, now=clock.now())
    except NotFound:
        return _over()
    form = ConfirmForm()
    if form.validate_on_submit():
        organisation_id = found.organisation_id
        with transaction():
            in_force = confirming.confirm(secret, agreed=form.agreed.data, **who_and_when())
        if in_force:
            making.make_soon(organisation_id, now=clock.now())
        return redirect(url_for(".confirmed"))
    return shown("charter/confirm.html", form, found=found, secret=secret, **_about(found))


@bp.route("/charter/confirm/<secret>/not-right", methods=["GET", "POST"])
@public
@limited("confirm")
def refuse(secret: str) -> Answer:
    """The signatory says no, and why."""
    try:
        found = confirming.opened(secret, now=clock.now())
    except NotFound:
        return _over()
    form = RefuseForm()
    if form.validate_on_submit():
        with transaction():
            confirming.refuse(secret, words=form.words.data or "", actor=current_actor(), now=clock.now())
        return redirect(url_for(".refused"))
    return shown("charter/refuse.html", form, found=found, secret=secret)


@bp.get("/charter/confirm/thank-you")
@public
def confirmed() -> str:
    return render_template("charter/confirmed.html", approval=settings().charter_approval)


@bp.get("/charter/confirm/sent-back")
@public
def refused() -> str:
    return render_template("charter/refused.html")


@bp.get("/charter/waiting")
@needs(Action.SEE_WAITING)
def waiting() -> str:
    """Sign-ups that wait for the coordinator, and those on hold."""
    return render_template("charter/waiting.html", requests=requested.waiting())


@bp.route("/charter/waiting/<uuid:request_id>", methods=["GET", "POST"])
@needs(Action.SEE_WAITING)
def approve(request_id: UUID) -> Answer:
    """One of them, whole; approve it, or put it on hold on the page after."""
    found, form = requested.to_decide(request_id), ApproveForm()
    if form.validate_on_submit():
        name, organisation_id = found.organisation.name, found.organisation_id
        with transaction():
            confirming.approve(found, **who_and_when())
        making.make_soon(organisation_id, now=clock.now())
        flash(Phrase("Approved. {name} is on the public list.", name=name))
        return _to_waiting()
    return shown("charter/approve.html", form, found=found, **_about(found), may=_may_decide(found))


@bp.route("/charter/waiting/<uuid:request_id>/hold", methods=["GET", "POST"])
@needs(Action.SEE_WAITING)
def hold(request_id: UUID) -> Answer:
    found = requested.to_decide(request_id)
    form = HoldForm(why=found.said or "")
    if form.validate_on_submit():
        try:
            with transaction():
                confirming.hold(found, why=form.why.data or "", actor=current_actor(), now=clock.now())
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("It is on hold. The organisation's leads can read why."))
            return _to_waiting()
    return shown("charter/hold.html", form, found=found)


def _about(found: SigningRequest) -> dict[str, object]:
    return {
        "charter": current_charter(),
        "filler": requested.name_of_filler(found),
        "approval": settings().charter_approval,
        "own": current_actor().person_id == found.filled_by,
    }


def _may_wait() -> bool:
    """What was signed while the area looked first still waits after that was switched off."""
    return settings().charter_approval or bool(requested.waiting())


def _may_decide(found: SigningRequest) -> bool:
    return can(current_actor(), Action.APPROVE_SIGNING, found)


def _over() -> tuple[str, int]:
    return render_template("charter/link_over.html", words=confirming.ENDED), NotFound.status


def _to_waiting() -> Response:
    return redirect(url_for(".waiting"))
