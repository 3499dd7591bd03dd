import re
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from coprod.charter import queries
from coprod.charter.models import SignUp
from coprod.database import db
from coprod.framework.queries import current_charter
from coprod.organisations.models import Organisation
from coprod.permissions import MemberRole
from tests.support.build import MOMENT, lead_of, membership, organisation, person
from tests.support.client import Client

TYPED: dict[str, Any] = {
    "senior_lead": "Canary Senior",
    "family_link": "Canary Link",
    "commitment_1": "Tell families each term what we did",
    "due_1": ["31", "3", "2027"],
    "feedback_1": True,
    "commitment_2": "Ask ten families we have not heard from",
    "due_2": ["1", "7", "2027"],
    "commitment_3": "Give two parent carers a vote",
    "due_3": ["1", "9", "2027"],
    "signatory_name": "Canary Signatory",
    "signatory_role": "Head teacher",
    "agreed": True,
}


@pytest.fixture
def school(app: Flask, client: Client) -> Organisation:
    """A school whose lead is signed in."""
    where = organisation("Hazel Lane School")
    client.sign_in(lead_of(where).email)
    return where


def signed(client: Client, where: Organisation) -> Any:
    client.get(f"/organisations/{where.id}/charter/sign")
    return client.submit("Sign the charter", **TYPED)


def test_the_charter_is_public_and_says_all_of_its_text(app: Flask, client: Client) -> None:
    shown = client.get("/charter")
    charter = current_charter()
    said = [charter.introduction, charter.definition, charter.commitments.placeholder]
    said += [value.name for value in charter.values] + [value.promise for value in charter.values]
    for words in (*said, *charter.what_signing_means, *charter.what_signing_does_not_mean):
        assert " ".join(words.split()) in shown.text
    assert shown.link("Sign in to sign for your organisation") == "/start"
    assert "public" in client.http.get("/charter").headers["Cache-Control"]


def test_nobody_who_is_signed_in_is_told_to_sign_in_to_sign(app: Flask, client: Client) -> None:
    client.sign_in(person("Nell New").email)
    shown = client.get("/charter")
    assert "Sign in" not in shown.text
    assert shown.link("Go to your work") == "/start"


def test_a_lead_is_led_from_the_charter_to_signing_and_to_a_certificate(school: Organisation, client: Client) -> None:
    client.get("/charter")
    client.follow("Sign for Hazel Lane School")
    assert current_charter().commitment_examples[0].text in client.page.text  # type: ignore[union-attr]
    shown = client.submit("Sign the charter", **TYPED)
    assert shown.address == f"/organisations/{school.id}/charter"
    assert "You have signed the charter" in shown.text
    assert "Signed up" in shown.text
    assert "Send in your self-assessment by 22 November 2027" in shown.text
    own = client.follow("See your public page, with a badge for your website")
    assert own.h1 == "Hazel Lane School"
    assert "Put this badge on your website" in own.text
    document = client.http.get(shown.link("Download your certificate (PDF, one page)"))
    assert document.mimetype == "application/pdf"
    checked = client.get(shown.link("See what people see when they check it"))
    assert checked.h1 == "Hazel Lane School"
    assert "Tell families each term what we did (by 31 March 2027)" in checked.text
    again = client.get("/charter")
    assert "Sign for Hazel Lane School" not in again.links()
    assert again.link("See its sign-up") == f"/organisations/{school.id}/charter"


