from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coprod.errors import Invalid
from coprod.evidence import file_views, operations, pages, queries, rules
from coprod.evidence.blueprint import bp
from coprod.evidence.file_views import given
from coprod.evidence.forms import EvidenceForm, ReplaceForm, WithdrawForm
from coprod.framework.queries import current_framework
from coprod.organisations import queries as organisations
from coprod.phrases import N_
from coprod.transaction import transaction
from coprod.web import clock, deployment
from coprod.web.access import current_actor, signed_in
from coprod.web.forms import explain
from coprod.web.notices import flash

__all__ = ["bp", "file_views"]


@bp.get("/organisations/<uuid:organisation_id>/evidence")
@signed_in
def items(organisation_id: UUID) -> str:
    """Everything that the organisation has added, newest first."""
    organisation = organisations.for_member(organisation_id, current_actor())
    page = queries.page_of(organisation_id, after=request.args.get("after", type=UUID))
    return render_template(
        "evidence/items.html",
        organisation=organisation,
        page=page,
        shown=pages.items_shown(page.items),
        unfinished=[pages.file_shown(file) for file in queries.unfinished(organisation_id)],
        kinds={kind.code: kind.name for kind in current_framework().evidence_kinds},
        months=deployment.settings().evidence_months,
        unused=rules.DRAFT_MONTHS,
        before=rules.REMIND_DAYS,
    )


@bp.route("/organisations/<uuid:organisation_id>/evidence/new", methods=["GET", "POST"])
@signed_in
def add(organisation_id: UUID) -> Response | str | tuple[str, int]:
    organisation = organisations.for_member(organisation_id, current_actor())
    framework = current_framework()
    form = EvidenceForm(kinds=framework.evidence_kinds)
    if form.validate_on_submit():
        try:
            with transaction():
                operations.add(
                    organisation_id, **form.facts(), actor=current_actor(), now=clock.now(), today=clock.today()
                )
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("Evidence added. You can now attach it to your answers."))
            return redirect(url_for(".items", organisation_id=organisation_id))
    page = render_template("evidence/add.html", organisation=organisation, form=form, guidance=framework.guidance)
    return (page, 422) if form.errors else page


@bp.route("/evidence/<uuid:evidence_id>/change", methods=["GET", "POST"])
@signed_in
def change(evidence_id: UUID) -> Response | str | tuple[str, int]:
    """Something else in an item's place: a better link, other words. A new file has a page of its own."""
    item = queries.to_change(evidence_id, current_actor())
    framework = current_framework()
    with_file = item.file is not None and not item.is_shut
    form = ReplaceForm(kinds=framework.evidence_kinds, file=with_file, data=given(item))
    if form.validate_on_submit():
        try:
            with transaction():
                operations.replace(item, **form.facts(), actor=current_actor(), now=clock.now(), today=clock.today())
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("Replaced. Every answer that rested on it rests on the new one now."))
            return redirect(url_for(".items", organisation_id=item.organisation_id))
    page = render_template("evidence/change.html", item=item, form=form, guidance=framework.guidance, file=with_file)
    return (page, 422) if form.errors else page


@bp.route("/evidence/<uuid:evidence_id>/withdraw", methods=["GET", "POST"])
@signed_in
def withdraw(evidence_id: UUID) -> Response | str:
    """Asks first: what is withdrawn stops counting for every answer that it supports."""
    item = queries.for_member(evidence_id, current_actor())
    form = WithdrawForm()
    if form.validate_on_submit():
        with transaction():
            operations.withdraw(item, actor=current_actor(), now=clock.now())
        flash(N_("Evidence withdrawn. It no longer counts."))
        return redirect(url_for(".items", organisation_id=item.organisation_id))
    return render_template("evidence/withdraw.html", item=item, title="" if item.is_shut else item.title, form=form)
