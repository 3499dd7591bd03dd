"""Whatever people type is shown as they typed it, and never acts: not in a name, an answer, a reason or a file's name.

Markup stands in every field that people fill in. Each page is opened in a browser by whoever sees most of it: nothing
of it may become part of the page, let alone run. What is no page, such as a feed or a badge, is read.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from markupsafe import escape
from playwright.sync_api import Browser
from werkzeug.routing import Rule

from tests.architecture.test_matrix import MATRIX, address, rules
from tests.browser.rounds import Round, peopled
from tests.support.sides import Sides
from tests.support.world import PEOPLE

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

RUN = "document.title='canary-ran'"
MARKUP = f"""x"'><img data-canary src=x onerror="{RUN}"><script>{RUN}</script>"""
TYPED = {
    "answer_versions": ("reason", "account"),
    "answers": ("reason", "account"),
    "change_records": ("title", "heard", "heard_where", "before", "after", "decision", "why", "told_how", "better"),
    "commitments": ("text",),
    "concerns": ("words", "address", "note"),
    "confirmations": ("comment",),
    "evidence": ("title", "statement", "shows"),
    "evidence_files": ("name", "partly"),
    "evidence_versions": ("title",),
    "family_words": ("text",),
    "judgements": ("reason", "note", "private_note"),
    "letters": ("subject",),
    "listings": ("name", "town", "parent"),
    "memberships": ("note",),
    "more_asked_questions": ("reason",),
    "organisations": ("name", "town", "street", "type_name"),
    "passkeys": ("name",),
    "people": ("name",),
    "person_sessions": ("device",),
    "plan_actions": ("what", "owner"),
    "question_notes": ("text",),
    "replies": ("words",),
    "reply_decisions": ("reason", "outsider_name", "outsider_role"),
    "settlements": ("reason",),
    "sign_ups": ("senior_lead", "family_link", "signatory_name", "signatory_role"),
    "signing_requests": ("senior_lead", "family_link", "signatory_name", "signatory_role", "said"),
    "time_spent": ("what",),
    "waivers": ("why",),
}
PAGES = {"text/html", "application/xhtml+xml"}
MARKED_UP = PAGES | {"image/svg+xml", "application/atom+xml", "application/xml"}


@pytest.fixture
def two(two_sides: Sides, tmp_path: Path, browser: Browser) -> Iterator[Round]:
    with peopled(two_sides, tmp_path, browser) as made:
        plant(made.sides)
        yield made


def plant(sides: Sides) -> None:
    sides.undoing.loosen()
    for table, columns in TYPED.items():
        for column in columns:
            written = f'UPDATE "{table}" SET "{column}" = ? WHERE "{column}" IS NOT NULL'  # noqa: S608  # our own names
            sides.undoing.write(written, [MARKUP])


def test_nothing_that_somebody_typed_acts(two: Round) -> None:
    acted, shown = [], 0
    for method, rule in rules(two.sides.app):
        for who in readers(method, rule):
            where = address(two.sides, rule, "own")
            answer = two.sides.ask("GET", where, who)
            shown += str(escape(MARKUP)) in answer.text if answer.mimetype in MARKED_UP else 0
            if answer.mimetype in MARKED_UP and "<img data-canary" in answer.text:
                acted.append(f"{where} shows it to {who} as its own")
            if answer.mimetype in PAGES:
                page = two.windows.of(who)
                page.goto(two.windows.base + where)
                if page.title() == "canary-ran" or page.locator("[data-canary]").count():
                    acted.append(f"{where} runs it for {who}")
    assert acted == []
    assert shown > 60
    assert two.windows.complaints == []


def readers(method: str, rule: Rule) -> list[str]:
    """The public, where they see the page, and whoever of the others sees most."""
    cells = dict(zip(PEOPLE, MATRIX[f"{method} {rule.endpoint}"][0].split(), strict=True))
    seen_by = [who for who in reversed(PEOPLE) if cells[who] == "200"] if method == "GET" else []
    return list(dict.fromkeys([*seen_by[:1], *(who for who in seen_by if who == "public")]))
