"""The list as data for other programs: files, feed, what search engines read; open to all, and cheap to ask again."""

import re
from datetime import date
from xml.etree import ElementTree

import pytest
from flask import Flask

from coprod.app import create_app
from coprod.certificates import making
from coprod.database import db
from coprod.directory import search_engines
from coprod.web import access, deployment
from coprod.web.open_data import ATTRIBUTE
from tests.directory.test_export import signed
from tests.directory.test_open_api import known
from tests.support import build
from tests.support.client import Client

ATOM = "{http://www.w3.org/2005/Atom}"
OPEN = (
    "/signatories.csv",
    "/signatories.json",
    "/signatories.atom",
    "/sitemap.xml",
    "/sitemap-pages.xml",
    "/sitemap-signatories-1.xml",
    "/robots.txt",
)


@pytest.fixture
def signatory(app: Flask) -> build.Organisation:
    where = build.organisation()
    build.sign_up(where)
    return where


@pytest.mark.parametrize("address", OPEN)
def test_other_websites_may_read_it_and_ask_again_for_nothing(
    app: Flask, client: Client, signatory: build.Organisation, address: str
) -> None:
    first = client.http.get(address)
    assert first.status_code == 200
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    tag = {"If-None-Match": first.headers["ETag"]}
    again = client.http.get(address, headers=tag)
    assert (again.status_code, again.data) == (304, b"")
    build.public_change(signatory)
    assert client.http.get(address, headers=tag).status_code == 200, "something public changed"


@pytest.mark.parametrize("address", ["/signatories", "/sign-in"])
def test_pages_are_not_open_to_other_websites(app: Flask, client: Client, address: str) -> None:
    assert "Access-Control-Allow-Origin" not in client.http.get(address).headers


def test_the_tag_differs_with_what_is_asked_for(app: Flask, client: Client, signatory: build.Organisation) -> None:
    tags = {client.http.get(f"/signatories.csv?{query}").headers["ETag"] for query in ("", "q=a", "kind=special")}
    assert len(tags) == 3


def test_data_says_its_licence(app: Flask, client: Client, signatory: build.Organisation) -> None:
    licence = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
    assert client.http.get("/signatories.json").json["licence"]["address"] == licence  # type: ignore[index]  # it is JSON
    assert licence in client.http.get("/signatories.csv").headers["Link"]
    assert client.get("/signatories").link("Open Government Licence v3.0") == licence
    assert licence in client.http.get("/signatories.atom").text


def test_the_feed_says_what_happened_newest_first_and_links_only_to_pages_that_are_there(
    app: Flask, client: Client, signatory: build.Organisation
) -> None:
    gone = build.organisation("Oak & Ash <School>")
    build.sign_up(gone, ended_as="withdrawn", ended_on=date(2024, 1, 1))
    build.public_change(gone, "Old news")
    build.public_change(signatory, "A quiet gate")
    build.public_change(signatory, "A draft", published_at=None)
    feed = ElementTree.fromstring(client.http.get("/signatories.atom").data)  # noqa: S314  # our own feed
    told = {
        entry.findtext(f"{ATOM}title"): entry.find(f"{ATOM}link").get("href")  # type: ignore[union-attr]  # each has one
        for entry in feed.iter(f"{ATOM}entry")
    }
    assert told == {
        "Hazel Lane School: A quiet gate": f"http://localhost/signatories/{signatory.slug}",
        "Oak & Ash <School>: Old news": "http://localhost/signatories",
    }
    keys = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert len(keys) == len(set(keys))


def test_search_engines_find_every_page_once(app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_engines, "PART", 2)
    for number in range(5):
        build.sign_up(build.organisation(f"School {number}"))
    parts = _locations(client, "/sitemap.xml")
    assert len(parts) == 4
    pages = [page for part in parts for page in _locations(client, part.removeprefix("http://localhost"))]
    assert len(pages) == len(set(pages))
    assert sum("/signatories/" in page for page in pages) == 5
    for page in pages:
        assert client.http.get(page.removeprefix("http://localhost")).status_code == 200, page
    client.get("/sitemap-signatories-99.xml", status=404)
    assert "Sitemap: http://localhost/sitemap.xml" in client.http.get("/robots.txt").text


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        ("/", "/"),
        ("/signatories?utm_source=x", "/signatories"),
        ("/signatories?q=oak&nonsense=1", "/signatories?q=oak"),
        ("/privacy?x=1", "/privacy"),
    ],
)
def test_every_page_says_its_own_address(app: Flask, client: Client, address: str, canonical: str) -> None:
    assert f'<link rel="canonical" href="http://localhost{canonical}">' in client.get(address).source


