"""HTTP: asking families through private links, and what a family sees behind one."""

from dataclasses import dataclass
from uuid import UUID

from flask import redirect, render_template, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from coprod.changes import confirming, operations, queries, rules
from coprod.changes.blueprint import Answer, bp
from coprod.changes.confirm_form import ConfirmForm
from coprod.changes.confirming import LinkState
from coprod.changes.difference import difference
from coprod.changes.forms import LinkForm
from coprod.changes.models import ChangeRecord, ConfirmationLink
from coprod.changes.operations import LinkClosed
from coprod.errors import Invalid, NotFound, Stale
from coprod.permissions import Action, can
from coprod.phrases import N_
from coprod.transaction import transaction
from coprod.web import clock, languages
from coprod.web.access import current_actor, public, signed_in
from coprod.web.deployment import address
from coprod.web.forms import explain
from coprod.web.languages import Language
from coprod.web.limits import limited, visitor
from coprod.web.notices import flash

GONE = 410


@bp.route("/changes/<uuid:change_id>/ask", methods=["GET", "POST"])
@signed_in
def ask(change_id: UUID) -> Answer:
    """Makes a private link and shows it this once: afterwards not even we know it."""
    change = queries.for_member(change_id, current_actor())
    form = LinkForm()
    if form.validate_on_submit():
        with transaction():
            link, secret = operations.make_link(change, actor=current_actor(), now=clock.now(), visitor=visitor())
        confirm_at = address("changes.confirm", secret=secret)
        return render_template(
            "changes/link.html",
            change=change,
            link=link,
            address=confirm_at,
            qr=_qr(confirm_at),
            form=form,
            others=tuple(_in_language(each, change, link, secret) for each in languages.others("changes.confirm")),
        )
    return render_template("changes/ask.html", change=change, form=form, missing=rules.missing_to_ask(change.facts))


@bp.post("/changes/links/<uuid:link_id>/withdraw")
@signed_in
def withdraw_link(link_id: UUID) -> Response:
    link = queries.link_for_member(link_id, current_actor())
    with transaction():
        operations.withdraw_link(link, actor=current_actor(), now=clock.now())
    flash(N_("Link withdrawn. It no longer works."))
    return redirect(url_for(".record", change_id=link.change_id))


@bp.route("/confirm/<secret>", methods=["GET", "POST"])
@public
@limited("confirm")
def confirm(secret: str) -> Answer:
    """A family reads the record in plain words, and answers once. No account, no name."""
    link = queries.link_of(secret)
    if link is None:
        return render_template("changes/closed.html", state="unknown", organisation=None), NotFound.status
    copy = queries.family_copy(link)
    state = link.state(clock.now())
    if state is not LinkState.OPEN:
        return _closed(copy, state)
    form = ConfirmForm(organisation=copy.organisation)
    changed = False
    if form.validate_on_submit():
        try:
            with transaction():
                operations.confirm(
                    secret,
                    **form.given(),
                    actor=current_actor(),
                    now=clock.now(),
                    wording=form.read,
                    visitor=visitor(),
                )
        except Invalid as refusal:
            explain(form, refusal)
        except LinkClosed as refusal:
            return _closed(copy, refusal.state)
        except Stale:
            copy, changed = queries.family_copy(link), True
        else:
            return redirect(url_for(".confirmed"))
    form.wording.data = str(copy.wording)
    page = render_template(
        "changes/confirm.html",
        copy=copy,
        form=form,
        changed=changed,
        own=can(current_actor(), Action.SEE_ORGANISATION, copy),
        pieces=difference(copy.facts.before, copy.facts.after),
        meanings={answer.value: answer.meaning for answer in confirming.Answer},
        expires_at=link.expires_at,
    )
    return (page, Stale.status if changed else 422) if form.errors or changed else page


def _closed(copy: queries.FamilyCopy, state: LinkState) -> tuple[str, int]:
    return render_template("changes/closed.html", state=state.value, organisation=copy.organisation), GONE


@bp.get("/confirm/thank-you")
@public
def confirmed() -> str:
    return render_template("changes/confirmed.html")


@dataclass(frozen=True, slots=True)
class InLanguage:
    """What can be sent with a link to somebody who reads this language."""

    code: str
    name: str
    direction: str
    words: str


def _in_language(language: Language, change: ChangeRecord, link: ConfirmationLink, secret: str) -> InLanguage:
    with languages.speaking(language):
        confirm_at = address("changes.confirm", secret=secret, **{languages.IN_ADDRESS: language.code})
        words = render_template("changes/send.html", change=change, link=link, address=confirm_at)
    return InLanguage(language.code, language.name, language.direction, Markup(words))  # noqa: S704  # escaped there


def _qr(address: str) -> str:
    """The address as a picture to point a phone at."""
    import segno

    code: str = segno.make(address, error="m").svg_data_uri(scale=6, border=4, light="#fff")
    return code
