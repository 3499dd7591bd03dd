"""A family's page in a language that is written from the right: mirrored, whole, and no wider than its window."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Route

from coprod.changes import operations
from coprod.transaction import transaction
from coprod.web import languages
from tests.changes.conftest import WHOLE
from tests.support import build, looks
from tests.support.build import MOMENT
from tests.support.wording import MIRRORED, pseudo

pytestmark = [pytest.mark.browser, pytest.mark.one_database]
ADDRESS = "http://localhost"


@pytest.fixture
def page(app, browser):
    """A page in the browser, answered by the app in this process: only here does it know the made-up language."""
    app.extensions[languages.LANGUAGES][MIRRORED] = pseudo(MIRRORED, "rtl")
    visitor = app.test_client()

    def answer(route: Route) -> None:
        asked = route.request
        parts = urlsplit(asked.url)
        options = {"data": asked.post_data, "content_type": asked.headers.get("content-type")}
        given = visitor.open(
            f"{parts.path}?{parts.query}", method=asked.method, **(options if asked.method == "POST" else {})
        )
        route.fulfill(status=given.status_code, headers=dict(given.headers), body=given.get_data())
        given.close()

    context = browser.new_context(base_url=ADDRESS, locale="en-GB")
    context.route("**/*", answer)
    yield context.new_page()
    context.close()


@pytest.fixture
def secret(app):
    school = build.organisation()
    lead = build.actor(build.lead_of(school).id)
    with transaction():
        record = operations.write(school.id, facts=WHOLE, actor=lead, now=MOMENT)
        _, secret = operations.make_link(record, actor=lead, now=MOMENT)
    return secret


def test_a_page_from_the_right_is_mirrored_and_fits(page, secret):
    page.goto(f"/confirm/{secret}?lang={MIRRORED}")
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    looks.check(page, "right-to-left")
    page.set_viewport_size({"width": 1280, "height": 900})
    for kind in (".cards", ":not(.cards)"):
        label = page.locator(f".govuk-radios{kind} .govuk-radios__label").first
        right = label.evaluate("e => parseFloat(getComputedStyle(e, '::before').right)")
        assert 0 <= right < 20, "the button stands at the left"
    said = page.locator(".said").first  # What was written from the left stays so.
    assert said.evaluate("e => getComputedStyle(e).direction") == "ltr"
    page.locator("main form button").click()
    page.locator(".govuk-error-summary").wait_for()
    looks.check(page, "right-to-left-errors")
