"""Every template loads, stands in its room, and neither counts nor styles nor scripts."""

import ast
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
ROOMS = {path.name for path in (ROOT / "coprod").iterdir() if path.is_dir()} | {"layout"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_template_loads(app, path):
    assert app.jinja_env.get_template(name_of(path))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_templates_mirror_rooms(path):
    assert path.relative_to(ROOT / "templates").parts[0] in ROOMS


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_templates_show_what_is_decided_already(path):
    source = path.read_text()
    for pattern, why in (
        (r"\bstyle=", "an inline style: the content security policy refuses it"),
        (r"\bon[a-z]+=\"", "inline scripting"),
        (r"\|\s*(sum|length|count)\b", "counting"),
        (r"\|\s*safe\b", "text that is not escaped"),
        (r"\.(role|roles|state)\s*[!=]=", "a comparison of roles or states"),
    ):
        found = re.search(pattern, source)
        assert not found, f"{name_of(path)} has {why}: {found and found.group()}"


def test_no_template_is_left_over(app):
    """Each is named by a view, by another template, or by a document."""
    sources = "\n".join(p.read_text() for p in [*(ROOT / "coprod").rglob("*.py"), *TEMPLATES])
    left = [name_of(path) for path in TEMPLATES if f'"{name_of(path)}"' not in sources]
    assert not left


OF_EVERY_PAGE = {"site", "nav", "actor", "reads"}


def test_no_view_takes_a_name_that_every_page_needs():
    """What a view gives its template hides what every page is given under the same name."""
    taken = []
    for path in sorted((ROOT / "coprod").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "render_template":
                given = {each.arg for each in node.keywords} & OF_EVERY_PAGE
                taken += [f"{path.name}:{node.lineno} {name}" for name in given]
    assert not taken
