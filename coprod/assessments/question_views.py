from typing import TypeVar
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coprod.assessments import conflict, drafting, operations, pages, queries
from coprod.assessments.answering import StaleAnswer, written
from coprod.assessments.blueprint import bp
from coprod.assessments.forms import AnswerForm, AttachForm, EvidenceForm
from coprod.assessments.models import Answer, Assessment
from coprod.changes.models import ChangeRecord
from coprod.database import db
from coprod.errors import Busy, Invalid, NotFound, WrongState
from coprod.evidence import operations as evidence_room
from coprod.evidence.models import Evidence
from coprod.framework import scoring
from coprod.framework.model import Framework, Question
from coprod.transaction import transaction
from coprod.web import clock
from coprod.web.access import current_actor, signed_in
from coprod.web.forms import explain

AT = "/assessments/<uuid:assessment_id>/questions/<code>"
Page = str | tuple[str, int]
Thing = TypeVar("Thing", Evidence, ChangeRecord)


@bp.get(AT)
@signed_in
def question(assessment_id: UUID, code: str) -> str:
    """One question: what it asks, what is written, and what that counts as."""
    assessment, framework, asked = _asked(assessment_id, code)
    if not pages.is_writable(assessment):
        return _read_only(assessment, framework, asked)
    return _page(assessment, framework, asked, drafting.answer_to(assessment, code), form=None)


@bp.post(AT)
@signed_in
def save(assessment_id: UUID, code: str) -> Response | Page:
    """Keep the answer, then go where the pressed button says. Whatever goes wrong, what was typed is shown again."""
    assessment, framework, asked = _asked(assessment_id, code)
    form = AnswerForm(choices=pages.choices(framework, asked))
    status = 422
    if form.validate_on_submit():
        try:
            _save(assessment, code, form)
        except StaleAnswer as stale:
            return _conflict(assessment, framework, asked, stale)
        except WrongState as closed:
            typed = conflict.version_text(framework, form.written())
            return render_template(
                "assessments/closed.html", assessment=assessment, question=asked, typed=typed, why=closed.message
            ), 409
        except Invalid as refusal:
            explain(form, refusal)
        except Busy as busy:
            status = busy.status
            explain(form, Invalid(busy.message, field="account"))
        else:
            return _onward(assessment_id, framework, code)
    row = drafting.answer_to(assessment, code)
    return _page(assessment, framework, asked, row, form=form), status


@bp.get(f"{AT}/versions")
@signed_in
def versions(assessment_id: UUID, code: str) -> str:
    """Everything that was saved for a question, the newest first."""
    assessment, framework, asked = _asked(assessment_id, code)
    row = drafting.answer_to(assessment, code)
    found = conflict.version_lines(framework, drafting.versions_of(row) if row else ())
    return render_template("assessments/versions.html", assessment=assessment, question=asked, versions=found)


@bp.route(f"{AT}/evidence", methods=["GET", "POST"])
@signed_in
def evidence(assessment_id: UUID, code: str) -> Response | Page:
    """Add a link or a statement to this answer. What the organisation has already can be chosen instead."""
    assessment, framework, asked = _asked(assessment_id, code)
    form = EvidenceForm(kinds=framework.evidence_kinds)
    if form.validate_on_submit():
        try:
            with transaction():
                who, now = current_actor(), clock.now()
                item = evidence_room.add(
                    assessment.organisation_id, **form.facts(), actor=who, now=now, today=clock.today()
                )
                operations.attach_evidence(assessment, code, item, actor=who, now=now)
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash("Added to this answer. You can attach it to other answers too.")
            return _to_question(assessment_id, code)
    page = render_template(
        "assessments/evidence.html",
        assessment=assessment,
        question=asked,
        form=form,
        guidance=framework.guidance,
        existing=pages.evidence_lines(framework, drafting.evidence_to_attach(assessment, code)),
    )
    return (page, 422) if form.errors else page


@bp.route(f"{AT}/attach", methods=["GET", "POST"])
@signed_in
def attach(assessment_id: UUID, code: str) -> Response | Page:
    """Link evidence that the organisation has already to this answer too."""
    assessment, framework, asked = _asked(assessment_id, code)
    found = {str(item.id): item for item in drafting.evidence_to_attach(assessment, code)}
    lines = pages.evidence_lines(framework, tuple(found.values()))
    form = AttachForm(things=[(str(line.id), line.title) for line in lines])
    if form.validate_on_submit():
        with transaction():
            for key in form.chosen:
                operations.attach_evidence(assessment, code, found[key], actor=current_actor(), now=clock.now())
        flash("Attached to this answer.")
        return _to_question(assessment_id, code)
    words = {str(line.id): line.line for line in lines}
    page = render_template(
        "assessments/attach.html", assessment=assessment, question=asked, form=form, words=words, any=bool(lines)
    )
    return (page, 422) if form.errors else page


