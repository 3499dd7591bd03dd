from uuid import UUID

from flask import redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from coprod.accounts import password_door, session_cookie, sessions
from coprod.accounts.blueprint import bp
from coprod.accounts.session_forms import ProveForm
from coprod.errors import Invalid
from coprod.phrases import N_
from coprod.transaction import transaction
from coprod.web import clock, navigation, onward, recently
from coprod.web.access import current_actor, signed_in
from coprod.web.deployment import settings
from coprod.web.forms import explain
from coprod.web.navigation import Task
from coprod.web.notices import flash

bp.record_once(
    lambda state: navigation.offer(
        state.app,
        Task(
            N_("Where you are signed in"),
            "accounts.own_sessions",
            N_("See each computer and phone, and sign out of those that you do not know."),
            lambda actor: actor.signed_in,
            seldom=True,
        ),
    )
)


@bp.get("/account/sessions")
@signed_in
def own_sessions() -> str:
    """Where this person is signed in, and what ended lately and why."""
    who = current_actor().person_id
    begun_after = clock.now() - session_cookie.lifetime(settings())
    places = sessions.open_of(who, here=session_cookie.here(), begun_after=begun_after)
    return render_template(
        "accounts/sessions.html",
        places=places,
        others=any(not place.here for place in places),
        ended=sessions.ended_of(who),
        idle_minutes=settings().session_idle_minutes,
        hours=settings().session_hours,
    )


@bp.post("/account/sessions/<uuid:session_id>/end")
@signed_in
def end_session(session_id: UUID) -> Response:
    with transaction():
        sessions.end(session_id, why="ended", actor=current_actor(), now=clock.now())
    flash(N_("Done. That device is signed out."))
    return redirect(url_for(".own_sessions"))


@bp.post("/account/sessions/end-others")
@signed_in
def end_other_sessions() -> Response:
    """Sign out everywhere but here."""
    here = session_cookie.here()
    with transaction():
        sessions.end_all(current_user, why="ended", now=clock.now(), but=here)
    flash(N_("Done. You are signed out everywhere but here."))
    return redirect(url_for(".own_sessions"))


@bp.post("/account/stay")
@signed_in
def stay() -> dict[str, int]:
    """A page that is open asks to stay signed in. The answer says for how many more seconds."""
    return {"seconds": session_cookie.seconds_left()}


@bp.get("/sign-in/back")
@signed_in
def back() -> str:
    """Where somebody lands who signed in beside a page that waits with what they typed."""
    return render_template("accounts/back.html")


@bp.route("/account/is-it-you", methods=["GET", "POST"])
@signed_in
def prove() -> Response | str | tuple[str, int]:
    """The password once more, before what only its owner should be able to do."""
    form = ProveForm()
    try:
        if form.validate_on_submit():
            password_door.check_password(current_user, form.password.data or "")
            recently.proved()
            return redirect(onward.asked_for())
    except Invalid as refusal:
        explain(form, refusal)
    page = render_template("accounts/prove.html", form=form, next=onward.asked_for(), email=current_user.email)
    return (page, 422) if form.errors else page
