"""More asked for, a reply and an appeal through the pages, and what each page must not show."""

import page as pdf
import pytest

from coprod.framework.queries import current_framework
from coprod.permissions import MemberRole
from tests.moderation.test_asking import Round as Asking
from tests.moderation.test_replying import SECRET
from tests.moderation.test_replying import Round as Replying
from tests.support import build
from tests.support.client import Client

ANN, BEN, CAT, DEE = "ann.one@example.org", "ben.two@example.org", "cat.three@example.org", "dee.lead@example.org"
REVIEWERS = ("Ann One", "Ben Two", "Cat Three", "Dee Lead")


@pytest.fixture
def asking(app):
    stage = Asking()
    stage.seat("ann", "ben")
    stage.rate_all("ann")
    return stage


@pytest.fixture
def replying(app):
    return Replying()


def shows_nobody(page, *, besides: str = "") -> None:
    for hidden in {*REVIEWERS, SECRET} - {besides}:
        assert hidden not in page.text


def test_more_is_asked_for_added_and_rated_again(client: Client, asking):
    client.sign_in(BEN)
    case = f"/moderation/cases/{asking.case.id}"
    client.get(f"{case}/RA1")
    client.follow("Ask for more evidence")
    page = client.submit("Ask for this", status=422)
    assert "Write what you ask for beside one question at least" in page.errors[0]
    page = client.submit("Ask for this", reason_RA1="Which plan changed, and when?", reason_RA2=" ")
    assert "Nobody rates meanwhile." in page.text
    assert "More evidence is asked for. Waits for the organisation" in client.get("/moderation").text
    client.get(f"{case}/ask", status=404)
    client.post(f"{case}/RA2", {"rating": "3", "reason": "Why"}, status=409)
    client.sign_out()

    client.sign_in(asking.lead.email)
    page = client.get(f"/organisations/{asking.organisation.id}")
    assert "Reviewers ask for more evidence" in page.text
    page = client.get(f"/assessments/{asking.assessment.id}")
    assert "Which plan changed, and when?" in page.text
    assert "More asked" in page.text
    shows_nobody(page)
    page = client.get(f"/assessments/{asking.assessment.id}/questions/RA1")
    assert "Which plan changed, and when?" in page.text
    client.submit("Save and stay", rating="2", account="The plan for travel changed in May.")
    client.follow("See everything they ask for, and send it back")
    page = client.submit("We have added what we can")
    assert "It is back with the reviewers." in page.text
    shows_nobody(page)
    client.sign_out()

    client.sign_in(ANN)
    page = client.get(case)
    assert "More was asked for here." in page.text
    page = client.follow("Rate the next question")
    assert "They rate themselves Asking (2). It was Shaping (3)." in page.text
    assert "They wrote something new." in page.text
    assert "Ask for more evidence" not in page.text
    client.submit("Save and go on", rating="1")
    client.submit("I have finished")


def test_an_answer_left_empty_is_not_sent_back(client: Client, asking):
    asking.ask("ben")
    asking.save(rating=None)
    client.sign_in(asking.lead.email)
    client.get(f"/assessments/{asking.assessment.id}/more")
    page = client.submit("We have added what we can", status=422)
    assert "RA1 has no answer yet." in page.text


def decide_first(client: Client, email: str, words: str) -> None:
    client.sign_in(email)
    page = client.get("/moderation")
    assert words in page.text
    assert "Elm School" not in page.text
    client.follow(words)
    page = client.submit("Continue", answer="none")
    assert words in page.h1


def test_a_reply_is_decided_then_an_appeal_and_it_is_final(client: Client, replying):
    result = f"/assessments/{replying.assessment.id}/result"
    client.sign_in(replying.lead.email)
    page = client.get(result)
    assert "A next step. Shaping (3) would be:" in page.text
    client.follow("reply to each rating that is not what you gave yourself")
    page = client.submit("Send the reply", status=422)
    assert "Choose whether you agree with the rating of RA1" in page.errors[0]
    page = client.submit("Send the reply", agree_RA1="disagree", agree_RA2="agree", words_RA1=" ", status=422)
    assert page.errors == ["Say why you disagree with the rating of RA1."]
    page = client.submit(
        "Send the reply", agree_RA1="disagree", agree_RA2="agree", words_RA1="Look at the survey.", points_RA1="1"
    )
    assert "Your reply is sent" in page.text
    assert "It points to: Parent survey, spring 2026." in page.text
    assert "Accept this result" not in page.text
    client.get(f"/assessments/{replying.assessment.id}/reply", status=404)
    client.sign_out()

    decide_first(client, CAT, "A reply to decide")
    page = client.follow("RA1 " + standing_short(replying))
    assert "Look at the survey." in page.text
    shows_nobody(page, besides="Cat Three")
    page = client.submit("Save", rating="2", reason=" ", status=422)
    assert "Say why this is the right rating" in page.errors[0]
    page = client.submit("Save", rating="2", reason="The survey is about something else.")
    assert "Decided. Thank you." in page.text
    client.sign_out()

    client.sign_in(replying.lead.email)
    page = client.get(result)
    assert "The survey is about something else." in page.text
    shows_nobody(page)
    client.follow("you can appeal once")
    page = client.submit("Send the appeal", status=422)
    assert "Say why you appeal, beside one question at least" in page.errors[0]
    page = client.submit("Send the appeal", words_RA1="It is about this plan.")
    assert "Your appeal is sent" in page.text
    client.sign_out()

    decide_first(client, DEE, "An appeal to decide")
    client.follow("RA1 " + standing_short(replying))
    page = client.submit("Save", rating="3", reason="It is.", status=422)
    assert page.errors == ["Write their name Write what they do, and where"]
    page = client.submit(
        "Save", rating="3", reason="It is.", outsider_name="Una Outside", outsider_role="Forum lead, next county"
    )
    assert "Decided. Thank you." in page.text
    client.sign_out()

    client.sign_in(replying.lead.email)
    page = client.get(result)
    assert "Forum lead, next county" in page.text
    assert "Final on" in page.text
    for hidden in ("Una Outside", "appeal once", "Accept this result"):
        assert hidden not in page.text
    shows_nobody(page)
    letter = client.http.get(page.link("Download this result as a letter (PDF)"))
    assert pdf.validate_pdf_bytes(letter.data, profile="pdf/ua-1").failures == []
    for hidden in (*REVIEWERS, SECRET, "Una Outside"):
        assert hidden.encode() not in letter.data


def standing_short(stage) -> str:
    return current_framework().question("RA1").short


def test_a_contributor_reads_and_does_not_reply(client: Client, replying):
    build.membership(build.person("Con Tributor"), replying.organisation, MemberRole.CONTRIBUTOR)
    client.sign_in("con.tributor@example.org")
    page = client.get(f"/assessments/{replying.assessment.id}/result")
    assert "A lead of your organisation can accept this result." in page.text
    client.get(f"/assessments/{replying.assessment.id}/reply", status=404)


def test_who_took_part_finds_nothing_to_decide(client: Client, replying):
    replying.reply()
    client.sign_in(ANN)
    assert "A reply to decide" not in client.get("/moderation").text
    client.get(f"/moderation/cases/{replying.case.id}/replies", status=404)
    client.get(f"/moderation/cases/{replying.case.id}/replies/RA1", status=404)
    client.get(f"/moderation/assessments/{replying.assessment.id}/declare", status=200)
    client.submit("Continue", answer="conflict", status=409)
