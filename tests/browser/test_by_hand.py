"""A head, a reviewer and a family each do what they came for by keyboard alone, and with scripting off.

Providers do so in test_assessment.py, with a whole assessment.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.rounds import Round, peopled
from tests.support.sides import Sides
from tests.support.visitor import COOKIE

pytestmark = pytest.mark.browser

FARTHEST = 120  # presses of the Tab key


@pytest.fixture(scope="module")
def two(two_sides: Sides, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Round]:
    with peopled(two_sides, tmp_path_factory.mktemp("by-hand"), browser) as made:
        yield made


@pytest.fixture(params=["by keyboard alone", "with scripting off"])
def context(two: Round, browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    scripting = request.param == "by keyboard alone"
    made = browser.new_context(base_url=two.windows.base, java_script_enabled=scripting)
    made.set_default_timeout(15_000)
    yield made
    made.close()
    two.sides.changed()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def test_a_head_signs_the_charter(two: Round, page: Page) -> None:
    page.goto(f"/charter/confirm/{two.sides.world.own['link_to_sign']}")
    press(page, "Sign the charter")
    expect(page.get_by_role("alert")).to_contain_text("Tick the box to agree to the declaration")
    tick(page, "I agree to this declaration")
    press(page, "Sign the charter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for signing")


def test_a_family_says_whether_it_is_so(two: Round, page: Page) -> None:
    page.goto(f"/confirm/{two.sides.world.own['secret']}")
    press(page, "Send my answer")
    expect(page.get_by_role("alert")).to_be_visible()
    choose(page, "answer")
    choose(page, "group")
    press(page, "Send my answer")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")


def test_a_reviewer_declares_takes_a_case_and_rates(two: Round, page: Page) -> None:
    cookie = {"name": COOKIE, "value": two.sides.seats["reviewer"][0], "url": two.windows.base}
    page.context.add_cookies([cookie])
    page.goto(f"/moderation/assessments/{two.sides.world.own['waiting']}/declare")
    choose(page, "answer")
    press(page, "Continue")
    press(page, "Take this case")
    press(page, "Rate the next question")
    choose(page, "rating")
    typed(page, "reason", "The account says so.")
    press(page, "Save and go on")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("1 of")).not_to_have_count(0)


# With the keys that people use who have no mouse. None of them needs scripting of ours.


def press(page: Page, name: str) -> None:
    """Tab on to a link or a button, and press Enter."""
    target = page.get_by_role("button", name=name, exact=True).or_(page.get_by_role("link", name=name, exact=True))
    reach(page, f"the button or link {name}", target.first)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def tick(page: Page, label: str) -> None:
    reach(page, label, page.get_by_label(label))
    page.keyboard.press("Space")


def choose(page: Page, name: str) -> None:
    """Tab on to the radio buttons of this name, and take the first."""
    reach(page, name, page.locator(f"input[type=radio][name={name}]").first)
    page.keyboard.press("Space")


def typed(page: Page, name: str, words: str) -> None:
    reach(page, name, page.locator(f"[name={name}]"))
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(words)


def reach(page: Page, what: str, target: Locator) -> None:
    for _ in range(FARTHEST):
        page.keyboard.press("Tab")
        if target.and_(page.locator(":focus")).count():
            return
    raise AssertionError(f"the Tab key does not come to {what}")
