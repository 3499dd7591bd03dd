"""One assessment of 25 questions in real browsers: by keyboard alone, and with scripting off. Nothing typed is lost.

On the way: a conflict between two people, a question that does not apply, a connection that drops, and a sign-out.
"""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from coprod.accounts import queries as accounts
from coprod.assessments import queries
from coprod.assessments.models import Assessment
from coprod.database import db
from coprod.framework.queries import current_framework
from tests.browser.conftest import Site
from tests.support import assessments as make
from tests.support import build

LEAD, COLLEAGUE = "ravi.lead@example.org", "cat.colleague@example.org"
LEFT_OUT, MET, DROPPED, SIGNED_OUT = "LLE4", "WT2", "AMB3", "RA3"

pytestmark = pytest.mark.browser


@pytest.fixture
def draft(site: Site) -> UUID:
    """A school's assessment that has just begun, and two people who work on it."""
    with site.app.app_context():
        school = build.organisation("Hazel Lane School")
        lead = build.lead_of(school, "Ravi Lead")
        build.membership(build.person("Cat Colleague"), school)
        return make.started(school, build.actor(lead.id)).id


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A window in which a lost connection and a refused save are part of the story, and not complaints."""
    made = browser.new_context(base_url=site.address)
    made.set_default_timeout(20_000)
    yield made
    made.close()


@pytest.fixture
def plain(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """The same with scripting off."""
    made = browser.new_context(base_url=site.address, java_script_enabled=False)
    made.set_default_timeout(20_000)
    yield made
    made.close()


def test_by_keyboard_alone(site: Site, draft: UUID, context: BrowserContext) -> None:
    lead = context.new_page()
    codes = codes_of(site)
    sign_in(lead)
    lead.goto(f"/assessments/{draft}/questions/{codes[0]}")
    for code in codes:
        expect(lead).to_have_url(re.compile(f"{code}$"))
        choose(lead, 5 if code == LEFT_OUT else 2)
        if code == LEFT_OUT:
            typed(lead, "reason", "We hold no meetings.")
        expect(lead.get_by_role("status").get_by_text("by you")).to_be_visible()
        if code == MET:
            colleague_saves(site, draft, code)
        if code == DROPPED:
            context.set_offline(True)
        if code == SIGNED_OUT:
            context.clear_cookies()
        typed(lead, "account", words_for(code))
        if code == DROPPED:
            come_back_on_line(lead)
        if code == SIGNED_OUT:
            sign_in_again(lead, code)
        press(lead, "Save and next")
        if code == MET:
            expect(lead.get_by_role("heading", name="Two versions of one answer")).to_be_visible()
            press(lead, "Use yours")
            expect(lead.locator("form[data-keep]")).to_be_visible()
            press(lead, "Save and next")
    expect(lead.get_by_text("25 of 25 answered")).to_be_visible()
    check_all(site, draft, codes)


def test_with_scripting_off(site: Site, draft: UUID, plain: BrowserContext) -> None:
    lead = plain.new_page()
    codes = codes_of(site)
    sign_in(lead)
    lead.goto(f"/assessments/{draft}/questions/{codes[0]}")
    for code in codes:
        expect(lead).to_have_url(re.compile(f"{code}$"))
        chosen = lead.locator(f"input[name=rating][value='{'na' if code == LEFT_OUT else 2}']")
        chosen.scroll_into_view_if_needed()
        chosen.check(force=True)
        if code == LEFT_OUT:
            lead.locator("[name=reason]").fill("We hold no meetings.")
        lead.locator("[name=account]").fill(words_for(code))
        if code == MET:
            colleague_saves(site, draft, code)
        if code == SIGNED_OUT:
            plain.clear_cookies()
        if code == DROPPED:
            try_without_connection(lead)
        lead.get_by_role("button", name="Save and next", exact=True).click()
        if code == MET:
            lead.get_by_role("button", name="Use yours").click()
            lead.get_by_role("button", name="Save and next", exact=True).click()
        if code == SIGNED_OUT:
            sign_in(plain.new_page())
            lead.get_by_role("button", name="Save what I typed").click()
            expect(lead.get_by_role("heading", level=1)).to_have_text("Nothing is lost: press save once more")
            lead.get_by_role("button", name="Save what I typed").click()
    expect(lead.get_by_text("25 of 25 answered")).to_be_visible()
    check_all(site, draft, codes)


def codes_of(site: Site) -> list[str]:
    with site.app.app_context():
        return [question.code for question in current_framework().questions]


def sign_in(page: Page) -> None:
    page.goto("/sign-in")
    fill_in_sign_in(page)


def fill_in_sign_in(page: Page) -> None:
    page.get_by_label("E-mail address").fill(LEAD)
    page.get_by_label("Password", exact=True).fill(build.PASSWORD)
    page.get_by_label("Password", exact=True).press("Enter")
    page.wait_for_url(lambda address: "/sign-in" not in address)


def come_back_on_line(page: Page) -> None:
    """Pressing a button without a connection leaves everything where it is; with one it is saved at once."""
    status = page.get_by_role("status")
    expect(status.get_by_text("there is no connection")).to_be_visible()
    press(page, "Save and next")
    expect(page.locator("[name=account]")).to_have_value(words_for(DROPPED))
    page.context.set_offline(False)
    expect(status.get_by_text("by you")).to_be_visible()
    page.locator("[name=account]").focus()


def sign_in_again(page: Page, code: str) -> None:
    """The page says that the session is over; what was typed comes back after signing in."""
    link = page.get_by_role("status").get_by_role("link", name="Sign in again")
    with page.expect_response("**/keep"):  # Whoever leaves the box with what they typed tries to save it.
        link.focus()
    page.wait_for_timeout(200)
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    fill_in_sign_in(page)
    expect(page).to_have_url(re.compile(f"{code}$"))
    expect(page.get_by_text("You wrote something here at")).to_be_visible()
    page.get_by_role("button", name="Put it back").press("Enter")
    expect(page.locator("[name=account]")).to_have_value(words_for(code))


def try_without_connection(page: Page) -> None:
    """The browser can't send it, and the page stays as it was typed."""
    page.route("**/questions/*", lambda route: route.abort("aborted"))
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="Save and next", exact=True).click(no_wait_after=True)
    page.unroute("**/questions/*")
    expect(page.locator("[name=account]")).to_have_value(words_for(DROPPED))


