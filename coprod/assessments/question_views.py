"""HTTP: one question: read it, save it, and keep it while it is written."""

from typing import Any, TypeVar
from uuid import UUID

from flask import current_app, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coprod.assessments import (
    colleagues,
    conflict,
    drafting,
    families_page,
    more,
    opening,
    operations,
    pages,
    queries,
    question_page,
)
from coprod.assessments.answering import StaleAnswer, written
from coprod.assessments.at_work import AtWork, Standing, at_work
from coprod.assessments.blueprint import AT, Page, bp, earlier_than, open_question, to_question, words
from coprod.assessments.forms import AnswerForm
from coprod.assessments.models import Answer, Assessment
from coprod.changes.models import ChangeRecord
from coprod.database import db
from coprod.errors import Busy, DomainError, Invalid, NotFound, WrongState
from coprod.evidence.models import Evidence
from coprod.framework.model import Framework, Question
from coprod.framework.queries import pinned
from coprod.phrases import N_, Phrase
from coprod.transaction import transaction
from coprod.web import clock
from coprod.web.access import current_actor, signed_in
from coprod.web.forms import explain
from coprod.web.languages import translated
from coprod.web.notices import flash

CHECKED = {"csrf": False}  # The door has checked the token of every form; one that is not shown needs no new one.
Thing = TypeVar("Thing", Evidence, ChangeRecord)


@bp.get(AT)
@signed_in
def question(assessment_id: UUID, code: str) -> str:
    """One question: what it asks, what is written, and what that counts as."""
    opened = opening.opened(assessment_id, code, current_actor())
    framework = queries.framework_of(opened.assessment)
    asked = framework.question(code)
    if not pages.is_writable(opened.assessment, opened.row):
        return _read_only(opened, framework, asked)
    return _page(opened, framework, asked, form=None)


@bp.post(AT)
@signed_in
def save(assessment_id: UUID, code: str) -> Response | Page:
    """Keep the answer, then go where the pressed button says. Whatever goes wrong, what was typed is shown again."""
    assessment, framework, asked = open_question(assessment_id, code)
    form, status = AnswerForm(choices=question_page.choices(framework, asked)), 422
    if form.validate_on_submit():
        try:
            with transaction():
                _save(at_work(assessment_id, code, current_actor()), form, checked=True)
                _take_off(assessment, code)
        except StaleAnswer as stale:
            return _conflict(assessment, framework, asked, stale)
        except WrongState as closed:
            return _closed(assessment, framework, asked, form, closed)
        except (Invalid, Busy) as refusal:
            status = refusal.status
            explain(form, refusal if isinstance(refusal, Invalid) else Invalid(refusal.message, field="account"))
        else:
            return _onward(assessment_id, framework, code)
    return _page(opening.opened(assessment_id, code, current_actor()), framework, asked, form=form), status


@bp.post(f"{AT}/keep")
@signed_in
def keep(assessment_id: UUID, code: str) -> Response | tuple[Response, int]:
    """Keep the answer while it is written, and say what it counts as now. The script of the page asks for it."""
    now = clock.now()
    try:
        with transaction():
            at = at_work(assessment_id, code, current_actor())
            framework = pinned(at.framework, at.version)
            asked = framework.question(code)
            form = AnswerForm(choices=question_page.choices(framework, asked), meta=CHECKED)
            if not form.validate_on_submit():
                raise Invalid(next(iter(form.errors.values()))[0])
            saved = _save(at, form, checked=False)
            counts = question_page.counts_saved(at, framework, asked, saved, today=clock.day_of(now))
    except NotFound:
        raise
    except DomainError as refusal:
        return jsonify(refused=translated(refusal.message)), refusal.status
    parts: Any = current_app.jinja_env.get_or_select_template("assessments/counts.html").module
    words = translated(question_page.saved_words(now, N_("you"), now))
    return jsonify(saved=words, revision=str(saved.revision), counts=parts.counts_note(counts))


@bp.get(f"{AT}/versions")
@signed_in
def versions(assessment_id: UUID, code: str) -> str:
    """Everything that was saved for a question, the newest first."""
    assessment, framework, asked = open_question(assessment_id, code)
    row = drafting.answer_to(assessment, code)
    found, older = drafting.versions_of(row, before=earlier_than()) if row else ((), None)
    return render_template(
        "assessments/versions.html",
        assessment=assessment,
        question=asked,
        versions=conflict.version_lines(framework, found),
        older=older,
    )


def _save(at: AtWork, form: AnswerForm, *, checked: bool) -> Standing:
    typed = form.written()
    return operations.save_answer(
        at,
        rating=typed.rating,
        not_applicable=typed.not_applicable,
        reason=typed.reason,
        account=typed.account,
        revision=form.made_from(),
        checked=checked,
        actor=current_actor(),
        now=clock.now(),
    )


