from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coprod.errors import Invalid
from coprod.evidence import operations, queries
from coprod.evidence.forms import EvidenceForm, WithdrawForm
from coprod.framework.queries import current_framework
from coprod.organisations import queries as organisations
from coprod.transaction import transaction
from coprod.web import clock
from coprod.web.access import current_actor, signed_in
from coprod.web.forms import explain

bp = Blueprint("evidence", __name__)


@bp.get("/organisations/<uuid:organisation_id>/evidence")
@signed_in
def items(organisation_id: UUID) -> str:
    """Everything that the organisation has added, newest first."""
    organisation = organisations.for_member(organisation_id, current_actor())
    page = queries.page_of(organisation_id, after=request.args.get("after", type=UUID))
    kinds = {kind.code: kind.name for kind in current_framework().evidence_kinds}
    return render_template("evidence/items.html", organisation=organisation, page=page, kinds=kinds)


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
            flash("Evidence added. You can now attach it to your answers.")
            return redirect(url_for(".items", organisation_id=organisation_id))
    page = render_template("evidence/add.html", organisation=organisation, form=form, guidance=framework.guidance)
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
        flash("Evidence withdrawn. It no longer counts.")
        return redirect(url_for(".items", organisation_id=item.organisation_id))
    return render_template("evidence/withdraw.html", item=item, form=form)