def test_a_misspelt_search_says_what_was_looked_for_instead(
    app: Flask, client: Client, signatory: build.Organisation
) -> None:
    page = client.get("/signatories?q=hazle+school")
    assert "Nobody has the words “hazle school”. This is what we found for hazel school ." in page.text
    assert "1 signatory found" in page.text


def test_numbers_beside_the_filters_are_of_five_or_more(app: Flask, client: Client) -> None:
    for number in range(5):
        where = build.organisation(f"School {number}")
        where.town = "Corby" if number < 4 else "Kettering"
        build.sign_up(where)
    page = client.get("/signatories")
    assert "Primary school (5)" in page.text
    assert "Corby (" not in page.text
    found = client.submit("Search", place="corby")
    assert "4 signatories found" in found.text
    where = build.organisation("School 6")
    where.town = "Corby"
    build.sign_up(where)
    db.session.commit()
    assert "Corby (5)" in client.get("/signatories").text


def test_an_organisations_page_tells_programs_who_it_is(
    app: Flask, client: Client, signatory: build.Organisation
) -> None:
    build.award(signatory)
    source = client.get(f"/signatories/{signatory.slug}").source
    assert 'itemtype="https://schema.org/Organization"' in source
    assert '<meta itemprop="name" content="Hazel Lane School">' in source
    assert f'<dd itemprop="identifier">URN {signatory.value}</dd>' in source
    assert '<meta itemprop="award" content="Established, valid to 2 March 2028">' in source


@pytest.mark.usefixtures("quick_papers")
def test_every_public_page_and_file_is_cheap_to_ask_for_again_or_is_kept_nowhere(app: Flask) -> None:
    """What says nobody may keep it: check pages, forms, private links, and whether the server is well."""
    signed("Hazel Lane School")
    making.make_missing(now=build.MOMENT)
    where = build.db.session.query(build.Organisation).one()
    build.public_change(where)
    kept = create_app(deployment.settings(), TESTING=True, CLOCK=lambda: build.MOMENT, RATELIMIT_ENABLED=False)
    client = kept.test_client(use_cookies=False)
    tagged = set()
    for rule in app.url_map.iter_rules():
        stated = access.access_of(app, rule.endpoint)
        if rule.endpoint == "static" or "GET" not in rule.methods or not (stated and stated.anyone):
            continue
        address = re.sub("<.*?>", lambda name: THERE.get(name[0], where.slug), rule.rule)
        thumbprint, code = known(app)["thumbprint"], known(app)["code"]
        first = client.get(address.replace("THUMBPRINT", thumbprint).replace("CODE", code), buffered=True)
        shared = stated.cached or getattr(app.view_functions[rule.endpoint], ATTRIBUTE, False)
        if not shared:
            assert first.headers["Cache-Control"] == "no-store", address
            continue
        assert first.status_code == 200, address
        again = client.get(first.request.path, headers={"If-None-Match": first.headers["ETag"]}, buffered=True)
        assert (again.status_code, again.data) == (304, b""), address
        tagged.add(rule.endpoint)
    assert len(tagged) > 25


THERE = {
    "<code>": "RA1",
    "<thumbprint>": "THUMBPRINT",
    "<audience>": "school",
    "<layout>": "large-print",
    "<int(max=100000):part>": "1",
}


def test_pages_with_a_long_query_have_a_tag_and_are_not_kept(app: Flask) -> None:
    kept = create_app(deployment.settings(), TESTING=True, CLOCK=lambda: build.MOMENT, RATELIMIT_ENABLED=False)
    client = kept.test_client(use_cookies=False)
    first = client.get(f"/signatories?q={'x' * 300}")
    assert client.get(first.request.full_path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def _locations(client: Client, address: str) -> list[str]:
    tree = ElementTree.fromstring(client.http.get(address).data)  # noqa: S314  # our own sitemap
    return [element.text or "" for element in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
