from uuid import UUID

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from coprod.assessments import families_page, meeting_queries, meetings, queries
from coprod.assessments.blueprint import bp
from coprod.assessments.families_page import as_read, as_sent, in_words
from coprod.assessments.family_forms import MeetingForm, ViewsForm, views_form
from coprod.assessments.forms import PressForm
from coprod.assessments.meetings import StaleViews, typed_in
from coprod.assessments.models import Assessment, FamilyMeeting
from coprod.assessments.rules import WRITABLE, State
from coprod.errors import Invalid
from coprod.framework.model import Framework
from coprod.framework.on_paper import Print
from coprod.phrases import N_, Phrase, Phrases
from coprod.transaction import transaction
from coprod.web import clock
from coprod.web.access import current_actor, signed_in
from coprod.web.forms import explain
from coprod.web.notices import flash

FAMILIES = "/assessments/<uuid:assessment_id>/families"
MEETING = f"{FAMILIES}/<uuid:meeting_id>"
Page = str | tuple[str, int]


@bp.get(FAMILIES)
@signed_in
def families(assessment_id: UUID) -> str:
    """What families said, beside the organisation's own answers; and the pack for a meeting."""
    assessment = queries.for_member(assessment_id, current_actor())
    framework = queries.framework_of(assessment)
    view, own = meeting_queries.view_of(assessment), families_page.own_ratings(assessment)
    return render_template(
        "assessments/families.html",
        assessment=assessment,
        layouts=tuple(Print),
        meetings=families_page.meeting_lines(meeting_queries.meetings_of(assessment), framework),
        lines=families_page.all_beside(framework, view, own),
        gaps=families_page.gaps(framework, view, own),
        writable=_writable(assessment),
    )


@bp.route(f"{FAMILIES}/new", methods=["GET", "POST"])
@signed_in
def add_meeting(assessment_id: UUID) -> Response | Page:
    """When it was, and who took part: the first thing that is typed in."""
    assessment = queries.for_member(assessment_id, current_actor())
    form = MeetingForm()
    if form.validate_on_submit():
        try:
            with transaction():
                meeting = meetings.add_meeting(
                    assessment, **form.facts(), actor=current_actor(), now=clock.now(), today=clock.today()
                )
        except Invalid as refusal:
            explain(form, refusal)
        else:
            return redirect(url_for(".meeting", assessment_id=assessment_id, meeting_id=meeting.id))
    page = render_template("assessments/add_meeting.html", assessment=assessment, form=form, changing=False)
    return (page, 422) if form.errors else page


@bp.get(MEETING)
@signed_in
def meeting(assessment_id: UUID, meeting_id: UUID) -> str:
    """One meeting, value by value."""
    assessment, found = meeting_queries.meeting_of(assessment_id, meeting_id, current_actor())
    framework = queries.framework_of(assessment)
    (line,) = families_page.meeting_lines([found], framework)
    return render_template(
        "assessments/meeting.html",
        assessment=assessment,
        meeting=line,
        values=families_page.value_lines(found, framework),
        writable=_writable(assessment),
        form=PressForm(),
    )


@bp.route(f"{MEETING}/change", methods=["GET", "POST"])
@signed_in
def change_meeting(assessment_id: UUID, meeting_id: UUID) -> Response | Page:
    assessment, found = meeting_queries.meeting_of(assessment_id, meeting_id, current_actor())
    form = MeetingForm(obj=found)
    if form.validate_on_submit():
        try:
            with transaction():
                meetings.change_meeting(
                    assessment, found, **form.facts(), actor=current_actor(), now=clock.now(), today=clock.today()
                )
        except Invalid as refusal:
            explain(form, refusal)
        else:
            flash(N_("The meeting is changed."))
            return redirect(url_for(".meeting", assessment_id=assessment_id, meeting_id=meeting_id))
    page = render_template("assessments/add_meeting.html", assessment=assessment, form=form, changing=True)
    return (page, 422) if form.errors else page


@bp.post(f"{MEETING}/remove")
@signed_in
def remove_meeting(assessment_id: UUID, meeting_id: UUID) -> Response:
    assessment, found = meeting_queries.meeting_of(assessment_id, meeting_id, current_actor())
    with transaction():
        meetings.remove_meeting(assessment, found, actor=current_actor(), now=clock.now())
    flash(N_("The meeting is removed, with its numbers."))
    return redirect(url_for(".families", assessment_id=assessment_id))


@bp.route(f"{MEETING}/<value>", methods=["GET", "POST"])
@signed_in
def views_of_value(assessment_id: UUID, meeting_id: UUID, value: str) -> Response | Page:
    """Type in what people chose and said for the questions of one value."""
    assessment, found = meeting_queries.meeting_of(assessment_id, meeting_id, current_actor())
    framework = queries.framework_of(assessment)
    asked = framework.value(value)
    form = views_form(framework, asked, typed_in(found))
    status, theirs = 422, tuple[str, ...]()
    if form.validate_on_submit():
        try:
            _record(assessment, found, form)
        except Invalid as refusal:
            explain(form, refusal)
        except StaleViews as moved:
            status, theirs = moved.status, _theirs(framework, form, moved)
        else:
            flash(Phrase("Saved what people said about “{name}”.", name=asked.name))
            return redirect(url_for(".meeting", assessment_id=assessment_id, meeting_id=meeting_id))
    elif not form.is_submitted():
        form.stood.data = as_sent(typed_in(found))
    page = render_template(
        "assessments/views_of_value.html",
        assessment=assessment,
        meeting=found,
        value=asked,
        value_index=framework.values.index(asked),
        questions=families_page.boxes(framework, asked, form),
        theirs=theirs,
        took_part=families_page.took_part(found.parents, found.young_people),
        form=form,
    )
    return (page, status) if form.errors else page


def _record(assessment: Assessment, found: FamilyMeeting, form: ViewsForm) -> None:
    with transaction():
        meetings.record_views(
            assessment,
            found,
            views=form.typed(),
            stood=as_read(form.stood.data),
            actor=current_actor(),
            now=clock.now(),
        )


def _theirs(framework: Framework, form: ViewsForm, moved: StaleViews) -> tuple[str, ...]:
    """What somebody else typed meanwhile. What is in the boxes stays; saving again puts it in place of theirs."""
    form.stood.data = as_sent({**as_read(form.stood.data), **moved.theirs})
    words = moved.message, N_("Check theirs against yours, then save again to use yours.")
    explain(form, Invalid(Phrases(words, between=" ")))
    return tuple(
        Phrase("{code}, theirs: {words}", code=code, words=Phrases((in_words(framework, theirs),)))
        for code, theirs in moved.theirs.items()
    )


def _writable(assessment: Assessment) -> bool:
    return State(assessment.state) in WRITABLE
