from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coprod.accounts import letting_in, sign_in_links
from coprod.accounts.blueprint import bp
from coprod.accounts.sign_in_forms import AddressForm, PressForm
from coprod.accounts.sign_in_links import Purpose
from coprod.accounts.trying import limited
from coprod.errors import NotFound
from coprod.transaction import transaction
from coprod.web import clock
from coprod.web.access import public

Page = str | tuple[str, int] | Response
HOLD_A_SECRET = {"accounts.use_link", "accounts.new_password"}


@bp.after_request
def tell_nobody_the_address(response: Response) -> Response:
    """The address of these pages is what lets somebody in: not even our own pages learn it from the browser."""
    if request.endpoint in HOLD_A_SECRET:
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


@bp.route("/sign-in/link", methods=["GET", "POST"])
@public
@limited
def ask_for_link() -> Page:
    """Send somebody a link to sign in with. The answer is the same whether or not the address has an account."""
    return _ask(Purpose.SIGN_IN)


@bp.route("/password/forgotten", methods=["GET", "POST"])
@public
@limited
def ask_for_password() -> Page:
    """Send somebody a link with which they choose a new password. The answer is the same for every address."""
    return _ask(Purpose.PASSWORD)


@bp.route("/sign-in/link/<secret>", methods=["GET", "POST"])
@public
def use_link(secret: str) -> Page:
    """What an e-mailed link opens. Programs that look into letters follow links: only the button signs anybody in."""
    form = PressForm()
    try:
        if form.validate_on_submit():
            with transaction():
                person = sign_in_links.use(secret, purpose=Purpose.SIGN_IN, now=clock.now())
            letting_in.let_in(person, via="email")
            return redirect(url_for(".start"))
        owner = sign_in_links.owner_of(secret, purpose=Purpose.SIGN_IN, now=clock.now())
    except NotFound:
        return over(url_for(".ask_for_link"))
    return render_template("accounts/use_link.html", form=form, name=owner.name)


def over(again: str) -> Page:
    """A link that is used, too old, or was never one: all answer alike."""
    return render_template("accounts/link_over.html", again=again), 404


def _ask(purpose: Purpose) -> Page:
    form = AddressForm(data={"email": request.args.get("email", "")})
    words = {"purpose": purpose.value, "minutes": int(sign_in_links.LIVES[purpose].total_seconds() // 60)}
    if form.validate_on_submit():
        with transaction():
            sign_in_links.send(form.email.data or "", purpose=purpose, now=clock.now())
        return render_template("accounts/letter_sent.html", **words)
    page = render_template("accounts/ask_for_letter.html", form=form, **words)
    return (page, 422) if form.errors else page
