"""Anybody can have pages larger, with strong contrast, or in few words with pictures."""

import pytest

from coprod.organisations.models import Organisation
from tests.architecture.test_reading_age import PLAIN, texts
from tests.support import build, reading
from tests.support.client import Client

BUTTON = "Show pages like this"
PLAIN_PAGES = ("/", "/signatories", "/signatories/{}", "/you-said", "/charter", "/framework", "/framework/RA1")


@pytest.fixture
def school() -> Organisation:
    where = build.organisation("Hazel Lane School")
    build.sign_up(where)
    build.sign_up(build.organisation("Elm Road School"))
    build.award(where)
    build.public_change(where)
    return where


def choose(client: Client, *ways: str) -> None:
    client.get("/reading")
    client.submit(BUTTON, ways=list(ways))


def classes(client: Client, address: str) -> set[str]:
    return set((client.get(address).tree.get("class") or "").split())


def test_a_choice_holds_for_every_page_and_can_be_taken_back(client: Client, school: Organisation) -> None:
    choose(client, "large", "contrast")
    for address in ("/", "/signatories", "/sign-in", f"/signatories/{school.slug}"):
        assert {"reads-large", "reads-contrast"} <= classes(client, address)
        assert "reads-plain" not in classes(client, address)
    choose(client)
    assert not {"reads-large", "reads-contrast"} & classes(client, "/")


def test_the_form_shows_what_is_chosen(client: Client) -> None:
    choose(client, "plain")
    ticked = [box.get("value") for box in client.get("/reading").tree.iter("input") if "checked" in box.attrib]
    assert ticked == ["plain"]


@pytest.mark.parametrize(
    ("came_from", "back_to"),
    [
        ("http://localhost/you-said?status=done", "/you-said?status=done"),
        ("http://localhost/verify", "/verify"),
        ("http://localhost/reading", "/"),
        ("http://localhost/no-such-page", "/"),
        ("https://elsewhere.example/charter?x=//evil", "/charter?x=%2F%2Fevil"),
        ("", "/"),
    ],
)
def test_people_come_back_to_the_page_they_came_from(client: Client, came_from: str, back_to: str) -> None:
    client.get("/reading", headers={"Referer": came_from})
    assert client.submit(BUTTON, ways=["large"]).address == back_to


def test_a_way_that_there_is_not_changes_nothing(client: Client) -> None:
    page = client.get("/reading")
    token = next(f.get("value") for f in page.form(BUTTON).iter("input") if f.get("name") == "csrf_token")
    answer = client.http.post(
        "/reading", data={"ways": "huge", "csrf_token": token}, headers={"Origin": "http://localhost"}
    )
    assert answer.status_code == 422
    assert "coprod_reading" not in answer.headers.get("Set-Cookie", "")


@pytest.mark.parametrize("address", PLAIN_PAGES)
def test_few_words_have_pictures_and_are_easy(client: Client, school: Organisation, address: str) -> None:
    """As plain as what families are asked; what an organisation typed is its own."""
    choose(client, "plain")
    page = client.get(address.format(school.slug))
    assert page.source.count('class="plainly"') >= 2
    assert (reading.age(texts(page.source)) or 0) <= PLAIN
    pictures = [each for each in page.tree.iter() if each.tag.endswith("svg")]
    assert pictures
    assert all(svg.get("aria-hidden") == "true" or svg.get("aria-label") for svg in pictures)


def test_few_words_leave_no_promise_and_no_change_out(client: Client, school: Organisation) -> None:
    address = f"/signatories/{school.slug}"
    usual = client.get(address)
    promises = [item for item in usual.tree.iter("li") if item.get("class") == "panel"]
    choose(client, "plain")
    plain = client.get(address).text
    assert promises
    for item in promises:
        assert (item.findtext("p") or "-") in plain
    assert "Quieter ways in" in plain


def test_few_words_leave_nobody_out_of_the_list(client: Client, school: Organisation) -> None:
    choose(client, "plain")
    page = client.get("/signatories")
    assert "It has the award Established ." in page.text
    assert "Signed up" in page.text
    client.get(page.link("Hazel Lane School"))
    client.get("/signatories")
    found = client.submit("Search", q="elm")
    assert "Elm Road School" in found.text
    assert "Hazel Lane School" not in found.text
