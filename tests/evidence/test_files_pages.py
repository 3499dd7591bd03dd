"""Files as people meet them: chosen, looked into, described, opened, replaced, thrown away."""

import io
import os

import pytest

from coprod import storage
from coprod.database import db
from coprod.evidence.models import Evidence, EvidenceFile
from coprod.moderation import operations as moderation
from coprod.permissions import AreaRole, MemberRole
from coprod.transaction import transaction
from coprod.web import deployment
from tests.evidence import hostile
from tests.support import assessments, build, files
from tests.support.build import MOMENT
from tests.support.snapshots import sent_in

FACTS = {
    "kind": "family_voice",
    "title": "Parent survey",
    "dated": ["27", "3", "2026"],
    "shows": "Meetings are at better times",
    "from_families": True,
    "no_child_named": True,
}


@pytest.fixture
def school(app):
    return build.organisation("H" * 200)


@pytest.fixture
def at(client, school):
    who = build.person("Cat Contributor")
    build.membership(who, school, MemberRole.CONTRIBUTOR)
    client.sign_in(who.email)
    return client, f"/organisations/{school.id}/evidence"


def choose(client, content, name, status=200):
    return client.submit("Look at this file", status=status, file=(io.BytesIO(content), name))


def test_a_file_is_looked_into_described_listed_and_opened(at):
    client, address = at
    client.get(address)
    client.follow("Add a file")
    assert "Words under black bars" in client.page.text
    page = choose(client, files.pdf(), "our survey.pdf")
    assert page.h1 == "What is in your file"
    assert "We found nothing in its text" in page.text
    assert "Author Ann Author" in page.text
    page = client.submit("Add this evidence", **FACTS)
    assert "File added" in page.text
    opened = client.submit("Open the file : Parent survey")
    headers = opened.response.headers
    assert opened.response.data.startswith(b"%PDF")
    assert headers["Content-Disposition"] == 'attachment; filename="our survey.pdf"'
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"


def test_what_a_file_hides_is_taken_out_at_the_press_of_a_button(at):
    client, address = at
    client.get(f"{address}/file")
    choose(client, files.pdf(Title="Secret title"), "a.pdf")
    assert "Secret title" in client.page.text
    page = client.submit("Take this out of the file")
    assert "What the file hid is taken out" in page.text
    assert "Secret title" not in page.text
    client.submit("Add this evidence", **FACTS)
    assert b"Secret title" not in client.submit("Open the file : Parent survey").response.data


def test_likely_personal_data_is_shown_with_its_place_and_kept_only_on_purpose(at):
    client, address = at
    client.get(f"{address}/file")
    page = choose(client, b"First line\nSam Reed, dob 12/03/2015\n", "notes.txt")
    assert "a date of birth, “Sam Reed, dob 12/03/2015”, in line 2" in page.text
    page = client.submit("Add this evidence", status=422, **FACTS)
    assert "This looks like personal data" in page.errors[0]
    assert 'value="Parent survey"' in page.source
    client.submit("Add this evidence", looked=True)
    assert db.session.query(Evidence).count() == 1


def test_words_that_look_like_personal_data_are_asked_about_and_stay_typed(at):
    client, address = at
    client.get(f"{address}/new")
    statement = "Ring Sam on 07700 900123"
    page = client.submit("Add this evidence", status=422, **FACTS, statement=statement)
    assert "a phone number, “07700 900123”, in the statement" in page.errors[0]
    assert statement in page.source
    assert "I have looked at what was pointed out" in page.text
    client.submit("Add this evidence", looked=True)
    assert db.session.query(Evidence).one().statement == statement


def test_an_upload_can_be_thrown_away_or_finished_later(at):
    client, address = at
    client.get(f"{address}/file")
    choose(client, files.pdf(), "later.pdf")
    assert "Files that you have not finished" in client.get(address).text
    client.follow("later.pdf")
    page = client.submit("Throw this file away")
    assert "later.pdf" not in page.text
    assert db.session.query(EvidenceFile).one().rejected_at


