from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coprod.errors import Invalid, NotFound
from coprod.moderation import allocating, figures, operations, queries
from coprod.moderation.blueprint import bp
from coprod.moderation.care_forms import WaiveForm
from coprod.moderation.forms import PressForm
from coprod.moderation.reviewers import AllocationPage, Reviewer, allocation_page
from coprod.permissions import Action
from coprod.phrases import N_, Phrase
from coprod.transaction import transaction
from coprod.web import clock, deployment
from coprod.web.access import current_actor, needs, signed_in
from coprod.web.forms import explain
from coprod.web.notices import flash

Answer = Response | str | tuple[str, int]


@bp.get("/moderation/assessments/<uuid:assessment_id>/reviewers")
@signed_in
def reviewers(assessment_id: UUID) -> str:
    """Who could take this case, for the lead reviewer and the coordinator."""
    return render_template("moderation/reviewers.html", page=_page(assessment_id), press=PressForm())


@bp.post("/moderation/assessments/<uuid:assessment_id>/reviewers/<uuid:person_id>/ask")
@signed_in
def ask(assessment_id: UUID, person_id: UUID) -> Response:
    page = _page(assessment_id)
    with transaction():
        case = operations.open_case(page.assessment, now=clock.now())
        allocating.ask_to_take(
            case, person_id, actor=current_actor(), now=clock.now(), most_open=deployment.settings().open_cases
        )
    flash(N_("They will get a letter. Before they see anything, they say whether they have a conflict."))
    return redirect(url_for(".reviewers", assessment_id=assessment_id))


@bp.route("/moderation/assessments/<uuid:assessment_id>/reviewers/<uuid:person_id>/waive", methods=["GET", "POST"])
@needs(Action.SEE_PROGRESS)
def waive(assessment_id: UUID, person_id: UUID) -> Answer:
    """The coordinator sets a conflict aside, with a reason."""
    page = _page(assessment_id)
    who = _reviewer(page, person_id, sent=request.method == "POST")
    form = WaiveForm()
    if form.validate_on_submit():
        try:
            with transaction():
                case = operations.open_case(page.assessment, now=clock.now())
                allocating.waive(
                    case, person_id, why=form.why.data or "", actor=current_actor(), now=clock.now()
                )
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(Phrase("{name} may take part.", name=who.name))
            return redirect(url_for(".reviewers", assessment_id=assessment_id))
    shown = render_template("moderation/waive.html", page=page, who=who, form=form)
    return (shown, 422) if form.errors else shown


@bp.route("/moderation/cases/<uuid:case_id>/hand-back", methods=["GET", "POST"])
@needs(Action.SEE_QUEUE)
def hand_back(case_id: UUID) -> Response | str:
    """Asks first: what they rated counts no more."""
    actor = current_actor()
    found = queries.case_for(case_id, actor)
    page = queries.case_page(found, actor)
    if page is None and request.method == "POST":  # The same button, pressed twice.
        return redirect(url_for(".case", case_id=case_id))
    if page is None:
        raise NotFound
    if request.method == "POST":
        with transaction():
            allocating.hand_back(found, actor=actor, now=clock.now())
        flash(N_("Done. Somebody else can take it now. Thank you for what you gave."))
        return redirect(url_for(".queue"))
    return render_template("moderation/hand_back.html", page=page, press=PressForm())


@bp.get("/moderation/agreement")
@needs(Action.SEE_AGREEMENT)
def agreement() -> str:
    """How far reviewers agree, question by question; never who."""
    return render_template("moderation/agreement.html", page=figures.agreement_page(now=clock.now()))


def _page(assessment_id: UUID) -> AllocationPage:
    most = deployment.settings().open_cases
    return allocation_page(assessment_id, current_actor(), today=clock.today(), most_open=most)


def _reviewer(page: AllocationPage, person_id: UUID, *, sent: bool) -> Reviewer:
    """Somebody whose conflict can be set aside. What is `sent` the operation judges. Raises NotFound for others."""
    found = next((who for who in page.reviewers if who.person_id == person_id), None)
    if found is None or not page.may_waive or not (sent or found.may_be_waived):
        raise NotFound
    return found
