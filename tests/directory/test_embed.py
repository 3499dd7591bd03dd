"""The list inside another website: no script of ours, only there, and as it is asked for."""

import re
from html import unescape

import pytest
from flask import Flask

from coprod.web.headers import EMBEDDED, POLICY
from tests.support import build
from tests.support.client import Client


@pytest.fixture
def listed(app: Flask) -> None:
    for number in range(21):
        where = build.organisation(f"School {number:02}", kind="special" if number == 3 else "primary")
        where.town = "Corby" if number in {3, 4} else "Kettering"
        build.sign_up(where)


def test_only_it_may_be_shown_inside_other_websites(app: Flask, client: Client, listed: None) -> None:
    answer = client.http.get("/embed/signatories")
    assert answer.headers["Content-Security-Policy"] == EMBEDDED
    assert "frame-ancestors *" in EMBEDDED
    assert "<script" not in answer.text
    assert "<form" not in answer.text
    assert "Set-Cookie" not in answer.headers
    for page in ("/signatories", "/data", "/"):
        assert client.http.get(page).headers["Content-Security-Policy"] == POLICY
    assert "frame-ancestors 'none'" in POLICY


def test_it_shows_what_is_asked_for_and_leads_on(app: Flask, client: Client, listed: None) -> None:
    first = client.get("/embed/signatories")
    assert "21 signatories, A to Z" in first.text
    assert "School 19" in first.text
    assert "School 20" in client.get(first.link("Next page →")).text
    some = client.get("/embed/signatories?place=corby&kind=special&nonsense=1")
    assert "Special school, Corby" in some.text
    assert "School 03" in some.text
    assert "School 04" not in some.text
    whole = some.link("Search the whole list, and see what each of them promised (opens in a new tab)")
    assert whole == "http://localhost/signatories?kind=special&place=corby"
    for link in some.tree.iter("a"):
        assert link.get("target") == "_blank"
    assert "Nobody has signed yet." in client.get("/embed/signatories?place=nowhere").text


def test_the_words_to_copy_are_for_what_was_searched(app: Flask, client: Client, listed: None) -> None:
    page = client.get("/signatories?place=corby")
    words = page.tree.find(".//textarea[@id='show-list']").text
    source = re.search(r'<iframe src="([^"]+)" title="Who has signed the charter"', words)
    assert source is not None
    shown = client.get(unescape(source[1]).removeprefix("http://localhost"))
    assert "2 signatories, A to Z" in shown.text


def test_the_page_about_data_leads_to_all_of_them(app: Flask, client: Client, listed: None) -> None:
    assert client.get("/").link("Data, and your own website") == "/data"
    page = client.get("/data")
    assert "/register/head.json" not in page.source, "there is none before the first entry"
    for words in ("our OpenAPI 3.1 document", "All entries (JSON Lines)", "our public keys", "one small program"):
        assert client.http.get(page.link(words), buffered=True).status_code == 200
    assert 'src="http://localhost/embed/signatories"' in page.tree.find(".//textarea[@id='show-list']").text
