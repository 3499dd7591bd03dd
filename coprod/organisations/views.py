import tempfile
from pathlib import Path
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coprod.accounts.queries import membership_of
from coprod.errors import Invalid
from coprod.organisations import operations, queries
from coprod.organisations.forms import JoinForm, ServiceForm, UploadForm
from coprod.organisations.gias import NotARegister
from coprod.organisations.importing import ImportReport
from coprod.permissions import Action, AreaRole
from coprod.phrases import N_, Phrase
from coprod.transaction import transaction
from coprod.web import clock, navigation
from coprod.web.access import current_actor, needs, signed_in
from coprod.web.forms import explain
from coprod.web.limits import limited
from coprod.web.navigation import Task
from coprod.web.notices import flash

LONGEST_SEARCH = 200
LONGEST_FILE_NAME = 80

bp = Blueprint("organisations", __name__)
bp.record_once(
    lambda state: navigation.offer(
        state.app,
        Task(
            N_("Organisations"),
            "organisations.register",
            N_("Load schools, add services, and see which may be here twice."),
            lambda actor: AreaRole.COORDINATOR in actor.roles,
        ),
    )
)


@bp.get("/organisations/find")
@signed_in
def find() -> str:
    """Search by name, town, postcode or official number, to join."""
    text = _typed()
    finds = queries.find(text, after=request.args.get("after", type=UUID)) if text else None
    return render_template("organisations/find.html", text=text, finds=finds)


@bp.route("/organisations/<uuid:organisation_id>/join", methods=["GET", "POST"])
@signed_in
@limited("ask to join")
def join(organisation_id: UUID) -> Response | str | tuple[str, int]:
    organisation = queries.shown(organisation_id)
    already = membership_of(current_actor().person_id, organisation_id)
    form = JoinForm()
    if form.validate_on_submit():
        with transaction():
            operations.ask_to_join(
                organisation_id, note=form.note.data or "", actor=current_actor(), now=clock.now()
            )
        return redirect(url_for(".join", organisation_id=organisation_id))
    page = render_template("organisations/join.html", organisation=organisation, already=already, form=form)
    return (page, 422) if form.errors else page


@bp.get("/organisations")
@needs(Action.RUN_REGISTER)
def register() -> str:
    """What the coordinator looks after: how many there are, possible doubles, and a search of all."""
    text = _typed()
    return render_template(
        "organisations/register.html",
        text=text,
        counts=queries.counts(),
        doubles=queries.possible_doubles(),
        last=queries.last_import(),
        finds=queries.listed(text, after=request.args.get("after", type=UUID)),
    )


@bp.route("/organisations/services/new", methods=["GET", "POST"])
@needs(Action.ADD_SERVICE)
def add_service() -> Response | str | tuple[str, int]:
    form = ServiceForm(parents=queries.parents())
    if form.validate_on_submit():
        try:
            with transaction():
                service = operations.add_service(**form.facts(), actor=current_actor(), now=clock.now())
                name = service.name
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(Phrase("{name} is added. Its people can now find it and ask to join.", name=name))
            return redirect(url_for(".register"))
    page = render_template("organisations/add_service.html", form=form)
    return (page, 422) if form.errors else page


@bp.route("/organisations/load", methods=["GET", "POST"])
@needs(Action.RUN_REGISTER)
def load() -> Response | str | tuple[str, int]:
    """Load a small file of the register. The answer is the report: loading it again changes nothing."""
    form = UploadForm()
    report: ImportReport | None = None
    if form.validate_on_submit():
        try:
            report = _load(form)
        except NotARegister as refusal:
            explain(form, Invalid(refusal.message, field="file"))
    page = render_template("organisations/load.html", form=form, report=report)
    return (page, 422) if form.errors else page


def _load(form: UploadForm) -> ImportReport:
    """The file goes to the disk first, for it is read twice."""
    called = Path(form.file.data.filename or "").name[:LONGEST_FILE_NAME] or Phrase("The file")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload.csv"
        form.file.data.save(path)
        with transaction():
            return operations.upload_register(
                path, called=called, la_codes=form.codes(), actor=current_actor(), now=clock.now()
            )


def _typed() -> str:
    """What is searched for, without what nobody types, such as NUL, for which PostgreSQL can't be asked."""
    return "".join(c for c in request.args.get("q", "")[:LONGEST_SEARCH] if c.isprintable()).strip()
