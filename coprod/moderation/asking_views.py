"""HTTP: a reviewer asks for more evidence; the organisation reads what is asked, and sends it back."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coprod.assessments import more as asked_more
from coprod.assessments import queries as assessments
from coprod.assessments.operations import Incomplete
from coprod.errors import Invalid, NotFound
from coprod.moderation import asking, queries
from coprod.moderation.blueprint import bp
from coprod.moderation.forms import PressForm
from coprod.moderation.reply_forms import ask_form
from coprod.permissions import Action, can
from coprod.phrases import N_
from coprod.transaction import transaction
from coprod.web import clock, deployment
from coprod.web.access import current_actor, needs, signed_in
from coprod.web.forms import explain
from coprod.web.notices import flash

Answer = Response | str | tuple[str, int]


@bp.route("/moderation/cases/<uuid:case_id>/ask", methods=["GET", "POST"])
@needs(Action.SEE_QUEUE)
def ask_for_more(case_id: UUID) -> Answer:
    """Which questions, and why. It can be asked once."""
    actor = current_actor()
    found = queries.case_for(case_id, actor)
    page = queries.case_page(found, actor)
    if page is None or (request.method == "GET" and not (page.may_ask and page.head.reached.rating)):
        raise NotFound
    form = ask_form([row.code for group in page.groups for row in group.rows])
    if form.validate_on_submit():
        try:
            with transaction():
                asking.ask_for_more(
                    found,
                    form.written,
                    actor=actor,
                    now=clock.now(),
                    today=clock.today(),
                    closed=deployment.closed_days(),
                )
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("Asked. You will hear when they have added what they can."))
            return redirect(url_for(".case", case_id=case_id))
    shown = render_template("moderation/ask.html", page=page, form=form, chosen=request.args.get("question"))
    return (shown, 422) if form.errors else shown


@bp.route("/assessments/<uuid:assessment_id>/more", methods=["GET", "POST"])
@signed_in
def more(assessment_id: UUID) -> Answer:
    """What reviewers ask for, for the organisation; a lead sends it back."""
    actor = current_actor()
    assessment = assessments.for_member(assessment_id, actor)
    case = asking.case_of(assessment)
    problems: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            with transaction():
                asking.send_back(case, actor=actor, now=clock.now(), today=clock.today())
        except Incomplete as refusal:
            problems = tuple(problem.words for problem in refusal.problems)
        else:
            flash(N_("Thank you. It is back with the reviewers."))
            return redirect(url_for(".more", assessment_id=assessment_id))
    shown = render_template(
        "moderation/more.html",
        assessment=assessment,
        asked=asked_more.asked_for(assessment),
        may_send=can(actor, Action.SEND_MORE, case),
        problems=problems,
        press=PressForm(),
    )
    return (shown, 422) if problems else shown
