"""The people of one organisation: who is in, who is invited, whose addresses are trusted, who hands over."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coprod.accounts import domains, handing_over, invitations, invited, operations, queries, trail
from coprod.accounts.blueprint import bp
from coprod.accounts.joining_forms import LEAVE, DomainForm, HandOverForm, InviteForm
from coprod.accounts.queries import Place
from coprod.accounts.sign_in_forms import PressForm
from coprod.errors import Invalid, NotFound
from coprod.permissions import Action, MemberRole, can
from coprod.phrases import N_
from coprod.transaction import transaction
from coprod.web import clock
from coprod.web.access import current_actor, signed_in
from coprod.web.forms import explain
from coprod.web.notices import flash
from coprod.web.recently import recent

Page = Response | str | tuple[str, int]
OFFERED = (Action.SEE_ORGANISATION, Action.HAND_OVER, Action.LOOK_AFTER_PEOPLE)


@bp.get("/organisations/<uuid:organisation_id>/people")
@signed_in
def members(organisation_id: UUID) -> str:
    """The people of one organisation, for its leads and the coordinator."""
    who = current_actor()
    place = queries.place_to_look_after(organisation_id, who)
    return render_template(
        "accounts/members.html",
        place=place,
        members=queries.members_of(organisation_id),
        invited=invited.to_place(organisation_id, now=clock.now()),
        domains=domains.of_organisation(organisation_id),
        trail=trail.of_place(organisation_id),
        may={action.name: can(who, action, place) for action in OFFERED},
    )


@bp.post("/members/<uuid:membership_id>/role")
@signed_in
@recent
def give_role(membership_id: UUID) -> Response:
    membership = queries.membership_to_look_after(membership_id, current_actor())
    place = queries.place_to_look_after(membership.organisation_id, current_actor())
    role = request.form.get("role", "")
    if role not in set(MemberRole):
        raise Invalid(N_("Choose lead or contributor. Go back to the list of people and try again."))
    with transaction():
        operations.give_role(membership, role=MemberRole(role), actor=current_actor(), now=clock.now())
    flash(N_("Done. Their part has changed."))
    return _back_to(place)


@bp.route("/members/<uuid:membership_id>/remove", methods=["GET", "POST"])
@signed_in
def remove(membership_id: UUID) -> Response | str:
    """Asks first: the person loses their way in at once."""
    membership = queries.membership_to_look_after(membership_id, current_actor())
    place = queries.place_to_look_after(membership.organisation_id, current_actor())
    if request.method == "POST":
        with transaction():
            operations.remove(membership, actor=current_actor(), now=clock.now())
        flash(N_("Done. They can't open the organisation's pages any more."))
        return _back_to(place)
    return render_template("accounts/remove.html", name=membership.person.name, place=place)


@bp.route("/organisations/<uuid:organisation_id>/people/invite", methods=["GET", "POST"])
@signed_in
def invite(organisation_id: UUID) -> Page:
    place = queries.place_to_look_after(organisation_id, current_actor())
    form = InviteForm()
    if form.validate_on_submit():
        try:
            with transaction():
                invitations.invite(
                    form.email.data or "",
                    role=MemberRole(form.role.data),
                    organisation_id=organisation_id,
                    actor=current_actor(),
                    now=clock.now(),
                )
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("Done. The invitation is on its way."))
            return redirect(url_for(".members", organisation_id=organisation_id))
    page = render_template("accounts/invite.html", form=form, place=place)
    return (page, 422) if form.errors else page


@bp.post("/invitations/<uuid:invitation_id>/again")
@signed_in
def invite_again(invitation_id: UUID) -> Response:
    invitation = invitations.to_look_after(invitation_id, current_actor())
    with transaction():
        invitations.send_again(invitation, actor=current_actor(), now=clock.now())
        place_id = invitation.organisation_id
    flash(N_("Done. A new letter is on its way. The old link works no more."))
    return _back_to_invitations(place_id)


@bp.post("/invitations/<uuid:invitation_id>/withdraw")
@signed_in
def withdraw_invitation(invitation_id: UUID) -> Response:
    invitation = invitations.to_look_after(invitation_id, current_actor())
    with transaction():
        invitations.withdraw(invitation, actor=current_actor(), now=clock.now())
        place_id = invitation.organisation_id
    flash(N_("Done. The invitation is taken back. Its link works no more."))
    return _back_to_invitations(place_id)


@bp.route("/organisations/<uuid:organisation_id>/people/domains", methods=["GET", "POST"])
@signed_in
@recent
def trust_domain(organisation_id: UUID) -> Page:
    """Says what it means before it is done: nobody is asked any more when somebody from there joins."""
    place = queries.place_to_look_after(organisation_id, current_actor())
    form = DomainForm()
    if form.validate_on_submit():
        try:
            with transaction():
                domains.trust(
                    organisation_id, domain=form.domain.data or "", actor=current_actor(), now=clock.now()
                )
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("Done. People with such an address join without being let in."))
            return redirect(url_for(".members", organisation_id=organisation_id))
    page = render_template("accounts/trust_domain.html", form=form, place=place)
    return (page, 422) if form.errors else page


@bp.post("/domains/<uuid:domain_id>/stop")
@signed_in
def stop_trusting(domain_id: UUID) -> Response:
    trusted = domains.to_look_after(domain_id, current_actor())
    place_id = trusted.organisation_id
    with transaction():
        domains.stop_trusting(trusted, actor=current_actor(), now=clock.now())
    flash(N_("Done. People with such an address have to be let in again."))
    return redirect(url_for(".members", organisation_id=place_id))


@bp.route("/organisations/<uuid:organisation_id>/people/hand-over", methods=["GET", "POST"])
@signed_in
@recent
def hand_over(organisation_id: UUID) -> Page:
    """A lead asks a colleague to take over. Nothing changes until the colleague says yes."""
    who = current_actor()
    place = queries.place_to_look_after(organisation_id, who)
    if not can(who, Action.HAND_OVER, place):
        raise NotFound
    form = HandOverForm(colleagues=queries.colleagues_of(who, organisation_id))
    if form.validate_on_submit():
        chosen = queries.membership_to_look_after(UUID(form.colleague.data), who)
        try:
            with transaction():
                handing_over.offer(chosen, leaving=form.after.data == LEAVE, actor=who, now=clock.now())
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("Done. We have written to them. Nothing changes until they say yes."))
            return redirect(url_for(".members", organisation_id=organisation_id))
    page = render_template("accounts/hand_over.html", form=form, place=place)
    return (page, 422) if form.errors else page


@bp.route("/hand-overs/<uuid:hand_over_id>", methods=["GET", "POST"])
@signed_in
def take_over(hand_over_id: UUID) -> Page:
    """The offer, for the colleague who was asked; and for whoever made it, to take it back."""
    offered = handing_over.concerning(hand_over_id, current_actor())
    form = PressForm()
    if form.validate_on_submit():
        accepts = request.form.get("answer") == "yes"
        decide = handing_over.accept if accepts else handing_over.end
        with transaction():
            decide(offered, actor=current_actor(), now=clock.now())
        flash(N_("Done. You lead the organisation now.") if accepts else N_("Done. Nothing has changed."))
        return redirect(url_for(".start"))
    asked = offered.taker.person_id == current_actor().person_id
    place = queries.name_of_place(offered.organisation_id)
    return render_template("accounts/take_over.html", form=form, offered=offered, asked=asked, place=place)


def _back_to_invitations(place_id: UUID | None) -> Response:
    if place_id is None:
        return redirect(url_for(".area_invitations"))
    return redirect(url_for(".members", organisation_id=place_id))


def _back_to(place: Place) -> Response:
    """To the list of people, or to the start page for a lead who is not one any more."""
    if can(current_actor(), Action.ACCEPT_MEMBER, place):
        return redirect(url_for(".members", organisation_id=place.organisation_id))
    return redirect(url_for(".start"))
