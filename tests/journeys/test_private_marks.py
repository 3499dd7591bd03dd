"""Marks stand in every private field of one organisation: no byte that the public or another one gets holds any.

Every route that answers GET is asked, so a new one is asked by itself: pages, files, exports, feeds. Office files are
unpacked, and PDFs read with their metadata. What the server writes down meanwhile is read too.
"""

import io
import json
import logging
import re
import zipfile
from collections.abc import Iterator
from contextlib import redirect_stderr
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from pypdf import PdfReader
from sqlalchemy import text

from coprod.accounts.models import Person
from coprod.assessments.models import Assessment, FamilyWords
from coprod.changes import operations as changes
from coprod.changes.rules import ChangeFacts
from coprod.database import db
from coprod.directory import export
from coprod.evidence import operations as evidence
from coprod.evidence.models import Evidence
from coprod.moderation.models import Waiver
from coprod.running.metrics import Standing
from coprod.transaction import transaction
from coprod.web.access import access_of
from tests.architecture.test_matrix import address, rules
from tests.support import build
from tests.support.assessments import MOMENT, TODAY
from tests.support.crawling import crawl, served
from tests.support.sides import Sides

# ruff: noqa: S608  # every statement here is put together from the words of this file
THEIRS = "organisation_id IN (SELECT id FROM organisations WHERE name LIKE 'Maple %')"
OF_ASSESSMENT = f"assessment_id IN (SELECT id FROM assessments WHERE {THEIRS})"
OF_CASE = f"case_id IN (SELECT id FROM cases WHERE {THEIRS})"
OF_CHANGE = f"change_id IN (SELECT id FROM change_records WHERE {THEIRS})"
OF_ANSWER = f"answer_id IN (SELECT id FROM answers WHERE {OF_ASSESSMENT})"
OF_EVIDENCE = f"evidence_id IN (SELECT id FROM evidence WHERE {THEIRS})"
OF_MEETING = f"meeting_id IN (SELECT id FROM family_meetings WHERE {OF_ASSESSMENT})"
PEOPLE = "(name LIKE 'Other %' OR name LIKE 'Maple %')"
OF_PERSON = f"person_id IN (SELECT id FROM people WHERE {PEOPLE})"
SECRET_RECORD = f"{THEIRS} AND published_at IS NULL"

# Where each mark stands: table, column, rows. People come last, because others are found by their names.
PRIVATE = (
    ("memberships", "note", THEIRS),
    ("invitations", "email", THEIRS),
    ("trusted_domains", "domain", THEIRS),
    ("letters", "receiver", "receiver LIKE 'maple%'"),
    ("letters", "subject", "receiver LIKE 'QX%'"),
    ("letters", "words", "receiver LIKE 'QX%'"),
    ("receivers", "address", "address LIKE 'maple%'"),
    ("account_requests", "email", "email LIKE '%maple%'"),
    ("passkeys", "name", OF_PERSON),
    ("person_sessions", "device", OF_PERSON),
    ("time_spent", "what", OF_PERSON),
    ("events", "why", THEIRS),
    ("judgements", "reason", OF_CASE),
    ("judgements", "note", OF_CASE),
    ("judgements", "private_note", OF_CASE),
    ("settlements", "reason", OF_CASE),
    ("waivers", "why", OF_CASE),
    ("answers", "account", OF_ASSESSMENT),
    ("answers", "reason", OF_ASSESSMENT),
    ("answer_versions", "account", OF_ANSWER),
    ("question_notes", "text", OF_ASSESSMENT),
    ("plan_actions", "what", OF_ASSESSMENT),
    ("plan_actions", "owner", OF_ASSESSMENT),
    ("family_words", "text", OF_MEETING),
    ("evidence", "title", THEIRS),
    ("evidence", "shows", THEIRS),
    ("evidence", "statement", THEIRS),
    ("evidence_versions", "title", OF_EVIDENCE),
    ("evidence_files", "name", THEIRS),
    ("evidence_files", "partly", THEIRS),
    ("change_records", "heard_where", THEIRS),
    ("change_records", "title", SECRET_RECORD),
    ("change_records", "heard", SECRET_RECORD),
    ("change_records", "why", SECRET_RECORD),
    ("change_records", "taken_down_why", THEIRS),
    ("confirmations", "comment", OF_CHANGE),
    ("confirmations", "visitor", OF_CHANGE),
    ("confirmation_links", "made_from", OF_CHANGE),
    ("sign_ups", "senior_lead", THEIRS),
    ("sign_ups", "family_link", THEIRS),
    ("sign_ups", "signatory_name", THEIRS),
    ("sign_ups", "signatory_role", THEIRS),
    ("sign_ups", "ended_why", THEIRS),
    ("certificates", "ended_why", THEIRS),
    ("people", "name", PEOPLE),
    ("people", "email", "name LIKE 'QX%'"),
)
# In JSON, beside what is there; and a number of family members, which is no text.
IN_JSON = (
    ("evidence_files", "hidden", THEIRS, [["Author", "{}"]]),
    ("evidence_files", "signs", THEIRS, [{"what": "{}", "words": "{}", "where": "{}"}]),
    ("evidence_versions", "facts", OF_EVIDENCE, {"statement": "{}"}),
    ("certificates", "inputs", THEIRS, {"secret": "{}"}),
)
# What a private link tells whoever it was sent to. Its secret can't be guessed.
MEANT = {
    "accounts.invited": {"invitations.email", "people.name"},
    "accounts.make_account": {"account_requests.email"},
    "accounts.new_password": {"people.email"},
    "accounts.use_link": {"people.name"},
    "charter.confirm": {"people.name"},
    "changes.confirm": {"change_records.heard_where"},
    "mail.stop": {"receivers.address"},
}
COUNT = 7431907
MARK = re.compile(rf"QX\d\dZZ|{COUNT}", re.I)


