from flask import redirect, render_template, url_for
from flask_login import current_user
from flask_security import logout_user
from werkzeug.wrappers import Response

from coprod.accounts import letting_in, password_door, passwords, sign_in_links
from coprod.accounts.blueprint import bp
from coprod.accounts.models import Person
from coprod.accounts.sign_in_forms import ChangePasswordForm, NewPasswordForm
from coprod.accounts.sign_in_link_views import Page, over
from coprod.accounts.sign_in_links import Purpose
from coprod.database import db
from coprod.errors import Invalid, NotFound
from coprod.phrases import N_
from coprod.transaction import transaction
from coprod.web import clock
from coprod.web.access import current_actor, public, signed_in
from coprod.web.forms import explain
from coprod.web.notices import flash


@bp.route("/password/new/<secret>", methods=["GET", "POST"])
@public
def new_password(secret: str) -> Page:
    """What the link in a letter opens. Nobody is signed in by it: the new password, and the second step, do that."""
    try:
        owner = sign_in_links.owner_of(secret, purpose=Purpose.PASSWORD, now=clock.now())
        form = NewPasswordForm(email=owner.email)
        if form.validate_on_submit():
            with transaction():
                sign_in_links.choose_password(secret, password=form.password.data or "", now=clock.now())
            return _chosen()
    except NotFound:
        return over(url_for(".ask_for_password"))
    except Invalid as refusal:
        explain(form, refusal)
    page = render_template("accounts/new_password.html", form=form)
    return (page, 422) if form.errors else page


def _chosen() -> Response:
    if current_user.is_authenticated:
        logout_user()
    return redirect(url_for(".password_chosen"))


@bp.get("/password/new")
@public
def password_chosen() -> str:
    return render_template("accounts/password_chosen.html")


@bp.route("/account/password", methods=["GET", "POST"])
@signed_in
def change_password() -> Page:
    """A new password for oneself. Every other session ends; this one begins anew."""
    form = ChangePasswordForm()
    try:
        if form.validate_on_submit():
            _change(form)
            flash(N_("Done. Your password is changed, and you are signed out everywhere else."))
            return redirect(url_for(".ways"))
    except Invalid as refusal:
        explain(form, refusal)
    page = render_template("accounts/change_password.html", form=form, email=current_user.email)
    return (page, 422) if form.errors else page


def _change(form: ChangePasswordForm) -> None:
    person_id, both_steps = current_user.id, letting_in.has_passed(current_user)
    try:
        password_door.check_password(current_user, form.present.data or "")
    except Invalid as refusal:
        raise Invalid(N_("This is not your present password"), field="present") from refusal
    with transaction():
        person = db.session.get_one(Person, person_id)
        passwords.change(person, password=form.password.data or "", actor=current_actor(), now=clock.now())
    letting_in.let_in(db.session.get_one(Person, person_id), via="password", both_steps=both_steps)
