import tempfile
from uuid import UUID

from flask import Response, render_template
from flask.blueprints import BlueprintSetupState

from coprod.directory import queries as directory
from coprod.permissions import Action, Actor, can
from coprod.phrases import N_
from coprod.running import (
    checks,
    contact,
    organisation_data,
    style_views,  # noqa: F401  # the other routes of this room
)
from coprod.running.blueprint import bp
from coprod.storage import PIECE
from coprod.transaction import transaction
from coprod.web import clock, deployment, navigation
from coprod.web.access import current_actor, needs, public, signed_in
from coprod.web.files import attachment
from coprod.web.limits import limited
from coprod.web.navigation import FirstSteps, Step, Task
from coprod.web.recently import recent


def _looks_after_it(actor: Actor) -> bool:
    return can(actor, Action.SEE_WORKINGS)


@bp.record_once
def install(state: BlueprintSetupState) -> None:
    words = N_("Letters, what is done by itself, storage, backups, disk.")
    navigation.offer(
        state.app,
        Task(N_("Is everything working?"), "running.workings", words, _looks_after_it, seldom=True),
    )
    words = N_("Every part and colour of the pages, with the contrast of each.")
    navigation.offer(state.app, Task(N_("How pages look"), "running.style", words, _looks_after_it, seldom=True))


@bp.record_once
def guide_new_coordinators(state: BlueprintSetupState) -> None:
    steps = (
        Step(
            N_("Load the schools of your area."), N_("10 minutes"), N_("Load the list of schools"), "organisations.load"
        ),
        Step(
            N_("Invite reviewers from the forum."),
            N_("5 minutes"),
            N_("Invite people to the area"),
            "accounts.invite_to_area",
        ),
        Step(
            N_("Check that letters leave and backups are made."),
            N_("5 minutes"),
            N_("See if all is well"),
            "running.workings",
        ),
    )
    navigation.guide(state.app, FirstSteps(N_("Your first three steps as a coordinator"), steps, _begins))


def _begins(actor: Actor) -> bool:
    """A coordinator, until the first school or service has signed."""
    return can(actor, Action.SEE_WORKINGS) and not directory.newest(today=clock.today())


@bp.get("/is-everything-working")
@needs(Action.SEE_WORKINGS)
def workings() -> str:
    found = list(checks.answers(now=clock.now()))
    return render_template("running/workings.html", answers=found, short=checks.in_short(found))


@bp.get("/.well-known/security.txt")
@public
def security_txt() -> Response:
    """Whom to tell about a weakness, as RFC 9116 has it."""
    return Response(contact.security_txt(), mimetype="text/plain")


@bp.get("/organisations/<uuid:organisation_id>/data")
@signed_in
def data(organisation_id: UUID) -> str:
    """What a lead can take away, before they do."""
    organisation = organisation_data.for_lead(organisation_id, current_actor())
    return render_template("running/data.html", organisation=organisation, left=organisation_data.left_out())


@bp.post("/organisations/<uuid:organisation_id>/data")
@signed_in
@recent
@limited("take data")
def take_data(organisation_id: UUID) -> Response:
    """Everything that is kept of the organisation, as a zip. That it was taken is written down in the same step."""
    organisation = organisation_data.for_lead(organisation_id, current_actor())
    name = f"{organisation.slug}.zip"
    made = tempfile.TemporaryFile(dir=deployment.settings().instance)  # noqa: SIM115  # nameless, and open until sent
    taken = organisation_data.write(organisation, made, today=clock.today())
    with transaction():
        organisation_data.note_taken(organisation_id, taken, actor=current_actor(), now=clock.now())
    size = made.tell()
    made.seek(0)
    return attachment(iter(lambda: made.read(PIECE), b""), name=name, mime="application/zip", size=size)
