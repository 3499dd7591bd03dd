import re
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coprod.changes import confirming, operations, queries, rules
from coprod.changes.confirming import LinkState
from coprod.changes.difference import difference
from coprod.changes.forms import (
    AREAS,
    ChangeForm,
    ConfirmForm,
    FilterForm,
    LinkForm,
    PublishForm,
    TakeDownForm,
    WithdrawLinkForm,
    clashes,
)
from coprod.changes.models import ChangeRecord
from coprod.changes.operations import Edited, LinkClosed
from coprod.changes.public import Place
from coprod.errors import Invalid, NotAllowed, NotFound, Stale
from coprod.organisations import queries as organisations
from coprod.permissions import Action, can
from coprod.transaction import transaction
from coprod.web import clock
from coprod.web.access import current_actor, public, signed_in
from coprod.web.deployment import address
from coprod.web.formatting import joined
from coprod.web.forms import explain
from coprod.web.limits import limited

bp = Blueprint("changes", __name__)
Answer = Response | str | tuple[str, int]
GONE = 410
_CODE = re.compile("[A-Z]{2,5}[0-9]{1,2}")


@bp.get("/organisations/<uuid:organisation_id>/changes")
@signed_in
def records(organisation_id: UUID) -> str:
    """The organisation's own list."""
    organisation = organisations.for_member(organisation_id, current_actor())
    page = queries.page_of(organisation_id, after=request.args.get("after", type=UUID))
    return render_template("changes/records.html", organisation=organisation, page=page)


@bp.route("/organisations/<uuid:organisation_id>/changes/new", methods=["GET", "POST"])
@signed_in
def new(organisation_id: UUID) -> Answer:
    organisation = organisations.for_member(organisation_id, current_actor())
    form = ChangeForm()
    if form.validate_on_submit():
        try:
            with transaction():
                record = operations.write(organisation_id, facts=form.facts(), actor=current_actor(), now=clock.now())
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(_saved(record, Edited()))
            return redirect(url_for(".record", change_id=record.id, **_came_from()))
    page = render_template("changes/new.html", organisation=organisation, form=form, came_from=_came_from())
    return (page, 422) if form.errors else page


@bp.get("/changes/<uuid:change_id>")
@signed_in
def record(change_id: UUID) -> str:
    """All of one record: what it says, what is missing, what families answered."""
    change = queries.for_member(change_id, current_actor())
    facts = change.facts
    return render_template(
        "changes/record.html",
        change=change,
        missing=rules.missing(facts),
        missing_to_ask=rules.missing_to_ask(facts),
        group=facts.group.words if facts.group else "",
        area=AREAS[facts.area] if facts.area else "",
        pieces=difference(facts.before, facts.after),
        tally=queries.tally_of(change),
        earlier=queries.earlier_tally_of(change),
        comments=queries.shared_comments(change),
        links=queries.links_of(change, clock.now()),
        status=rules.Status(change.status),
        may_publish=can(current_actor(), Action.PUBLISH_CHANGE, change),
        withdraw_form=WithdrawLinkForm(),
        came_from=_came_from(),
    )


