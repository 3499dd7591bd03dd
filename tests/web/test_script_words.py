"""Scripts hold no words: a page has them in its language, and scripts put them in their places."""

import re
from pathlib import Path

import pytest

from tests.support.wording import UNSEEN

ROOT = Path(__file__).parents[2]
SCRIPTS = {path.name: path for path in sorted((ROOT / "static" / "js").glob("*.js"))}
TEMPLATES = [path.read_text() for path in sorted((ROOT / "templates").rglob("*.html"))]
QUOTED = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"((?:\\.|[^"\\\n])*)"|'((?:\\.|[^'\\\n])*)'|`((?:\\.|[^`\\])*)`""", re.DOTALL
)
GAP = re.compile(r"\$\{[^{}]*\}")
# A name for programs has no spaces round its letters, and is not one word that begins large.
WORDS = re.compile(r"[^\W\d][,.;:!?…”]?\s|\s[“]?[^\W\d]|^[A-Z][a-z]+[.:!?…]?$")
# What is shown or read out, whatever it looks like.
SHOWN = re.compile(
    r"""\b(?:textContent|innerText|innerHTML|title|placeholder|alt|aria\w+)\s*\+?=\s*["'`]"""
    r"""|\.(?:append|prepend|before|after|replaceChildren|replaceWith|alert|confirm)\(\s*["'`]"""
    r"""|setAttribute\(\s*["'](?:aria-label|title|alt|placeholder)["']"""
)
NAMED = re.compile(r'data-words="([a-z-]+)(?:\{\{ \w+ \}\})?"')


def said(source: str) -> list[str]:
    """What of a script people would read."""
    quoted = [next((each for each in found if each), "") for found in QUOTED.findall(source)]
    return [each for each in quoted if WORDS.search(GAP.sub("", each))] + SHOWN.findall(source)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_holds_no_words(name):
    assert not said(SCRIPTS[name].read_text()), "put them into the template, in an element with data-words"


@pytest.mark.parametrize(
    "source",
    [
        'say("Not saved.")',
        'button.textContent = "Close";',
        "words = left === 1 ? '1 minute' : more;",
        "return `${number} minutes`;",
        'say("Saving…")',
        'title.textContent = "over";',
        'place.append("gone");',
        'button.setAttribute("aria-label", "close");',
        "// It's a comment.\nsay('Sign in again'); // It's one more.",
    ],
)
def test_words_in_a_script_are_seen(source):
    assert said(source)


def test_names_for_programs_are_no_words():
    assert not said('// Says so.\nconst form = document.querySelector("form[data-keep]");')
    assert not said("tell(`soon-${minutes(left)}`);")
    assert not said('if ("BroadcastChannel" in window && fault.name === "InvalidStateError") place.append(words);')


def test_what_a_page_holds_for_scripts_is_asked_for_by_one_and_looked_at_by_tests_of_words():
    named = {name for source in TEMPLATES for name in NAMED.findall(source)}
    asked = "\n".join(path.read_text() for path in SCRIPTS.values())
    assert len(named) > 10
    assert not [name for name in named if not re.search(rf'["`]{name}["`$]', asked)]
    assert "template" not in UNSEEN
