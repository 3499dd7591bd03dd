"""HTTP: making a record public, changing how far it has come, taking it down."""

from uuid import UUID

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from coprod.changes import operations, queries, rules
from coprod.changes.blueprint import Answer, bp
from coprod.changes.models import ChangeRecord
from coprod.changes.public_forms import PublishForm, ReasonForm, TakeDownForm
from coprod.errors import Invalid, NotAllowed
from coprod.framework.queries import current_framework
from coprod.permissions import Action, can
from coprod.phrases import N_, Phrase, Phrases
from coprod.transaction import transaction
from coprod.web import clock
from coprod.web.access import current_actor, needs, signed_in
from coprod.web.formatting import joined
from coprod.web.forms import explain
from coprod.web.notices import flash


@bp.route("/changes/<uuid:change_id>/publish", methods=["GET", "POST"])
@signed_in
def publish(change_id: UUID) -> Answer:
    """A lead reads what the public would read, says how far it has come, and confirms that nobody is named."""
    change = queries.for_member(change_id, current_actor())
    if not can(current_actor(), Action.PUBLISH_CHANGE, change):
        raise NotAllowed(N_("Only a lead of your organisation can make a record public. Ask one of them to read it."))
    standing = {"status": change.status, "due_on": change.due_on} if change.published_at else {}
    form = PublishForm(values=current_framework().values, data=standing | {"value": change.value})
    if form.validate_on_submit():
        try:
            with transaction():
                operations.publish(change, **form.given(), actor=current_actor(), now=clock.now())
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("This record is public now, on the page “You said, we are doing”."))
            return redirect(url_for(".record", change_id=change_id))
    page = render_template(
        "changes/publish.html",
        change=change,
        facts=change.facts,
        form=form,
        take_down=TakeDownForm(),
        meanings={status.value: _meaning(change, status) for status in rules.Status},
        size=rules.public_size(change.how_many),
    )
    return (page, 422) if form.errors else page


def _meaning(change: ChangeRecord, status: rules.Status) -> str:
    """What a status says, and what it still needs."""
    lacking = rules.missing_to_publish(change.facts, status)
    more = [Phrase("First write down {lacking}.", lacking=joined(lacking))] if lacking else []
    return Phrases([status.meaning, *more], between=" ")


@bp.post("/changes/<uuid:change_id>/unpublish")
@signed_in
def unpublish(change_id: UUID) -> Response:
    change = queries.for_member(change_id, current_actor())
    with transaction():
        operations.unpublish(change, actor=current_actor(), now=clock.now())
    flash(N_("This record is no longer public."))
    return redirect(url_for(".record", change_id=change_id))


@bp.route("/changes/<uuid:change_id>/take-down", methods=["GET", "POST"])
@needs(Action.TAKE_DOWN_CHANGE)
def take_down(change_id: UUID) -> Answer:
    """Somebody who looks after the whole area takes a public record down, at once and with a reason."""
    change = queries.public_record(change_id)
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            with transaction():
                operations.take_down(change, why=form.why.data or "", actor=current_actor(), now=clock.now())
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("Taken down. Its organisation is told why, and not by whom."))
            return redirect(url_for(".you_said"))
    page = render_template("changes/take_down.html", change=change, form=form)
    return (page, 422) if form.errors else page
