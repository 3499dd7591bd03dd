"""Words of Python can be translated: what a form, a refusal or a notice says is marked, wherever it is written."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "coprod"
# What shows its first words to somebody, or those that it is given under one of these names.
SAYS = {
    *("flash", "Invalid", "WrongState", "NotAllowed", "NotFound", "Stale", "Busy"),
    *("ValidationError", "InputRequired", "DataRequired", "FileRequired", "Length", "Email"),
    *("SubmitField", "BooleanField", "RadioField", "SelectField", "SelectMultipleField", "FileField", "StringField"),
    *("PasswordField", "Text", "LongText", "DayField", "CountField"),
    *("Away", "Later", "job"),
    *("Refused", "NotReadable", "WrongType", "Next", "Counts", "Task", "FirstSteps", "Step"),
}
NAMES = {"hint", "description", "required", "label", "message"}
LETTERS = re.compile("[A-Za-z]{2}")
# Commands answer in English, and so do the programs that carry letters.
ENGLISH = ("cli.py", "accounts/first_coordinator.py", "running/organisation_data.py")
MODULES = [path for path in sorted(ROOT.rglob("*.py")) if str(path.relative_to(ROOT)) not in ENGLISH]


def bare(node: ast.expr) -> Iterator[ast.expr]:
    """The words that an expression may be, as they stand there."""
    match node:
        case ast.JoinedStr():
            yield node
        case ast.Constant(value=str(text)) if LETTERS.search(text):
            yield node
        case ast.IfExp():
            yield from (*bare(node.body), *bare(node.orelse))
        case ast.BoolOp():
            yield from (found for each in node.values for found in bare(each))
        case ast.BinOp():
            yield from (*bare(node.left), *bare(node.right))


def unmarked(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in SAYS:
            said = [*node.args[:1], *(given.value for given in node.keywords if given.arg in NAMES)]
            found += [f"line {words.lineno}: {ast.unparse(words)}" for each in said for words in bare(each)]
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_said_is_marked(path):
    assert not unmarked(path.read_text()), "mark it with N_, or make it a Phrase"


@pytest.mark.parametrize(
    "source",
    [
        'flash("Saved.")',
        'flash(f"{n} saved")',
        'raise Invalid("Say why" if asked else N_("Say more"))',
        'Text(N_("Name"), hint="Yours")',
        'flash(words or "Saved.")',
        'forms.DayField("When?")',
    ],
)
def test_words_that_are_not_marked_are_seen(source):
    assert unmarked(source)


def test_marked_words_are_none():
    assert not unmarked('flash(N_("Saved."))')
    assert not unmarked('raise Invalid(Phrase("{n} left", n=1), field="name")')
    assert not unmarked('Text(words, hint="", autocomplete="name")')
