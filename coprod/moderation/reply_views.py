"""HTTP: the right of reply and the appeal, and who decides them; and the letter to take away."""

from collections.abc import Callable
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coprod.errors import Invalid, NotFound
from coprod.moderation import deciding, queries, reply_pages, replying
from coprod.moderation.blueprint import bp
from coprod.moderation.forms import SettleForm
from coprod.moderation.models import Case
from coprod.moderation.reply_forms import AppealDecideForm, ReplyForm, WordsForm, appeal_form, reply_form
from coprod.moderation.reply_pages import ReplyPage
from coprod.permissions import Action, can
from coprod.phrases import N_
from coprod.transaction import transaction
from coprod.web import clock, deployment, paper
from coprod.web.access import current_actor, needs, signed_in
from coprod.web.forms import explain
from coprod.web.notices import flash

Answer = Response | str | tuple[str, int]


@bp.route("/assessments/<uuid:assessment_id>/reply", methods=["GET", "POST"])
@signed_in
def reply(assessment_id: UUID) -> Answer:
    """A lead says of each rating that was changed or held whether they agree."""
    page = reply_pages.reply_page(_own_case(assessment_id), sent=request.method == "POST")
    form = reply_form([question.code for question in page.questions], page.things)

    def send(case: Case) -> None:
        replying.reply(case, form.said, actor=current_actor(), now=clock.now(), today=clock.today())

    return _send(page, form, "moderation/reply.html", send, N_("Thank you. Your reply is sent."))


@bp.route("/assessments/<uuid:assessment_id>/appeal", methods=["GET", "POST"])
@signed_in
def appeal(assessment_id: UUID) -> Answer:
    """A lead appeals against what was decided, once, in words."""
    page = reply_pages.appeal_page(_own_case(assessment_id), sent=request.method == "POST")
    form = appeal_form([question.code for question in page.questions])

    def send(case: Case) -> None:
        replying.appeal(case, form.written, actor=current_actor(), now=clock.now(), today=clock.today())

    return _send(page, form, "moderation/appeal.html", send, N_("Thank you. Your appeal is sent."))


@bp.get("/assessments/<uuid:assessment_id>/result.pdf")
@signed_in
def letter(assessment_id: UUID) -> Response:
    """The result as a letter to print or send on."""
    page = queries.result_page(assessment_id, current_actor())
    made = paper.document("moderation/letter.html", page=page)
    return paper.handed_over(made, name=f"{page.case.assessment.organisation.slug}-result.pdf")


@bp.get("/moderation/cases/<uuid:case_id>/replies")
@needs(Action.SEE_QUEUE)
def to_decide(case_id: UUID) -> str:
    """What an organisation disagrees with, for somebody who took no part."""
    actor = current_actor()
    page = reply_pages.to_decide_page(queries.case_for(case_id, actor), actor)
    return render_template("moderation/to_decide.html", page=page)


@bp.route("/moderation/cases/<uuid:case_id>/replies/<code>", methods=["GET", "POST"])
@needs(Action.SEE_QUEUE)
def decide(case_id: UUID, code: str) -> Answer:
    """One disagreement: what stands, and why."""
    actor = current_actor()
    found = queries.case_for(case_id, actor)
    page = reply_pages.decide_page(found, code, actor, sent=request.method == "POST")
    form = AppealDecideForm() if page.appeal else SettleForm()
    form.offer(page.cards)
    if form.validate_on_submit():
        outside = (form.outsider_name.data or "", form.outsider_role.data or "") if page.appeal else ("", "")
        try:
            with transaction():
                deciding.decide(
                    found,
                    code,
                    rating=form.given,
                    reason=form.reason.data or "",
                    outsider_name=outside[0],
                    outsider_role=outside[1],
                    actor=actor,
                    now=clock.now(),
                    today=clock.today(),
                    closed=deployment.closed_days(),
                )
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("Decided. Thank you."))
            return redirect(url_for(".to_decide", case_id=case_id) if found.contested else url_for(".queue"))
    shown = render_template("moderation/decide.html", page=page, form=form)
    return (shown, 422) if form.errors else shown


def _own_case(assessment_id: UUID) -> Case:
    """The case of an organisation's own result, for who may reply to it."""
    case = queries.result_page(assessment_id, current_actor()).case
    if not can(current_actor(), Action.REPLY, case):
        raise NotFound
    return case


def _send(
    page: ReplyPage, form: ReplyForm | WordsForm, template: str, send: Callable[[Case], None], done: str
) -> Answer:
    if form.validate_on_submit():
        try:
            with transaction():
                send(page.case)
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(done)
            return redirect(url_for(".result", assessment_id=page.case.assessment_id))
    shown = render_template(template, page=page, form=form)
    return (shown, 422) if form.errors else shown
