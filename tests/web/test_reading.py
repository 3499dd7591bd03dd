"""How somebody likes to read is kept in a cookie, and pages for everybody are kept apart by it."""

import pytest
from flask import Flask, render_template_string

from coprod.app import create_app
from coprod.settings import Settings
from coprod.web import reading
from coprod.web.access import public
from coprod.web.reading import Reader
from tests.conftest import MOMENT


@pytest.mark.parametrize(
    ("cookies", "reader"),
    [
        ("", Reader()),
        ("coprod_reading=large", Reader(large=True)),
        ("a=b; coprod_reading=large-plain; c=d", Reader(large=True, plain=True)),
        ("__Host-coprod_reading=contrast", Reader(contrast=True)),
        ('coprod_reading="plain-large-contrast"', Reader(True, True, True)),
        ("coprod_reading=large-large-huge-<script>", Reader(large=True)),
        ("coprod_reading=", Reader()),
        ("not_coprod_reading=large", Reader()),
        ("coprod_reading", Reader()),
    ],
)
def test_only_our_three_words_count(cookies: str, reader: Reader) -> None:
    assert reading.kept_in(cookies) == reader


def test_there_are_eight_ways_and_each_says_itself_in_one_way_only() -> None:
    ways = [Reader(a, b, c) for a in (False, True) for b in (False, True) for c in (False, True)]
    assert len({way.key for way in ways}) == 8
    assert all(reading.kept_in(f"coprod_reading={way.key}") == way for way in ways)


def test_each_way_of_reading_is_kept_by_itself(app: Flask, settings: Settings) -> None:
    kept = create_app(settings, TESTING=True, CLOCK=lambda: MOMENT, RATELIMIT_ENABLED=False)
    made = []

    @kept.get("/kept")
    @public(cached=True)
    def page() -> str:
        made.append(1)
        return render_template_string("{{ reads.classes }}")

    def says(cookies: str) -> str:
        return kept.test_client(use_cookies=False).get("/kept", headers={"Cookie": cookies}).text

    for _ in range(2):
        assert says("") == ""
        assert says("coprod_reading=large") == "reads-large"
        assert says("coprod_reading=large-nonsense; x=1") == "reads-large"
        assert says("coprod_reading=large-plain") == "reads-large reads-plain"
    assert len(made) == 3


def test_a_page_that_may_be_kept_elsewhere_says_that_it_depends_on_cookies(app: Flask, settings: Settings) -> None:
    kept = create_app(settings, TESTING=True, CLOCK=lambda: MOMENT, RATELIMIT_ENABLED=False)
    assert "Cookie" in kept.test_client().get("/signatories").headers["Vary"]
