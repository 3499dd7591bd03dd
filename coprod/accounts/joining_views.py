"""Coming in: an account for oneself, and what an invitation's link opens."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from coprod.accounts import invitations, joining, letting_in, queries
from coprod.accounts.blueprint import bp
from coprod.accounts.joining_forms import NewAccountForm
from coprod.accounts.models import Invitation
from coprod.accounts.sign_in_forms import AddressForm, PressForm
from coprod.accounts.trying import limited, links_limited
from coprod.errors import Invalid
from coprod.phrases import N_
from coprod.transaction import transaction
from coprod.web import clock
from coprod.web.access import current_actor, public
from coprod.web.forms import explain
from coprod.web.notices import flash

Page = Response | str | tuple[str, int]


@bp.route("/account/new", methods=["GET", "POST"])
@public
@limited
def ask_for_account() -> Page:
    """Send a letter with a link that makes an account. The answer is the same for every address."""
    if current_actor().signed_in:
        return redirect(url_for(".start"))
    form = AddressForm()
    if form.validate_on_submit():
        try:
            with transaction():
                joining.ask_for_account(form.email.data or "", now=clock.now())
        except Invalid as refusal:
            explain(form, refusal)
        else:
            return redirect(url_for(".account_asked"))
    page = render_template("accounts/ask_for_account.html", form=form)
    return (page, 422) if form.errors else page


@bp.get("/account/new/asked")
@public
def account_asked() -> str:
    return render_template("accounts/account_asked.html")


@bp.route("/account/new/<secret>", methods=["GET", "POST"])
@public
@links_limited
def make_account(secret: str) -> Page:
    """What the letter's link opens. Programs that look into letters follow links: only the button makes an account."""
    address = joining.address_for(secret, now=clock.now())
    form = NewAccountForm()
    if form.validate_on_submit():
        try:
            with transaction():
                person = joining.make_account(
                    secret, name=form.name.data or "", password=form.password.data or "", now=clock.now()
                )
        except Invalid as refusal:
            explain(form, refusal)
        else:
            letting_in.let_in(person, via="password")
            return redirect(url_for(".start"))
    page = render_template("accounts/make_account.html", form=form, address=address)
    return (page, 422) if form.errors else page


@bp.route("/invitations/<secret>", methods=["GET", "POST"])
@public
@links_limited
def invited(secret: str) -> Page:
    """What an invitation's link opens: one button for whoever has an account, and two fields for whoever has none."""
    invitation = invitations.opened(secret, now=clock.now())
    known = queries.person_with_email(invitation.email) is not None
    form = PressForm() if known else NewAccountForm()
    if form.validate_on_submit():
        try:
            return _accepted(secret, form)
        except Invalid as refusal:
            explain(form, refusal)
    page = render_template("accounts/invited.html", form=form, known=known, **_about(invitation))
    return (page, 422) if form.errors else page


def _accepted(secret: str, form: NewAccountForm | PressForm) -> Response:
    """Whoever makes an account now is signed in; whoever has one signs in with what they have."""
    is_new = isinstance(form, NewAccountForm)
    given = {"name": form.name.data or "", "password": form.password.data or ""} if is_new else {}
    with transaction():
        person = invitations.accept(secret, now=clock.now(), **given)
        person_id = person.id
    if is_new:
        letting_in.let_in(person, via="password")
    if current_actor().person_id == person_id or is_new:
        flash(N_("Done. You are in."))
        return redirect(url_for(".start"))
    return redirect(url_for(".invitation_accepted"))


@bp.get("/invitations/accepted")
@public
def invitation_accepted() -> str:
    return render_template("accounts/invitation_accepted.html")


def _about(invitation: Invitation) -> dict[str, object]:
    return {
        "what": invitations.to_what(invitation),
        "sender": invitation.sender.name,
        "address": invitation.email,
        "until": invitation.expires_at,
    }
