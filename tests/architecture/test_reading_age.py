"""Every page, every letter and the standards can be read by as many people as was aimed at, and terms are explained.

`python -m tests.architecture.test_reading_age` lists the hardest.
"""

import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import html5lib
import jinja2
import pytest

from coprod.framework.load import load_library
from coprod.framework.model import Framework
from coprod.settings import ROOT
from tests.architecture.test_matrix import MATRIX, REFUSED, address, rules
from tests.support import reading
from tests.support.sides import Sides
from tests.support.world import PEOPLE

pytestmark = pytest.mark.one_database

PLAIN, PAGES = 9, 11  # years: what families are asked, and everything else
READ = ("p", "li", "legend", "label", "h1", "h2", "h3", "summary")
# Pages that hold others' words, or little more than names.
OTHERS_WORDS = {"accounts.person", "changes.you_said", "directory.signatories"}
LONGEST = 18  # words in a sentence, where somebody asked for few
HARDEST = 10
# What people can't be expected to know, and what says it on the same page.
TERMS = {
    "authenticity checks?": "proof that families|why this is an authenticity check",
    r"URN(?! \d)": "number|national register",
    "moderat(ed|ion)": "review",
    "kappa": "kappa compares",
}
READER = jinja2.Environment()  # noqa: S701  # what it reads is never shown


def texts(source: str) -> list[str]:
    """What a page says by itself, a piece each: without what people typed, and without links that stand alone."""
    main = html5lib.parse(source, namespaceHTMLElements=False).find(".//main")
    return [] if main is None else [said for part in _parts(main) if len((said := part).split()) > 3]


def _parts(element: ElementTree.Element) -> Iterator[str]:
    for child in element:
        if "typed" in child.get("class", "").split():
            continue
        if child.tag in READ and not any(inner.tag in READ for inner in child.iter() if inner is not child):
            yield " ".join("".join(child.itertext()).split())
        else:
            yield from _parts(child)


def pages(sides: Sides) -> Iterator[tuple[str, str]]:
    """Each page as somebody gets it whom it lets in."""
    for method, rule in rules(sides.app):
        cells = dict(zip(PEOPLE, MATRIX[f"{method} {rule.endpoint}"][0].split(), strict=True))
        who = next((who for who in reversed(PEOPLE) if cells[who] not in REFUSED), None)
        if method != "GET" or who is None or rule.endpoint in OTHERS_WORDS:
            continue
        answer = sides.ask("GET", address(sides, rule, "own"), who)
        if answer.mimetype == "text/html" and answer.status_code == 200:
            yield rule.endpoint, answer.text


def ages(said: Iterable[tuple[str, str]]) -> Iterator[tuple[str, float]]:
    for name, source in said:
        if (found := reading.age(texts(source))) is not None:
            yield name, found


def letters() -> Iterator[tuple[str, float]]:
    """Each letter, with "this" for what is put in."""
    for path in sorted((ROOT / "templates" / "mail").glob("*.txt")):
        nodes = READER.parse(path.read_text()).find_all(jinja2.nodes.Output)
        parts = [part for node in nodes for part in node.nodes]
        said = "".join(part.data if isinstance(part, jinja2.nodes.TemplateData) else "this" for part in parts)
        if (found := reading.age(said.split("\n\n"))) is not None:
            yield f"letter {path.stem}", found


def wordings(framework: Framework) -> Iterator[tuple[str, float, float]]:
    """Plain words and their goal; then the words for each audience and the descriptors, and theirs."""
    for value in framework.values:
        yield f"{value.code}, plain", _age([value.plain, *(q.plain for q in value.questions)]), PLAIN
        for question in value.questions:
            yield f"{question.code}, help and descriptors", _age([question.help, *question.descriptors]), PAGES


def _age(said: list[str]) -> float:
    return reading.age(said) or 0


def standards() -> Framework:
    return max(load_library(ROOT / "frameworks").frameworks.values(), key=lambda each: each.version)


@pytest.fixture(scope="module")
def sides(two_sides: Sides, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sides]:
    made = Sides(tmp_path_factory.mktemp("reading"), like=two_sides)
    yield made
    made.close()


@pytest.fixture(scope="module")
def said(sides: Sides) -> dict[str, str]:
    return dict(pages(sides))


def test_no_page_is_harder_than_was_aimed_at(said: dict[str, str]) -> None:
    found = dict(ages(said.items()))
    assert len(found) > 90
    assert not {name: age for name, age in found.items() if age > PAGES}


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/signatories",
        "/signatories/{slug}",
        "/you-said",
        "/charter",
        "/framework",
        "/confirm/{secret}",
        "/confirm/thank-you",
    ],
)
def test_what_families_read_is_short_where_they_ask_for_few_words(sides: Sides, address: str) -> None:
    http = sides.app.test_client()
    http.set_cookie("coprod_reading", "plain")
    answer = http.get(address.format_map(sides.world.own))
    assert answer.status_code == 200
    sentences = [part for text in texts(answer.text) for part in reading.END.split(text)]
    assert not [sentence for sentence in sentences if len(sentence.split()) > LONGEST]
    assert (reading.age(sentences) or 0) <= PLAIN


def test_terms_are_explained_where_they_stand(said: dict[str, str]) -> None:
    whole = {
        name: " ".join(html5lib.parse(source, namespaceHTMLElements=False).itertext()) for name, source in said.items()
    }
    stand = {(name, term) for term in TERMS for name, words in whole.items() if _has(rf"\b{term}\b", words)}
    assert {term for _, term in stand} == set(TERMS), "a term that is on no page any more"
    assert not {(name, term) for name, term in stand if not _has(TERMS[term], whole[name])}


def _has(pattern: str, words: str) -> bool:
    return re.search(pattern, words, re.IGNORECASE) is not None


def test_no_letter_is_harder_than_was_aimed_at() -> None:
    found = dict(letters())
    assert len(found) > 30
    assert not {name: age for name, age in found.items() if age > PAGES}


def test_the_standards_are_as_plain_as_was_aimed_at() -> None:
    assert not {name: age for name, age, goal in wordings(standards()) if age > goal}


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("We listen. We act. We tell you what we did. " * 4, (3, 6)),
        ("Organisations demonstrate accountability through comprehensive documentation. " * 5, (20, 60)),
    ],
)
def test_long_words_in_long_sentences_are_harder(text: str, years: tuple[int, int]) -> None:
    least, most = years
    assert least < (reading.age([text]) or 0) < most


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        sides = Sides(Path(folder))
        found = [*ages(pages(sides)), *letters(), *((name, age) for name, age, _ in wordings(standards()))]
        sides.close()
    most = int(sys.argv[1]) if sys.argv[1:] else HARDEST
    for name, age in sorted(found, key=lambda each: each[1], reverse=True)[:most]:
        sys.stdout.write(f"{age:5.1f}  {name}\n")


if __name__ == "__main__":
    main()
