from flask import redirect, render_template, session
from werkzeug.wrappers import Response

from coprod.accounts import letting_in, single_sign_on
from coprod.accounts.blueprint import bp
from coprod.accounts.sign_in_link_views import Page
from coprod.accounts.single_sign_on import NotSignedIn
from coprod.errors import NotFound
from coprod.transaction import transaction
from coprod.web import clock, deployment, onward
from coprod.web.access import public

ONWARD = "single_sign_on_next"


@bp.get("/sign-in/elsewhere")
@public
def elsewhere() -> Response:
    """On to the provider that the settings name. Without one there is no such page."""
    if not single_sign_on.name():
        raise NotFound
    session[ONWARD] = onward.asked_for()
    answer: Response = single_sign_on.begin(deployment.address("accounts.back_from_elsewhere"))
    return answer


@bp.get("/sign-in/elsewhere/back")
@public
def back_from_elsewhere() -> Page:
    """Where the provider sends the browser back to. It changes nothing without the state that this browser holds."""
    if not single_sign_on.name():
        raise NotFound
    try:
        who = single_sign_on.finish()
        with transaction():
            person = single_sign_on.account_of(who, now=clock.now())
    except NotSignedIn as refusal:
        return render_template("accounts/not_signed_in.html", words=refusal.message), refusal.status
    target = onward.page_at(session.pop(ONWARD, ""))
    letting_in.let_in(person, via="single sign-on", both_steps=who.both_steps)
    return redirect(target)
