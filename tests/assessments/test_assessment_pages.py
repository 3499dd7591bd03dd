from datetime import timedelta

import pytest
from sqlalchemy import select

from coprod.assessments import drafting, operations, queries
from coprod.assessments.models import Assessment
from coprod.assessments.rules import State
from coprod.changes.models import ChangeRecord
from coprod.database import db
from coprod.framework.queries import current_framework
from coprod.transaction import transaction
from tests.support import assessments as make
from tests.support.client import Client


@pytest.fixture
def draft(school, lead):
    return make.started(school, lead)


@pytest.fixture
def at(client, draft):
    """The lead, signed in, and the addresses of one draft."""
    client.sign_in("ravi.lead@example.org")
    return client


def question_of(draft, code="RA1"):
    return f"/assessments/{draft.id}/questions/{code}"


def filled(page, name):
    """What a field of the page holds now."""
    fields = [*page.tree.iter("textarea"), *page.tree.iter("input")]
    field = next(e for e in fields if e.get("name") == name and e.get("type") not in {"radio", "checkbox"})
    return (field.get("value") or "".join(field.itertext())).lstrip("\n")


def chosen(page):
    radios = [e for e in page.tree.iter("input") if e.get("name") == "rating"]
    return [e.get("value") for e in radios if e.get("checked") is not None]


def test_all_25_questions_are_answered_through_pages_and_sent_in(client, school, lead):
    backing, record = make.item(school, lead), make.change(school, lead, confirmed=True)
    backing, record = str(backing.id), str(record.id)
    client.sign_in("ravi.lead@example.org")
    client.get(f"/organisations/{school.id}")
    page = client.submit("Start the self-assessment")
    assert "0 of 25 answered" in page.text
    client.follow("Go on with: Hearing from many families")
    for number, question in enumerate(current_framework().questions, start=1):
        assert client.page.h1 == question.title
        client.submit("Save and add evidence", rating="2", account=f"What we do about {question.short}.")
        client.follow("Use evidence that you added before")
        client.submit("Attach to this answer", things=[backing])
        client.submit("Save and add a change record")
        page = client.submit("Attach to this answer", things=[record])
        assert "Parent survey" in page.text
        assert "Meetings moved" in page.text
        assert f"{number} of 25 answered" in page.text
        page = client.submit("Save and next")
    assert page.h1 == "Self-assessment"
    client.follow("Improvement plan")
    page = client.submit("Add to the plan", what="Ask about times", owner="SENCO", due=["31", "1", "2027"])
    assert "SENCO, by 31 January 2027" in page.text
    page = client.follow("Score and next steps")
    assert "49.0% overall" in page.text
    page = client.follow("Check and send in")
    assert "Every question has an answer" in page.text
    page = client.submit("Send it in", status=422)
    assert page.errors == ["Tick the box to say that this is a true account"]
    page = client.submit("Send it in", declared=True)
    assert "Thank you. Your self-assessment is sent in" in page.text
    assert "What happens next" in page.text
    sent = db.session.scalars(select(Assessment)).one()
    assert sent.state == "submitted"
    assert {answer["claimed"] for answer in sent.snapshot["answers"].values()} == {2}
    page = client.get(f"/organisations/{school.id}")
    assert "Sent in, waiting for reviewers" in page.text
    assert "Nothing to do just now" in page.text


def test_an_answer_shows_what_it_counts_as_and_the_one_thing_that_would_raise_it(at, draft):
    at.get(question_of(draft))
    page = at.submit("Save and stay", rating="3", account="We changed the times.")
    assert "Responsive and accountable, question 1 of 5. The core authenticity check" in page.text
    assert "You chose Shaping" in page.text
    assert "Counts as Telling for now" in page.text
    assert "To raise it: Attach" in page.text or "To raise it: Link" in page.text
    assert "Saved at 10:30am by Ravi Lead" in page.text
    assert "1 of 25 answered" in page.text
    assert filled(page, "account") == "We changed the times."


