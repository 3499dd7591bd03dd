"""What somebody did is told to them in words: every kind of event that the program writes has its own."""

import ast
import re
from pathlib import Path

import pytest

from coprod.accounts import deeds, trail
from coprod.accounts.sign_in_links import Purpose
from coprod.charter.rules import Ending
from coprod.moderation.reply_models import APPEAL, REPLY
from coprod.organisations.rules import IMPORTED

ROOT = Path(__file__).parents[2] / "coprod"
KIND = re.compile(r"[a-z_]+\.[a-z_]+")
# What is put together while the program runs.
MADE = {
    *(f"link.{purpose.value}_used" for purpose in Purpose),
    *(f"charter.{how.value}" for how in Ending),
    *(f"case.{kind}_decided" for kind in (REPLY, APPEAL)),
    *(f"evidence.link_{how}" for how in ("alive", "dead")),
    IMPORTED,
    "charter.refused",  # pages have these two names too
    "charter.signed",
}
OTHERS = {"evidence.link_", "people.id", "families.json", "results.json", "free_mail_domains.txt"}


def kinds(app):
    """Whatever reads as a kind of event, in modules that write history, and is no page's name and no library's."""
    no_event = {*app.view_functions, *OTHERS}
    for path in ROOT.rglob("*.py"):
        source = path.read_text()
        if not re.search(r"^from coprod import .*\bhistory\b", source, flags=re.M):
            continue
        found = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
        named = {value for value in found if isinstance(value, str) and KIND.fullmatch(value)} - no_event
        yield from (value for value in named if not value.startswith(("coprod.", "security.")))


def test_every_kind_of_event_has_words_and_every_word_its_kind(app):
    assert {*kinds(app), *MADE} == set(deeds.SAID)


def test_what_is_told_about_people_are_kinds_of_events_that_there_are():
    assert {what for what in trail.SAID if " by " not in what} <= set(deeds.SAID)


@pytest.mark.parametrize("words", deeds.SAID.values())
def test_words_are_words(words):
    assert words[0].isupper()
    assert "_" not in words
    assert not words.endswith(".")


def test_a_kind_that_nobody_knows_any_more_is_still_read():
    assert deeds.in_words("old_thing.put_away") == "Old thing: put away"
