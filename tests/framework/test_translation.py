"""The standards in another language: a question whole in it, or whole in English, and the version itself untouched."""

import re
import shutil
from dataclasses import replace
from functools import lru_cache

import pytest
import yaml

from coprod.framework import schemas, views
from coprod.framework.load import FrameworkFaults, check, load_library
from coprod.framework.queries import LIBRARY
from coprod.framework.translation import not_yet, said_question, said_value
from coprod.web import languages, paper
from tests.framework.test_load import SHIPPED
from tests.support.client import Client
from tests.support.wording import HERE, accented, in_language, pseudo

SLUG, VERSION = "send-coproduction", "1.0"


def accents(question):
    """All the words of a question in the made-up language, as a translator's file has them."""
    words = {name: accented(getattr(question, name)) for name in ("short", "title", "plain", "help")}
    words["wording"] = {audience.value: accented(text) for audience, text in question.wording.items()}
    words |= {name: [accented(text) for text in getattr(question, name)] for name in ("prompts", "descriptors")}
    why = {"why_check": accented(question.why_check)} if question.why_check else {}
    return {"code": question.code, "wording_version": question.wording_version, **words, **why}


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(SHIPPED, tmp_path / "frameworks")
    return tmp_path / "frameworks"


@pytest.fixture
def content(shipped):
    return {
        "slug": SLUG,
        "version": VERSION,
        "language": HERE,
        "values": [{"code": "RA", "name": "Ŕ", "meaning": "Ɱ", "plain": "Þ"}],
        "questions": [accents(shipped.question("RA1")), accents(shipped.question("LLE2"))],
    }


@pytest.fixture
def write(folder, content):
    def write(name=f"{HERE}.yaml", **changed):
        file = folder / SLUG / VERSION / "languages" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(yaml.safe_dump(content | changed, allow_unicode=True), encoding="utf-8")
        return folder

    return write


def test_the_version_stays_what_it_is(write, shipped):
    library = load_library(write())
    assert library.framework(SLUG, VERSION).sha256 == shipped.sha256
    assert library.translation(shipped, HERE).questions.keys() == {"RA1", "LLE2"}
    assert library.translation(shipped, "pl") is None


def test_a_question_is_whole_in_one_language(write, shipped):
    words = load_library(write()).translation(shipped, HERE)
    said = said_question(shipped.question("RA1"), words)
    assert said.language == HERE
    for name in ("short", "title", "plain", "help", "why_check"):
        assert getattr(said.question, name) == accented(getattr(shipped.question("RA1"), name))
    assert said.question.rules == shipped.question("RA1").rules
    assert said_question(shipped.question("RA2"), words) == said_question(shipped.question("RA2"), None)
    assert said_question(shipped.question("RA2"), words).language == "en"
    assert (said_value(shipped.value("RA"), words).value.name, said_value(shipped.value("WT"), words).language) == (
        "Ŕ",
        "en",
    )


def test_a_question_that_was_reworded_since_is_english_whole(write, shipped):
    words = load_library(write()).translation(shipped, HERE)
    newer = replace(shipped.question("RA1"), wording_version=2)
    assert said_question(newer, words).question is newer
    assert len(not_yet(shipped, words)) == 4 + 23


def test_the_check_lists_what_is_missing(write):
    report = check(write())
    assert not report.faults
    line = next(line for line in report.summary() if f"in {HERE}" in line)
    assert "not yet LLE, " in line
    assert "LLE1" in line
    assert "LLE2" not in line


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda q: q.update(code="XX9"), "These standards have no question XX9."),
        (lambda q: q.pop("help"), "help"),
        (lambda q: q["descriptors"].pop(), "In English there are 5 of these; here are 4."),
        (lambda q: q["wording"].pop("school"), "Write the wording for school."),
        (lambda q: q["wording"].update(forum="x"), "There is no audience forum."),
        (lambda q: q.pop("why_check"), "Say why this is an authenticity check."),
        (lambda q: q.update(wording_version=9), "The wording in English is only at version 1."),
        (lambda q: q.update(code="LLE2"), "LLE2 stands here twice."),
    ],
)
def test_what_does_not_fit_is_named(write, content, change, said):
    change(content["questions"][0])
    root = write()
    faults = [str(fault) for fault in check(root).faults]
    assert any(said in fault and f"languages/{HERE}.yaml" in fault for fault in faults), faults
    with pytest.raises(FrameworkFaults):
        load_library(root)


def test_a_file_is_named_after_its_language_and_is_for_its_version(write):
    faults = " ".join(str(fault) for fault in check(write(name="xx.yaml", version="1.1")).faults)
    assert f"Name this file {HERE}.yaml" in faults
    assert f"These words are for {SLUG} {VERSION}." in faults


def test_editors_know_the_shape():
    assert "language.schema.json" in schemas.json_schemas()


def test_the_page_says_in_which_language_each_part_is(app, write):
    app.extensions[LIBRARY] = load_library(write())
    app.extensions[languages.LANGUAGES][HERE] = pseudo()
    page = Client(app).get(f"/framework/RA1?lang={HERE}")
    title = accented(app.extensions[LIBRARY].framework(SLUG, VERSION).question("RA1").title)
    assert page.h1 == title
    assert title in in_language(page.tree, HERE)
    page = Client(app).get(f"/framework/RA2?lang={HERE}")
    h1 = page.tree.find(".//h1")
    assert h1.get("lang") == "en"
    question = app.extensions[LIBRARY].framework(SLUG, VERSION).question("RA2")
    english = in_language(page.tree, "en")
    for words in (question.title, question.plain, question.help, *question.prompts, *question.descriptors):
        assert " ".join(words.split()) in english
    assert not re.search(r"lang=", Client(app).get("/framework/RA2").source.split("<main")[1])


@pytest.mark.parametrize("address", ["/framework/pack/several-on-a-page.pdf", "/framework/copy/school.pdf"])
def test_a_paper_that_is_kept_is_kept_for_its_language(app, monkeypatch, address):
    app.extensions[languages.LANGUAGES][HERE] = pseudo()
    monkeypatch.setattr(paper, "document", lambda template, **_facts: languages.current().code.encode())
    for kept in ("_pack", "_blank"):  # With nothing kept, so that no other test is given what is made here.
        monkeypatch.setattr(views, kept, lru_cache(getattr(views, kept).__wrapped__))
    client = app.test_client()
    said = [client.get(f"{address}{asked}").data for asked in (f"?lang={HERE}", "", f"?lang={HERE}")]
    assert said == [HERE.encode(), b"en", HERE.encode()]