@pytest.fixture(scope="module")
def written() -> io.StringIO:
    """Everything that the server writes down."""
    return io.StringIO()


@pytest.fixture(scope="module")
def sides(two_sides: Sides, tmp_path_factory: pytest.TempPathFactory, written: io.StringIO) -> Iterator[Sides]:
    handler = logging.StreamHandler(written)
    logging.getLogger().addHandler(handler)
    made = Sides(tmp_path_factory.mktemp("private"), like=two_sides)
    with made.app.app_context():
        plant(made)
        db.session.remove()
    made.app.config["TESTING"] = False  # From here on it writes its log as it does for people.
    yield made
    logging.getLogger().removeHandler(handler)
    made.close()


def plant(sides: Sides) -> None:
    """A mark of its own in each private field. Fails where a field has no row, for then nothing would be tried."""
    more_rows(sides)
    database = sides.undoing
    database.loosen()
    for number, (table, column, rows) in enumerate(PRIVATE):
        mark = f"'QX{number:02}ZZ' || {database.row_number}"
        assert database.write(f"UPDATE {table} SET {column} = {mark} WHERE {rows}"), f"nobody has a {table}.{column}"
    for number, (table, column, rows, shape) in enumerate(IN_JSON, start=len(PRIVATE)):
        value = json.dumps(shape).replace("{}", f"QX{number:02}ZZ")
        statement = f"UPDATE {table} SET {column} = ? WHERE {rows}"
        assert database.write(statement, [value]), f"nobody has a {table}.{column}"
    assert database.write(f"UPDATE family_meetings SET parents = {COUNT} WHERE {OF_ASSESSMENT}")
    marked = database.json.format("replace(CAST(snapshot AS TEXT), 'What we do about', 'QX98ZZ')")
    holds = "CAST(snapshot AS TEXT) LIKE '%What we do about%'"
    assert database.write(f"UPDATE assessments SET snapshot = {marked} WHERE {holds} AND {THEIRS}")


def more_rows(sides: Sides) -> None:
    """What the other side has not done yet: a record that is not public, an item replaced, words at a meeting."""
    theirs = sides.world.other
    lead = build.actor(db.session.query(Person).filter_by(name="Other Lead").one().id)
    item, draft = db.session.get_one(Evidence, theirs["evidence"]), db.session.get_one(Assessment, theirs["draft"])
    with transaction():
        changes.write(draft.organisation_id, facts=ChangeFacts("Not public"), actor=lead, now=MOMENT)
        given = {"title": "New", "url": "", "statement": "S", "dated": TODAY, "shows": "S", "kind": "family_voice"}
        evidence.replace(
            item, **given, from_families=True, no_child_named=True, actor=lead, now=MOMENT, today=TODAY
        )
        db.session.add(FamilyWords(meeting_id=theirs["meeting"], question_code="RA1", text="Words"))
        them = {"person_id": lead.person_id, "made_by": lead.person_id, "made_at": MOMENT}
        db.session.add(Waiver(case_id=theirs["rating"], why="W", **them))


def asked(sides: Sides, who: str) -> dict[str, str]:
    """Every address that answers GET, with its route: to the public those of the marked side, to a lead their own too.

    Papers that are the same for all are asked for once.
    """
    found = {}
    for method, rule in rules(sides.app):
        stated = access_of(sides.app, rule.endpoint)
        papers = rule.endpoint.startswith("framework.")
        if method == "GET" and stated and (stated.anyone if who == "public" else not papers):
            for thing in ("other",) if who == "public" else ("own", "other"):
                found[address(sides, rule, thing)] = rule.endpoint
    return found


@pytest.mark.parametrize("who", ["public", "lead"])
def test_no_mark_reaches_anybody_else(sides: Sides, who: str) -> None:
    opened, told = asked(sides, who), set()
    assert len(opened) > 40
    for each, endpoint in sorted(opened.items()):
        answer = sides.ask("GET", each, who)
        said = [*unpacked(answer.data), str(answer.headers)]
        marks = {field_of(mark) for words in said for mark in MARK.findall(words)}
        told |= {f"{each} tells {mark}" for mark in marks - MEANT.get(endpoint, set())}
    assert not told


