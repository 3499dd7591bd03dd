"""HTTP: reading and signing the charter, and an organisation's own page about it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from coprod.accounts import leaving
from coprod.certificates import making
from coprod.certificates.queries import to_revoke
from coprod.charter import forgetting, operations, queries
from coprod.charter.forms import CheckInForm, KeepForm, RevokeForm, WithdrawForm, sign_form
from coprod.charter.page import signed_page
from coprod.errors import Invalid
from coprod.framework.queries import current_charter
from coprod.permissions import Action, Actor, MemberRole
from coprod.transaction import transaction
from coprod.web import clock, navigation
from coprod.web.access import current_actor, needs, public, signed_in
from coprod.web.forms import explain
from coprod.web.navigation import Task
from coprod.web.recently import recent

bp = Blueprint("charter", __name__)

Answer = Response | str | tuple[str, int]


def leads_somewhere(actor: Actor) -> bool:
    return MemberRole.LEAD in actor.memberships.values()


bp.record_once(
    lambda state: navigation.offer(
        state.app,
        Task("Read and sign the charter", "charter.read", "See what signing means, and sign.", leads_somewhere),
    )
)
bp.record_once(lambda state: leaving.also_forgets(state.app, forgetting.forget))


@bp.get("/charter")
@public(cached=True)
def read() -> str:
    """The charter's text, what signing means and does not mean, and how to sign."""
    led = queries.led_by(current_actor())
    signed = {organisation.id for organisation in led if queries.in_force(organisation.id)}
    return render_template("charter/read.html", charter=current_charter(), organisations=led, signed=signed)


@bp.get("/organisations/<uuid:organisation_id>/charter")
@signed_in
def signed(organisation_id: UUID) -> str:
    """The organisation's own page: how its sign-up stands, its commitments, its certificate."""
    actor, charter = current_actor(), current_charter()
    organisation = queries.organisation_of(organisation_id, actor)
    sign_up = queries.latest(organisation_id)
    page = signed_page(sign_up, charter=charter, actor=actor, today=clock.today()) if sign_up else None
    return render_template("charter/signed.html", organisation=organisation, page=page)


@bp.route("/organisations/<uuid:organisation_id>/charter/sign", methods=["GET", "POST"])
@signed_in
def sign(organisation_id: UUID) -> Answer:
    """Sign for the organisation. A form sent twice makes one sign-up, and both lead to it."""
    charter = current_charter()
    organisation = queries.organisation_of(organisation_id, current_actor(), Action.SIGN_CHARTER)
    if queries.has_signed(organisation_id, charter, today=clock.today()):
        return _to_signed(organisation_id)
    form = sign_form(charter.conditions.commitments)(signatory_name=current_user.name)
    if form.validate_on_submit():
        try:
            with transaction():
                operations.sign(
                    organisation, **form.named(), agreed=form.agreed.data, commitments=form.promises(), **_asking()
                )
        except Invalid as refusal:
            explain(form, refusal)
        else:
            making.make_soon(organisation_id, now=clock.now())
            flash("You have signed the charter. Thank you.")
            return _to_signed(organisation_id)
    return _shown("charter/sign.html", form, organisation=organisation, charter=charter)


@bp.route("/organisations/<uuid:organisation_id>/charter/check-in", methods=["GET", "POST"])
@signed_in
def check_in(organisation_id: UUID) -> Answer:
    """The yearly check-in."""
    organisation = queries.organisation_of(organisation_id, current_actor(), Action.SIGN_CHARTER)
    sign_up = queries.needed(organisation_id)
    form = CheckInForm(senior_lead=sign_up.senior_lead, family_link=sign_up.family_link)
    if form.validate_on_submit():
        lead, link = form.senior_lead.data, form.family_link.data
        with transaction():
            operations.check_in(sign_up, senior_lead=lead, family_link=link, **_asking())
        flash("Thank you. You have checked in for this year.")
        return _to_signed(organisation_id)
    return _shown("charter/check_in.html", form, organisation=organisation)


@bp.route(
    "/organisations/<uuid:organisation_id>/charter/commitments/<uuid:commitment_id>/keep", methods=["GET", "POST"]
)
@signed_in
def keep(organisation_id: UUID, commitment_id: UUID) -> Answer:
    """Mark one commitment as kept."""
    organisation = queries.organisation_of(organisation_id, current_actor(), Action.KEEP_COMMITMENT)
    commitment = queries.commitment_of(organisation_id, commitment_id)
    form = KeepForm(kept_on=clock.today())
    if form.validate_on_submit():
        try:
            with transaction():
                operations.keep(commitment, kept_on=form.day, **_asking())
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash("Marked as kept. The public list shows it.")
            return _to_signed(organisation_id)
    return _shown("charter/keep.html", form, organisation=organisation, commitment=commitment)


@bp.route("/organisations/<uuid:organisation_id>/charter/withdraw", methods=["GET", "POST"])
@signed_in
def withdraw(organisation_id: UUID) -> Answer:
    """Asks first, and says what will happen."""
    organisation = queries.organisation_of(organisation_id, current_actor(), Action.WITHDRAW_SIGN_UP)
    sign_up = queries.needed(organisation_id)
    form = WithdrawForm()
    if form.validate_on_submit():
        with transaction():
            operations.withdraw(sign_up, why=form.why.data or "", **_asking())
        flash("You have withdrawn from the charter.")
        return _to_signed(organisation_id)
    return _shown("charter/withdraw.html", form, organisation=organisation)


@bp.route("/certificates/<uuid:certificate_id>/revoke", methods=["GET", "POST"])
@needs(Action.REVOKE_CERTIFICATE)
@recent
def revoke(certificate_id: UUID) -> Answer:
    """For the coordinator: asks why, and says what will happen."""
    certificate = to_revoke(certificate_id, current_actor())
    form = RevokeForm()
    if form.validate_on_submit():
        try:
            with transaction():
                operations.revoke(certificate, why=form.why.data or "", **_asking())
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash("The certificate is taken back. Everybody who checks it sees that now.")
            return redirect(url_for("certificates.verify", code=certificate.code))
    return _shown("charter/revoke.html", form, certificate=certificate, facts=certificate.facts)


def _asking() -> dict[str, Any]:
    return {"actor": current_actor(), "now": clock.now(), "today": clock.today()}


def _shown(template: str, form: Any, **values: Any) -> str | tuple[str, int]:
    page = render_template(template, form=form, **values)
    return (page, 422) if form.errors else page


def _to_signed(organisation_id: UUID) -> Response:
    return redirect(url_for(".signed", organisation_id=organisation_id))
