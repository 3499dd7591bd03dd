"""A spreadsheet goes out and comes back: it changes what somebody changed in it, nothing else, and nothing unseen."""

import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from coprod import history
from coprod.assessments import bringing_back, papers, queries, returned, workbook_reader
from coprod.assessments.answering import written
from coprod.assessments.models import AnswerVersion
from coprod.assessments.rules import Written
from coprod.database import db
from coprod.errors import Invalid, Stale
from coprod.framework import on_paper
from coprod.framework.model import Audience
from coprod.framework.queries import current_framework
from coprod.framework.workbook import ANSWERS, Tied, answers_workbook
from coprod.transaction import transaction
from tests.support import assessments, build
from tests.support.assessments import MOMENT
from tests.support.client import Client

RATING, REASON, ACCOUNT = 4, 5, 6
TEN = ("LLE1", "LLE3", "WT2", "WT5", "AMB1", "AMB4", "RA1", "RA5", "HOT2", "HOT4")


@pytest.fixture
def where(app):
    return build.organisation()


@pytest.fixture
def lead(where):
    return build.actor(build.lead_of(where).id)


@pytest.fixture
def draft(where, lead):
    return assessments.answered(where, lead)


def edited(content: bytes, cells: dict[str, dict[int, object]]) -> bytes:
    """The workbook with cells of some questions changed, as a spreadsheet program saves it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book[ANSWERS]
    rows = {sheet.cell(number, 1).value: number for number in range(2, sheet.max_row + 1)}
    for code, changes in cells.items():
        for column, value in changes.items():
            sheet.cell(rows[code], column).value = value
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def preview_of(assessment, content: bytes) -> returned.Preview:
    workbook = workbook_reader.read(content)
    standing = bringing_back.standing_of(assessment)
    return returned.compared(queries.framework_of(assessment), workbook, standing, assessment=str(assessment.id))


def standing(assessment) -> dict[str, Written]:
    db.session.expire_all()
    return {code: written(row) for code, row in queries.rows_of(assessment).items()}


def upload(client: Client, assessment, content: bytes, *, status: int = 200):
    client.get(f"/assessments/{assessment.id}/papers")
    return client.submit("See what it would change", status=status, file=(io.BytesIO(content), "answers.xlsx"))


def test_ten_answers_changed_offline_change_ten_answers_and_nothing_else(draft, lead, client: Client):
    client.sign_in("ravi.lead@example.org")
    before = standing(draft)
    links = {code: (len(row.evidence), len(row.changes)) for code, row in queries.rows_of(draft).items()}
    events = db.session.query(history.Event).filter_by(what="answer.saved").count()
    went_out = client.get(f"/assessments/{draft.id}/copy.xlsx").response.data
    came_back = edited(
        went_out, {code: {RATING: "3 Shaping", ACCOUNT: f"Since then: {code}\n= not a formula"} for code in TEN}
    )
    page = upload(client, draft, came_back)
    assert "10 answers are different in your spreadsheet" in page.text
    assert standing(draft) == before, "a preview changes nothing"
    client.submit("Save the ticked answers")
    after = standing(draft)
    assert {code for code in after if after[code] != before[code]} == set(TEN)
    for code in TEN:
        assert after[code] == Written(3, False, "", f"Since then: {code}\n= not a formula")
    now = {code: (len(row.evidence), len(row.changes)) for code, row in queries.rows_of(draft).items()}
    assert now == links
    assert db.session.query(history.Event).filter_by(what="answer.saved").count() == events + 10
    assert db.session.query(history.Event).filter_by(what="answers.brought_back").count() == 1


def test_what_nobody_touched_changes_nothing(draft, lead, client: Client):
    client.sign_in("ravi.lead@example.org")
    assert preview_of(draft, papers.workbook(draft)) == returned.Preview()
    page = upload(client, draft, papers.workbook(draft))
    assert "Nothing: every answer in it is as it is on the website" in page.text


@pytest.mark.parametrize(
    "account",
    [
        "=1+1",
        "+44 1536",
        "-5",
        "@home",
        "12",
        "3.0",
        "TRUE",
        "_x0041_",
        "a  b",
        "line\n\nline",
        "“quotes” & <tags>",
        "Tŷ 学校 🙂",
    ],
)
def test_words_come_back_as_they_went_out(draft, lead, account):
    assessments.save(draft, "RA2", lead, 2, account=account, revision=2)
    went_out = papers.workbook(draft)
    assert preview_of(draft, went_out) == returned.Preview()
    again = saved(openpyxl.load_workbook(io.BytesIO(went_out)))
    assert preview_of(draft, again) == returned.Preview()


def test_an_answer_that_moved_on_the_website_is_shown_as_yours_and_theirs_and_not_ticked(draft, lead, client: Client):
    client.sign_in("ravi.lead@example.org")
    came_back = edited(papers.workbook(draft), {code: {ACCOUNT: f"Mine {code}"} for code in ("RA1", "RA2")})
    revision = bringing_back.standing_of(draft)["RA1"].revision
    assessments.save(draft, "RA1", lead, 2, account="Theirs", revision=revision)
    page = upload(client, draft, came_back)
    assert "Somebody changed this answer on the website after your copy was made" in page.text
    assert "Theirs" in page.text
    assert "Mine RA1" in page.text
    client.submit("Save the ticked answers")
    after = standing(draft)
    assert (after["RA1"].account, after["RA2"].account) == ("Theirs", "Mine RA2")
    upload(client, draft, came_back)
    client.submit("Save the ticked answers", bring=["RA1"])
    assert standing(draft)["RA1"].account == "Mine RA1"
    kept = {version.account for version in db.session.query(AnswerVersion).filter_by(stood=True)}
    assert {"Theirs", "Mine RA1", "Mine RA2"} <= kept


def test_what_moved_only_on_the_website_stays(draft, lead):
    came_back = edited(papers.workbook(draft), {"RA2": {ACCOUNT: "Mine"}})
    revision = bringing_back.standing_of(draft)["RA1"].revision
    assessments.save(draft, "RA1", lead, 4, account="Theirs", revision=revision)
    assert [change.code for change in preview_of(draft, came_back).changes] == ["RA2"]


def test_what_moves_between_the_preview_and_the_button_is_shown_first_and_nothing_is_saved(draft, lead, client: Client):
    client.sign_in("ravi.lead@example.org")
    upload(client, draft, edited(papers.workbook(draft), {code: {ACCOUNT: "Mine"} for code in ("RA1", "RA2")}))
    revision = bringing_back.standing_of(draft)["RA1"].revision
    assessments.save(draft, "RA1", lead, 2, account="Theirs", revision=revision)
    before = standing(draft)
    page = client.submit("Save the ticked answers", status=409)
    assert page.errors == [
        "Some answers were changed on the website just now. They are marked below. Look at them again."
    ]
    assert standing(draft) == before
    client.submit("Save the ticked answers", bring=["RA1", "RA2"])
    assert {standing(draft)[code].account for code in ("RA1", "RA2")} == {"Mine"}


def test_one_that_can_not_be_saved_saves_none(draft, lead):
    framework = queries.framework_of(draft)
    preview = preview_of(draft, edited(papers.workbook(draft), {c: {ACCOUNT: "Mine"} for c in ("RA1", "RA2")}))
    shown = [(change, change.revision) for change in preview.changes]
    bad = replace(shown[1][0], yours=Written(None, True, "", ""))
    before = standing(draft)
    with pytest.raises(Invalid), transaction():
        bringing_back.bring_back(draft, [shown[0], (bad, bad.revision)], ticked={"RA1", "RA2"}, actor=lead, now=MOMENT)
    with pytest.raises(Stale), transaction():
        bringing_back.bring_back(draft, [(shown[0][0], 99)], ticked={"RA1"}, actor=lead, now=MOMENT)
    assert standing(draft) == before
    assert framework.question("RA1").check


@pytest.mark.parametrize(
    ("cells", "code", "words"),
    [
        ({"RA1": {1: "RA9"}}, "RA9", "These standards have no question with this code."),
        ({"RA1": {1: "RA2"}}, "RA2", "The code and the question beside it do not belong together."),
        ({"RA1": {2: "Something else"}}, "RA1", "The code and the question beside it do not belong together."),
        ({"RA2": {RATING: "Excellent"}}, "RA2", "“Excellent” is not a rating. Choose one from the list."),
        ({"RA2": {RATING: 5}}, "RA2", "“5” is not a rating. Choose one from the list."),
        ({"RA2": {RATING: "=2+1"}}, "RA2", "“Your rating” holds a formula."),
        ({"RA2": {ACCOUNT: '=HYPERLINK("http://a.example")'}}, "RA2", "“In your own words” holds a formula."),
        ({"RA2": {ACCOUNT: "x" * 5001}}, "RA2", "has 5,001 characters, and can have 5,000."),
        ({"RA2": {ACCOUNT: "turned \u202e round"}}, "RA2", "This has a character that can't be seen"),
        (
            {"RA1": {RATING: "Does not apply", REASON: "No"}},
            "RA1",
            "This is an authenticity check, so it always applies.",
        ),
        ({"RA2": {RATING: "Does not apply"}}, "RA2", "Say why this does not apply to you"),
    ],
)
def test_a_fault_is_named_with_its_row_and_reason_and_holds_back_nothing_else(draft, cells, code, words):
    came_back = edited(papers.workbook(draft), {**cells, "HOT1": {ACCOUNT: "Mine"}})
    preview = preview_of(draft, came_back)
    fault = next(fault for fault in preview.faults if words in fault.words)
    assert (fault.code, fault.row > 1) == (code, True)
    assert [change.code for change in preview.changes] == ["HOT1"]


def test_the_preview_shows_the_faults(draft, lead, client: Client):
    client.sign_in("ravi.lead@example.org")
    page = upload(client, draft, edited(papers.workbook(draft), {"RA1": {1: "RA9"}}))
    assert "Row 17 (RA9): These standards have no question with this code." in page.text


def test_a_mark_moves_from_one_question_of_a_value_to_another(draft, lead):
    marked = {RATING: "Does not apply", REASON: "We have none."}
    preview = preview_of(draft, edited(papers.workbook(draft), {"RA2": marked}))
    with transaction():
        bringing_back.bring_back(
            draft, [(c, c.revision) for c in preview.changes], ticked={"RA2"}, actor=lead, now=MOMENT
        )
    moved = edited(papers.workbook(draft), {"RA3": marked, "RA2": {RATING: "1 Telling", REASON: None}})
    preview = preview_of(draft, moved)
    assert ([change.code for change in preview.changes], preview.faults) == (["RA2", "RA3"], ())
    with transaction():
        bringing_back.bring_back(
            draft, [(c, c.revision) for c in preview.changes], ticked={"RA2", "RA3"}, actor=lead, now=MOMENT
        )
    assert standing(draft)["RA3"] == Written(None, True, "We have none.", "What we do about RA3.")
    both = edited(papers.workbook(draft), {"RA4": marked})
    assert "can be marked as not applying" in preview_of(draft, both).faults[0].words


def test_a_blank_copy_that_anybody_can_download_fills_what_is_blank(where, lead):
    draft = assessments.started(where, lead)
    assessments.save(draft, "RA1", lead, 2, account="Already here")
    framework = current_framework()
    blank = answers_workbook(framework, on_paper.values(framework, Audience.SCHOOL), Tied())
    cells = {RATING: 3.0, ACCOUNT: "From paper"}
    preview = preview_of(draft, edited(blank, {"RA1": cells, "RA2": cells}))
    assert [(change.code, change.moved) for change in preview.changes] == [("RA1", True), ("RA2", False)]
    assert preview.changes[1].yours == Written(3, False, "", "From paper")


def test_another_assessments_spreadsheet_is_refused(draft, lead):
    elsewhere = build.organisation("Maple School")
    theirs = assessments.started(elsewhere, build.actor(build.lead_of(elsewhere, "Mia Maple").id))
    with pytest.raises(Invalid, match="another self-assessment") as refused:
        preview_of(draft, papers.workbook(theirs))
    assert "Maple" not in refused.value.message


def test_another_version_of_the_standards_is_refused(draft):
    framework = replace(current_framework(), version="0.9")
    with pytest.raises(Invalid, match=r"version 0\.9 of the standards\. Your self-assessment uses version 1\.0"):
        preview_of(draft, answers_workbook(framework, on_paper.values(framework, Audience.SCHOOL), Tied()))


def zipped(**parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def with_part(content: bytes, name: str, replaced: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        return zipped(**{part: replaced if part == name else old.read(part) for part in old.namelist()})


SHEET = "xl/worksheets/sheet2.xml"
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">]><worksheet>&b;</worksheet>'
HOSTILE = {
    "nothing": lambda made: b"",
    "words": lambda made: b"Code,Question\nRA1,3\n",
    "half a file": lambda made: made[: len(made) // 2],
    "another zip": lambda made: zipped(a=b"b"),
    "a bomb": lambda made: with_part(made, SHEET, b"<worksheet>" + b" " * 30_000_000 + b"<sheetData/></worksheet>"),
    "many parts": lambda made: zipped(**{f"part{number}": b"" for number in range(2000)}),
    "entities": lambda made: with_part(made, SHEET, ENTITIES),
    "entities in UTF-16": lambda made: with_part(made, SHEET, ENTITIES.decode().encode("utf-16")),
    "no XML": lambda made: with_part(made, SHEET, b"\x00\x01"),
    "no workbook": lambda made: with_part(made, "xl/workbook.xml", b"<workbook/>"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_else_somebody_sends_is_refused_in_words(draft, name):
    with pytest.raises(workbook_reader.NotReadable):
        workbook_reader.read(HOSTILE[name](papers.workbook(draft)))


def test_a_sheet_that_says_it_is_huge_is_read_within_bounds(draft):
    made = papers.workbook(draft)
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        sheet = parts.read(SHEET).decode()
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>far</t></is></c></row></sheetData>'
    huge = with_part(made, SHEET, sheet.replace("</sheetData>", far).encode())
    assert len(workbook_reader.read(huge).rows) == 25


def test_moved_columns_are_refused(draft):
    book = openpyxl.load_workbook(io.BytesIO(papers.workbook(draft)))
    book[ANSWERS].insert_cols(1)
    with pytest.raises(workbook_reader.NotReadable, match="columns"):
        workbook_reader.read(saved(book))


def test_a_refused_file_is_said_beside_its_field(draft, lead, client: Client):
    client.sign_in("ravi.lead@example.org")
    page = upload(client, draft, b"words", status=422)
    assert page.errors == ["This is not a spreadsheet that we can read. Send an Excel workbook (.xlsx)."]


def test_after_it_was_sent_in_nothing_is_brought_back(where, lead, client: Client):
    sent = assessments.submitted(where, lead)
    client.sign_in("ravi.lead@example.org")
    page = client.get(f"/assessments/{sent.id}/papers")
    assert "Bring a spreadsheet back" not in page.text
    preview = preview_of(sent, edited(papers.workbook(sent), {"RA1": {ACCOUNT: "Late"}}))
    with pytest.raises(Exception, match="can't be changed"), transaction():
        bringing_back.bring_back(
            sent, [(c, c.revision) for c in preview.changes], ticked={"RA1"}, actor=lead, now=MOMENT
        )
