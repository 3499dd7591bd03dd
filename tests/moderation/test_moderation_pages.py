"""Whole rounds through the pages, and what each page must not show."""

from uuid import uuid4

import pytest

from coprod.certificates.models import Certificate
from coprod.database import db
from coprod.moderation.models import Case
from coprod.permissions import AreaRole, MemberRole
from tests.support import build
from tests.support.client import Client
from tests.support.snapshots import sent_in

NAME = "Hazel Lane School"
ANN, BEN, DEE, LEAD = "ann.one@example.org", "ben.two@example.org", "dee.lead@example.org", "ravi.lead@example.org"
REVIEWERS = ("Ann One", "Ben Two", "Dee Lead")
SECRET = "Between reviewers only"


@pytest.fixture
def people(app):
    build.person("Ann One", AreaRole.REVIEWER, parent_carer=True)
    build.person("Ben Two", AreaRole.REVIEWER)
    build.person("Dee Lead", AreaRole.LEAD_REVIEWER)


@pytest.fixture
def assessment(people):
    """Answers that point to Developing, with two claims of 3, so that those two are on every list."""
    organisation = build.organisation(NAME)
    return sent_in(organisation, build.lead_of(organisation).id, {"LLE1": 3, "RA3": 3})


@pytest.fixture
def large(people):
    organisation = build.organisation(NAME)
    return sent_in(organisation, build.lead_of(organisation).id, every=3, ceilings={"LLE3": 3})


def case_of(assessment):
    return db.session.query(Case).filter_by(assessment_id=assessment.id).one()


def declare(client: Client, email: str, *, waiting: str = "Primary school, waiting 20 days") -> None:
    """From the start of a session to having said that there is no conflict."""
    client.sign_in(email)
    page = client.get("/moderation")
    assert NAME not in page.text
    page = client.follow(waiting)
    assert NAME in page.text
    assert "What we do about" not in page.text
    client.submit("Continue", answer="none")


def take(client: Client, email: str) -> None:
    declare(client, email)
    page = client.submit("Take this case")
    assert page.h1 == NAME


def rate_all(client: Client, **ratings: int) -> None:
    """Rate the whole list as a reviewer does: question after question, then finish."""
    assert client.page.link("Read what each rating means, and how to choose") == "/framework#scale"
    client.follow("Rate the next question")
    while client.page.h1 != NAME:
        code = client.page.address.rsplit("/", 1)[1]
        given = ratings.get(code, ratings.get("rest", 2))
        client.submit(
            "Save and go on",
            rating=str(given),
            reason=f"Why {code} is {given}.",
            note=f"A kind word on {code} at {given}.",
            private_note=SECRET,
        )
    page = client.submit("I have finished")
    assert "Thank you. Your ratings are in." in page.text


def test_one_reviewer_and_a_second_look_lead_to_an_award(client: Client, assessment):
    take(client, ANN)
    rate_all(client, LLE1=3, RA3=2)
    client.sign_out()
    take(client, BEN)
    assert "second look" in client.page.text
    rate_all(client)
    page = client.follow("See the result as it would be given")
    assert "Developing" in page.text
    page = client.submit("Give this result")
    assert "The result is with the organisation." in page.text
    client.sign_out()

    client.sign_in(LEAD)
    page = client.get(f"/assessments/{assessment.id}/result")
    assert page.h1 == "Your result: Developing"
    assert "Met: An improvement plan with dates and owners. " in page.text
    assert "Final: " not in page.text
    assert page.text.index("What families would be proud of") < page.text.index("What changed, and why")
    assert page.text.index("What changed, and why") < page.text.index("One next step")
    assert "4 December 2026" in page.text
    assert "It counted as Shaping (3). It is now Asking (2) . Why RA3 is 2." in page.text
    for hidden in (*REVIEWERS, SECRET, "conflict"):
        assert hidden not in page.text
    assert page.link("Your improvement plan") == f"/assessments/{assessment.id}/plan"
    page = client.submit("Accept this result")
    assert "Your result is final." in page.text
    assert "Accept this result" not in page.text
    document = client.http.get(page.link("Download your certificate (PDF)"))
    assert document.data.startswith(b"%PDF")
    checked = client.get(page.link("check this certificate"))
    assert "Developing" in checked.text
    assert NAME in checked.text