def test_with_evidence_it_counts_as_more_and_says_how_far_it_is(at, school, lead, draft):
    make.save(draft, "RA1", lead, 3)
    record = make.change(school, lead, confirmed=True)
    with transaction():
        operations.attach_change(draft, "RA1", record, actor=lead, now=make.MOMENT)
    page = at.get(question_of(draft))
    assert "Counts as Asking for now" in page.text
    assert "You have 1 of the 3 it needs." in page.text


def test_the_wording_is_the_organisations_own_with_plain_words_beside_it(at, draft):
    question = current_framework().question("RA1")
    page = at.get(question_of(draft))
    assert question.wording["school"] in page.text
    assert question.wording["service"] not in page.text
    for words in (*question.descriptors, *question.prompts):
        assert words in page.text
    page = at.follow("Read this in plain words")
    assert question.plain in page.text
    assert question.wording["school"] not in page.text
    page = at.submit("Save and next", rating="1")
    assert current_framework().question("RA2").plain in page.text
    assert current_framework().question("RA2").wording["school"] in at.follow("Read this in the usual words").text


@pytest.mark.parametrize(
    ("button", "lands_on"),
    [
        ("Save and next", "Do we tell families what we did with what they said?"),
        ("Save and go back one", "Do we check how well we co-produce, with families, and set next steps together?"),
        ("Save and stay", "Can we evidence where parent voice changed the plan?"),
        ("Save and leave", "Self-assessment"),
        ("Save and add evidence", "Add evidence for “Voice changed the plan”"),
        ("Save and add a change record", "Attach a change record to “Voice changed the plan”"),
    ],
)
def test_every_button_saves_first(at, draft, button, lands_on):
    at.get(question_of(draft))
    page = at.submit(button, account="Not lost")
    assert page.h1 == lands_on
    assert "Saved: Voice changed the plan." in page.text
    assert drafting.answer_to(draft, "RA1").account == "Not lost"


def test_removing_evidence_keeps_what_was_typed(at, school, lead, draft):
    make.save(draft, "RA1", lead, 2)
    item = make.item(school, lead)
    with transaction():
        operations.attach_evidence(draft, "RA1", item, actor=lead, now=make.MOMENT)
    at.get(question_of(draft))
    page = at.submit("Remove Parent survey from this answer", account="Typed before removing")
    assert "Parent survey" not in page.text
    assert filled(page, "account") == "Typed before removing"


def test_a_check_offers_no_way_out(at, draft):
    at.get(question_of(draft))
    assert "does not apply" not in at.page.text
    page = at.post(question_of(draft), {**token(at), "rating": "na", "reason": "No"}, status=422)
    assert page.errors == ["Choose one of the answers"]


def token(client):
    return {"csrf_token": filled(client.page, "csrf_token")}


def test_not_applying_needs_a_reason_and_the_words_stay(at, draft):
    at.get(question_of(draft, "LLE1"))
    page = at.submit("Save and next", status=422, rating="na", account="Typed")
    assert page.errors == ["Say why this does not apply to you"]
    assert (chosen(page), filled(page, "account")) == (["na"], "Typed")
    page = at.submit("Save and stay", reason="We hold no meetings.")
    assert "Left out of your score" in page.text
    assert filled(page, "reason") == "We hold no meetings."


def test_a_second_one_in_a_value_is_refused_and_names_the_first(at, draft, lead):
    make.save(draft, "LLE1", lead, not_applicable=True, reason="We hold no meetings.")
    page = at.get(question_of(draft, "LLE2"))
    assert "Here “Hearing from many families” is." in page.text
    page = at.submit("Save and stay", status=422, rating="na", reason="Typed reason")
    assert "“Hearing from many families” is marked already" in page.errors[0]
    assert filled(page, "reason") == "Typed reason"
    assert drafting.answer_to(draft, "LLE2") is None


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("x" * 5001, "Use 5,000 characters or fewer. You have used 5,001."),
        ("safe \u202e evil", "This has a character that can't be seen"),
    ],
)
def test_text_that_cant_be_kept_is_shown_again_with_why(at, draft, text, error):
    at.get(question_of(draft))
    page = at.submit("Save and stay", status=422, rating="2", account=text)
    assert error in page.errors[0]
    assert filled(page, "account") == text
    assert chosen(page) == ["2"]


