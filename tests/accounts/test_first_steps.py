"""Whoever is new in a part sees the three things to do first and how long each takes, until they have done them."""

import pytest

from coprod.permissions import AreaRole
from tests.support import assessments as make
from tests.support import build
from tests.support.client import Client, Page

FIRST = "Your first three steps"


def start(client: Client, email: str) -> Page:
    client.sign_in(email)
    return client.get("/start")


def steps(page: Page) -> list[str]:
    """Each step in the numbered list, with how long it takes."""
    lists = [each for each in page.tree.iter("ol") if "govuk-list--number" in each.get("class", "")]
    return [" ".join(" ".join(item.itertext()).split()) for each in lists for item in each.iter("li")]


def test_a_new_provider_finds_their_school_first(client: Client) -> None:
    page = start(client, build.person("Sam Reed").email)
    found = steps(page)
    assert [step.split(",")[0].split(".")[0] for step in found] == [
        "Find your school or service",
        "Wait until somebody there lets you in",
        "Answer your first question",
    ]
    assert all("It takes" in step for step in found)


def test_a_new_member_starts_and_is_not_told_again_once_there_is_an_assessment(client: Client) -> None:
    school = build.organisation()
    lead = build.lead_of(school)
    found = steps(start(client, lead.email))
    assert len(found) == 3
    assert found[0].startswith("Open the page of your school or service")
    make.started(school, build.actor(lead.id))
    assert FIRST not in client.get("/start").text


def test_a_new_reviewer_practises_first_and_is_not_told_again(client: Client) -> None:
    new = build.person("Noor Aziz", AreaRole.REVIEWER, practised=False)
    page = start(client, new.email)
    assert len(steps(page)) == 3
    assert page.link("Open the practice answers") == "/moderation"


def test_a_reviewer_who_has_practised_is_not_new(client: Client) -> None:
    assert FIRST not in start(client, build.person("Grace Obi", AreaRole.REVIEWER).email).text


def test_a_new_coordinator_loads_schools_until_one_has_signed(client: Client) -> None:
    page = start(client, build.person("Alex Morgan", AreaRole.COORDINATOR).email)
    assert len(steps(page)) == 3
    for words in ("Load the list of schools", "Invite people to the area", "See if all is well"):
        client.get(page.link(words))
    build.sign_up(build.organisation())
    assert FIRST not in client.get("/start").text


def test_what_is_seldom_needed_stands_after_the_daily_work(client: Client) -> None:
    page = start(client, build.person("Alex Morgan", AreaRole.COORDINATOR).email)
    tasks = [" ".join(each.itertext()) for each in page.tree.iter("h3")]
    assert tasks.index("How far everybody has got") < tasks.index("Concerns") < tasks.index("Where you are signed in")
    seldom = {"Where you are signed in", "Who may do what", "Is everything working?", "How pages look"}
    assert set(tasks[-len(seldom) :]) == seldom


@pytest.mark.parametrize("address", ["/", "/start", "/signatories", "/no-such-page"])
def test_contact_stands_in_the_same_place_on_every_page(client: Client, address: str) -> None:
    client.sign_in(build.person("Sam Reed").email)
    page = client.get(address, status=404 if "no-such" in address else 200)
    footer = next(each for each in page.tree.iter("footer"))
    first = next(each for each in footer.iter("li"))
    assert "".join(first.itertext()) == "Contact us"
