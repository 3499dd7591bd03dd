"""HTTP: the yearly check-in."""

from uuid import UUID

from flask import redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, SubmitField

from coprod.assessments import checking_in, planning, queries
from coprod.assessments.blueprint import bp
from coprod.charter import queries as charter
from coprod.errors import Invalid
from coprod.permissions import Action
from coprod.phrases import N_
from coprod.transaction import transaction
from coprod.web import clock
from coprod.web.access import current_actor, signed_in
from coprod.web.forms import Text, explain
from coprod.web.notices import flash
from coprod.web.widgets import GovCheckboxInput, GovSubmitInput


class CheckInForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    senior_lead = Text(
        N_("Name of your senior lead"),
        required=N_("Enter the name of your senior lead"),
        hint=N_("The senior person who answers for your promise. Private."),
        autocomplete="off",
    )
    family_link = Text(
        N_("Name of your link with families"),
        required=N_("Enter the name of your link with families"),
        hint=N_("Somebody families can talk to about this. Private."),
        autocomplete="off",
    )
    plan_looked_at = BooleanField(N_("We looked at our plan, and it is up to date"), widget=GovCheckboxInput())
    submit = SubmitField(N_("Check in for this year"), widget=GovSubmitInput())


@bp.route("/organisations/<uuid:organisation_id>/charter/check-in", methods=["GET", "POST"])
@signed_in
def check_in(organisation_id: UUID) -> Response | str | tuple[str, int]:
    organisation = charter.organisation_of(organisation_id, current_actor(), Action.SIGN_CHARTER)
    sign_up, assessment = charter.needed(organisation_id), queries.latest_of(organisation_id)
    form = CheckInForm(senior_lead=sign_up.senior_lead, family_link=sign_up.family_link)
    if form.validate_on_submit():
        try:
            with transaction():
                checking_in.check_in(
                    sign_up,
                    senior_lead=form.senior_lead.data or "",
                    family_link=form.family_link.data or "",
                    plan_looked_at=form.plan_looked_at.data,
                    actor=current_actor(),
                    now=clock.now(),
                    today=clock.today(),
                )
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("Thank you. You have checked in for this year."))
            return redirect(url_for("charter.signed", organisation_id=organisation_id))
    steps = [step for step in queries.plan_of(assessment) if step.done_on is None] if assessment else []
    page = render_template(
        "assessments/check_in.html",
        form=form,
        organisation=organisation,
        change=checking_in.new_change(sign_up),
        since=sign_up.checked_in_on or sign_up.counts_from,
        assessment=assessment,
        steps=steps,
        undone=len(steps),
        overdue=len(planning.overdue_steps(assessment, today=clock.today())) if assessment else 0,
    )
    return (page, 422) if form.errors else page
