"""What the documents claim: each test that they name is there, and none of the standard's requirements is left out."""

import ast
import re
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from coprod.directory.rules import ACCESSIBILITY_CHECKED

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))]
ROWS = re.findall(
    r"^\| ([\d., ]+) \| ([12]) \| (.+?) \| (met|partly|not met|does not apply) \| (.+) \|$",
    (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8"),
    flags=re.M,
)


@cache
def known_in(path: Path) -> frozenset[str]:
    return frozenset(n.name for n in ast.parse(path.read_text()).body if isinstance(n, ast.FunctionDef))


def named() -> list[tuple[str, str, str]]:
    """Each test that a document names: the document, the file, the test."""
    return [
        (document.name, file, test)
        for document in DOCUMENTS
        for file, test in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", document.read_text(encoding="utf-8"))
    ]


def test_every_test_that_a_document_names_is_there():
    for document, file, test in named():
        assert (ROOT / file).exists(), f"{document}: {file}"
        assert not test or test in known_in(ROOT / file), f"{document}: {file}::{test}"
    assert len(named()) > 100


def test_every_claim_of_the_assurance_case_names_its_test():
    claims = (ROOT / "docs" / "assurance.md").read_text(encoding="utf-8").split("## What we do not claim")[0]
    rows = [row for row in re.findall(r"^\| (.+) \|$", claims, flags=re.M) if not row.startswith(("claim |", "---"))]
    assert len(rows) > 30
    assert not [row for row in rows if "::test_" not in row]


@pytest.mark.parametrize(("level", "number"), [("1", 70), ("2", 183)])
def test_each_requirement_of_the_standard_stands_there_once(level, number):
    found = [one for numbers, of, *_ in ROWS if of == level for one in numbers.split(", ")]
    assert len(found) == len(set(found)) == number


def test_what_is_met_names_a_test_or_a_file_and_what_is_not_says_why():
    for numbers, _, _, answer, why in ROWS:
        files = re.findall(r"`([\w./-]+?)(?:::\w+)?`", why)
        shown = [file for file in files if (ROOT / file).exists()]
        assert shown or answer != "met" or "README" in why or "SQLAlchemy" in why or "Flask" in why, numbers
        assert len(why) > 3


def test_links_between_documents_lead_somewhere():
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_somebody_has_checked_the_accessibility_statement_within_the_year():
    """When this fails: check the pages again, put the page right, and set the date anew."""
    assert date.today() < ACCESSIBILITY_CHECKED + timedelta(days=365)  # noqa: DTZ011  # a year, give or take a day