def test_a_contributor_reads_who_can_accept_the_result(client: Client, assessment):
    build.membership(build.person("Cat Contributor"), assessment.organisation, MemberRole.CONTRIBUTOR)
    for email in (ANN, BEN):
        take(client, email)
        rate_all(client)
        client.sign_out()
    client.sign_in(ANN)
    client.get(f"/moderation/cases/{case_of(assessment).id}/outcome")
    client.submit("Give this result")
    client.sign_out()
    client.sign_in("cat.contributor@example.org")
    page = client.get(f"/assessments/{assessment.id}/result")
    assert "A lead of your organisation can accept this result." in page.text
    assert "Accept this result" not in page.text


def test_two_reviewers_with_differences_of_one_and_two(client: Client, large):
    take(client, ANN)
    rate_all(client, rest=3, RA1=2, LLE3=1)
    page = client.get(f"/moderation/cases/{case_of(large).id}")
    assert "waits for the other reviewer" in page.text
    client.get(f"/moderation/cases/{case_of(large).id}/agree", status=409)
    client.sign_out()

    take(client, BEN)
    page = client.get(f"/moderation/cases/{case_of(large).id}/RA1")
    for hidden in ("Why RA1 is 2.", SECRET, "A kind word"):
        assert hidden not in page.text
    client.get(f"/moderation/cases/{case_of(large).id}")
    rate_all(client, rest=3)
    page = client.follow("See both reviews side by side")
    assert "Why RA1 is 2." in page.text
    assert "Why RA1 is 3." in page.text
    page = client.get(f"/moderation/cases/{case_of(large).id}/agree/LLE3")
    assert "the lead reviewer decides" in page.text
    assert "Put forward a rating" not in page.text
    assert "There is nothing for you to do on this question now." in page.text
    client.get(f"/moderation/cases/{case_of(large).id}/agree/RA1")
    page = client.submit("Save", rating="3", reason=" ", status=422)
    assert "Say why this is the right rating" in page.text
    client.submit("Save", rating="3", reason="Three changes are confirmed.")
    client.sign_out()

    client.sign_in(ANN)
    page = client.get(f"/moderation/cases/{case_of(large).id}/agree/RA1")
    assert "Three changes are confirmed." in page.text
    page = client.submit("Agree to Shaping (3)")
    assert "Agreed." in page.text
    client.get(f"/moderation/cases/{case_of(large).id}/outcome", status=404)
    client.sign_out()

    declare_as_lead(client)
    client.get(f"/moderation/cases/{case_of(large).id}/agree/LLE3")
    page = client.submit("Save", rating="4", reason="A hope.", status=422)
    assert "at most" in page.text
    assert "A hope." in page.source
    client.submit("Save", rating="2", reason="One plan changed.")
    page = client.follow("See the result as it would be given")
    assert "Established" in page.text
    client.submit("Give this result")
    client.sign_out()

    client.sign_in(LEAD)
    page = client.get(f"/assessments/{large.id}/result")
    assert page.h1 == "Your result: Established"
    assert "It counted as Shaping (3). It is now Asking (2) . One plan changed." in page.text
    for hidden in (*REVIEWERS, SECRET, "Why LLE3 is 1.", "A kind word on LLE3"):
        assert hidden not in page.text


def declare_as_lead(client: Client) -> None:
    client.sign_in(DEE)
    page = client.get("/moderation")
    assert NAME not in page.text
    page = client.follow("Primary school")
    page = client.submit("Continue", answer="none")
    assert "As lead reviewer" in page.text


def test_a_panel_signs_off_the_highest_level(client: Client, people):
    organisation = build.organisation(NAME)
    assessment = sent_in(organisation, build.lead_of(organisation).id, every=4)
    for email in (ANN, BEN):
        take(client, email)
        rate_all(client, rest=4)
        client.sign_out()
    client.sign_in(BEN)
    page = client.get(f"/moderation/cases/{case_of(assessment).id}/outcome")
    assert "A lead reviewer who was not one of you signs it off first." in page.text
    assert "Give this result" not in page.text
    client.sign_out()
    declare_as_lead(client)
    page = client.follow("See the result as it would be given")
    assert "Without it the result is Established." in page.text
    page = client.submit("Sign off for the panel")
    assert "Embedded" in page.text
    client.submit("Give this result")
    client.sign_out()
    client.sign_in(LEAD)
    assert client.get(f"/assessments/{assessment.id}/result").h1 == "Your result: Embedded"


