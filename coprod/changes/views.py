import re
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coprod.changes import family_views, operations, public_views, publishing_views, queries, rules
from coprod.changes.blueprint import Answer, bp
from coprod.changes.difference import difference
from coprod.changes.forms import AREAS, ChangeForm, PlanFileForm, WithdrawLinkForm, clashes
from coprod.changes.models import ChangeRecord
from coprod.changes.operations import Edited
from coprod.errors import Invalid, Stale
from coprod.evidence import queries as evidence
from coprod.organisations import queries as organisations
from coprod.permissions import Action, can
from coprod.phrases import N_, Phrase, Phrases
from coprod.transaction import transaction
from coprod.web import clock, deployment
from coprod.web.access import current_actor, signed_in
from coprod.web.formatting import joined
from coprod.web.forms import explain
from coprod.web.notices import flash

__all__ = ["bp", "family_views", "public_views", "publishing_views"]

_CODE = re.compile("[A-Z]{2,5}[0-9]{1,2}")


@bp.get("/organisations/<uuid:organisation_id>/changes")
@signed_in
def records(organisation_id: UUID) -> str:
    """The organisation's own list."""
    organisation = organisations.for_member(organisation_id, current_actor())
    page = queries.page_of(organisation_id, today=clock.today(), after=request.args.get("after", type=UUID))
    block = deployment.address("changes.block", slug=organisation.slug)
    return render_template("changes/records.html", organisation=organisation, page=page, block=block)


@bp.route("/organisations/<uuid:organisation_id>/changes/new", methods=["GET", "POST"])
@signed_in
def new(organisation_id: UUID) -> Answer:
    organisation = organisations.for_member(organisation_id, current_actor())
    form = ChangeForm()
    if form.validate_on_submit():
        try:
            with transaction():
                record = operations.write(
                    organisation_id,
                    facts=form.facts(),
                    looked=form.looked.data,
                    actor=current_actor(),
                    now=clock.now(),
                )
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
        missing_to_publish=rules.missing_to_publish(facts, rules.Status.LISTENING),
        plans_shown=queries.plans_of(change),
        overdue=queries.overdue(change, clock.today()),
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
                    change,
                    facts=form.facts(),
                    revision=form.seen,
                    looked=form.looked.data,
                    actor=current_actor(),
                    now=clock.now(),
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


@bp.route("/changes/<uuid:change_id>/files", methods=["GET", "POST"])
@signed_in
def files(change_id: UUID) -> Answer:
    """Choose what shows the plan, as it was or as it is now, from the organisation's evidence."""
    change = queries.for_member(change_id, current_actor())
    items = evidence.of_organisation(change.organisation_id)
    form = PlanFileForm(items=[(str(item.id), item.title) for item in items])
    if form.validate_on_submit():
        with transaction():
            operations.show_plan(
                change, UUID(form.things.data), side=form.side.data, actor=current_actor(), now=clock.now()
            )
        flash(N_("It shows the plan now. Reviewers see it beside this record."))
        return redirect(url_for(".record", change_id=change_id))
    page = render_template("changes/files.html", change=change, form=form, any=bool(items))
    return (page, 422) if form.errors else page


@bp.post("/changes/<uuid:change_id>/files/<uuid:evidence_id>/remove")
@signed_in
def remove_file(change_id: UUID, evidence_id: UUID) -> Response:
    change = queries.for_member(change_id, current_actor())
    with transaction():
        operations.hide_plan(change, evidence_id, actor=current_actor(), now=clock.now())
    flash(N_("It no longer shows the plan of this record. The evidence itself stays."))
    return redirect(url_for(".record", change_id=change_id))


def _saved(change: ChangeRecord, edited: Edited) -> str:
    """What saving did, and what is still to do."""
    lacking = rules.missing(change.facts)
    words = [N_("Saved.")]
    words += (
        [Phrase("Still missing: {lacking}.", lacking=joined(lacking))] if lacking else [N_("This record is complete.")]
    )
    if edited.answers_set_aside:
        words.append(
            N_(
                "Families had answered about the earlier words. Their answers are kept, but don't count for the "
                "new words: make new links to ask again."
            )
        )
    if edited.taken_down:
        words.append(N_("It is no longer public: a lead can read the new words and make it public again."))
    return Phrases(words, between=" ")
