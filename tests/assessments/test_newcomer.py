"""Somebody new, with no help but the page, finds what a rating needs, why an answer is held, and what comes next."""

import pytest

from tests.support import assessments as make


@pytest.fixture
def at(client, school, lead):
    draft = make.started(school, lead)
    make.save(draft, "RA1", lead, 3)
    client.sign_in("ravi.lead@example.org")
    client.get(f"/assessments/{draft.id}")
    return client


def test_what_the_core_check_needs_for_a_rating_of_3_stands_on_its_page(at):
    page = at.follow("Voice changed the plan")
    needs = page.text.split("To count as Shaping")[1].split("To count as Sharing decisions")[0]
    for words in (
        "from the last 12 months, until there are three",
        "from another area of work",
        "confirm one of these",
    ):
        assert words in needs, needs


def test_why_an_answer_is_held_stands_beside_it(at):
    page = at.follow("Voice changed the plan")
    beside = page.text.split("You chose Shaping")[1].split("In your own words")[0]
    assert "Counts as Telling for now" in beside
    assert "To raise it:" in beside


def test_what_separates_from_the_next_level_is_one_link_away(at):
    page = at.follow("Score and next steps")
    assert "The smallest changes to reach Developing" in page.text
    level = page.text.split("Developing: Not yet")[1].split("Established: Not yet")[0]
    for words in ("50%", "35%", "“Voice changed the plan” needs Asking (2)", "plan with dates and owners"):
        assert words in level, level