def two_tabs(app, at, draft, contributor):
    """Both open the question; the colleague saves first."""
    colleague = Client(app)
    colleague.sign_in("cat.contributor@example.org")
    at.get(question_of(draft))
    colleague.get(question_of(draft))
    colleague.submit("Save and stay", rating="1", account="Theirs: a log.")
    return at.submit("Save and stay", status=409, rating="3", account="Yours: the times.")


def test_a_stale_save_shows_both_versions_and_keeps_them(app, at, draft, contributor):
    page = two_tabs(app, at, draft, contributor)
    assert page.h1 == "Two versions of one answer"
    for words in ("Yours: the times.", "Theirs: a log.", "by Cat Contributor", "Shaping", "Telling"):
        assert words in page.text
    assert drafting.answer_to(draft, "RA1").account == "Theirs: a log."
    page = at.get(f"{question_of(draft)}/versions")
    assert "Yours: the times." in page.text
    assert "Put aside" in page.text


def test_yours_can_be_chosen(app, at, draft, contributor):
    two_tabs(app, at, draft, contributor)
    page = at.submit("Use yours")
    assert (filled(page, "account"), chosen(page)) == ("Yours: the times.", ["3"])
    assert "Theirs: a log." in at.follow("Versions of this answer").text


def test_theirs_can_be_chosen_and_yours_is_still_there(app, at, draft, contributor):
    two_tabs(app, at, draft, contributor)
    page = at.follow("Use theirs")
    assert (filled(page, "account"), chosen(page)) == ("Theirs: a log.", ["1"])
    assert "Yours: the times." in at.follow("Versions of this answer").text


def test_both_can_be_put_together(app, at, draft, contributor):
    page = two_tabs(app, at, draft, contributor)
    assert filled(page, "account")  # Both texts stand in the box already.
    page = at.submit("Save this version", rating="2")
    assert filled(page, "account") == "Yours: the times.\r\n\r\nTheirs: a log.".replace("\r", "")
    assert chosen(page) == ["2"]


def test_words_written_after_it_was_sent_in_can_be_copied(at, school, lead, draft):
    at.get(question_of(draft))
    with transaction():
        draft.state = State.SUBMITTED.value
    page = at.submit("Save and next", status=409, account="Too late, but not lost")
    assert page.h1 == "This was not saved"
    assert "Too late, but not lost" in page.text


def test_a_disk_that_is_full_loses_no_words(at, draft, monkeypatch):
    from coprod.errors import Busy

    def full(*_args, **_given):
        raise Busy

    monkeypatch.setattr(operations, "save_answer", full)
    at.get(question_of(draft))
    page = at.submit("Save and next", status=503, rating="2", account="Typed")
    assert "We can't save anything just now" in page.errors[0]
    assert (filled(page, "account"), chosen(page)) == ("Typed", ["2"])


def test_evidence_is_added_from_the_question(at, draft):
    at.get(question_of(draft))
    at.submit("Save and add evidence", rating="2")
    page = at.submit("Add to this answer", status=422)
    for words in (
        "Choose what kind of evidence this is",
        "Enter a title",
        "Enter the date of the evidence",
        "Enter what this shows, in one line",
        "Confirm that no child can be identified",
    ):
        assert words in page.errors[0]
    typed = {
        "kind": "public_record",
        "title": "SEND report",
        "dated": ["1", "9", "2026"],
        "shows": "What changed",
        "no_child_named": True,
    }
    page = at.submit("Add to this answer", status=422, url="example.org", **typed)
    assert "Enter a web address that starts with https://" in page.errors[0]
    assert filled(page, "title") == "SEND report"
    page = at.submit("Add to this answer", url="https://www.example.org/send")
    assert "SEND report" in page.text
    assert "Public record, 1 September 2026." in page.text


