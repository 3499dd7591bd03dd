from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_security import login_user
from werkzeug.wrappers import Response

from coprod.accounts import demonstration as demo
from coprod.accounts import (
    alert_views,
    operations,
    passkey_views,
    password_views,
    queries,
    second_step_views,
    session_views,
    sign_in_link_views,
    single_sign_on_views,
)
from coprod.accounts.blueprint import bp
from coprod.accounts.forms import DECLINE, DecisionForm
from coprod.accounts.models import Membership
from coprod.accounts.queries import Place
from coprod.accounts.rules import first_role
from coprod.errors import Invalid
from coprod.permissions import Action, AreaRole, MemberRole, can
from coprod.transaction import transaction
from coprod.web import clock, navigation
from coprod.web.access import current_actor, public, signed_in
from coprod.web.navigation import Task

__all__ = [
    "alert_views",
    "bp",
    "passkey_views",
    "password_views",
    "second_step_views",
    "session_views",
    "sign_in_link_views",
    "single_sign_on_views",
]

bp.record_once(
    lambda state: navigation.offer(
        state.app,
        Task(
            "People who ask to join",
            "accounts.requests",
            "Let colleagues in, or say no.",
            lambda actor: AreaRole.COORDINATOR in actor.roles or MemberRole.LEAD in actor.memberships.values(),
        ),
    )
)


@bp.get("/start")
@signed_in
def start() -> str:
    """What somebody can do now that they have signed in."""
    who = current_actor()
    return render_template(
        "accounts/start.html",
        places=queries.places_of(who),
        asked=queries.asked_by(who),
        waiting=queries.how_many_wait_for(who),
        tasks=navigation.tasks_for(current_app, who),
    )


@bp.get("/people/requests")
@signed_in
def requests() -> str:
    """The requests that this person may decide, the longest wait first."""
    who = current_actor()
    led = [place for place in queries.places_of(who) if place.leads]
    return render_template("accounts/requests.html", requests=queries.requests_for(who), led=led)


@bp.route("/people/requests/<uuid:membership_id>", methods=["GET", "POST"])
@signed_in
def decide(membership_id: UUID) -> Response | str | tuple[str, int]:
    asked = queries.request_for(membership_id, current_actor())
    if request.method == "GET" and not asked.waits:
        return redirect(url_for(".requests"))
    form = DecisionForm(data={"decision": first_role(has_lead=asked.has_lead)})
    if form.validate_on_submit():
        membership = queries.membership_to_look_after(membership_id, current_actor())
        with transaction():
            _decide(membership, form)
        flash(f"Done. {asked.name} {'was not let in' if form.decision.data == DECLINE else 'is in'}.")
        return redirect(url_for(".requests"))
    page = render_template("accounts/decide.html", asked=asked, form=form)
    return (page, 422) if form.errors else page


def _decide(membership: Membership, form: DecisionForm) -> None:
    who, now = current_actor(), clock.now()
    if form.decision.data == DECLINE:
        operations.decline(membership, actor=who, now=now, why=form.why.data or "")
    else:
        operations.accept(membership, role=MemberRole(form.decision.data), actor=who, now=now)


@bp.get("/organisations/<uuid:organisation_id>/people")
@signed_in
def members(organisation_id: UUID) -> str:
    """The people of one organisation, for its leads and the coordinator."""
    who = current_actor()
    place = queries.place_to_look_after(organisation_id, who)
    return render_template(
        "accounts/members.html",
        place=place,
        members=queries.members_of(organisation_id),
        belongs=can(who, Action.SEE_ORGANISATION, place),
    )


@bp.post("/members/<uuid:membership_id>/role")
@signed_in
def give_role(membership_id: UUID) -> Response:
    membership = queries.membership_to_look_after(membership_id, current_actor())
    place = queries.place_to_look_after(membership.organisation_id, current_actor())
    role = request.form.get("role", "")
    if role not in set(MemberRole):
        raise Invalid("Choose lead or contributor. Go back to the list of people and try again.")
    with transaction():
        operations.give_role(membership, role=MemberRole(role), actor=current_actor(), now=clock.now())
    flash("Done. Their part has changed.")
    return _back_to(place)


@bp.route("/members/<uuid:membership_id>/remove", methods=["GET", "POST"])
@signed_in
def remove(membership_id: UUID) -> Response | str:
    """Asks first: the person loses their way in at once."""
    membership = queries.membership_to_look_after(membership_id, current_actor())
    place = queries.place_to_look_after(membership.organisation_id, current_actor())
    if request.method == "POST":
        with transaction():
            operations.remove(membership, actor=current_actor(), now=clock.now())
        flash("Done. They can't open the organisation's pages any more.")
        return _back_to(place)
    return render_template("accounts/remove.html", name=membership.person.name, place=place)


@bp.post("/demonstration/sign-in")
@public
def demonstration() -> Response:
    """Sign in as one of a demonstration's people. Anywhere else there is no such page."""
    login_user(demo.person(request.form.get("email", "")), authn_via=["demonstration"])
    return redirect(url_for(".start"))


def _back_to(place: Place) -> Response:
    """To the list of people, or to the start page for a lead who is not one any more."""
    if can(current_actor(), Action.ACCEPT_MEMBER, place):
        return redirect(url_for(".members", organisation_id=place.organisation_id))
    return redirect(url_for(".start"))
