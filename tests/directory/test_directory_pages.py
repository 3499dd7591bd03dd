"""The pages that anyone can open: front page, list, an organisation's page, and what the footer leads to."""

from datetime import date, timedelta

import pytest
from flask import Flask

from coprod.accounts import password_door
from coprod.database import db
from tests.support import build
from tests.support.client import Client

LONG = "W" * 200


def test_the_front_page_leads_families_and_services_on(app: Flask, client: Client) -> None:
    where = build.organisation()
    build.sign_up(where)
    build.public_change(where, "A quiet gate")
    page = client.get("/")
    assert "A quiet gate" in page.text
    assert page.link("Hazel Lane School") == f"/signatories/{where.slug}"
    assert page.link("See everyone who has signed") == "/signatories"
    assert page.link("Start, or go on with your work") == "/start"
    found = client.submit("Search", q="hazel")
    assert found.address == "/signatories?q=hazel"
    assert "1 signatory found, A to Z" in found.text


def test_the_front_page_links_no_page_that_is_not_there(app: Flask, client: Client) -> None:
    build.public_change(build.organisation("Never Signed School"), "A quiet gate")
    page = client.get("/")
    assert "Never Signed School" in page.text
    assert "Never Signed School" not in page.links()


def test_a_certificate_can_be_checked_from_every_page(client: Client) -> None:
    client.get("/")
    assert client.follow("Check a certificate").h1 == "Check a certificate"


def test_with_nothing_there_yet_pages_say_what_comes(client: Client) -> None:
    assert "Nobody has signed yet" in client.get("/").text
    page = client.get("/signatories")
    assert "Nobody has signed yet" in page.text
    assert page.link("Read the charter") == "/charter"


def test_the_list_says_what_each_organisation_is_and_did(app: Flask, client: Client) -> None:
    promised, awarded = build.organisation("Ash Nursery", kind="early_years"), build.organisation("Elm School")
    build.sign_up(promised)
    build.sign_up(awarded, signed_on=date(2026, 1, 12))
    build.award(awarded)
    build.public_change(awarded)
    page = client.get("/signatories")
    assert "2 signatories, A to Z" in page.text
    assert (
        "Ash Nursery Early years, Kettering Signed up 3 March 2026. 1 of 3 commitments kept so far. Signed up"
        in page.text
    )
    assert (
        "Elm School Primary school, Kettering Signed up 12 January 2026. 1 change families asked for. Established"
        in page.text
    )


def test_filters_work_by_a_plain_form_and_stay_filled_in(app: Flask, client: Client) -> None:
    school, nursery = build.organisation("Ash School", kind="special"), build.organisation("Ash Nursery")
    for where in (school, nursery):
        build.sign_up(where)
    build.award(school, "embedded")
    client.get("/signatories?status=awarded")
    page = client.submit("Search", q="ash", kind="special", award="embedded")
    assert "status=awarded" in page.address
    assert "1 signatory found" in page.text
    assert "Ash Nursery" not in page.text
    again = client.submit("Search")
    assert again.text == page.text
    assert page.link("Clear the search") == "/signatories"


def test_nothing_found_says_what_to_do(app: Flask, client: Client) -> None:
    build.sign_up(build.organisation())
    page = client.get("/signatories?q=zebra")
    assert "Nothing found" in page.text
    assert page.link("See everyone who has signed") == "/signatories"


@pytest.mark.parametrize(
    "query",
    [
        "q=%00%01",
        "q=" + "a" * 3000,
        "q=%3Cscript%3Ealert(1)%3C/script%3E",
        "kind=nonsense&award=nonsense&status=nonsense",
        "after=" + "x" * 500,
        "before=%00",
        "after=a&before=b",
        "q=%E2%80%AE",
    ],
)
def test_odd_addresses_get_a_page_all_the_same(app: Flask, client: Client, query: str) -> None:
    build.sign_up(build.organisation())
    page = client.get(f"/signatories?{query}")
    assert "<script>alert" not in page.source
    assert "\u202e" not in page.source


def test_pages_of_the_list_keep_the_search(app: Flask, client: Client) -> None:
    for number in range(60):
        build.sign_up(build.organisation(f"School {number:02}"))
    first = client.get("/signatories?q=school")
    assert "School 19" in first.text
    assert "School 20" not in first.text
    second = client.follow("Next page →")
    assert "School 20" in second.text
    assert "60 signatories found" in second.text
    back = client.follow("← Previous page")
    assert "School 00" in back.text
    assert "q=school" in back.address


def test_an_organisations_page_shows_promises_award_changes_and_history(app: Flask, client: Client) -> None:
    where = build.organisation(value="123456")
    where.website = "https://www.example.org/"
    db.session.commit()
    build.sign_up(where)
    award = build.award(where)
    build.public_change(where, "A quiet gate")
    build.public_change(where, "Not public yet", published_at=None)
    page = client.get(f"/signatories/{where.slug}")
    assert page.h1 == "Hazel Lane School"
    for words in (
        "Established Holds the Established award until 2 March 2028.",
        "Tell families each term what changed Kept on 3 March 2026",
        "Ask families who are waiting Was to be done by 1 November 2026. Not marked as kept yet.",
        "Plan the open day with young people To be done by 1 March 2027",
        "A quiet gate",
        "URN 123456",
        "3 March 2026 Awarded Established 3 March 2026 Signed the charter",
    ):
        assert words in page.text
    assert "Not public yet" not in page.text
    assert page.link("Check this award") == f"/verify/{award.code}"
    assert page.link("https://www.example.org/") == "https://www.example.org/"