def test_nothing_to_attach_says_what_to_do(at, draft):
    assert "Add new evidence" in at.get(f"{question_of(draft)}/attach").links()
    assert "Write a change record" in at.get(f"{question_of(draft)}/changes").links()


def test_something_must_be_chosen_to_be_attached(at, school, lead, draft):
    make.item(school, lead)
    at.get(f"{question_of(draft)}/attach")
    assert at.submit("Attach to this answer", status=422).errors == [
        "Choose at least one, or go back to the question"
    ]


def test_what_is_not_in_the_list_cant_be_attached(at, draft, school, lead, stranger):
    make.item(school, lead)
    place = db.session.get_one(type(school), next(iter(stranger.memberships)))
    other = make.item(place, stranger, "Theirs")
    at.get(f"{question_of(draft)}/attach")
    at.post(f"{question_of(draft)}/attach", {**token(at), "things": str(other.id)}, status=422)
    assert drafting.answer_to(draft, "RA1") is None


def test_the_plan_is_kept_and_says_what_to_mend(at, draft):
    at.get(f"/assessments/{draft.id}/plan")
    page = at.submit("Add to the plan", status=422)
    assert page.errors == ["Enter what you will do Enter whose job it is Enter a date"]
    page = at.submit("Add to the plan", status=422, what="Ask", owner="SENCO", due=["1", "1", "2020"])
    assert page.errors == ["Choose a date from today on. A plan is for what comes next."]
    page = at.submit("Add to the plan", due=["1", "2", "2027"], question="RA1")
    assert "Helps with: Voice changed the plan" in page.text
    page = at.submit("Remove Ask")
    assert "No steps yet" in page.text


def test_gaps_are_listed_with_links_and_there_is_no_way_past_them(at, draft, lead):
    make.save(draft, "RA1", lead)
    page = at.get(f"/assessments/{draft.id}/submit")
    assert "Not ready yet" in page.text
    assert page.link("Hearing from many families") == question_of(draft, "LLE1")
    assert "Send it in" not in [e.text for e in page.tree.iter("button")]
    page = at.post(f"/assessments/{draft.id}/submit", {**token(at), "declared": "y"}, status=422)
    assert db.session.get_one(Assessment, draft.id).state == "draft"


def test_a_contributor_answers_but_does_not_send_in(client, school, lead, contributor):
    assessment = make.answered(school, lead)
    client.sign_in("cat.contributor@example.org")
    client.get(question_of(assessment))
    assert client.submit("Save and stay", rating="1").status == 200
    page = client.get(f"/assessments/{assessment.id}/submit")
    assert "Only a lead of Hazel Lane School can send it in" in page.text
    form = {**token(client_with_token(client, assessment)), "declared": "y"}
    client.post(f"/assessments/{assessment.id}/submit", form, status=403)
    client.get(f"/assessments/{assessment.id}/withdraw", status=403)
    assert db.session.get_one(Assessment, assessment.id).state == "draft"


def client_with_token(client, assessment):
    client.get(question_of(assessment))
    return client


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/score",
        "/plan",
        "/submit",
        "/submitted",
        "/withdraw",
        "/questions/RA1",
        "/questions/RA1/evidence",
        "/questions/RA1/attach",
        "/questions/RA1/changes",
        "/questions/RA1/versions",
    ],
)
def test_somebody_elses_assessment_is_like_a_missing_one(client, draft, stranger, path):
    client.sign_in("olga.other@example.org")
    others = client.get(f"/assessments/{draft.id}{path}", status=404).text
    assert others == client.get(f"/assessments/{stranger.person_id}{path}", status=404).text


def test_somebody_elses_organisation_is_like_a_missing_one(client, school, stranger):
    client.sign_in("olga.other@example.org")
    assert (
        client.get(f"/organisations/{school.id}", status=404).text
        == client.get(f"/organisations/{stranger.person_id}", status=404).text
    )


def test_a_question_that_is_not_there_is_not_found(at, draft):
    at.get(question_of(draft, "XX9"), status=404)


