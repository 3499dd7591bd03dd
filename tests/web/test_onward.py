"""Where somebody goes on to after they signed in: a page of this site, known by its name, and nothing else."""

import pytest

from coprod.web import onward
from tests.support import build

pytestmark = pytest.mark.one_database

HOSTILE = [
    "",
    "x",
    "//evil.example",
    "///evil.example",
    "////evil.example/start",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/\n/evil.example",
    " //evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "https://evil.example/start",
    "http://localhost/start",
    "http://localhost@evil.example",
    "http://evil.example\\@localhost",
    "//localhost/start",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "/javascript:alert(1)",
    "%2f%2fevil.example",
    "/%2fevil.example",
    "/%5cevil.example",
    "/%09/evil.example",
    "/start/../..//evil.example",
    "/.//evil.example",
    "/start%00",
    "/start\0",
    "/start\r\nSet-Cookie: a=b",
    "/not-a-page",
    "/static/css/site.css",
    "/sign-out",
    "/people/requests/1",
    "/sign-in/second-step",
    "//[",
    "http://[::1",
    "/start" + "x" * 3000,
    "/start?" + "x" * 3000,
]


@pytest.fixture
def page_at(app):
    with app.test_request_context():
        yield onward.page_at


@pytest.mark.parametrize("target", HOSTILE)
def test_what_is_not_a_page_of_ours_leads_to_the_start_page(page_at, target):
    assert page_at(target) == "/start"


@pytest.mark.parametrize(
    "target",
    [
        "/start",
        "/",
        "/organisations/find?q=hazel",
        "/signatories?q=a+b&page=2",
        f"/people/requests/{build.UUID(int=7)}",
    ],
)
def test_a_page_that_is_read_is_found_by_its_name(page_at, target):
    assert page_at(target) == target


def test_what_follows_a_page_is_written_anew(page_at):
    assert page_at("/signatories?q=//evil.example&next=https://evil.example#x") == (
        "/signatories?q=%2F%2Fevil.example&next=https%3A%2F%2Fevil.example"
    )


@pytest.mark.parametrize("name", ["endpoint", "_external", "_scheme", "_anchor", "values"])
def test_no_name_in_a_query_means_anything_to_the_builder(page_at, name):
    assert page_at(f"/signatories?{name}=evil") == f"/signatories?{name}=evil"


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https:evil.example", "javascript:alert(1)"])
@pytest.mark.parametrize("where", ["form", "address"])
def test_signing_in_goes_nowhere_else(client, target, where):
    build.person("Sam Reed")
    client.get("/sign-in", query_string={"next": target} if where == "address" else None)
    page = client.submit("Sign in", email="sam.reed@example.org", password=build.PASSWORD, next=target)
    assert page.address == "/start"


@pytest.mark.parametrize(
    ("method", "referrer", "page"),
    [
        ("POST", "http://localhost/start", "/start"),
        ("POST", "http://localhost/signatories?q=oak", "/signatories?q=oak"),
        ("GET", "http://localhost/start", ""),
        ("POST", "http://evil.example/start", ""),
        ("POST", "http://localhost/not-a-page", ""),
        ("POST", "http://localhost//evil.example", ""),
        ("POST", "http://[::1", ""),
        ("POST", "/start", ""),
        ("POST", "", ""),
    ],
)
def test_a_form_that_is_refused_came_from_a_page_of_this_site(app, method, referrer, page):
    with app.test_request_context("/sign-out", method=method, headers={"Referer": referrer}):
        assert onward.came_from() == page
