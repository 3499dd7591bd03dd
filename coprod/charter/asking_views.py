"""HTTP: filling the charter in for others to sign, for one organisation or for many of one trust."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coprod.charter import asking, queries, requested
from coprod.charter.blueprint import Answer, bp, shown, who_and_when
from coprod.charter.forms import ChooseForm, ask_form, filled
from coprod.charter.page import request_lines
from coprod.errors import Invalid, NotFound
from coprod.framework.charter import Charter
from coprod.framework.queries import current_charter
from coprod.organisations.models import Organisation
from coprod.permissions import Action, Actor
from coprod.phrases import N_, Phrase
from coprod.transaction import transaction
from coprod.web import clock
from coprod.web.access import current_actor, signed_in
from coprod.web.deployment import settings
from coprod.web.formatting import counted
from coprod.web.forms import explain
from coprod.web.limits import limited
from coprod.web.notices import flash

MOST_AT_ONCE = 30


@bp.get("/charter/for-others")
@signed_in
def choose() -> Answer:
    """Which organisations to fill the charter in for, and how far those are that were filled in."""
    organisations = requested.to_ask_for(current_actor(), current_charter(), today=clock.today())
    form = ChooseForm(request.args, organisations=[(str(each.id), each.name) for each in organisations])
    lines = request_lines(organisations, now=clock.now())
    return render_template("charter/choose.html", form=form, organisations=organisations, lines=lines)


@bp.route("/charter/for-others/fill-in", methods=["GET", "POST"])
@signed_in
@limited("ask signatories")
def ask_many() -> Answer:
    """The commitments once, and for each organisation who leads, who is the link, and who signs."""
    ids = request.args.getlist("organisations", type=UUID)[:MOST_AT_ONCE]
    if not ids:
        flash(N_("Choose at least one."))
        return redirect(url_for(".choose"))
    actor = current_actor()
    return _filled_in([requested.to_ask(each, actor) for each in dict.fromkeys(ids)], url_for(".choose"))


@bp.route("/organisations/<uuid:organisation_id>/charter/ask", methods=["GET", "POST"])
@signed_in
@limited("ask signatories")
def ask(organisation_id: UUID) -> Answer:
    """The same for one organisation."""
    actor = current_actor()
    organisation = queries.organisation_of(organisation_id, actor, Action.SIGN_CHARTER)
    return _filled_in([organisation], url_for(".signed", organisation_id=organisation_id))


@bp.post("/charter/for-others/<uuid:request_id>/again")
@signed_in
@limited("ask signatories")
def send_again(request_id: UUID) -> Response:
    found = requested.request_of(request_id, current_actor())
    with transaction():
        asking.send_again(found, actor=current_actor(), now=clock.now())
    flash(N_("The letter is sent again, with a new link. The old link works no more."))
    return _back(found.organisation_id, current_actor())


@bp.post("/charter/for-others/<uuid:request_id>/take-back")
@signed_in
def take_back(request_id: UUID) -> Response:
    found = requested.request_of(request_id, current_actor())
    with transaction():
        asking.take_back(found, actor=current_actor(), now=clock.now())
    flash(N_("Taken back. The link in the letter works no more."))
    return _back(found.organisation_id, current_actor())


def _filled_in(organisations: Sequence[Organisation], after: str) -> Answer:
    charter = current_charter()
    signed = [each.name for each in organisations if queries.has_signed(each.id, charter, today=clock.today())]
    if signed:
        flash(Phrase("{name} has signed already.", name=signed[0]))
        return redirect(after)
    form = ask_form(charter.conditions.commitments, len(organisations))(data=_begun(organisations, charter))
    if form.validate_on_submit():
        typed = zip(organisations, form.typed(), strict=True)
        try:
            with transaction():
                filled_in = [asking.Filled(where, **said) for where, said in typed]
                asking.ask(filled_in, commitments=form.promises(), **who_and_when())
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(
                Phrase(
                    "{letters} sent. Nothing is public until it is signed.",
                    letters=counted(len(organisations), "letter", "letters"),
                )
            )
            return redirect(after)
    return shown(
        "charter/ask.html",
        form,
        charter=charter,
        parts=list(zip(organisations, form.people(), strict=True)),
        approval=settings().charter_approval,
        back_to=after,
    )


def _begun(organisations: Sequence[Organisation], charter: Charter) -> dict[str, Any]:
    """What the form begins with: what was filled in last, and did not lead to a sign-up."""
    begun: dict[str, Any] = {}
    for number, organisation in enumerate(organisations, 1):
        last = requested.last_request(organisation.id)
        if last is not None:
            if not begun and len(last.promises) == charter.conditions.commitments:
                begun |= filled(last.commitments)
            people = last.named | {"signatory_email": last.signatory_email or ""}
            begun |= {f"{name}_{number}": words for name, words in people.items()}
    return begun


def _back(organisation_id: UUID, actor: Actor) -> Response:
    try:
        queries.organisation_of(organisation_id, actor)
    except NotFound:
        return redirect(url_for(".choose"))
    return redirect(url_for(".signed", organisation_id=organisation_id))