@pytest.mark.parametrize("cookie", ["", "coprod_reading=large-contrast-plain"])
def test_no_mark_is_in_a_page_that_is_read_in_another_way(sides: Sides, cookie: str) -> None:
    """In Polish, in large print, in strong contrast, in few words, and as somebody without any cookie has it."""
    told, spoken = set(), 0
    for each, endpoint in sorted(asked(sides, "public").items()):
        if not each.endswith((".pdf", ".xlsx")):
            browser = sides.app.test_client(use_cookies=False)
            answer = browser.get(f"{each}?lang=pl", headers={"Cookie": cookie}, buffered=True)
            spoken += '<html lang="pl"' in answer.text
            marks = {field_of(mark) for mark in MARK.findall(f"{answer.text} {answer.headers}")}
            told |= {f"{each} tells {mark}" for mark in marks - MEANT.get(endpoint, set())}
    assert spoken
    assert not told


def test_nobody_finds_anything_by_a_mark(sides: Sides) -> None:
    """Who searches for what is private learns as much as who searches for what nobody ever wrote."""
    answers = set()
    for number in range(100):
        mark = f"QX{number:02}ZZ"
        for where in ("/signatories?q={}", "/signatories.csv?q={}", "/signatories.json?q={}"):
            answer = sides.ask("GET", where.format(mark), "public")
            answers.add((where, answer.status_code, answer.text.replace(mark, "").replace(mark.lower(), "")))
    assert len(answers) == 3


def test_no_mark_is_in_the_figures(sides: Sides) -> None:
    registry = CollectorRegistry()
    registry.register(Standing(sides.app))
    said = generate_latest(registry).decode()
    assert "coprod_letters_waiting" in said
    assert not MARK.findall(said)


@pytest.mark.usefixtures("quick_papers")  # Each of them is read above.
def test_no_mark_is_in_a_copy_of_the_public_pages_and_no_link_is_broken(sides: Sides, tmp_path: Path) -> None:
    with sides.app.app_context():
        assert export.export(tmp_path / "copy", sides.app).files > 60
    with served(tmp_path) as address:
        assert not crawl(f"{address}/copy/").broken
    files = [each for each in (tmp_path / "copy").rglob("*") if each.is_file()]
    told = {
        f"{each.name} tells {field_of(mark)}"
        for each in files
        for words in unpacked(each.read_bytes())
        for mark in MARK.findall(words)
    }
    assert not told


def field_of(mark: str) -> str:
    """Which field a mark was planted in."""
    number = int(mark[2:4]) if mark.startswith("QX") else len(PRIVATE)
    return ".".join(PRIVATE[number][:2]) if number < len(PRIVATE) else mark


def test_the_marks_are_there_for_their_owners(sides: Sides) -> None:
    """A search that finds nothing anywhere proves nothing: the people whose marks they are do see them."""
    with sides.app.app_context(), db.engine.connect() as connection:
        everything = "".join(
            str(connection.execute(text(f'SELECT * FROM "{table}"')).all()) for table in sides.rows()
        )
    planted = set(MARK.findall(everything))
    assert len(planted) >= 50
    assert unpacked(b"%PDF-") == ["%PDF-"]


def test_nothing_is_written_down_but_identifiers(sides: Sides, written: io.StringIO) -> None:
    """Names and words in addresses and forms, right ones and wrong ones, and in what goes wrong."""
    mark = "QX99ZZ"
    for method, where, data in (
        ("GET", f"/signatories?q={mark}", None),
        ("GET", f"/you-said?organisation={mark}", None),
        ("GET", f"/confirm/{mark}", None),
        ("GET", f"/{mark}", None),
        ("POST", "/sign-in", {"email": f"{mark}@example.org", "password": mark}),
        ("POST", f"/organisations/{sides.world.own['place']}/changes/new", {"title": mark, "heard": mark}),
        ("POST", f"/changes/{sides.world.other['change']}/edit", {"title": mark}),
    ):
        with redirect_stderr(written):
            sides.ask(method, where, "lead" if "organisations" in where or "edit" in where else "public", data)
    said = written.getvalue()
    assert '"event": "request"' in said
    assert not MARK.findall(said)


def unpacked(content: bytes) -> list[str]:
    """What an answer says: as it is; and a PDF's words and metadata, and the parts of an office file."""
    if content.startswith(b"%PDF-1"):
        reader = PdfReader(io.BytesIO(content))
        attached = [str(data) for files in reader.attachments.values() for data in files]
        words = [page.extract_text() for page in reader.pages]
        return [*words, str(reader.metadata), str(reader.xmp_metadata and reader.xmp_metadata.stream), *attached]
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return [parts.read(name).decode("utf-8", "replace") for name in parts.namelist()]
    return [content.decode("utf-8", "replace")]