def test_working_towards_is_kind_and_lists_what_is_needed(client: Client, people):
    organisation = build.organisation(NAME)
    assessment = sent_in(organisation, build.lead_of(organisation).id, every=1)
    for email in (ANN, BEN):
        take(client, email)
        rate_all(client, rest=1)
        client.sign_out()
    client.sign_in(ANN)
    client.get(f"/moderation/cases/{case_of(assessment).id}/outcome")
    client.submit("Give this result")
    client.sign_out()
    client.sign_in(LEAD)
    page = client.get(f"/assessments/{assessment.id}/result")
    assert page.h1 == "Your result: Working towards"
    assert "What Developing still needs" in page.text
    assert "fail" not in page.text.lower()
    page = client.submit("Accept this result")
    assert "your certificate" not in page.text.lower()


def test_a_conflict_needs_no_reason_and_ends_it(client: Client, assessment):
    client.sign_in(ANN)
    client.get("/moderation")
    client.follow("Primary school, waiting 20 days")
    page = client.submit("Continue", status=422)
    assert page.errors == ["Choose whether you have a conflict"]
    page = client.submit("Continue", answer="conflict")
    assert "Somebody else will look at this one." in page.text
    assert "Nothing is waiting for you" in page.text
    client.get(f"/moderation/assessments/{assessment.id}/declare", status=404)
    client.get(f"/moderation/cases/{case_of(assessment).id}", status=404)


def test_opening_the_declaration_page_changes_nothing(client: Client, assessment):
    client.sign_in(ANN)
    client.get(f"/moderation/assessments/{assessment.id}/declare")
    assert db.session.query(Case).count() == 0


def test_what_was_typed_stays_when_a_rating_is_refused(client: Client, assessment):
    take(client, ANN)
    client.get(f"/moderation/cases/{case_of(assessment).id}/RA1")
    page = client.submit("Save and go on", rating="1", note="Keep this.", status=422)
    assert page.errors == ["Say why you change the rating. Use the words of the scale."]
    assert "Keep this." in page.source
    page = client.submit("Save and go on", status=422, reason="Hidden \u202e words", rating="1")
    assert "can't be seen" in page.text


def test_ratings_are_kept_for_another_day(client: Client, assessment):
    take(client, ANN)
    client.get(f"/moderation/cases/{case_of(assessment).id}/RA1")
    client.submit("Save and go on", rating="3", reason="Two areas.", private_note=SECRET)
    client.sign_out()
    client.sign_in(ANN)
    client.get("/moderation")
    page = client.follow(NAME)
    assert "1 of 13 rated" in page.text
    page = client.get(f"/moderation/cases/{case_of(assessment).id}/RA1")
    assert "Two areas." in page.source
    assert SECRET in page.source


def test_ratings_above_what_the_evidence_allows_are_shown_as_not_possible(client: Client, people):
    organisation = build.organisation(NAME)
    held = {"credited": {"RA3": 2}, "ceilings": {"RA3": 3}}
    assessment = sent_in(organisation, build.lead_of(organisation).id, {"RA3": 3}, **held)
    take(client, ANN)
    page = client.get(f"/moderation/cases/{case_of(assessment).id}/RA3")
    radios = {r.get("value"): r.get("disabled") for r in page.tree.iter("input") if r.get("name") == "rating"}
    assert {value for value, disabled in radios.items() if disabled is not None} == {"4"}
    assert "Not possible on the evidence that was sent in." in page.text
    assert "no family has confirmed a change that is linked here" in page.text
    assert "Yes: 3. Partly: 1. No: 0." in page.text
    evidence = next(a for a in page.tree.iter("a") if a.get("href") == "https://www.example.org/survey")
    assert (evidence.get("rel"), evidence.get("target")) == ("noopener noreferrer", None)


def test_an_address_that_is_not_a_web_address_is_no_link(client: Client, people):
    organisation = build.organisation(NAME)
    assessment = sent_in(organisation, build.lead_of(organisation).id)
    kept = dict(assessment.snapshot)
    kept["answers"]["RA1"]["evidence"] = [{**kept["answers"]["RA1"]["evidence"][0], "url": "javascript:alert(1)"}]
    db.session.execute(db.update(type(assessment)).values(snapshot=kept))
    db.session.commit()
    take(client, ANN)
    page = client.get(f"/moderation/cases/{case_of(assessment).id}/RA1")
    assert "javascript:" not in page.source