def test_the_score_says_what_is_provisional_and_links_to_what_would_raise_it(at, school, lead, draft):
    make.save(draft, "LLE1", lead, not_applicable=True, reason="We hold no meetings.")
    make.save(draft, "RA1", lead, 3)
    page = at.get(f"/assessments/{draft.id}/score")
    assert "This is provisional" in page.text
    assert "Working towards" in page.text
    assert "You chose Shaping (3). It counts as Telling (1)." in page.text
    assert "25.0% so far" in page.text
    assert "Not answered yet: 23 questions" in page.text
    assert "Hearing from many families : We hold no meetings." in page.text
    assert "Decided in moderation." in page.text
    assert page.link("Voice changed the plan") == question_of(draft)


def test_the_same_score_stands_on_every_page(client, school, lead):
    assessment = make.answered(school, lead, 3)
    client.sign_in("ravi.lead@example.org")
    overall = "71.0% overall"
    assert overall in client.get(f"/assessments/{assessment.id}/score").text
    assert overall in client.get(f"/assessments/{assessment.id}/submit").text
    page = client.submit("Send it in", declared=True)
    assert overall in client.get(f"/assessments/{assessment.id}/score").text
    assert page.status == 200


def test_what_was_sent_in_is_read_and_not_changed(client, school, lead):
    assessment = make.submitted(school, lead, 3)
    client.sign_in("ravi.lead@example.org")
    page = client.get(question_of(assessment))
    for words in ("What we do about RA1.", "Counts as Asking", "Parent survey", "be changed now"):
        assert words in page.text
    assert not list(page.tree.iter("textarea"))
    assert client.get(f"/assessments/{assessment.id}/submit").h1 == client.page.h1
    assert "is sent in" in client.page.text


def test_an_assessment_is_withdrawn_after_asking(at, school, draft):
    at.get(f"/assessments/{draft.id}")
    page = at.follow("Withdraw this assessment")
    assert page.h1 == "Withdraw this assessment?"
    page = at.submit("Withdraw this assessment")
    assert "The assessment is withdrawn" in page.text
    assert "Start from last time" in page.text
    assert db.session.get_one(Assessment, draft.id).state == "withdrawn"


def test_the_home_page_teaches_while_there_is_nothing(client, school, lead):
    client.sign_in("ravi.lead@example.org")
    page = client.get(f"/organisations/{school.id}")
    assert "Read the charter, and sign it" in page.text
    assert "Nothing written down yet." in page.text
    assert "Ravi Lead Lead" in page.text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.PROVISIONAL, "Look at your provisional result"),
        (State.FINAL, "Result of moderation"),
        (State.IN_MODERATION, "With the reviewers"),
    ],
)
def test_the_home_page_follows_the_assessment(client, school, lead, state, words):
    assessment = make.submitted(school, lead)
    with transaction():
        assessment.state = state.value
    client.sign_in("ravi.lead@example.org")
    assert words in client.get(f"/organisations/{school.id}").text


def test_a_saved_answer_says_on_which_day(app, at, draft, lead):
    make.save(draft, "RA1", lead)
    app.config["CLOCK"] = lambda: make.MOMENT + timedelta(days=2)
    at.sign_in("ravi.lead@example.org")
    assert "Saved on 22 November 2026 by Ravi Lead" in at.get(question_of(draft)).text
    assert queries.latest_of(draft.organisation_id).id == draft.id


@pytest.mark.parametrize("code", ["RA1", "HOT4"])
def test_who_writes_a_change_record_for_an_answer_is_led_back_to_attach_it(at, draft, code):
    at.get(f"{question_of(draft, code)}/changes")
    page = at.follow("Write a change record")
    assert page.link("Back to your answer") == f"{question_of(draft, code)}/changes"
    at.submit("Save", status=422, title="")
    at.submit("Save", title="A quiet room at lunch")
    at.follow(f"Attach it to {code}")
    record = db.session.scalars(select(ChangeRecord)).one()
    page = at.submit("Attach to this answer", things=[str(record.id)])
    assert page.link("A quiet room at lunch") == f"/changes/{record.id}"
