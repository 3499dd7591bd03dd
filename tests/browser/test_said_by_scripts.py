"""What scripts say stands in the language of the page: of what is kept, of time that runs out, of passkeys."""

import json
import re
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, Route, expect

from coprod.web import languages
from tests.support import assessments as make
from tests.support import build
from tests.support.client import Client
from tests.support.wording import HERE, accented, pseudo

pytestmark = [pytest.mark.browser, pytest.mark.one_database]
ADDRESS = "http://localhost"
A_MINUTE = 60_000  # thousandths of a second
REFUSED = "Words of the server."


def answering(visitor: FlaskClient, route: Route) -> None:
    asked = route.request
    parts = urlsplit(asked.url)
    options = {"data": asked.post_data_buffer, "content_type": asked.headers.get("content-type")}
    given = visitor.open(
        f"{parts.path}?{parts.query}",
        method=asked.method,
        headers={"Accept": asked.headers.get("accept", "*/*")},
        **(options if asked.method == "POST" else {}),
    )
    route.fulfill(status=given.status_code, headers=dict(given.headers), body=given.get_data())
    given.close()


@pytest.fixture
def client(app):
    app.extensions[languages.LANGUAGES][HERE] = pseudo()
    return Client(app)


@pytest.fixture
def page(client, browser):
    """A page in the browser, answered by the app in this process: only here does it know the made-up language."""
    context = browser.new_context(base_url=ADDRESS, locale="en-GB")
    context.route("**/*", lambda route: answering(client.http, route))
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    yield opened
    context.close()


@pytest.fixture
def question(page, client):
    """A question that somebody answers, and where it is kept."""
    school = build.organisation("Hazel Lane School")
    lead = build.lead_of(school, "Ravi Lead")
    draft = make.started(school, build.actor(lead.id))
    client.sign_in("ravi.lead@example.org")
    address = f"/assessments/{draft.id}/questions/RA1"
    page.goto(f"{address}?lang={HERE}")
    return f"**{address}/keep*"


def answered(page: Page, where: str, status: int, told: dict[str, str]) -> None:
    """The next saves are answered like this."""
    page.unroute(where)
    page.route(where, lambda route: route.fulfill(status=status, json=told))


def typed(page: Page, words: str) -> None:
    page.locator("[name=account]").fill(words)
    page.locator("[name=account]").blur()


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (409, f"{accented('Not saved:')} {REFUSED} {accented('Press “Save and stay” to see both.')}"),
        (422, f"{accented('Not saved yet.')} {REFUSED}"),
        (400, accented("Not saved. What you wrote stays in this window. Reload the page to go on.")),
        (503, REFUSED),
        (401, accented("Not saved: you are signed out. What you wrote stays in this window. Sign in again")),
    ],
)
def test_what_became_of_a_save(page, question, status, said):
    answered(page, question, status, {"refused": REFUSED})
    typed(page, "Parents met us.")
    for place in page.locator("[data-saved]").all():
        expect(place).to_have_text(said)
    if status == 401:
        link = page.locator("p[data-saved]").get_by_role("link", name=accented("Sign in again"))
        assert link.get_attribute("href").startswith("/sign-in?next=")


def test_a_save_that_nobody_hears_and_what_is_offered_back(page, question):
    page.route(question, lambda route: route.abort())
    typed(page, "Parents met us.")
    lost = "Not saved: there is no connection. We keep trying, and what you wrote stays in this window."
    expect(page.locator("p[data-saved]")).to_have_text(accented(lost))
    page.reload()
    note = page.locator(".note", has=page.get_by_role("button", name=accented("Throw it away")))
    before, after = (accented(part) for part in ("You wrote something here at", "that is not saved yet."))
    expect(note.locator(".note__title")).to_have_text(re.compile(rf"^{before} \d\d:\d\d {after}$"))
    page.unroute(question)
    note.get_by_role("button", name=accented("Put it back")).click()
    expect(page.locator("[name=account]")).to_have_value("Parents met us.")
    expect(page.locator("p[data-saved]")).to_contain_text(accented("Saved at"))
    expect(note).to_have_count(0)


@pytest.fixture
def dialog(page, client):
    """What comes before somebody is signed out, 90 minutes after the last page."""
    build.person("Sam Reed")
    client.sign_in("sam.reed@example.org")
    page.clock.install()
    page.goto(f"/start?lang={HERE}")
    return page.locator("dialog.time-out")


def soon(minutes: str) -> str:
    return f"{accented('If you do nothing, you will be signed out in')} {minutes}."


def test_that_time_runs_out_is_said_for_each_minute(page, dialog):
    page.clock.fast_forward(84 * A_MINUTE)
    expect(dialog).to_be_hidden()
    page.clock.fast_forward(A_MINUTE + 10_000)
    words = dialog.get_by_role("status")
    for left in (5, 4, 3, 2, 1):
        expect(words).to_have_text(soon(f"{left} {accented('minute' if left == 1 else 'minutes')}"))
        if left > 1:
            page.clock.fast_forward(A_MINUTE)
    page.clock.fast_forward(A_MINUTE)
    expect(dialog.get_by_role("heading")).to_have_text(accented("You are signed out"))
    expect(words).to_contain_text(accented("What you typed on this page is still here."))
    dialog.get_by_role("button", name=accented("Go back to the page")).click()
    expect(dialog).to_be_hidden()


def test_staying_in_is_tried_again_and_has_an_end(page, dialog):
    page.clock.fast_forward(86 * A_MINUTE)
    button = dialog.get_by_role("button", name=accented("Stay signed in"))
    page.route("**/account/stay*", lambda route: route.abort())
    button.click()
    words = dialog.get_by_role("status")
    expect(words).to_have_text(accented("We could not reach the site. Check your connection, then try again."))
    page.unroute("**/account/stay*")
    page.route("**/account/stay*", lambda route: route.fulfill(body=json.dumps({"seconds": 100})))
    button.click()
    expect(words).to_contain_text(accented("You have been signed in for a long time."))
    expect(words).to_contain_text(f"{accented('you will be signed out in')} 2 {accented('minutes')}.")
    expect(button).to_be_hidden()


def test_who_stays_is_asked_no_more(page, dialog):
    page.clock.fast_forward(86 * A_MINUTE)
    dialog.get_by_role("button", name=accented("Stay signed in")).click()
    expect(dialog).to_be_hidden()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("InvalidStateError", "This device has a passkey for this site already."),
        ("NotAllowedError", "Nothing was done: it was stopped, or took too long. Press the button to try again."),
    ],
)
def test_a_passkey_that_came_to_nothing(page, client, fault, said):
    build.person("Sam Reed")
    given = f"async () => {{ throw new DOMException('', '{fault}'); }}"
    page.add_init_script(f"CredentialsContainer.prototype.get = {given};")
    page.goto(f"/sign-in/passkey?lang={HERE}")
    page.get_by_role("button", name=accented("Use a passkey")).click()
    expect(page.locator("#passkey-said")).to_have_text(accented(said))
