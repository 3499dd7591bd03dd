from typing import Any
from uuid import UUID

import segno
from flask import redirect, render_template, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from coprod.accounts import letting_in, passkeys, queries, second_step, session_cookie
from coprod.accounts.blueprint import bp
from coprod.accounts.models import Person
from coprod.accounts.sign_in_forms import CodeForm, PressForm, RecoveryForm, ResetForm
from coprod.accounts.sign_in_link_views import Page
from coprod.accounts.trying import codes_limited
from coprod.database import db
from coprod.errors import Invalid, NotFound
from coprod.permissions import Action
from coprod.phrases import N_
from coprod.transaction import transaction
from coprod.web import clock, onward
from coprod.web.access import current_actor, first_step, needs, signed_in
from coprod.web.forms import explain
from coprod.web.notices import flash
from coprod.web.recently import recent

KEY = "new_app_key"


@bp.route("/sign-in/second-step", methods=["GET", "POST"])
@first_step
@codes_limited
def verify() -> Page:
    """The second step of signing in, for whoever has one; who must have one and has none sets it up first."""
    person = myself()
    if not letting_in.owes_second_step(person):
        return redirect(onward.asked_for())
    if not second_step.is_set_up(person.id):
        return redirect(url_for(".set_up_first", next=onward.asked_for()))
    form = CodeForm()
    if form.validate_on_submit():
        with transaction():
            right = second_step.answers(person, code=form.code.data or "", now=clock.now())
        if right:
            return _in(person)
        form.code.errors = [second_step.WRONG]
    return _asked("accounts/second_step.html", form)


@bp.route("/sign-in/recovery-code", methods=["GET", "POST"])
@first_step
@codes_limited
def recover() -> Page:
    """The second step with a code on paper, for whoever lost their phone."""
    person = myself()
    if not letting_in.owes_second_step(person):
        return redirect(onward.asked_for())
    form = RecoveryForm()
    if form.validate_on_submit():
        with transaction():
            right = second_step.takes(person, recovery_code=form.code.data or "", now=clock.now())
        if right:
            flash(N_("You used a recovery code. If your phone is lost, use another phone or app from here on."))
            letting_in.pass_second_step(myself())
            return redirect(url_for(".ways"))
        form.code.errors = [N_("This code is not right, or it was used before. Try another one")]
    return _asked("accounts/recover.html", form)


@bp.route("/sign-in/set-up", methods=["GET", "POST"])
@first_step
@codes_limited
def set_up_first() -> Page:
    """For whoever must have a second step and has none yet. Who has one passes it: a password must not replace it."""
    person = myself()
    if not letting_in.owes_second_step(person) or second_step.is_set_up(person.id):
        return redirect(url_for(".verify", next=onward.asked_for()))
    return _set_up_app(person, first=True)


@bp.route("/account/app", methods=["GET", "POST"])
@signed_in
@recent
@codes_limited
def set_up_app() -> Page:
    """Set up an app that shows codes, or another one instead."""
    return _set_up_app(myself(), first=False)


def _set_up_app(person: Person, *, first: bool) -> Page:
    form = CodeForm()
    if KEY not in session:
        session[KEY] = second_step.new_key()
    key = session[KEY]
    try:
        if form.validate_on_submit():
            return _added(person, key, form.code.data or "")
    except Invalid as refusal:
        explain(form, refusal)
    typed, address = second_step.shown(key, person)
    page = render_template(
        "accounts/set_up_app.html",
        form=form,
        key=typed,
        picture=segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="#fff"),
        first=first,
        passkeys=passkeys.possible(),
        onward=onward.asked_for(),
    )
    return (page, 422) if form.errors else page


def _added(person: Person, key: str, code: str) -> str:
    with transaction():
        codes = second_step.add_app(
            person, sealed_key=key, code=code, actor=person.actor, here=session_cookie.here(), now=clock.now()
        )
    session.pop(KEY, None)
    letting_in.pass_second_step(myself())
    return _shown_once(codes)


@bp.get("/account/sign-in")
@signed_in
def ways() -> str:
    """How this person signs in, and what they can add or take away."""
    person = myself()
    return render_template(
        "accounts/ways.html",
        standing=second_step.standing_of(person.id),
        required=second_step.is_required(person),
        has_password=person.password is not None,
        email=person.email,
        passkeys_possible=passkeys.possible(),
        form=PressForm(),
    )


@bp.post("/account/recovery-codes")
@signed_in
@recent
def new_codes() -> str:
    """New recovery codes, shown this once."""
    with transaction():
        codes = second_step.replace_codes(myself(), actor=current_actor(), now=clock.now())
    return _shown_once(codes)


@bp.post("/account/app/remove")
@signed_in
@recent
def remove_app() -> Response:
    with transaction():
        second_step.remove_app(myself(), actor=current_actor(), now=clock.now())
    flash(N_("Done. The app is removed."))
    return redirect(url_for(".ways"))


@bp.route("/people/<uuid:person_id>/second-step", methods=["GET", "POST"])
@needs(Action.RESET_SECOND_STEP)
@recent
def reset_second_step(person_id: UUID) -> Page:
    """For somebody who lost their phone and their recovery codes: they sign in and set up a second step anew."""
    person = queries.person(person_id)
    form = ResetForm()
    if form.validate_on_submit():
        with transaction():
            second_step.reset(
                queries.person(person_id), why=form.why.data or "", actor=current_actor(), now=clock.now()
            )
        flash(N_("Done. They are signed out everywhere, and set up a new second step when they sign in."))
        return redirect(url_for(".person", person_id=person_id))
    page = render_template("accounts/reset_second_step.html", form=form, name=person.name, person_id=person_id)
    return (page, 422) if form.errors else page


def _in(person: Person) -> Response:
    letting_in.pass_second_step(person)
    return redirect(onward.asked_for())


def _asked(template: str, form: Any) -> Page:
    page = render_template(
        template,
        form=form,
        has_app=second_step.has_app(current_user.id),
        has_passkey=passkeys.possible() and bool(second_step.standing_of(current_user.id).passkeys),
        onward=onward.asked_for(),
    )
    return (page, 422) if form.errors else page


def _shown_once(codes: tuple[str, ...]) -> str:
    return render_template("accounts/recovery_codes.html", codes=codes, onward=onward.asked_for())


def myself() -> Person:
    """The person whose session this is, whether or not they owe the second step."""
    person: Person | None = db.session.get(Person, current_user.id)
    if person is None:
        raise NotFound
    return person
