"""Before anybody starts: every word of the standards, as pages, as documents and as a spreadsheet."""

import io
import zipfile

import openpyxl
import page
import pytest
from pypdf import PdfReader

from coprod.framework import in_words, on_paper
from coprod.framework.model import Audience
from coprod.framework.on_paper import Filled, Print
from coprod.framework.workbook import ABOUT, ANSWERS, Tied, answers_workbook
from coprod.web.access import access_of
from tests.support.client import Client

pytestmark = pytest.mark.one_database

HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://a.example")', "http://a.example", "12")

TAKEN: dict[str, bytes] = {}


def words_of(content: bytes) -> str:
    return " ".join(" ".join(each.extract_text() for each in PdfReader(io.BytesIO(content)).pages).split())


def taken(client: Client, address: str) -> bytes:
    """A paper, made once for all tests of this file: the standards of a process do not change."""
    if address not in TAKEN:
        TAKEN[address] = client.get(address).response.data
    return TAKEN[address]


def squeezed(words: str) -> str:
    return " ".join(words.split())


def test_a_question_page_has_every_descriptor_and_what_each_rating_needs(app, client: Client, shipped):
    for question in shipped.questions:
        said = client.get(f"/framework/{question.code}").text
        everything = [*question.descriptors, *question.wording.values(), question.plain, question.help]
        everything += [*question.prompts, *(rule.raise_it for rule in shipped.rules_for(question.code))]
        for words in everything:
            assert squeezed(words) in said, f"{question.code}: {words}"


def test_the_standards_page_has_every_condition_of_every_level_in_words(app, client: Client, shipped):
    said = client.get("/framework").text
    for level in shipped.levels:
        for condition in level.conditions:
            assert in_words.asked(shipped, condition) in said
    for rule in shipped.evidence_rules:
        assert squeezed(rule.raise_it) in said


def test_from_the_standards_everything_can_be_taken_away_in_two_steps(app, client: Client):
    client.get("/framework")
    client.follow("On paper and in a spreadsheet")
    assert client.page is not None
    links = set(client.page.links().values())
    assert {f"/framework/pack/{layout.value}.pdf" for layout in Print} <= links
    assert {f"/framework/pack/{layout.value}" for layout in Print} <= links
    assert {f"/framework/copy/{audience.value}.{kind}" for audience in Audience for kind in ("pdf", "xlsx")} <= links


@pytest.mark.parametrize("layout", [Print.SEVERAL, Print.LARGE_ONE])
def test_the_pack_for_a_meeting_is_accessible_and_asks_everything_in_plain_words(app, client: Client, shipped, layout):
    made = taken(client, f"/framework/pack/{layout.value}.pdf")
    found = page.validate_pdf_bytes(made, profile="pdf/ua-1")
    assert found.failures == []
    assert found.is_compliant
    reader = PdfReader(io.BytesIO(made))
    assert reader.metadata is not None
    assert reader.metadata.title == "Talk about it together"
    assert reader.root_object["/Lang"] == "en-GB"
    said = words_of(made)
    places = [said.find(f"{question.code}: {squeezed(question.plain)}") for question in shipped.questions]
    assert -1 not in places
    assert places == sorted(places)


def test_one_question_on_a_page_means_that(app, client: Client, shipped):
    made = taken(client, f"/framework/pack/{Print.ONE.value}.pdf")
    pages = [each.extract_text() for each in PdfReader(io.BytesIO(made)).pages]
    for question in shipped.questions:
        (here,) = [text for text in pages if f"{question.code}: " in text]
        assert [other.code for other in shipped.questions if f"{other.code}: " in here] == [question.code]
        assert "What people said" in here


def test_large_print_is_18_point(app, client: Client):
    """Half as large again as usual, and no words smaller than that but the running foot."""
    made = taken(client, f"/framework/pack/{Print.LARGE_ONE.value}.pdf")
    sizes = set()
    for each in PdfReader(io.BytesIO(made)).pages[1:3]:
        each.extract_text(
            visitor_text=lambda text, _cm, tm, _font, size: (
                sizes.add(round(size * abs(tm[3]))) if text.strip() else None
            )
        )
    assert min(sizes - {12}) >= 24, sizes  # 18 points are 24 of the units here


@pytest.mark.parametrize("layout", Print)
def test_the_pack_is_a_page_too(app, client: Client, shipped, layout):
    said = client.get(f"/framework/pack/{layout.value}").text
    for question in shipped.questions:
        assert squeezed(question.plain) in said
        assert all(squeezed(words) in said for words in question.descriptors)


@pytest.mark.parametrize("audience", Audience)
def test_a_blank_copy_is_accessible_and_says_everything_in_the_audiences_words(app, client: Client, shipped, audience):
    made = taken(client, f"/framework/copy/{audience.value}.pdf")
    found = page.validate_pdf_bytes(made, profile="pdf/ua-1")
    assert found.failures == []
    said = words_of(made).replace(" ", "")
    for question in shipped.questions:
        for words in (question.title, question.wording[audience], *question.descriptors):
            assert squeezed(words).replace(" ", "") in said


@pytest.mark.parametrize("audience", Audience)
def test_a_blank_spreadsheet_has_every_question_and_no_formula(app, client: Client, shipped, audience):
    made = taken(client, f"/framework/copy/{audience.value}.xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(made))[ANSWERS].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == [question.code for question in shipped.questions]
    assert [row[2] for row in rows] == [squeezed(question.wording[audience]) for question in shipped.questions]
    assert {row[3:6] for row in rows} == {(None, None, None)}


@pytest.mark.parametrize("words", HOSTILE)
def test_no_cell_is_ever_a_formula_or_a_link(shipped, words):
    filled = {question.code: Filled(1, account=words, backing=(words,)) for question in shipped.questions}
    made = answers_workbook(shipped, on_paper.values(shipped, Audience.SCHOOL, filled), Tied("", organisation=words))
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if "worksheets/" in name]
    assert len(sheets) == 4
    assert not any("<f>" in sheet or "<f " in sheet or "<hyperlink" in sheet for sheet in sheets)
    book = openpyxl.load_workbook(io.BytesIO(made))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert book[ANSWERS]["F2"].value == words
    assert book[ABOUT].sheet_state == "veryHidden"


def test_a_layout_or_audience_that_is_not_there_is_not_found(app, client: Client):
    for address in ("pack/huge.pdf", "pack/huge", "copy/parents.pdf", "copy/parents.xlsx"):
        client.get(f"/framework/{address}", status=404)


def test_papers_are_the_same_for_all_so_they_are_kept(app):
    for endpoint in ("papers", "pack", "pack_document", "blank_document", "blank_workbook"):
        stated = access_of(app, f"framework.{endpoint}")
        assert stated is not None
        assert stated.cached
