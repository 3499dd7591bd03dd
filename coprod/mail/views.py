from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from coprod.errors import Invalid, NotFound
from coprod.mail import operations, queries, rules
from coprod.mail.forms import MailboxForm
from coprod.permissions import Action, can
from coprod.phrases import N_, Phrase
from coprod.transaction import transaction
from coprod.web import clock, deployment, navigation
from coprod.web.access import current_actor, needs, public, signed_in
from coprod.web.formatting import counted
from coprod.web.forms import explain
from coprod.web.navigation import Task
from coprod.web.notices import flash

bp = Blueprint("mail", __name__)


@bp.record_once
def install(state: BlueprintSetupState) -> None:
    words = N_("See whether letters leave, and try those again that got stuck.")
    navigation.offer(state.app, Task(N_("Letters"), "mail.letters", words, lambda actor: can(actor, Action.RUN_MAIL)))
    # A mail program sends one click without our page, cookie or token: the secret in the address is what lets it.
    state.app.extensions["csrf"].exempt(stop)


@bp.get("/letters")
@needs(Action.RUN_MAIL)
def letters() -> str:
    """Letters that have not gone, for the coordinator."""
    return render_template(
        "mail/letters.html",
        stuck=queries.stuck(now=clock.now()),
        waiting=queries.how_many_wait(),
        no_way_out=not deployment.settings().sends_letters,
        shown=queries.are_shown(),
        give_up_days=rules.GIVE_UP_DAYS,
    )


@bp.post("/letters/<uuid:letter_id>/again")
@needs(Action.RUN_MAIL)
def again(letter_id: UUID) -> Response:
    with transaction():
        operations.try_again(letter_id, actor=current_actor(), now=clock.now())
    flash(N_("Done. The letter is tried again within a few minutes."))
    return redirect(url_for(".letters"))


@bp.post("/letters/again")
@needs(Action.RUN_MAIL)
def all_again() -> Response:
    with transaction():
        number = operations.try_all_again(actor=current_actor(), now=clock.now())
    flash(
        Phrase(
            "Done. {letters} will be tried again within a few minutes.", letters=counted(number, "letter", "letters")
        )
    )
    return redirect(url_for(".letters"))


@bp.route("/organisations/<uuid:organisation_id>/mailbox", methods=["GET", "POST"])
@signed_in
def mailbox(organisation_id: UUID) -> Response | str | tuple[str, int]:
    """The shared mailbox of an organisation, for its leads."""
    place = queries.place_of(organisation_id, current_actor())
    form = MailboxForm(data={"address": place.mailbox})
    if form.validate_on_submit():
        try:
            with transaction():
                operations.set_mailbox(place, address=form.address.data or "", actor=current_actor(), now=clock.now())
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("Done. The shared mailbox is saved."))
            return redirect(url_for("assessments.home", organisation_id=organisation_id))
    page = render_template("mail/mailbox.html", form=form, place=place)
    return (page, 422) if form.errors else page


@bp.route("/letters/stop/<secret>", methods=["GET", "POST"])
@public
def stop(secret: str) -> str:
    """Stop reminders, from a letter's link with one button, or from a mail program with one click (RFC 8058)."""
    receiver = queries.receiver_with(secret)
    if request.method == "POST":
        with transaction():
            if "start" in request.form:
                operations.start_reminders(secret)
            else:
                operations.stop_reminders(secret, now=clock.now())
    return render_template("mail/stop.html", stopped=receiver.stopped_at is not None)


@bp.get("/demonstration/letters")
@public
def demonstration() -> str:
    """What a demonstration would have sent. Anywhere else there is no such page."""
    _only_where_shown()
    return render_template("mail/demonstration.html", letters=queries.shown())


@bp.get("/demonstration/letters/<uuid:letter_id>")
@public
def demonstration_letter(letter_id: UUID) -> str:
    _only_where_shown()
    letter = queries.shown_letter(letter_id)
    return render_template("mail/letter.html", letter=letter, ours=f"{deployment.settings().base_url}/")


def _only_where_shown() -> None:
    if not queries.are_shown():
        raise NotFound
