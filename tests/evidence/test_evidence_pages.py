import pytest

from coprod.permissions import MemberRole
from tests.support import build

MISTAKES = {"title": "Parent survey", "url": "example.org", "statement": "", "shows": "What parents said"}


@pytest.fixture
def school(app):
    return build.organisation("H" * 200)


@pytest.fixture
def at(client, school):
    """The member's client, and the address of the organisation's evidence."""
    who = build.person("Cat Contributor")
    build.membership(who, school, MemberRole.CONTRIBUTOR)
    address = f"/organisations/{school.id}/evidence"
    client.sign_in(who.email)
    return client, address


def typed(**changed):
    return {
        "kind": "family_voice",
        "title": "Parent survey",
        "url": "https://www.example.org/survey",
        "statement": "41 of 60 said yes.\nThe rest did not reply.",
        "dated": ["27", "3", "2026"],
        "shows": "Meetings are at better times",
        "from_families": True,
        "no_child_named": True,
    } | changed


def test_an_empty_list_says_where_to_start(at):
    client, address = at
    page = client.get(address)
    assert "No evidence yet" in page.text
    assert client.follow("Add evidence").h1 == "Add evidence"


def test_the_list_says_how_long_evidence_is_kept(at):
    client, address = at
    page = client.get(address)
    assert "We delete evidence 12 months after your award ends, or 24 months after you last used it." in page.text
    assert "We write to you 30 days before." in page.text


def test_what_is_added_is_listed_with_all_that_was_said(at):
    client, address = at
    client.get(f"{address}/new")
    page = client.submit("Add this evidence", **typed())
    assert "Evidence added" in page.text
    for words in (
        "Parent survey",
        "Family voice",
        "27 March 2026",
        "Meetings are at better times",
        "From families Yes",
    ):
        assert words in page.text
    assert page.link("https://www.example.org/survey") == "https://www.example.org/survey"
    assert "Evidence added" not in client.get(address).text


def test_a_mistake_is_named_and_what_was_typed_stays(at):
    client, address = at
    client.get(f"{address}/new")
    page = client.submit(
        "Add this evidence", status=422, **typed(**MISTAKES, no_child_named=False, dated=["31", "2", "2026"])
    )
    assert "Confirm that no child can be identified" in page.errors[0]
    assert "real date" in page.errors[0]
    page = client.submit("Add this evidence", status=422, no_child_named=True, dated=["27", "3", "2026"])
    assert "starts with https://" in page.errors[0]
    assert 'value="example.org"' in page.source
    assert "Error:" in page.source.split("</title>")[0]
    page = client.submit("Add this evidence", url="https://example.org")
    assert "What parents said" in page.text


def test_an_empty_form_names_each_thing_to_fill_in(at):
    client, address = at
    client.get(f"{address}/new")
    page = client.submit("Add this evidence", status=422)
    for words in ("what kind", "a title", "the date", "what this shows", "no child"):
        assert words in page.errors[0]


def test_nothing_to_look_at_is_said_beside_the_address(at):
    client, address = at
    client.get(f"{address}/new")
    page = client.submit("Add this evidence", status=422, **typed(url="", statement="  "))
    assert page.errors == ["Enter a web address, or write a statement"]


def test_long_and_foreign_words_are_shown_as_text(at):
    client, address = at
    client.get(f"{address}/new")
    page = client.submit(
        "Add this evidence", **typed(title="<b>" + "W" * 197, statement="<script>alert(1)</script> ਪੰਜਾਬੀ")
    )
    assert "<b>" + "W" * 197 in page.text
    assert "<script>alert(1)" not in page.source
    client.get(f"{address}/new")
    page = client.submit("Add this evidence", status=422, **typed(title="W" * 201))
    assert "200 characters or fewer" in page.errors[0]


def test_withdrawing_asks_first_and_keeps_the_item(at):
    client, address = at
    client.get(f"{address}/new")
    client.submit("Add this evidence", **typed())
    page = client.follow("Withdraw Parent survey")
    assert "stop counting" in page.text
    page = client.submit("Withdraw this evidence")
    assert "Withdrawn on 22 November 2026" in page.text
    assert "Withdraw Parent survey" not in page.links()


def test_what_is_not_yours_looks_as_if_it_were_not_there(at, app):
    client, address = at
    client.get(f"{address}/new")
    client.submit("Add this evidence", **typed())
    withdrawal = client.page.link("Withdraw Parent survey")
    client.sign_out()
    other = build.lead_of(build.organisation("Other School"))
    client.sign_in(other.email)
    missing = client.get("/organisations/00000000-0000-4000-8000-000000000000/evidence", status=404).text
    for page in (address, f"{address}/new", withdrawal):
        assert client.get(page, status=404).text == missing
    client.post(withdrawal, status=404)


def test_visitors_are_asked_to_sign_in(client, school):
    page = client.get(f"/organisations/{school.id}/evidence")
    assert page.h1 == "Sign in"
