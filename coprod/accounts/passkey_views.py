from uuid import UUID

from flask import redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from coprod.accounts import letting_in, passkeys, second_step, session_cookie
from coprod.accounts.blueprint import bp
from coprod.accounts.second_step_views import myself
from coprod.accounts.sign_in_forms import NewPasskeyForm, PasskeyForm
from coprod.accounts.sign_in_link_views import Page
from coprod.accounts.trying import codes_limited
from coprod.errors import Invalid, NotFound
from coprod.phrases import N_
from coprod.transaction import transaction
from coprod.web import clock, onward
from coprod.web.access import current_actor, first_step, public, signed_in
from coprod.web.forms import explain
from coprod.web.notices import flash
from coprod.web.recently import recent

CHALLENGE = "passkey_challenge"


@bp.route("/sign-in/passkey", methods=["GET", "POST"])
@public
@codes_limited
def passkey() -> Page:
    """Sign in with a passkey, which is both steps at once; or pass the second step with it."""
    _only_where_possible()
    form = PasskeyForm()
    try:
        if form.validate_on_submit():
            with transaction():
                person = passkeys.owner_of(form.credential.data or "", challenge=_challenge(), now=clock.now())
            letting_in.let_in(person, via="passkey", both_steps=True)
            return redirect(onward.asked_for())
    except Invalid as refusal:
        explain(form, refusal)
    options, session[CHALLENGE] = passkeys.to_sign_in()
    page = render_template("accounts/passkey.html", form=form, options=options, onward=onward.asked_for())
    return (page, 422) if form.errors else page


@bp.route("/sign-in/set-up/passkey", methods=["GET", "POST"])
@first_step
@codes_limited
def first_passkey() -> Page:
    """For whoever must have a second step and has none yet. Who has one passes it: a password must not replace it."""
    if not letting_in.owes_second_step(myself()) or second_step.is_set_up(myself().id):
        return redirect(url_for(".verify", next=onward.asked_for()))
    return _add_passkey(first=True)


@bp.route("/account/passkeys/new", methods=["GET", "POST"])
@signed_in
@recent
@codes_limited
def add_passkey() -> Page:
    return _add_passkey(first=False)


def _add_passkey(*, first: bool) -> Page:
    _only_where_possible()
    form = NewPasskeyForm()
    try:
        if form.validate_on_submit():
            _add(form)
            flash(
                N_("Done. You can sign in with your passkey from now on. Keep recovery codes too, in case you lose it.")
            )
            return redirect(url_for(".ways"))
    except Invalid as refusal:
        explain(form, refusal)
    options, session[CHALLENGE] = passkeys.to_create(myself())
    page = render_template("accounts/add_passkey.html", form=form, options=options, first=first)
    return (page, 422) if form.errors else page


def _add(form: NewPasskeyForm) -> None:
    person = myself()
    with transaction():
        passkeys.add(
            person,
            credential=form.credential.data or "",
            challenge=_challenge(),
            name=form.name.data or "",
            actor=person.actor,
            here=session_cookie.here(),
            now=clock.now(),
        )
    letting_in.pass_second_step(myself())


@bp.post("/account/passkeys/<uuid:passkey_id>/remove")
@signed_in
@recent
def remove_passkey(passkey_id: UUID) -> Response:
    with transaction():
        passkeys.remove(passkey_id, myself(), actor=current_actor(), now=clock.now())
    flash(N_("Done. The passkey is removed here. You can delete it on your device too."))
    return redirect(url_for(".ways"))


def _challenge() -> str:
    """The challenge of the page that was shown last; each is answered once."""
    return str(session.pop(CHALLENGE, ""))


def _only_where_possible() -> None:
    if not passkeys.possible():
        raise NotFound
