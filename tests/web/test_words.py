"""Words of templates can be translated: none stands bare, in the HTML or in what is put into it."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import nodes

from tests.support.wording import LETTERS, READ_OUT, UNSEEN

ROOT = Path(__file__).parents[2] / "templates"
TEMPLATES = {str(path.relative_to(ROOT)): path for path in sorted(ROOT.rglob("*.html"))}
# Papers and letters are in English: they are sent to organisations, and signed as they are.
ENGLISH_ONLY = ("mail/layout.html", "certificates/document.html")
DRAWN = re.compile(r"M\d+ \d+[\w .-]*$")  # a picture's lines
NAMES = ("Open Government Licence v3.0", "Aa")  # the same everywhere
GAP = "\u0001"  # where something is filled in
MARKED = {"_", "gettext", "ngettext", "counted"}
# What can't be a name for programs: a word that begins large, or words with spaces between them.
WORDS = re.compile(r"^[A-Z“][^/:]*[a-z]|^[a-z\u2019']+[,;:]? [a-z\u2019' ]*[a-z]")


class Bare(HTMLParser):
    """Gathers what is seen or read out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unseen += tag in {*UNSEEN, "code"}
        self.found += [value for name, value in attrs if name in READ_OUT and value]

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in {*UNSEEN, "code"}

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.found.append(data)


def pieces(node: nodes.Node) -> Iterator[str]:
    """The template's own HTML, with a mark where a value or translated words stand."""
    for each in node.find_all((nodes.Output,)):
        for piece in each.nodes:
            yield piece.data if isinstance(piece, nodes.TemplateData) else GAP


def shown(node: nodes.Node) -> Iterator[str]:
    """What of an expression may come to be shown: not what it compares with or looks up, nor a place of the site."""
    if isinstance(node, nodes.Const):
        yield from [node.value] if isinstance(node.value, str) else []
    elif isinstance(node, nodes.Call):
        name = getattr(node.node, "name", "")
        if name != "url_for":
            for each in [*(() if name in MARKED else node.args), *(given.value for given in node.kwargs)]:
                yield from shown(each)
    elif isinstance(node, nodes.CondExpr):
        yield from (text for each in (node.expr1, node.expr2) if each is not None for text in shown(each))
    elif isinstance(node, (nodes.Getitem, nodes.Pair)):
        yield from shown(node.node if isinstance(node, nodes.Getitem) else node.value)
    elif not isinstance(node, (nodes.Compare, nodes.Test)):
        for each in node.iter_child_nodes():
            yield from shown(each)


def expressions(tree: nodes.Template) -> Iterator[nodes.Node]:
    for each in tree.find_all((nodes.Output, nodes.CallBlock, nodes.For, nodes.Assign, nodes.Macro)):
        match each:
            case nodes.Output():
                yield from (piece for piece in each.nodes if not isinstance(piece, nodes.TemplateData))
            case nodes.CallBlock():
                yield each.call
            case nodes.For():
                yield each.iter
            case nodes.Macro():
                yield from each.defaults
            case nodes.Assign():
                yield each.node


def counts_in_one_word(node: nodes.Call) -> bool:
    """Only where the word for one and the word for many are given, both are gathered."""
    return getattr(node.node, "name", "") == "counted" and len(node.args) == 2


def bare(env, source: str) -> list[str]:
    tree = env.parse(source)
    parser = Bare()
    parser.feed("".join(pieces(tree)))
    parser.close()
    said = [" ".join(text.split()) for text in parser.found if LETTERS.search(text.replace(GAP, ""))]
    put_in = [text for each in expressions(tree) for text in shown(each) if WORDS.search(text)]
    put_in += [str(each.args[1].value) for each in tree.find_all((nodes.Call,)) if counts_in_one_word(each)]
    return [text for text in said + put_in if text not in NAMES and not DRAWN.match(text)]


@pytest.mark.parametrize("name", [name for name in TEMPLATES if not name.startswith(ENGLISH_ONLY)])
def test_no_words_stand_bare(app, name):
    found = bare(app.jinja_env, TEMPLATES[name].read_text())
    assert not found, f"{name}: wrap {found[:3]}"


def test_bare_words_are_seen(app):
    assert bare(app.jinja_env, '<p>Some words</p><img alt="a picture">') == ["Some words", "a picture"]
    assert not bare(app.jinja_env, "<p>{% trans %}Some <b>words</b>{% endtrans %}: {{ _('more') }}, 5 {{ x }}</p>")


@pytest.mark.parametrize(
    "source",
    [
        '{{ tag("Overdue" if late else "") }}',
        '{{ name or "nobody yet" }}',
        '{{ row(lines=["Signed on " ~ day]) }}',
        '{% call note("Look at this") %}{% endcall %}',
        '{% for name in ("Date of birth", "age") %}{{ name }}{% endfor %}',
        '{% set title = "The end" %}',
        '{{ counted(n, "day") }}',
        '{% macro press(text="Go on") %}{% endmacro %}',
        '{% trans who=name or "nobody yet" %}By {{ who }}{% endtrans %}',
    ],
)
def test_bare_words_in_what_is_put_in_are_seen(app, source):
    assert bare(app.jinja_env, source)


def test_names_for_programs_are_no_words(app):
    called = 'button(_("Go"), "go", classes="govuk-tag--red", href=url_for("Some place"), quiet=true)'
    assert not bare(app.jinja_env, f'{{{{ {called} if kind == "A kind" else x["Y z"] }}}}')
