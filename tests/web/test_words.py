"""Words of templates can be translated: none stands bare."""

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
NAMES = ("Open Government Licence v3.0", "Aa")  # the same everywhere
GAP = "\u0001"  # where something is filled in


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


def bare(env, source: str) -> list[str]:
    parser = Bare()
    parser.feed("".join(pieces(env.parse(source))))
    parser.close()
    said = [" ".join(text.split()) for text in parser.found if LETTERS.search(text.replace(GAP, ""))]
    return [text for text in said if text not in NAMES]


@pytest.mark.parametrize("name", [name for name in TEMPLATES if not name.startswith(ENGLISH_ONLY)])
def test_no_words_stand_bare(app, name):
    found = bare(app.jinja_env, TEMPLATES[name].read_text())
    assert not found, f"{name}: wrap {found[:3]}"


def test_bare_words_are_seen(app):
    assert bare(app.jinja_env, '<p>Some words</p><img alt="a picture">') == ["Some words", "a picture"]
    assert not bare(app.jinja_env, "<p>{% trans %}Some <b>words</b>{% endtrans %}: {{ _('more') }}, 5 {{ x }}</p>")