def test_names_of_people_are_on_no_public_page(school: Organisation, client: Client) -> None:
    shown = signed(client, school)
    assert "Canary Senior" in shown.text
    check = shown.link("See what people see when they check it")
    client.sign_out()
    for address in (check, "/charter", "/register.jsonl"):
        answer = client.http.get(address)
        assert answer.status_code == 200
        assert "Canary" not in answer.text
    assert client.http.get(f"/organisations/{school.id}/charter").status_code == 302


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"senior_lead": " "}, "Enter the name of your senior lead"),
        ({"family_link": ""}, "Enter the name of your link with families"),
        ({"signatory_role": ""}, "Enter your role"),
        ({"signatory_name": "Sam \u202edaeL"}, "a character that can't be seen"),
        ({"commitment_2": ""}, "Enter what commitment 2 is"),
        ({"commitment_2": "x" * 301}, "Use 300 characters or fewer"),
        ({"due_2": ["", "", ""]}, "Enter the date for commitment 2"),
        ({"due_2": ["31", "2", "2027"]}, "Enter a real date"),
        ({"due_2": ["22", "11", "2026"]}, "Choose a date after today"),
        ({"feedback_1": False}, "at least one commitment about telling families what happened"),
        ({"agreed": False}, "Tick the box to agree"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_still_there(
    school: Organisation, client: Client, changed: dict[str, Any], words: str
) -> None:
    client.get(f"/organisations/{school.id}/charter/sign")
    shown = client.submit("Sign the charter", status=422, **{**TYPED, **changed})
    assert words in " ".join(shown.errors)
    assert "Give two parent carers a vote" in shown.source
    assert db.session.query(SignUp).count() == 0


def test_an_untouched_form_names_everything_once(school: Organisation, client: Client) -> None:
    client.get(f"/organisations/{school.id}/charter/sign")
    shown = client.submit("Sign the charter", status=422, signatory_name="")
    said = " ".join(shown.errors)
    assert len(said.split("Enter")) - 1 == 10
    in_order = ["senior lead", "link with", "what commitment 1", "date for commitment 1", "your role", "Tick"]
    places = [said.find(words) for words in in_order]
    assert -1 not in places
    assert places == sorted(places)


def test_a_form_sent_twice_makes_one_sign_up(school: Organisation, client: Client) -> None:
    page = client.get(f"/organisations/{school.id}/charter/sign")
    client.submit("Sign the charter", **TYPED)
    client.page = page
    client.submit("Sign the charter", **TYPED)
    assert db.session.query(SignUp).count() == 1
    assert client.get(f"/organisations/{school.id}/charter/sign").address == f"/organisations/{school.id}/charter"


def test_before_signing_the_page_leads_to_the_charter(school: Organisation, client: Client) -> None:
    shown = client.get(f"/organisations/{school.id}/charter")
    assert "You have not signed the charter yet" in shown.text
    assert shown.link("Read and sign the charter") == "/charter"


def test_the_day_given_as_an_example_could_be_when_it_was_kept(school: Organisation, client: Client) -> None:
    signed(client, school)
    page = client.follow("Mark as kept : Ask ten families we have not heard from")
    day, month, year = map(int, re.search(r"for example, (\d+) (\d+) (\d+)", page.text).groups())
    assert date(year, month, day) <= MOMENT.date()


def test_a_commitment_is_marked_as_kept(school: Organisation, client: Client) -> None:
    signed(client, school)
    client.follow("Mark as kept : Ask ten families we have not heard from")
    refused = client.submit("Mark as kept", status=422, kept_on=["1", "1", "2030"])
    assert "Choose a day from the day you signed up to today" in " ".join(refused.errors)
    shown = client.submit("Mark as kept", kept_on=["22", "11", "2026"])
    assert "Kept on 22 November 2026" in shown.text


def test_withdrawing_asks_first_and_keeps_the_reason_private(school: Organisation, client: Client) -> None:
    shown = signed(client, school)
    check = shown.link("See what people see when they check it")
    asked = client.follow("Withdraw from the charter")
    assert "What will happen" in asked.text
    assert queries.in_force(school.id) is not None
    shown = client.submit("Withdraw from the charter", why="Canary reason")
    assert "You withdrew on 22 November 2026" in shown.text
    checked = client.get(check)
    assert "Withdrawn on 22 November 2026" in checked.text
    assert "Canary" not in checked.source
    client.get(f"/organisations/{school.id}/charter")
    client.follow("Sign the charter again")


PAGES = ("", "/sign", "/ask", "/check-in", "/withdraw", f"/commitments/{UUID(int=0)}/keep")


@pytest.mark.parametrize("page", PAGES)
def test_others_pages_answer_like_missing_ones(school: Organisation, client: Client, page: str) -> None:
    other = organisation("Other School")
    seen = client.http.get(f"/organisations/{other.id}/charter{page}")
    missing = client.http.get(f"/organisations/{uuid4()}/charter{page}")
    assert seen.status_code == missing.status_code == 404
    assert seen.text == missing.text


@pytest.mark.parametrize("page", PAGES)
def test_nobody_comes_in_without_signing_in(app: Flask, client: Client, page: str) -> None:
    answer = client.http.get(f"/organisations/{organisation().id}/charter{page}")
    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]


@pytest.mark.parametrize(
    ("page", "status"), [("", 200), ("/sign", 403), ("/check-in", 403), ("/withdraw", 403)]
)
def test_a_contributor_sees_the_page_and_can_change_nothing(
    app: Flask, client: Client, page: str, status: int
) -> None:
    where = organisation()
    who = person("Con Tributor")
    membership(who, where, MemberRole.CONTRIBUTOR)
    client.sign_in(who.email)
    shown = client.get(f"/organisations/{where.id}/charter{page}", status=status)
    assert "Withdraw" not in shown.text


@pytest.mark.parametrize("page", ["/check-in", "/withdraw"])
def test_without_a_sign_up_there_is_nothing_to_change(school: Organisation, client: Client, page: str) -> None:
    client.get(f"/organisations/{school.id}/charter{page}", status=409)


def test_somebody_elses_commitment_is_not_found(school: Organisation, client: Client) -> None:
    signed(client, school)
    client.get(f"/organisations/{school.id}/charter/commitments/{uuid4()}/keep", status=404)


def test_hostile_words_are_shown_as_words(school: Organisation, client: Client) -> None:
    client.get(f"/organisations/{school.id}/charter/sign")
    shown = client.submit("Sign the charter", **{**TYPED, "commitment_1": "<script>alert(1)</script>"})
    assert "<script>alert(1)</script>" in shown.text
    assert "<script>alert(1)" not in shown.source