def test_who_withdrew_leaves_the_list_and_keeps_a_page_that_says_so_for_twelve_months(
    app: Flask, client: Client
) -> None:
    where = build.organisation()
    sign_up = build.sign_up(where, signed_on=date(2024, 3, 3), assessed_on=date(2024, 4, 1))
    sign_up.ended_as, sign_up.ended_on, sign_up.ended_why = "withdrawn", date(2025, 11, 23), build.PRIVATE
    db.session.commit()
    assert "Hazel Lane School" not in client.get("/signatories").text
    page = client.get(f"/signatories/{where.slug}")
    assert "Withdrawn Withdrew from the charter on 23 November 2025." in page.text
    assert "Tell families each term" not in page.text
    assert build.PRIVATE not in page.source
    sign_up = db.session.merge(sign_up)
    sign_up.ended_on = date(2025, 11, 22)
    db.session.commit()
    client.get(f"/signatories/{where.slug}", status=404)


def test_who_never_signed_has_no_page_and_looks_like_who_is_not_there(app: Flask, client: Client) -> None:
    where = build.organisation()
    never = client.get(f"/signatories/{where.slug}", status=404)
    assert never.text == client.get("/signatories/nobody-at-all", status=404).text
    client.get(f"/signatories/{where.slug}/badge.svg", status=404)


def test_a_closed_organisation_says_so(app: Flask, client: Client) -> None:
    where = build.organisation()
    where.status = "closed"
    db.session.commit()
    build.sign_up(where)
    assert "This organisation has closed" in client.get(f"/signatories/{where.slug}").text


@pytest.mark.parametrize(
    "name", [LONG, "Ysgol Gynradd Å é ñ", "ਪੰਜਾਬੀ ਸਕੂਲ", "مدرسة الأمل", "<b>Bold</b> & School", "🌼 Nursery"]
)
def test_every_name_is_shown_as_it_is(app: Flask, client: Client, name: str) -> None:
    where = build.organisation(name)
    build.sign_up(where)
    assert name in client.get("/signatories").text
    page = client.get(f"/signatories/{where.slug}")
    assert page.h1 == name
    assert "<b>Bold" not in page.source


@pytest.mark.parametrize("address", ["/accessibility", "/privacy"])
def test_the_footer_leads_to_plain_words_and_to_whom_to_complain(client: Client, address: str) -> None:
    page = client.get(address)
    assert address in page.links().values()
    assert any(href.startswith("mailto:") for href in page.links().values())
    assert any("equalityadvisoryservice.com" in h or "ico.org.uk" in h for h in page.links().values())


def test_public_pages_may_be_shared(app: Flask, client: Client) -> None:
    where = build.organisation()
    build.sign_up(where)
    for address in ("/", "/signatories", f"/signatories/{where.slug}", "/accessibility", "/privacy"):
        headers = client.get(address).response.headers
        assert headers["Cache-Control"] == "public, max-age=0, must-revalidate"
        assert "Set-Cookie" not in headers, "reading needs no cookie, as the privacy page says"


def test_an_award_that_ran_out_says_so_on_list_page_and_badge_the_next_day(app: Flask, client: Client) -> None:
    where = build.organisation()
    build.sign_up(where)
    last = date(2026, 11, 22)
    award = build.award(where, valid_to=last)
    addresses = ("/signatories", f"/signatories/{where.slug}", f"/signatories/{where.slug}/badge.svg")
    for address in addresses:
        assert "Established" in client.get(address).response.get_data(as_text=True)
        assert "Award expired" not in client.get(address).response.get_data(as_text=True).split("</form>")[-1]
    award = db.session.merge(award)
    award.valid_to = last - timedelta(days=1)
    db.session.commit()
    for address in addresses:
        assert "Award expired" in client.get(address).response.get_data(as_text=True).split("</form>")[-1]


def test_the_privacy_page_names_every_cookie_that_is_set_and_how_long_it_lasts(app, client: Client):
    build.person("Sam Reed")
    client.get("/sign-in")
    client.submit("Sign in", email="sam.reed@example.org", password=build.PASSWORD)
    set_here = {cookie.key for cookie in client.http._cookies.values()}
    assert set_here == {"coprod_session", "coprod_known"}
    page = client.get("/privacy")
    for name in set_here:
        assert name in page.text
    assert f"{password_door.FOR.days} days after you last signed in here" in page.text
    assert "12 hours at most" in page.text


def test_the_privacy_page_says_how_long_evidence_is_kept_here(app: Flask, client: Client):
    page = client.get("/privacy")
    assert "Evidence: until 12 months after the award ends, or 24 months after its last use" in page.text
    app.extensions["coprod.settings"] = app.extensions["coprod.settings"].model_copy(update={"evidence_months": 18})
    assert "Evidence: until 18 months after the award ends" in client.get("/privacy").text


def test_the_accessibility_page_says_when_it_was_checked(client: Client):
    assert "It was last checked on 22 November 2026." in client.get("/accessibility").text
