"""The people of the area, for the coordinator."""

from collections.abc import Iterator
from uuid import UUID

from flask import Response, redirect, render_template, request, stream_with_context, url_for
from werkzeug.wrappers import Response as AnyResponse

from coprod.accounts import invitations, invited, leaving, people, queries, seen, trail
from coprod.accounts.blueprint import bp
from coprod.accounts.joining_forms import AreaInviteForm
from coprod.accounts.models import Person
from coprod.accounts.people_forms import CloseForm, EraseForm
from coprod.database import db
from coprod.errors import Invalid, NotFound
from coprod.permissions import POLICY, Action, Actor, AreaRole, can, who_may
from coprod.phrases import N_
from coprod.transaction import transaction
from coprod.web import clock, navigation, spreadsheets
from coprod.web.access import current_actor, needs
from coprod.web.forms import explain
from coprod.web.navigation import Task
from coprod.web.notices import flash
from coprod.web.recently import recent

Page = AnyResponse | str | tuple[str, int]
LONGEST_SEARCH = 200


def looks_after(actor: Actor) -> bool:
    return can(actor, Action.LOOK_AFTER_PEOPLE)


PEOPLE = Task(
    N_("People"), "accounts.everybody", N_("Who has which part, who is invited, who can't sign in."), looks_after
)
WORDS = N_("The table of permissions, to read or to print.")
TABLE = Task(N_("Who may do what"), "accounts.permissions", WORDS, looks_after, seldom=True)
bp.record_once(lambda state: navigation.offer(state.app, PEOPLE))
bp.record_once(lambda state: navigation.offer(state.app, TABLE))


@bp.get("/people")
@needs(Action.LOOK_AFTER_PEOPLE)
def everybody() -> str:
    text = "".join(c for c in request.args.get("q", "")[:LONGEST_SEARCH] if c.isprintable()).strip()
    return render_template(
        "accounts/everybody.html",
        text=text,
        people=people.listed(text, after=request.args.get("after", type=UUID)),
        invited=people.how_many_invited(),
    )


@bp.get("/people/<uuid:person_id>")
@needs(Action.LOOK_AFTER_PEOPLE)
def person(person_id: UUID) -> str:
    shown = people.one(person_id)
    return render_template(
        "accounts/person.html", person=shown, parts=people.area_parts(shown), trail=trail.about(person_id)
    )


@bp.post("/people/<uuid:person_id>/area-role")
@needs(Action.LOOK_AFTER_PEOPLE)
@recent
def change_area_role(person_id: UUID) -> AnyResponse:
    """Give a part for the area, or take it away."""
    role, change = request.form.get("role", ""), request.form.get("change", "")
    if role not in set(AreaRole) or change not in {"give", "take"}:
        raise Invalid(N_("Choose a part to give or to take away. Go back to the person and try again."))
    decide = people.give_role if change == "give" else people.take_role
    with transaction():
        decide(person_id, role=AreaRole(role), actor=current_actor(), now=clock.now())
    flash(N_("Done. Their part for the area has changed."))
    return redirect(url_for(".person", person_id=person_id))


@bp.route("/people/<uuid:person_id>/close", methods=["GET", "POST"])
@needs(Action.LOOK_AFTER_PEOPLE)
@recent
def close_account(person_id: UUID) -> Page:
    """Asks first, and why: the person is out at once."""
    shown, form = people.one(person_id), CloseForm()
    if form.validate_on_submit():
        try:
            with transaction():
                people.disable(person_id, why=form.why.data or "", actor=current_actor(), now=clock.now())
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("Done. Nobody can sign in to this account now."))
            return redirect(url_for(".person", person_id=person_id))
    page = render_template("accounts/close_account.html", person=shown, form=form)
    return (page, 422) if form.errors else page


@bp.post("/people/<uuid:person_id>/open")
@needs(Action.LOOK_AFTER_PEOPLE)
@recent
def open_account(person_id: UUID) -> AnyResponse:
    with transaction():
        people.enable(person_id, actor=current_actor(), now=clock.now())
    flash(N_("Done. They can sign in again."))
    return redirect(url_for(".person", person_id=person_id))


@bp.route("/people/<uuid:person_id>/erase", methods=["GET", "POST"])
@needs(Action.LOOK_AFTER_PEOPLE)
@recent
def erase_person(person_id: UUID) -> Page:
    """For somebody who asked to be forgotten. Asks first: it can't be undone."""
    shown, form = people.one(person_id), EraseForm()
    row = db.session.get_one(Person, person_id)
    if form.validate_on_submit():
        with transaction():
            leaving.erase(row, actor=current_actor(), now=clock.now())
        flash(N_("Done. The account is erased."))
        return redirect(url_for(".everybody"))
    stops = leaving.in_the_way(row, current_actor())
    page = render_template("accounts/erase_person.html", person=shown, form=form, stops=stops)
    return (page, 422) if form.errors else page


@bp.get("/people/invitations")
@needs(Action.INVITE_TO_AREA)
def area_invitations() -> str:
    return render_template("accounts/area_invitations.html", invited=invited.to_area(now=clock.now()))


@bp.route("/people/invite", methods=["GET", "POST"])
@needs(Action.INVITE_TO_AREA)
@recent
def invite_to_area() -> Page:
    form = AreaInviteForm()
    if form.validate_on_submit():
        try:
            with transaction():
                invitations.invite(
                    form.email.data or "",
                    role=AreaRole(form.role.data),
                    parent_carer=form.parent_carer.data,
                    actor=current_actor(),
                    now=clock.now(),
                )
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("Done. The invitation is on its way."))
            return redirect(url_for(".area_invitations"))
    page = render_template("accounts/invite_to_area.html", form=form)
    return (page, 422) if form.errors else page


@bp.get("/people/permissions")
@needs(Action.LOOK_AFTER_PEOPLE)
def permissions() -> str:
    """The table of permissions in words, made from the table itself."""
    rows = [(action.value, who_may(action)) for action in POLICY]
    return render_template("accounts/permissions.html", rows=rows, today=clock.today())


@bp.get("/organisations/<uuid:organisation_id>/people/who-could-see.csv")
@needs(Action.LOOK_AFTER_PEOPLE)
def who_could_see(organisation_id: UUID) -> AnyResponse:
    """Who could see the organisation's evidence, from when to when."""
    _is_there(organisation_id)
    rows = (row.cells for row in seen.who_could_see(organisation_id))
    return _download("who-could-see", spreadsheets.as_csv(seen.COULD_SEE, rows))


@bp.get("/organisations/<uuid:organisation_id>/people/opened-files.csv")
@needs(Action.LOOK_AFTER_PEOPLE)
def opened_files(organisation_id: UUID) -> AnyResponse:
    """Who opened which of the organisation's files, and when."""
    _is_there(organisation_id)
    rows = (row.cells for row in seen.openings(organisation_id))
    return _download("opened-files", spreadsheets.as_csv(seen.OPENINGS, rows))


def _is_there(organisation_id: UUID) -> None:
    if not queries.name_of_place(organisation_id):
        raise NotFound


def _download(name: str, pieces: Iterator[str]) -> AnyResponse:
    disposition = f'attachment; filename="{name}.csv"'
    return Response(stream_with_context(pieces), mimetype="text/csv", headers={"Content-Disposition": disposition})
