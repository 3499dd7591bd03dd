from uuid import UUID

from flask import current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coprod.accounts import (
    alert_views,
    handing_over,
    joining_views,
    leaving_views,
    letting_in,
    member_views,
    operations,
    passkey_views,
    password_views,
    people_views,
    queries,
    second_step_views,
    session_views,
    sign_in_link_views,
    single_sign_on_views,
    switching,
)
from coprod.accounts import demonstration as demo
from coprod.accounts.blueprint import bp
from coprod.accounts.forms import DECLINE, DecisionForm
from coprod.accounts.models import Membership
from coprod.accounts.rules import first_role
from coprod.mail import queries as mail
from coprod.permissions import AreaRole, MemberRole
from coprod.phrases import N_, Phrase
from coprod.transaction import transaction
from coprod.web import clock, navigation
from coprod.web.access import current_actor, public, signed_in
from coprod.web.navigation import FirstSteps, Step, Task
from coprod.web.notices import flash

__all__ = [
    "alert_views",
    "bp",
    "joining_views",
    "leaving_views",
    "member_views",
    "passkey_views",
    "password_views",
    "people_views",
    "second_step_views",
    "session_views",
    "sign_in_link_views",
    "single_sign_on_views",
    "switching",
]

bp.record_once(
    lambda state: navigation.offer(
        state.app,
        Task(
            N_("People who ask to join"),
            "accounts.requests",
            N_("Let colleagues in, or say no."),
            lambda actor: AreaRole.COORDINATOR in actor.roles or MemberRole.LEAD in actor.memberships.values(),
        ),
    )
)


bp.record_once(
    lambda state: navigation.guide(
        state.app,
        FirstSteps(
            N_("Your first three steps"),
            (
                Step(N_("Find your school or service, and ask to join it."), N_("5 minutes")),
                Step(N_("Wait until somebody there lets you in. We send you a letter."), N_("a few days")),
                Step(N_("Answer your first question. You can stop and come back at any time."), N_("15 minutes")),
            ),
            lambda actor: not (actor.roles or actor.memberships),
        ),
    )
)


@bp.get("/start")
@signed_in
def start() -> str:
    """What somebody can do now that they have signed in."""
    who = current_actor()
    places, asked = queries.places_of(who), queries.asked_by(who)
    return render_template(
        "accounts/start.html",
        places=places,
        asked=asked,
        is_new=not (places or asked or who.roles),
        hand_overs=[(offer, queries.name_of_place(offer.organisation_id)) for offer in handing_over.open_for(who)],
        waiting=queries.how_many_wait_for(who),
        stuck=mail.how_many_stuck_for(who, now=clock.now()),
        first_steps=navigation.first_steps_for(current_app, who),
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
        said = N_("Done. {name} was not let in.") if form.decision.data == DECLINE else N_("Done. {name} is in.")
        flash(Phrase(said, name=asked.name))
        return redirect(url_for(".requests"))
    page = render_template("accounts/decide.html", asked=asked, form=form)
    return (page, 422) if form.errors else page


def _decide(membership: Membership, form: DecisionForm) -> None:
    who, now = current_actor(), clock.now()
    if form.decision.data == DECLINE:
        operations.decline(membership, actor=who, now=now, why=form.why.data or "")
    else:
        operations.accept(membership, role=MemberRole(form.decision.data), actor=who, now=now)


@bp.post("/demonstration/sign-in")
@public
def demonstration() -> Response:
    """Sign in as one of a demonstration's people, in one step. Anywhere else there is no such page."""
    letting_in.let_in(demo.person(request.form.get("email", "")), via="demonstration", both_steps=True)
    return redirect(url_for(".start"))