@bp.route(f"{AT}/changes", methods=["GET", "POST"])
@signed_in
def changes(assessment_id: UUID, code: str) -> Response | Page:
    """Link change records to this answer, or go and write one."""
    assessment, _, asked = _asked(assessment_id, code)
    found = {str(record.id): record for record in drafting.changes_to_attach(assessment, code)}
    lines = pages.change_lines(tuple(found.values()))
    form = AttachForm(things=[(str(line.id), line.title) for line in lines])
    if form.validate_on_submit():
        with transaction():
            for key in form.chosen:
                operations.attach_change(assessment, code, found[key], actor=current_actor(), now=clock.now())
        flash("Attached to this answer.")
        return _to_question(assessment_id, code)
    words = {str(line.id): f"{line.line}. {line.warning}".strip() for line in lines}
    page = render_template(
        "assessments/changes.html", assessment=assessment, question=asked, form=form, words=words, any=bool(lines)
    )
    return (page, 422) if form.errors else page


def _asked(assessment_id: UUID, code: str) -> tuple[Assessment, Framework, Question]:
    assessment = queries.for_member(assessment_id, current_actor())
    framework = queries.framework_of(assessment)
    return assessment, framework, framework.question(code)


def _save(assessment: Assessment, code: str, form: AnswerForm) -> None:
    """One transaction: the answer, and what the pressed button takes off it."""
    typed, who, now = form.written(), current_actor(), clock.now()
    with transaction():
        operations.save_answer(
            assessment,
            code,
            rating=typed.rating,
            not_applicable=typed.not_applicable,
            reason=typed.reason,
            account=typed.account,
            revision=form.made_from(),
            actor=who,
            now=now,
        )
        kind, _, key = request.form.get("remove", "").partition(":")
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
    form = AnswerForm(choices=pages.choices(framework, asked), standing=conflict.merged(stale), formdata=None)
    form.revision.data = str(stale.revision)
    page = render_template(
        "assessments/stale.html",
        assessment=assessment,
        question=asked,
        form=form,
        yours=conflict.version_text(framework, stale.yours),
        theirs=conflict.version_text(framework, stale.theirs),
        fields=conflict.fields_of(stale),
        saved=pages.saved_words(stale.saved_at, drafting.name_of(stale.saved_by), clock.now()),
    )
    return page, stale.status


def _onward(assessment_id: UUID, framework: Framework, code: str) -> Response:
    """Where the pressed button leads."""
    go = request.form.get("go", "stay")
    flash(f"Saved: {framework.question(code).short}.")
    if go in {"evidence", "attach", "changes"}:
        return redirect(url_for(f".{go}", assessment_id=assessment_id, code=code))
    following = pages.code_after(framework, code) if go == "next" else None
    if following is not None:
        return _to_question(assessment_id, following)
    if go in {"next", "leave"}:
        return redirect(url_for(".tasks", assessment_id=assessment_id))
    return _to_question(assessment_id, code)


def _to_question(assessment_id: UUID, code: str) -> Response:
    return redirect(url_for(".question", assessment_id=assessment_id, code=code))


def _page(
    assessment: Assessment, framework: Framework, asked: Question, row: Answer | None, *, form: AnswerForm | None
) -> str:
    """The question page. Without a form it shows what is saved."""
    page = pages.question_page(assessment, framework, asked, drafting.outline(assessment))
    if form is None:
        form = AnswerForm(choices=page.choices, standing=written(row), formdata=None)
        form.revision.data = str(row.revision) if row else ""
    told = queries.told(row) if row else scoring.Answer(asked.code, None)
    credited = scoring.credited(framework, asked, told, on=clock.today(), first=assessment.first)
    return render_template(
        "assessments/question.html",
        assessment=assessment,
        page=page,
        form=form,
        counts=pages.counts(framework, credited),
        evidence=pages.evidence_lines(framework, queries.standing_evidence(row) if row else ()),
        changes=pages.change_lines([link.change for link in row.changes] if row else ()),
        saved=pages.saved_words(row.saved_at, drafting.name_of(row.saved_by), clock.now()) if row else "Not saved yet",
        has_versions=row is not None and row.revision > 1,
    )


def _read_only(assessment: Assessment, framework: Framework, asked: Question) -> str:
    """An answer that can't be changed: as it was sent in, or as it stood when the assessment was withdrawn."""
    row = drafting.answer_to(assessment, asked.code)
    kept = assessment.snapshot["answers"][asked.code] if assessment.snapshot else None
    scored = queries.scored(assessment, today=clock.today())
    return render_template(
        "assessments/answer.html",
        assessment=assessment,
        page=pages.question_page(assessment, framework, asked, drafting.outline(assessment)),
        counts=pages.counts_as_sent(framework, scored.credited[asked.code]),
        standing=conflict.version_text(framework, written(row)),
        backing=pages.sent_titles(kept) if kept else pages.backing_titles(row),
    )