def test_an_item_is_replaced_by_other_words_and_by_a_file(at):
    client, address = at
    client.get(f"{address}/new")
    client.submit("Add this evidence", **FACTS, statement="Before")
    client.follow("Put something else in its place : Parent survey")
    assert 'value="Parent survey"' in client.page.source
    client.submit("Put this in its place", statement="After", no_child_named=True)
    assert db.session.query(Evidence).one().statement == "After"
    client.follow("Put something else in its place : Parent survey")
    client.follow("Put a file in its place")
    page = choose(client, files.pdf(), "new.pdf")
    assert "takes the place of “Parent survey”" in page.text
    client.submit("Take this out of the file")
    client.submit("Put this in its place", no_child_named=True)
    item = db.session.query(Evidence).one()
    assert (item.revision, item.file.name, item.statement) == (3, "new.pdf", "")


@pytest.mark.parametrize(
    ("content", "name", "status", "words"),
    [
        (hostile.HTML, "page.html", 415, "This file is something else"),
        (hostile.HTML, "page.pdf", 415, "This file is something else"),
        (hostile.EXE, "letter.pdf.exe", 415, "This file is something else"),
        (hostile.docx(), "letter.xlsx", 415, "not what its name says"),
        (hostile.docx(**{"word/vbaProject.bin": b"x"}), "letter.docx", 422, "a macro"),
        (hostile.large_png(30_000, 30_000), "large.png", 422, "too many dots"),
        (b"", "empty.pdf", 415, "empty"),
    ],
)
def test_what_can_not_be_taken_says_why_beside_the_field(at, content, name, status, words):
    client, address = at
    client.get(f"{address}/file")
    page = choose(client, content, name, status=status)
    assert words in page.errors[0]
    assert db.session.query(EvidenceFile).count() == 0


def test_no_file_chosen_is_said(at):
    client, address = at
    client.get(f"{address}/file")
    assert client.submit("Look at this file", status=422).errors == ["Choose a file"]


@pytest.mark.parametrize("name", ["../../x.pdf", "<b>x</b>.pdf", 'a"; filename="b.pdf', "x" * 5000 + ".pdf"])
def test_names_are_shown_as_text_and_sent_as_one_header(at, name):
    client, address = at
    client.get(f"{address}/file")
    page = choose(client, files.pdf(), name)
    assert "<b>x</b>" not in page.source
    client.submit("Add this evidence", **FACTS)
    opened = client.submit("Open the file : Parent survey")
    assert "/" not in opened.response.headers["Content-Disposition"].split("=", 1)[1].split(";")[0]


def test_a_route_that_takes_files_takes_them_and_no_other_route_does(at, app, school):
    client, address = at
    large = b"x" * (2 * 1024 * 1024)
    client.get(f"{address}/file")
    choose(client, large, "long.txt")  # Larger than a form may be.
    client.get(f"{address}/new")
    client.post(f"{address}/new", {"file": (io.BytesIO(large), "long.txt")}, status=413)
    client.get(f"{address}/file")
    page = choose(client, b"x" * (21 * 1024 * 1024), "long.txt", status=413)
    assert page.h1 == "That is too big"
    assert "up to 20 MB" in page.text
    page = client.follow("Choose another file")
    assert page.h1 == "Add a file"


def test_what_was_sent_is_nowhere_but_where_it_is_kept(at):
    client, address = at
    incoming, open_before = deployment.settings().instance / "incoming", len(os.listdir("/proc/self/fd"))
    client.get(f"{address}/file")
    choose(client, b"x" * 1024 * 1024, "long.txt")
    assert [place.name for place in incoming.iterdir()] == []
    client.get(f"{address}/file")
    choose(client, hostile.EXE, "letter.txt", status=415)
    client.get(f"{address}/file")
    choose(client, b"x" * (21 * 1024 * 1024), "long.txt", status=413)
    assert [place.name for place in incoming.iterdir()] == []
    assert len(os.listdir("/proc/self/fd")) <= open_before + 2  # One of them speaks to what looks inside.


