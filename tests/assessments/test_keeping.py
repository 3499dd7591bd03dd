"""An answer that is kept while it is written: what the page's script asks for, and what it is told."""

import json

import pytest

from coprod.assessments import drafting, operations
from coprod.assessments.rules import State
from coprod.database import db
from coprod.errors import Busy
from coprod.transaction import transaction
from tests.support import assessments as make


@pytest.fixture
def draft(school, lead):
    return make.started(school, lead)


@pytest.fixture
def at(client, draft):
    client.sign_in("ravi.lead@example.org")
    client.get(f"/assessments/{draft.id}/questions/RA1")
    return client


def kept(client, draft, code="RA1", *, status=200, **typed):
    """What the script is told when it sends what is typed."""
    given = {"rating": "3", "account": "We changed the times.", "revision": "", **typed}
    page = client.post(f"/assessments/{draft.id}/questions/{code}/keep", given, status=status)
    return json.loads(page.response.get_data(as_text=True))


def answer(draft, code="RA1"):
    db.session.expire_all()
    return drafting.answer_to(draft, code)


def test_what_is_typed_is_kept_and_what_it_counts_as_is_said_at_once(at, draft):
    told = kept(at, draft)
    assert told["saved"] == "Saved at 10:30am by you"
    assert "You chose Shaping" in told["counts"]
    assert "Counts as Telling for now" in told["counts"]
    assert answer(draft).account == "We changed the times."
    assert told["revision"] == str(answer(draft).revision)


def test_it_says_what_the_page_says(at, draft, school, lead):
    record = make.change(school, lead, confirmed=True)
    with transaction():
        operations.attach_change(draft, "RA1", record, actor=lead, now=make.MOMENT)
    told = kept(at, draft)
    page = at.get(f"/assessments/{draft.id}/questions/RA1")
    assert " ".join(told["counts"].split()) in " ".join(page.source.split())


def test_each_save_goes_on_from_the_one_before(at, draft):
    first = kept(at, draft, account="One")
    second = kept(at, draft, account="One two", revision=first["revision"])
    assert answer(draft).account == "One two"
    assert int(second["revision"]) > int(first["revision"])


def test_somebody_elses_save_is_not_written_over(at, draft, contributor):
    make.save(draft, "RA1", contributor, account="Theirs")
    told = kept(at, draft, account="Mine", status=409)
    assert told["refused"] == "Somebody else saved this while you had it open."
    assert answer(draft).account == "Theirs"


def test_what_cant_be_kept_says_why(at, draft):
    at.get(f"/assessments/{draft.id}/questions/LLE1")
    told = kept(at, draft, "LLE1", rating="na", status=422)
    assert told["refused"] == "Say why this does not apply to you"
    told = kept(at, draft, "LLE1", account="x" * 5001, status=422)
    assert told["refused"] == "Use 5,000 characters or fewer. You have used 5,001."


def test_a_disk_that_is_full_says_so(at, draft, monkeypatch):
    def full(*_given, **_named):
        raise Busy

    monkeypatch.setattr(operations, "save_answer", full)
    assert kept(at, draft, status=503)["refused"] == Busy.message


def test_after_it_was_sent_in_nothing_is_kept(at, draft):
    with transaction():
        draft.state = State.SUBMITTED.value
    assert "can't be changed now" in kept(at, draft, status=409)["refused"]


def test_who_is_signed_out_is_told_so_and_nothing_is_kept(at, draft):
    at.http.delete_cookie("coprod_session")
    at.post(f"/assessments/{draft.id}/questions/RA1/keep", {"account": "Typed"}, status=401)
    assert answer(draft) is None


def test_a_question_page_says_who_reads_it_and_where_to_keep_it(at, draft, lead):
    form = at.page.form("Save and stay")
    assert form.get("data-keep") == f"/assessments/{draft.id}/questions/RA1/keep"
    assert form.get("data-reader") == str(lead.person_id)
    assert at.page.link("Sign in again").startswith("/sign-in?next=")


def test_nothing_is_kept_for_a_form_that_is_not_ours(at, draft):
    """The form of this view makes no token of its own, because the door has checked the one that came."""
    data = {"rating": "3", "account": "From elsewhere.", "revision": ""}
    address = f"/assessments/{draft.id}/questions/RA1/keep"
    for token in ("", "made up"):
        assert at.http.post(address, data=data | {"csrf_token": token}).status_code == 400
    assert answer(draft) is None