@bp.route("/changes/<uuid:change_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(change_id: UUID) -> Answer:
    change = queries.for_member(change_id, current_actor())
    form = ChangeForm() if request.method == "POST" else ChangeForm.filled(change.facts, change.revision)
    if form.validate_on_submit():
        try:
            with transaction():
                edited = operations.edit(
                    change, facts=form.facts(), revision=form.seen, actor=current_actor(), now=clock.now()
                )
        except Invalid as refusal:
            explain(form, refusal)
        except Stale:
            return _both_versions(change, form)
        else:
            flash(_saved(change, edited))
            return redirect(url_for(".record", change_id=change_id))
    page = render_template("changes/edit.html", change=change, form=form, clashes=(), tally=queries.tally_of(change))
    return (page, 422) if form.errors else page


def _came_from() -> dict[str, Any]:
    """The answer that somebody came from to write a record, to lead them back. Its own pages ask who may see it."""
    assessment, code = request.args.get("assessment", type=UUID), request.args.get("code", "")
    return {"assessment": str(assessment), "code": code} if assessment and _CODE.fullmatch(code) else {}


def _both_versions(change: ChangeRecord, form: ChangeForm) -> tuple[str, int]:
    """What was typed stays in the form. Saving it again is then a choice, made with both versions in view."""
    form.revision.data = str(change.revision)
    page = render_template(
        "changes/edit.html",
        change=change,
        form=form,
        clashes=clashes(form, change.facts),
        tally=queries.tally_of(change),
        has_errors=True,
    )
    return page, Stale.status


@bp.route("/changes/<uuid:change_id>/ask", methods=["GET", "POST"])
@signed_in
def ask(change_id: UUID) -> Answer:
    """Makes a private link and shows it this once: afterwards not even we know it."""
    change = queries.for_member(change_id, current_actor())
    form = LinkForm()
    if form.validate_on_submit():
        with transaction():
            link, secret = operations.make_link(change, actor=current_actor(), now=clock.now())
        confirm_at = address("changes.confirm", secret=secret)
        return render_template(
            "changes/link.html", change=change, link=link, address=confirm_at, qr=_qr(confirm_at), form=form
        )
    return render_template("changes/ask.html", change=change, form=form, missing=rules.missing_to_ask(change.facts))


@bp.post("/changes/links/<uuid:link_id>/withdraw")
@signed_in
def withdraw_link(link_id: UUID) -> Response:
    link = queries.link_for_member(link_id, current_actor())
    with transaction():
        operations.withdraw_link(link, actor=current_actor(), now=clock.now())
    flash("Link withdrawn. It no longer works.")
    return redirect(url_for(".record", change_id=link.change_id))


@bp.route("/changes/<uuid:change_id>/publish", methods=["GET", "POST"])
@signed_in
def publish(change_id: UUID) -> Answer:
    """A lead reads what the public would read, says how far it has come, and confirms that nobody is named."""
    change = queries.for_member(change_id, current_actor())
    if not can(current_actor(), Action.PUBLISH_CHANGE, change):
        raise NotAllowed("Only a lead of your organisation can make a record public. Ask one of them to read it.")
    form = PublishForm(data={"status": change.status if change.published_at else None})
    if form.validate_on_submit():
        try:
            with transaction():
                operations.publish(
                    change,
                    no_child_named=form.no_child_named.data,
                    status=form.status.data,
                    actor=current_actor(),
                    now=clock.now(),
                )
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash("This record is public now, on the page “You said, we are doing”.")
            return redirect(url_for(".record", change_id=change_id))
    page = render_template(
        "changes/publish.html",
        change=change,
        facts=change.facts,
        form=form,
        take_down=TakeDownForm(),
        meanings={status.value: status.meaning for status in rules.Status},
        size=rules.public_size(change.how_many),
    )
    return (page, 422) if form.errors else page


@bp.post("/changes/<uuid:change_id>/unpublish")
@signed_in
def unpublish(change_id: UUID) -> Response:
    change = queries.for_member(change_id, current_actor())
    with transaction():
        operations.unpublish(change, actor=current_actor(), now=clock.now())
    flash("This record is no longer public.")
    return redirect(url_for(".record", change_id=change_id))


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
                operations.confirm(secret, **form.given(), actor=current_actor(), now=clock.now(), wording=form.read)
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


@bp.get("/you-said")
@public(cached=True)
def you_said() -> str:
    """Every public record of the area, newest decision first."""
    form = FilterForm(request.args)
    status, kind = form.chosen()
    page = queries.published_page(status=status, kind=kind, after=_place("after"), before=_place("before"))
    filters = {"status": status, "kind": kind}
    return render_template("changes/you_said.html", form=form, page=page, filters=filters)


def _place(name: str) -> Place | None:
    """A place in the list, where the address carries a sound one."""
    try:
        return Place.read(request.args.get(name, ""))
    except ValueError:
        return None


def _saved(change: ChangeRecord, edited: Edited) -> str:
    """What saving did, and what is still to do."""
    lacking = rules.missing(change.facts)
    words = ["Saved."]
    words += [f"Still missing: {joined(lacking)}."] if lacking else ["This record is complete."]
    if edited.answers_set_aside:
        words.append(
            "Families had answered about the earlier words. Their answers are kept, but don't count for the new words: "
            "make new links to ask again."
        )
    if edited.taken_down:
        words.append("It is no longer public: a lead can read the new words and make it public again.")
    return " ".join(words)


def _qr(address: str) -> str:
    """The address as a picture to point a phone at."""
    import segno

    code: str = segno.make(address, error="m").svg_data_uri(scale=6, border=4, light="#fff")
    return code