def test_what_is_said_not_to_apply_is_agreed_or_not(client: Client, people):
    organisation = build.organisation(NAME)
    assessment = sent_in(organisation, build.lead_of(organisation).id, {"LLE1": "not_applicable"})
    take(client, ANN)
    page = client.get(f"/moderation/cases/{case_of(assessment).id}/LLE1")
    assert "We have no such pupils." in page.text
    client.submit("Save and go on", rating="not_applicable")
    page = client.get(f"/moderation/cases/{case_of(assessment).id}")
    assert "Does not apply" in page.text


def test_a_second_click_on_any_button_changes_nothing_more(client: Client, assessment):
    take(client, ANN)
    case = f"/moderation/cases/{case_of(assessment).id}"
    client.post(f"{case}/take")
    rate_all(client)
    client.post(f"{case}/finish")
    client.sign_out()
    take(client, BEN)
    rate_all(client)
    client.get(f"{case}/outcome")
    client.submit("Give this result")
    client.get("/moderation")
    client.post(f"{case}/give")
    client.sign_out()
    client.sign_in(LEAD)
    client.get(f"/assessments/{assessment.id}/result")
    client.submit("Accept this result")
    page = client.post(f"/assessments/{assessment.id}/result")
    assert "Your result is final." in page.text
    assert db.session.query(Certificate).count() == 1


def test_a_rating_sent_after_finishing_is_refused_in_words(client: Client, assessment):
    take(client, ANN)
    case = f"/moderation/cases/{case_of(assessment).id}"
    rate_all(client)
    page = client.post(f"{case}/RA1", {"rating": "3", "reason": "Late."}, status=409)
    assert "You have finished with this case" in page.text


@pytest.mark.parametrize("part", ["", "/RA1", "/agree", "/agree/RA1", "/outcome", "/take", "/NOPE"])
def test_cases_that_are_missing_or_not_theirs_answer_alike(client: Client, assessment, part):
    take(client, ANN)
    theirs = f"/moderation/cases/{case_of(assessment).id}{part}"
    client.sign_out()
    client.sign_in(BEN)
    words = {client.get(address, status=404).text for address in (theirs, f"/moderation/cases/{uuid4()}{part}")}
    assert len(words) == 1
    client.sign_out()
    client.sign_in(LEAD)
    assert client.get(theirs, status=404).h1 == "Page not found"


def test_a_result_is_not_there_before_it_is_given_nor_for_others(client: Client, assessment):
    outsider = build.organisation("Ash School")
    build.lead_of(outsider, "Ola Outside")
    for email in (LEAD, "ola.outside@example.org", ANN):
        client.sign_in(email)
        client.get(f"/assessments/{assessment.id}/result", status=404)
        client.sign_out()


def test_the_coordinator_sees_states_and_no_ratings(client: Client, assessment):
    build.person("Cora Ordinator", AreaRole.COORDINATOR)
    client.sign_in("cora.ordinator@example.org")
    page = client.get("/moderation/progress")
    assert NAME in page.text
    assert "Sent in, waiting for reviewers" in page.text
    assert "20 days" in page.text
    client.get("/moderation", status=404)
    client.get(f"/moderation/assessments/{assessment.id}/declare", status=404)


def test_progress_has_pages(client: Client, people):
    for number in range(51):
        organisation = build.organisation(f"School {number:03}")
        sent_in(organisation, build.lead_of(organisation, f"Lead {number}").id)
    build.person("Cora Ordinator", AreaRole.COORDINATOR)
    client.sign_in("cora.ordinator@example.org")
    assert "School 050" not in client.get("/moderation/progress").text
    assert "School 050" in client.follow("Next page →").text


def test_empty_lists_say_so(client: Client, people):
    build.person("Cora Ordinator", AreaRole.COORDINATOR)
    client.sign_in(ANN)
    assert "Nothing is waiting for you" in client.get("/moderation").text
    client.sign_out()
    client.sign_in("cora.ordinator@example.org")
    assert "Nobody has started yet" in client.get("/moderation/progress").text