def _take_off(assessment: Assessment, code: str) -> None:
    """What the pressed button takes off the answer, if it is one of those."""
    kind, _, key = request.form.get("remove", "").partition(":")
    who, now = current_actor(), clock.now()
    if kind == "evidence":
        operations.detach_evidence(assessment, code, _linked(Evidence, key), actor=who, now=now)
    elif kind == "change":
        operations.detach_change(assessment, code, _linked(ChangeRecord, key), actor=who, now=now)


def _linked(model: type[Thing], key: str) -> Thing:
    try:
        found = db.session.get(model, UUID(key))
    except ValueError:
        found = None
    if found is None:
        raise NotFound
    return found


def _conflict(assessment: Assessment, framework: Framework, asked: Question, stale: StaleAnswer) -> Page:
    """Two people wrote at once. What this one typed is put aside, so that it is there whatever they choose."""
    with transaction():
        operations.put_aside(assessment, asked.code, stale.yours, actor=current_actor(), now=clock.now())
    form = AnswerForm(choices=question_page.choices(framework, asked), standing=conflict.merged(stale), formdata=None)
    form.revision.data = str(stale.revision)
    page = render_template(
        "assessments/stale.html",
        assessment=assessment,
        question=asked,
        form=form,
        yours=conflict.version_text(framework, stale.yours),
        theirs=conflict.version_text(framework, stale.theirs),
        fields=conflict.fields_of(stale),
        saved=question_page.saved_words(stale.saved_at, drafting.name_of(stale.saved_by), clock.now()),
    )
    return page, stale.status


def _closed(
    assessment: Assessment, framework: Framework, asked: Question, form: AnswerForm, closed: WrongState
) -> Page:
    """Too late to save: what was typed is shown, so that it can be copied."""
    typed = conflict.version_text(framework, form.written())
    page = render_template(
        "assessments/closed.html", assessment=assessment, question=asked, typed=typed, why=closed.message
    )
    return page, closed.status


def _onward(assessment_id: UUID, framework: Framework, code: str) -> Response:
    """Where the pressed button leads."""
    go = request.form.get("go", "stay")
    flash(Phrase("Saved: {short}.", short=framework.question(code).short))
    if go in {"evidence", "attach", "changes"}:
        return redirect(url_for(f".{go}", assessment_id=assessment_id, code=code, words=words()))
    beside = {"next": question_page.code_after, "previous": question_page.code_before}.get(go)
    if beside is None and go != "leave":
        return to_question(assessment_id, code)
    following = beside(framework, code) if beside else None
    return (
        to_question(assessment_id, following) if following else redirect(url_for(".tasks", assessment_id=assessment_id))
    )


def _page(opened: opening.Opened, framework: Framework, asked: Question, *, form: AnswerForm | None) -> str:
    """The question page. Without a form it shows what is saved."""
    assessment, row = opened.assessment, opened.row
    page = question_page.question_page(assessment, framework, asked, drafting.outline(assessment))
    if form is None:
        form = AnswerForm(choices=page.choices, standing=written(row), formdata=None)
        form.revision.data = str(row.revision) if row else ""
    return render_template(
        "assessments/question.html",
        assessment=assessment,
        page=page,
        form=form,
        plain=words(),
        keeper=current_actor().person_id,
        counts=question_page.counts_now(assessment, framework, asked, row, today=clock.today()),
        evidence=pages.evidence_lines(framework, queries.standing_evidence(row) if row else ()),
        changes=pages.change_lines([link.change for link in row.changes] if row else ()),
        carried=question_page.carried_words(row),
        asked=more.asked_for(assessment),
        saved=_saved(row, opened.saved_by),
        saved_before=row is not None,
        families=families_page.beside_own(assessment, framework, asked.code, row, met=opened.met),
        hand=colleagues.hand_words(opened.hand, today=clock.today()),
        notes=opened.notes,
    )


def _saved(row: Answer | None, who: str) -> str:
    if row is None:
        return N_("Not saved yet")
    return question_page.saved_words(row.saved_at, who, clock.now())


def _read_only(opened: opening.Opened, framework: Framework, asked: Question) -> str:
    """An answer that can't be changed: as it was sent in, or as it stood when the assessment was withdrawn."""
    assessment, row = opened.assessment, opened.row
    kept = assessment.snapshot["answers"][asked.code] if assessment.snapshot else None
    scored = queries.scored(assessment, today=clock.today())
    return render_template(
        "assessments/answer.html",
        assessment=assessment,
        page=question_page.question_page(assessment, framework, asked, drafting.outline(assessment)),
        counts=question_page.counts_as_sent(framework, scored.credited[asked.code]),
        standing=conflict.version_text(framework, written(row)),
        backing=pages.sent_titles(kept) if kept else pages.backing_titles(row),
        families=families_page.beside_own(assessment, framework, asked.code, row, met=opened.met),
    )
