"""Every page in a real browser, as each sort of person gets it, and each form that is refused: nothing is wrong.

What there is comes from the table of routes in tests/architecture/test_matrix.py, so a new page is looked at without
being named here. Of two people who get the same page, one is looked over the shoulder.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from werkzeug.routing import Rule

from tests.architecture.test_matrix import MATRIX, rules, sent
from tests.browser.rounds import Round, peopled
from tests.browser.test_crawl import NO_PAGES
from tests.support import nu
from tests.support.sides import Sides
from tests.support.world import PEOPLE

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

ANSWERED = {"200", "302", "409", "422"}
PROVIDERS = {"assessments", "changes", "charter", "evidence"}
HALVES = ("of providers", "of others")  # Both take about as long: each of two workers takes one.


@pytest.fixture
def whole_round(two_sides: Sides, tmp_path: Path, browser: Browser) -> Iterator[Round]:
    (tmp_path / "sides").mkdir()
    with peopled(two_sides, tmp_path / "sides", browser) as made:
        yield made


@pytest.mark.parametrize("half", HALVES)
def test_nothing_is_wrong_with_any_page(whole_round: Round, half: str, tmp_path: Path) -> None:
    for method, rule in rules(whole_round.sides.app):
        ours = (rule.endpoint.split(".")[0] in PROVIDERS) == (half == HALVES[0])
        if ours and rule.endpoint not in NO_PAGES:
            look(whole_round, method, rule)
    found = [*whole_round.found, *whole_round.windows.complaints, *nu.faults(whole_round.sources, tmp_path / "html")]
    assert not found, "\n".join(found)


def look(whole_round: Round, method: str, rule: Rule) -> None:
    """As everybody who is let in; a form is sent empty, and filled in."""
    cells = dict(zip(PEOPLE, MATRIX[f"{method} {rule.endpoint}"][0].split(), strict=True))
    for who in [who for who in reversed(PEOPLE) if cells[who] in ANSWERED]:
        if method == "POST":
            whole_round.look_at("POST", rule, who, {})
            whole_round.look_at("POST", rule, who, sent(whole_round.sides, rule, "own"))
        elif cells[who] == "200":
            whole_round.look_at("GET", rule, who)
