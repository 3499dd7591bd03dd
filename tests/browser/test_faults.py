"""What looks at pages finds what is wrong: each of these faults is planted into a real page, and named."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.support import build, looks, nu

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

POLISH = "Powiedz nam, co się zmieniło i dlaczego rodziny mówią, że jest teraz lepiej niż przedtem."
PREPARE = """const main = document.querySelector("main");
const add = (tag, css, words) => {
    const made = Object.assign(document.createElement(tag), {textContent: words});
    made.style.cssText = css;
    main.append(made);
    return made;
};"""
TINY = "all: revert; font-size: 6px; width: 9px; height: 9px; padding: 0; margin: 0; min-height: 0"
WIDE_ON_PAPER = "add('div', '', '').className = 'scroll'; main.lastChild.append(add('p', 'width: 900px', 'Wide'))"
TRAP = "main.querySelector('a').addEventListener('keydown', (event) => event.key === 'Tab' && event.preventDefault())"
WIDE_BLOCK = """const table = add('table', '', ''), region = add('div', '', '');
table.className = 'govuk-table govuk-table--stacks';
table.createTBody().insertRow().insertCell().append(add('p', 'width: 900px', 'Wide'));
region.className = 'scroll';
region.append(table);"""

# What is done to the page, and what is said of it.
FAULTS = {
    "missing label": ("add('input', '', '').name = 'said'", "label: <input"),
    "low contrast": ("add('p', 'color: #bbb; background: #fff', 'Words that hardly show')", "color-contrast: <p"),
    "lost focus": ("add('a', 'all: unset; outline: none', 'Go').href = '/x'", "does not show the focus: <a"),
    "sideways scroll": ("add('p', 'width: 900px', 'Wide')", "at 320 px scrolls sideways: "),
    "broken word": ("add('p', 'width: 4ch; overflow-wrap: anywhere', 'organisation')", "breaks a word: organisation"),
    "tiny target": (f"add('button', '{TINY}', 'a'); add('button', '{TINY}', 'b')", "target-size: <button"),
    "duplicate id": ("add('p', '', 'Twice').id = 'main-content'", 'has the id "main-content" twice'),
    "wrong language": ("document.documentElement.lang = 'pl'", 'says that its language is "pl"'),
    "missing title": ("document.title = ''", "has no title"),
    "keyboard trap": (TRAP, "keeps the keyboard from "),
    "low contrast in the dark": (
        "add('p', 'color: light-dark(#222, #555); background: light-dark(#fff, #222)', 'Words that hardly show')",
        "in dark colours color-contrast: <p",
    ),
    "what is pressed on paper": (
        "add('button', 'display: block !important', 'Go')",
        "prints what can only be pressed: <button",
    ),
    "no address on paper": (
        "Object.assign(add('a', '', 'Licence'), {href: 'https://example.org/', rel: 'nofollow'})",
        "prints no address: <a",
    ),
    "too wide a block": (WIDE_BLOCK, "at 320 px has rows too wide for a block: <div"),
    "too wide for paper": (WIDE_ON_PAPER, "on paper scrolls sideways"),
    "mixed language": (f"add('p', '', '{POLISH}')", 'said to be in "en" and reads as "pl"'),
}


@pytest.fixture
def page(site: Site, person: Callable[..., Page]) -> Page:
    """One signatory's page, in which nothing is wrong."""
    with site.app.app_context():
        where = build.organisation("Hazel Lane School")
        build.sign_up(where)
        build.public_change(where)
        slug = where.slug
    opened = person()
    opened.goto(f"/signatories/{slug}")
    assert looks.look_at(opened, "before-a-fault") == []
    return opened


def test_each_fault_is_named(page: Page) -> None:
    for fault, (plant, named) in FAULTS.items():
        page.reload()
        page.evaluate(f"{PREPARE} {plant}")
        found = looks.look_at(page, f"with-a-{fault.replace(' ', '-')}", dark=True)
        assert any(named in said for said in found), f"{fault}: {found}"


def test_invalid_html_is_named(tmp_path: Path) -> None:
    page = "<!doctype html><html lang=en><title>T</title><body><h1>H</h1>{}</body></html>"
    pages = {"right": page.format("<p id=a>A</p><p>B</p>"), "wrong": page.format("<p id=a>A</p><p id=a>B</p>")}
    found = nu.faults(pages, tmp_path)
    assert any(said.startswith("wrong: Duplicate ID") for said in found)
    assert not any(said.startswith("right") for said in found)