def test_many_files_in_one_form_open_one_file_on_the_disk(app, at, monkeypatch):
    client, address = at
    opened = []

    class Counted(storage.WhileOpen):
        def __init__(self, folder):
            opened.append(folder)
            super().__init__(folder)

    monkeypatch.setattr(storage, "WhileOpen", Counted)
    client.get(f"{address}/file")
    page = client.submit("Look at this file", status=200, file=[(io.BytesIO(b"Hello"), f"{n}.txt") for n in range(9)])
    assert page.h1 == "What is in your file"
    assert len(opened) == 1


def test_who_is_not_signed_in_sends_a_form_at_most(app, client, school):
    client.get("/sign-in")
    large = (io.BytesIO(b"x" * (2 * 1024 * 1024)), "long.txt")
    page = client.post(f"/organisations/{school.id}/evidence/file", {"file": large}, status=401)
    assert "You were signed out before your file arrived" in page.text
    assert page.h1 == "Sign in first"


def test_a_hundred_thousand_parts_are_refused_unread(at):
    client, address = at
    client.get(f"{address}/file")
    part = b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n'
    body = part * 100_000 + b"--b--\r\n"
    client._open("POST", f"{address}/file", 413, data=body, content_type="multipart/form-data; boundary=b")


def test_a_file_goes_straight_to_an_answer(client, school):
    lead = build.lead_of(school)
    draft = assessments.started(school, build.actor(lead.id))
    client.sign_in(lead.email)
    client.get(f"/assessments/{draft.id}/questions/RA1/evidence")
    client.follow("add a file")
    choose(client, files.pdf(), "survey.pdf")
    client.submit("Take this out of the file")
    page = client.submit("Add to this answer", **FACTS)
    assert "Added to this answer" in page.text
    assert "Parent survey" in page.text


@pytest.fixture
def case(school):
    """A reviewer sits in a case whose RA1 rests on a file."""
    lead = build.lead_of(school)
    item = files.filed(school.id, build.actor(lead.id))
    assessment = sent_in(school, lead.id, every=3)
    files.sent_with(assessment, item, "RA1")
    who = build.person("Ann One", AreaRole.REVIEWER, parent_carer=True)
    with transaction():
        made = moderation.open_case(assessment, now=MOMENT)
        moderation.declare(made, conflict=False, actor=build.actor(who.id), now=MOMENT)
        moderation.take_seat(made, actor=build.actor(who.id), now=MOMENT)
    return made, item


def test_a_reviewer_opens_a_file_beside_the_answer_and_shuts_it_away(client, case, school):
    made, _item = case
    client.sign_in("ann.one@example.org")
    client.get(f"/moderation/cases/{made.id}/RA1")
    opened = client.submit("Open the file : Parent survey")
    assert opened.response.data.startswith(b"%PDF")
    assert "attachment" in opened.response.headers["Content-Disposition"]
    page = client.submit("Shut it away : Parent survey")
    assert "Shut away. Nobody can see it any more" in page.text
    assert "Parent survey" not in page.source
    assert "survey.pdf" not in page.source
    client.sign_out()
    client.sign_in("ravi.lead@example.org")
    page = client.get(f"/organisations/{school.id}/evidence")
    assert "A reviewer saw personal data in it" in page.text
    assert "Parent survey" not in page.source
    assert "survey.pdf" not in page.source
    assert "Open the file" not in page.text
    client.follow("Put something else in its place : Evidence that is shut away")
    assert 'value="Parent survey"' not in client.page.source


def test_no_get_answers_with_a_file(app):
    """A file is the answer to a button: no address of it can be shared, kept or guessed."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint in {"evidence.open_own", "moderation.open_file"}:
            assert "GET" not in rule.methods

