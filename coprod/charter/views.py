"""HTTP: reading and signing the charter, and an organisation's own page about it."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from coprod.accounts import leaving
from coprod.certificates import making
from coprod.certificates.queries import to_revoke
from coprod.charter import (
    asking,
    asking_views,  # noqa: F401  # the other routes of this room
    confirming_views,  # noqa: F401  # as above
    forgetting,
    operations,
    queries,
    requested,
    succession_views,  # noqa: F401  # as above
)
from coprod.charter.blueprint import Answer, bp, shown, who_and_when
from coprod.charter.forms import KeepForm, ReportForm, RevokeForm, WithdrawForm, filled, sign_form
from coprod.charter.page import request_line, signed_page
from coprod.errors import Invalid
from coprod.framework.charter import Charter
from coprod.framework.queries import current_charter, current_framework
from coprod.permissions import Action, Actor, MemberRole
from coprod.phrases import N_, Phrases
from coprod.transaction import transaction
from coprod.web import clock, navigation
from coprod.web.access import current_actor, needs, public, signed_in
from coprod.web.deployment import settings
from coprod.web.forms import explain
from coprod.web.navigation import Task
from coprod.web.notices import flash
from coprod.web.recently import recent


def leads_somewhere(actor: Actor) -> bool:
    return MemberRole.LEAD in actor.memberships.values()


bp.record_once(
    lambda state: navigation.offer(
        state.app,
        Task(N_("Read and sign the charter"), "charter.read", N_("See what signing means, and sign."), leads_somewhere),
    )
)
bp.record_once(lambda state: leaving.also_forgets(state.app, forgetting.forget))


@bp.get("/charter")
@public(cached=True)
def read() -> str:
    """The charter's text, what signing means and does not mean, and how to sign."""
    led = queries.led_by(current_actor())
    signed = {organisation.id for organisation in led if queries.in_force(organisation.id)}
    plain = [(value.name, value.plain) for value in current_framework().values]
    return render_template(
        "charter/read.html", charter=current_charter(), organisations=led, signed=signed, plain_values=plain
    )


@bp.get("/organisations/<uuid:organisation_id>/charter")
@signed_in
def signed(organisation_id: UUID) -> str:
    """The organisation's own page: how its sign-up stands, its commitments, its certificate."""
    actor, charter = current_actor(), current_charter()
    organisation = queries.organisation_of(organisation_id, actor)
    sign_up, last = queries.latest(organisation_id), requested.last_request(organisation_id)
    page = signed_page(sign_up, charter=charter, actor=actor, today=clock.today()) if sign_up else None
    waiting = request_line(last, actor=actor, now=clock.now()) if last else None
    return render_template("charter/signed.html", organisation=organisation, page=page, waiting=waiting)


@bp.route("/organisations/<uuid:organisation_id>/charter/sign", methods=["GET", "POST"])
@signed_in
def sign(organisation_id: UUID) -> Answer:
    """Sign for the organisation. A form sent twice makes one sign-up, and both lead to it."""
    charter = current_charter()
    organisation = queries.organisation_of(organisation_id, current_actor(), Action.SIGN_CHARTER)
    if queries.has_signed(organisation_id, charter, today=clock.today()):
        return _to_signed(organisation_id)
    approval = settings().charter_approval
    form = sign_form(charter.conditions.commitments)(data=_begun(organisation_id, charter))
    if form.validate_on_submit():
        sign_or_wait = asking.put_forward if approval else operations.sign
        try:
            with transaction():
                sign_or_wait(
                    organisation, **form.named(), agreed=form.agreed.data, commitments=form.promises(), **who_and_when()
                )
        except Invalid as refusal:
            explain(form, refusal)
        else:
            making.make_soon(organisation_id, now=clock.now())
            next_words = N_("The coordinator looks at it next.") if approval else N_("Thank you.")
            flash(Phrases([N_("You have signed the charter."), next_words], between=" "))
            return _to_signed(organisation_id)
    return shown("charter/sign.html", form, organisation=organisation, charter=charter, approval=approval)


def _begun(organisation_id: UUID, charter: Charter) -> dict[str, Any]:
    """A form begins with what was signed or filled in before, as far as it still can be promised."""
    begun: dict[str, Any] = {"signatory_name": current_user.name}
    last = requested.last_request(organisation_id) or queries.latest(organisation_id)
    if last is None:
        return begun
    still_to_come = [one for one in queries.promised(last) if one.due > clock.today()]
    most = charter.conditions.commitments
    return begun | {"senior_lead": last.senior_lead, "family_link": last.family_link} | filled(still_to_come[:most])


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
                operations.keep(commitment, kept_on=form.day, **who_and_when())
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("Marked as kept. The public list shows it."))
            return _to_signed(organisation_id)
    return shown("charter/keep.html", form, organisation=organisation, commitment=commitment)


@bp.route("/organisations/<uuid:organisation_id>/charter/send-report", methods=["GET", "POST"])
@signed_in
def send_report(organisation_id: UUID) -> Answer:
    """Where the SEND information report is, for the public page."""
    organisation = queries.organisation_of(organisation_id, current_actor(), Action.LINK_SEND_REPORT)
    form = ReportForm(address=organisation.send_report)
    if form.validate_on_submit():
        address = form.address.data or ""
        try:
            with transaction():
                operations.link_report(organisation, address=address, actor=current_actor(), now=clock.now())
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(
                N_("Saved. Your public page shows it.") if address else N_("Saved. Your public page shows no link now.")
            )
            return _to_signed(organisation_id)
    return shown("charter/send_report.html", form, organisation=organisation)


@bp.route("/organisations/<uuid:organisation_id>/charter/withdraw", methods=["GET", "POST"])
@signed_in
def withdraw(organisation_id: UUID) -> Answer:
    """Asks first, and says what will happen."""
    organisation = queries.organisation_of(organisation_id, current_actor(), Action.WITHDRAW_SIGN_UP)
    sign_up = queries.needed(organisation_id)
    form = WithdrawForm()
    if form.validate_on_submit():
        with transaction():
            operations.withdraw(sign_up, why=form.why.data or "", **who_and_when())
        flash(N_("You have withdrawn from the charter."))
        return _to_signed(organisation_id)
    return shown("charter/withdraw.html", form, organisation=organisation)


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
                operations.revoke(certificate, why=form.why.data or "", **who_and_when())
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("The certificate is taken back. Everybody who checks it sees that now."))
            return redirect(url_for("certificates.verify", code=certificate.code))
    return shown("charter/revoke.html", form, certificate=certificate, facts=certificate.facts)


def _to_signed(organisation_id: UUID) -> Response:
    return redirect(url_for(".signed", organisation_id=organisation_id))