def check_all(site: Site, draft: UUID, codes: list[str]) -> None:
    """Every answer is there as it was typed."""
    with site.app.app_context():
        rows = queries.rows_of(db.session.get_one(Assessment, draft))
        assert {code: row.account for code, row in rows.items()} == {code: words_for(code) for code in codes}
        ratings = {code: row.rating for code, row in rows.items()}
        assert ratings == {code: None if code == LEFT_OUT else 2 for code in codes}
        assert (rows[LEFT_OUT].not_applicable, rows[LEFT_OUT].reason) == (True, "We hold no meetings.")


def words_for(code: str) -> str:
    return f"What we do about {code}."


def choose(page: Page, steps: int) -> None:
    """From the first answer, so many arrows down."""
    page.locator("input[name=rating]").first.focus()
    page.keyboard.press("Space")
    for _ in range(steps):
        page.keyboard.press("ArrowDown")


def typed(page: Page, name: str, words: str) -> None:
    """Tab on to the box, and type."""
    for _ in range(12):
        if page.evaluate("document.activeElement.name") == name:
            break
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == name
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(words)


def press(page: Page, button: str) -> None:
    """Tab on to the button, and press Enter."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == button:
            break
    assert page.evaluate("document.activeElement.textContent.trim()") == button
    page.keyboard.press("Enter")


def colleague_saves(site: Site, draft: UUID, code: str) -> None:
    """Somebody else saves the question while it is open here."""
    with site.app.app_context():
        assessment = db.session.get_one(Assessment, draft)
        colleague = accounts.person_with_email(COLLEAGUE)
        assert colleague is not None
        row = queries.rows_of(assessment).get(code)
        standing = row.revision if row else None
        make.save(assessment, code, build.actor(colleague.id), 1, account="Theirs", revision=standing)
