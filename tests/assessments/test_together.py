"""Colleagues who share the work: whose question it is, notes that never leave the organisation, who changed what."""

import re
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from coprod.assessments import colleagues, drafting, extra, operations, queries, story, together
from coprod.assessments.models import Note
from coprod.assessments.rules import State
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, WrongState
from coprod.framework.queries import current_framework
from coprod.history import Event
from coprod.organisations.rules import Kind
from coprod.transaction import transaction
from tests.support import assessments as make
from tests.support import build

DUE = date(2026, 12, 1)
ROOT = Path(together.__file__).parent


@pytest.fixture
def draft(school, lead):
    return make.started(school, lead)


@pytest.fixture
def at(client, draft):
    client.sign_in("ravi.lead@example.org")
    return client


def give(draft, code, to, by, due=DUE, today=make.TODAY):
    with transaction():
        together.assign(draft, code, person_id=to.person_id, due=due, actor=by, now=make.MOMENT, today=today)


def note(draft, by, text="Ask the forum", about="RA1"):
    with transaction():
        return together.write_note(draft, about, text=text, actor=by, now=make.MOMENT)


def test_a_question_is_one_persons_at_a_time(draft, lead, contributor):
    give(draft, "RA1", contributor, lead)
    give(draft, "RA1", lead, contributor, due=DUE + timedelta(days=1))
    hand = colleagues.hands(draft)["RA1"]
    assert (hand.person_id, hand.due) == (lead.person_id, DUE + timedelta(days=1))
    with transaction():
        together.unassign(draft, "RA1", actor=lead, now=make.MOMENT)
    assert "RA1" not in colleagues.hands(draft)


def test_a_question_goes_only_to_colleagues_and_to_a_day_to_come(draft, lead, stranger):
    with pytest.raises(Invalid, match="one of your colleagues"):
        give(draft, "RA1", stranger, lead)
    with pytest.raises(Invalid, match="from today on"):
        give(draft, "RA1", lead, lead, due=make.TODAY - timedelta(days=1))
    with pytest.raises(NotFound):
        give(draft, "XX9", lead, lead)
    with pytest.raises(NotAllowed):
        give(draft, "RA1", lead, stranger)


def test_nobody_is_given_a_question_once_it_is_sent_in(draft, lead):
    with transaction():
        draft.state = State.SUBMITTED.value
    with pytest.raises(WrongState):
        give(draft, "RA1", lead, lead)


def test_ones_own_list_leaves_out_what_is_answered(draft, lead, contributor):
    for code in ("RA1", "RA2"):
        give(draft, code, contributor, lead)
    make.save(draft, "RA2", contributor)
    outline = drafting.outline(draft)
    mine = colleagues.yours(colleagues.hands(draft), outline, contributor.person_id)
    assert [hand.code for hand in mine] == ["RA1"]


def test_the_list_says_what_is_overdue_and_leads_to_it(client, app, school, draft, lead, contributor):
    give(draft, "RA1", contributor, lead)
    give(draft, "LLE2", contributor, lead, due=DUE + timedelta(days=30))
    app.config["CLOCK"] = lambda: make.MOMENT + timedelta(days=20)
    client.sign_in("cat.contributor@example.org")
    page = client.get(f"/organisations/{school.id}")
    page = client.follow("2 questions are yours to do, 1 of them overdue")
    assert "Yours to do Voice changed the plan by 1 December 2026 Overdue" in page.text
    assert "RA1. Authenticity check. For Cat Contributor, by 1 December 2026, overdue" in page.text
    page = client.get(page.link("Voice changed the plan"))
    assert "For Cat Contributor, by 1 December 2026, overdue" in page.text


def test_a_question_is_given_away_and_taken_back_on_its_page(at, draft, contributor):
    at.get(f"/assessments/{draft.id}/questions/RA1")
    at.follow("Say who answers this")
    page = at.submit("Save", status=422, person=str(contributor.person_id))
    assert page.errors == ["Enter a date"]
    page = at.submit("Save", person=str(contributor.person_id), due=["1", "12", "2026"])
    assert "For Cat Contributor, by 1 December 2026" in page.text
    at.follow("Change who answers this")
    page = at.submit("Save", person="")
    assert "Say who answers this" in page.links()


