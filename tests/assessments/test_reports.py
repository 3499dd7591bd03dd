"""The score in plain words, as a picture and a table; the report and the copy so far, on paper and in a spreadsheet."""

import io
import re
from datetime import date

import openpyxl
import page
import pytest
from pypdf import PdfReader

from coprod.assessments import meetings, queries
from coprod.assessments.meetings import Typed
from coprod.assessments.score_chart import chart
from coprod.framework.model import Voice
from coprod.transaction import transaction
from tests.support import assessments
from tests.support.assessments import MOMENT, TODAY
from tests.support.client import Client


@pytest.fixture
def draft(school, lead):
    draft = assessments.answered(school, lead, 3)
    with transaction():
        meeting = meetings.add_meeting(
            draft, held_on=date(2026, 11, 1), parents=8, young_people=0, actor=lead, now=MOMENT, today=TODAY
        )
    views = {"RA1": Typed({(Voice.PARENTS, 1): 8})}
    with transaction():
        meetings.record_views(draft, meeting, views=views, stood={}, actor=lead, now=MOMENT)
    return draft


def words_of(content: bytes) -> str:
    return " ".join(" ".join(each.extract_text() for each in PdfReader(io.BytesIO(content)).pages).split())


def test_the_picture_says_in_words_what_it_draws(draft, lead, client: Client):
    client.sign_in("ravi.lead@example.org")
    found = client.get(f"/assessments/{draft.id}/score")
    framework = queries.framework_of(draft)
    drawn = chart(framework, queries.scored(draft, today=TODAY))
    svg = found.source[
        found.source.index('<svg class="chart"') : found.source.index(
            "</svg>", found.source.index('<svg class="chart"')
        )
    ]
    assert 'role="img"' in svg
    assert '<title id="chart-title">Score of each value</title>' in svg
    for value, bar in zip(framework.values, drawn.bars, strict=True):
        assert f"{value.name}: {bar.text}" in drawn.description
        assert found.text.count(bar.text) >= 2, "the table says it too"
    assert "style=" not in svg


def test_the_lengths_are_the_scores(draft):
    drawn = chart(queries.framework_of(draft), queries.scored(draft, today=TODAY))
    for bar in drawn.bars:
        assert bar.length == int(398 * float(bar.text.rstrip("%")) / 100 + 0.1)


def test_the_smallest_changes_are_said_by_the_names_of_questions(draft, lead, client: Client):
    client.sign_in("ravi.lead@example.org")
    said = client.get(f"/assessments/{draft.id}/score").text
    assert not re.search(r"\b[A-Z]{2,3}[0-9] needs [0-9]", said)
    assert "“Voice changed the plan” needs Shaping (3). It is Asking (2) now." in said


@pytest.mark.parametrize("paper", ["report", "copy"])
def test_papers_are_accessible_and_read_in_order(draft, lead, client: Client, paper):
    client.sign_in("ravi.lead@example.org")
    made = client.get(f"/assessments/{draft.id}/{paper}.pdf").response.data
    found = page.validate_pdf_bytes(made, profile="pdf/ua-1")
    assert found.failures == []
    assert found.is_compliant
    reader = PdfReader(io.BytesIO(made))
    assert reader.root_object["/Lang"] == "en-GB"
    assert reader.metadata is not None
    assert "Hazel Lane School" in str(reader.metadata.title)
    said = words_of(made)
    order = {
        "report": [
            "A draft, as it is on 22 November 2026",
            "overall",
            "The same as a table",
            "The smallest changes",
            "The authenticity checks",
            "What families say",
            "They see it 2 steps lower",
            "Improvement plan",
            "Ask parents which times suit them",
            "Every answer",
            "What we do about HOT5.",
        ],
        "copy": [
            "LLE1",
            "3 Shaping",
            "(chosen)",
            "What we do about LLE1.",
            "Parent survey",
            "HOT5",
            "What we do about HOT5.",
        ],
    }[paper]
    place = 0
    for part in order:
        place = said.find(part, place)
        assert place >= 0, part


def test_the_pack_carries_the_organisations_name(draft, lead, client: Client):
    client.sign_in("ravi.lead@example.org")
    made = client.get(f"/assessments/{draft.id}/pack/several-on-a-page.pdf").response.data
    assert page.is_pdf_compliant_bytes(made, profile="pdf/ua-1")
    assert "Hazel Lane School wants to know how well it works with families" in words_of(made)
    assert "Hazel Lane School wants to know" in client.get(f"/assessments/{draft.id}/pack/large-print").text
    client.get(f"/assessments/{draft.id}/pack/huge.pdf", status=404)


def test_the_report_is_a_spreadsheet_too(draft, lead, client: Client):
    client.sign_in("ravi.lead@example.org")
    assessments.save(draft, "RA2", lead, 3, account='=HYPERLINK("http://a.example")', revision=2)
    made = client.get(f"/assessments/{draft.id}/report.xlsx").response.data
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert book.sheetnames == ["Summary", "Values", "Answers", "Levels", "Families", "Plan"]
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    answers = list(book["Answers"].iter_rows(min_row=2, values_only=True))
    assert len(answers) == 25
    assert answers[15][:5] == ("RA1", "Voice changed the plan", "Shaping (3)", "Asking (2)", "What we do about RA1.")
    families = list(book["Families"].iter_rows(min_row=2, values_only=True))
    assert ("RA1", "Voice changed the plan", "Parents and carers", "Telling", "8") in [row[:5] for row in families]
    plan = list(book["Plan"].iter_rows(min_row=2, values_only=True))
    assert plan[0][:4] == ("Ask parents which times suit them", "SENCO", "31 January 2027", "To do")


def test_hostile_words_stay_words_on_paper(draft, lead, client: Client):
    client.sign_in("ravi.lead@example.org")
    hostile = "<img src=file:///etc/passwd><link rel=attachment href=file:///etc/passwd>{{ 7*7 }}"
    assessments.save(draft, "RA1", lead, 3, account=hostile, revision=2)
    for paper in ("report", "copy"):
        made = client.get(f"/assessments/{draft.id}/{paper}.pdf").response.data
        assert "<img src=file:///etc/passwd>" in words_of(made)
        assert not PdfReader(io.BytesIO(made)).attachments
