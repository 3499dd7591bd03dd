"""What is kept of a page for everybody is the page itself, and holds nothing of who asked before."""

from urllib.parse import quote_plus

import pytest
from flask import Flask, session

from coprod.directory import queries
from coprod.directory.asking import asked_for
from coprod.directory.list_page import list_page
from tests.directory.test_search import TODAY, signed
from tests.support import build
from tests.support.client import Client

TYPED = "<b>\"Ash\" & 'Oak'</b>"
ADDRESSES = (
    "/signatories",
    "/signatories?q=school",
    "/signatories?q=%3Cb%3E%22Ash%22+%26+%27Oak%27%3C%2Fb%3E&kind=primary",
    "/signatories?q=skool&place=corby&award=established&status=signed",
    "/signatories?q=schol",
    "/signatories?kind=special",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_that_is_filled_in_is_the_page_that_is_made_whole(app: Flask, address: str) -> None:
    signed("Ash School", "Oak School", kind="primary")

    def made(*, whole: bool) -> str:
        with app.test_request_context(address):
            if whole:
                session["anything"] = "here"
            asked, given = asked_for()
            return list_page(queries.page(asked, today=TODAY), given)

    assert made(whole=False) == made(whole=False) == made(whole=True)


def test_nobody_gets_what_somebody_else_typed(app: Flask, client: Client) -> None:
    signed("Ash School")
    assert "zebra" in client.get("/signatories?q=zebra").source
    after = client.get("/signatories?q=giraffe").source
    assert "giraffe" in after
    assert "zebra" not in after
    assert "giraffe" not in client.get("/signatories").source


def test_what_is_typed_stays_words(app: Flask, client: Client) -> None:
    signed("Ash School")
    page = client.get(f"/signatories?q={quote_plus(TYPED)}").source
    assert "<b>" not in page
    assert "&lt;b&gt;&#34;Ash&#34; &amp; &#39;Oak&#39;&lt;/b&gt;" in page


def test_who_is_signed_in_gets_a_page_of_their_own(app: Flask, client: Client) -> None:
    signed("Ash School")
    sam = build.person()
    before = client.get("/signatories").source
    client.sign_in(sam.email)
    assert "Sign out" in client.get("/signatories").text
    client.sign_out()
    assert client.get("/signatories").source == before


def test_how_one_reader_wants_pages_to_look_is_not_how_others_see_them(app: Flask, client: Client) -> None:
    signed("Ash School")
    before = client.get("/signatories").source
    client.get("/reading")
    client.submit("Show pages like this", ways=["large"])
    assert client.get("/signatories").source != before
    assert Client(app).get("/signatories").source == before