def test_notes_are_read_by_colleagues_and_taken_away_by_who_wrote_them(client, draft, lead, contributor):
    written = note(draft, lead, "Ask the forum for the minutes")
    client.sign_in("cat.contributor@example.org")
    client.get(f"/assessments/{draft.id}/questions/RA1")
    page = client.follow("Notes for colleagues")
    assert "Ravi Lead, 22 November 2026 at 10:30am Ask the forum for the minutes" in page.text
    assert "Remove your note" not in page.text
    page = client.submit("Add this note", text="I have them")
    assert "I have them" in page.text
    with pytest.raises(NotFound), transaction():
        together.remove_note(draft, written.id, actor=contributor, now=make.MOMENT)
    client.submit("Remove your note of 22 November 2026 at 10:30am")
    assert [each.text for each in db.session.scalars(select(Note))] == ["Ask the forum for the minutes"]


def test_a_note_says_something_about_a_question_that_there_is(draft, lead, stranger):
    with pytest.raises(Invalid):
        note(draft, lead, "  ")
    with pytest.raises(NotFound):
        note(draft, lead, about="XX9")
    with pytest.raises(NotAllowed):
        note(draft, stranger)
    with pytest.raises(NotFound), transaction():
        together.remove_note(draft, uuid4(), actor=lead, now=make.MOMENT)


def test_a_note_is_never_sent_in(school, lead):
    draft = make.answered(school, lead)
    note(draft, lead, "CANARY between us")
    with transaction():
        operations.submit(draft, declared=True, actor=lead, now=make.MOMENT, today=make.TODAY)
    assert "CANARY" not in str(draft.snapshot)
    assert not [event for event in db.session.scalars(select(Event)) if "CANARY" in f"{event.facts}{event.why}"]


def test_the_story_says_who_did_what_with_the_newest_first(at, draft, lead, contributor):
    make.save(draft, "RA1", contributor, 3)
    give(draft, "RA2", contributor, lead)
    page = at.get(f"/assessments/{draft.id}/story")
    said = page.text
    assert "Saved the answer: Shaping: Voice changed the plan Cat Contributor, 22 November 2026 at 10:30am" in said
    assert said.index("Said who answers it") < said.index("Saved the answer") < said.index("Started the")
    page = at.follow("See what was written for Voice changed the plan")
    assert page.h1 == "Versions: Voice changed the plan"


def test_a_long_story_goes_on_on_the_next_page(at, draft, lead, monkeypatch):
    monkeypatch.setattr(story, "PAGE", 2)
    for code in ("RA1", "RA2", "RA3", "RA4"):
        make.save(draft, code, lead)
    page = at.get(f"/assessments/{draft.id}/story")
    seen = 0
    while "Older" in page.links():
        seen += 1
        page = at.follow("Older")
    assert seen == 2
    assert "Started the self-assessment" in page.text


def test_what_reviewers_do_is_not_in_the_story(draft):
    """Whoever adds an event says whether it is told here, or is the reviewers' own."""
    recorded = {
        name
        for file in ROOT.glob("*.py")
        for name in re.findall(r'"((?:answer|assessment|question|note)\.\w+)"', file.read_text())
    }
    theirs = {"assessment.moderation_began", "assessment.provisional", "assessment.final", "assessment.more_asked"}
    theirs |= {"assessment.taken_up_again"}
    assert recorded - theirs <= set(story.WORDS)
    assert not theirs & set(story.WORDS)


@pytest.mark.parametrize("kind", Kind)
def test_extra_questions_fit_the_kind_and_are_there(app, kind):
    framework = current_framework()
    assert len(extra.prompts_for(kind, framework)) == len(extra.FOR_KIND.get(kind, ()))


def test_extra_questions_are_talked_over_and_not_scored(client, lead):
    special = build.organisation("Larch School", kind="special")
    who = build.person("Lena Larch")
    build.membership(who, special)
    draft = make.started(special, build.actor(who.id))
    before = queries.scored(draft, today=make.TODAY)
    client.sign_in("lena.larch@example.org")
    client.get(f"/assessments/{draft.id}")
    page = client.follow("Extra questions, not scored")
    prompt = "How do we involve families who live far away or use transport?"
    assert prompt in page.text
    assert "0 notes" in page.text
    client.follow(f"Notes for colleagues : {prompt}")
    page = client.submit("Add this note", text="By video call")
    assert page.h1 == f"Notes: {prompt}"
    assert "1 note" in client.follow("Back to the extra questions").text
    assert queries.scored(draft, today=make.TODAY) == before


def test_a_kind_without_extra_questions_is_told_so(at, draft):
    assert "None for your kind of organisation" in at.get(f"/assessments/{draft.id}/extra").text
