"""Promises with a day, filters, files, the feed, the block for other sites, and records that are taken down."""

import csv
import io
import json
from dataclasses import replace
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest

from coprod.changes import operations, public, queries
from coprod.changes.rules import Status
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, WrongState
from coprod.mail.models import Letter
from coprod.permissions import AreaRole
from coprod.transaction import transaction
from tests.changes.conftest import WHOLE
from tests.support import build
from tests.support.build import MOMENT
from tests.support.client import Client

TODAY = date(2026, 11, 22)


def publish(record, lead, status=Status.DONE, **more):
    with transaction():
        operations.publish(record, no_child_named=True, status=status, actor=lead, now=MOMENT, **more)
    return record


@pytest.fixture
def reviewer(app):
    return build.actor(build.person("Rae Reviewer", AreaRole.REVIEWER).id)


# Promises


def test_a_promise_is_overdue_to_its_organisation_from_the_day_after(write, lead, school):
    record = publish(write(), lead, Status.DOING, due_on=TODAY)
    assert queries.overdue(record, TODAY) is None
    assert queries.overdue(record, TODAY + timedelta(days=1)) == TODAY
    assert queries.page_of(school.id, today=TODAY + timedelta(days=1)).lines[0].overdue == TODAY
    publish(record, lead, Status.DONE, due_on=TODAY)
    assert record.due_on is None
    assert queries.overdue(record, TODAY + timedelta(days=1)) is None


def test_nobody_promises_a_day_that_has_passed(write, lead):
    with pytest.raises(Invalid) as refusal:
        publish(write(), lead, Status.LISTENING, due_on=TODAY - timedelta(days=1))
    assert refusal.value.field == "due_on"


def test_the_pages_say_that_a_promise_is_overdue(client, write, lead, school):
    record = publish(write(), lead, Status.DOING, due_on=TODAY)
    with transaction():
        record.due_on = date(2026, 11, 1)
    client.sign_in("ravi.lead@example.org")
    assert "Overdue: you promised more by 1 November 2026" in client.get(f"/changes/{record.id}").text
    assert "Overdue" in client.get(f"/organisations/{school.id}/changes").text
    page = client.get(f"/changes/{record.id}/publish")
    page = client.post(
        f"/changes/{record.id}/publish",
        {"status": "doing", "no_child_named": "y", "due_on": ["1", "11", "2026"], "value": ""},
        status=422,
    )
    assert "This day has passed" in page.errors[0]
    assert "More is promised by 1 November 2026" in Client(client.app).get("/you-said").text


# What a record lacks


def test_what_lacks_too_much_does_not_offer_to_be_public(client, write):
    record = write(replace(WHOLE, heard="", group=None))
    client.sign_in("cat.contributor@example.org")
    page = client.get(f"/changes/{record.id}")
    assert "Before it can be public, write down: what families said which group said it" in page.text


def test_a_status_says_what_it_still_needs(client, write, lead):
    record = write(replace(WHOLE, told_how=""))
    client.sign_in("ravi.lead@example.org")
    assert "It is not complete yet" in client.get(f"/changes/{record.id}").text
    page = client.get(f"/changes/{record.id}/publish")
    assert page.text.count("First write down how you told families") == 3


# Likely personal data


def test_likely_personal_data_is_pointed_out_before_it_is_kept(client, write, school, lead):
    client.sign_in("ravi.lead@example.org")
    client.get(f"/organisations/{school.id}/changes/new")
    page = client.submit("Save", status=422, title="A call", heard="Ring amy@example.com")
    assert "an e-mail address, “amy@example.com”, in what families said" in page.errors[0]
    page = client.submit("Save", looked=True)
    assert page.h1 == "A call"


def test_an_edit_looks_at_what_changed_and_publishing_at_all_that_is_public(write, lead, contributor):
    with transaction():
        record = operations.write(
            next(iter(lead.memberships)),
            facts=replace(WHOLE, why="Ring 01536 123456"),
            looked=True,
            actor=contributor,
            now=MOMENT,
        )
    with transaction():
        operations.edit(
            record, facts=replace(record.facts, better="More"), revision=1, actor=contributor, now=MOMENT
        )
    with pytest.raises(Invalid) as refusal:
        operations.edit(
            record,
            facts=replace(record.facts, heard="NN15 7PX"),
            revision=record.revision,
            actor=contributor,
            now=MOMENT,
        )
    assert refusal.value.field == "looked"
    with pytest.raises(Invalid, match="phone number"):
        publish(record, lead)
    publish(record, lead, looked=True)


# Filters, files and the feed


@pytest.fixture
def two(write, lead, school):
    """One record of a school in Kettering under RA, one of a service in Corby under nothing."""
    publish(write(replace(WHOLE, title="=A quiet room", how_many=3)), lead, value="RA")
    other = build.organisation("Oak Service", kind="service")
    with transaction():
        other.town = "Corby"
    oak = build.actor(build.lead_of(other, "Ola Oak").id)
    publish(write(replace(WHOLE, title="A later bus"), other, oak), oak, Status.DOING, due_on=TODAY)
    return school, other


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ("", {"=A quiet room", "A later bus"}),
        ("?value=RA", {"=A quiet room"}),
        ("?value=LLE", set()),
        ("?town=Corby", {"A later bus"}),
        ("?kind=service", {"A later bus"}),
        ("?status=done", {"=A quiet room"}),
        ("?status=done&town=Corby", set()),
        ("?organisation={slug}", {"=A quiet room"}),
        ("?value=nonsense&town=%00&kind=x&status=y", {"=A quiet room", "A later bus"}),
    ],
)
def test_filters_are_the_same_for_page_files_and_feed(client, two, asked, titles):
    asked = asked.format(slug=two[0].slug)
    page = client.get(f"/you-said{asked}")
    assert {title for title in ("=A quiet room", "A later bus") if title in page.text} == titles
    rows = list(csv.DictReader(io.StringIO(client.http.get(f"/you-said.csv{asked}").data.decode("utf-8-sig"))))
    assert {row["title"].lstrip("'") for row in rows} == titles
    assert all(not row["title"].startswith("=") for row in rows)
    data = json.loads(client.http.get(f"/you-said.json{asked}").get_data(as_text=True))
    assert {row["title"] for row in data["records"]} == titles
    assert all(set(row) == set(data["fields"]) for row in rows)
    feed = ElementTree.fromstring(client.http.get(f"/you-said.atom{asked}").data)  # noqa: S314  # our own
    assert len(feed.findall("{http://www.w3.org/2005/Atom}entry")) == len(titles)


def test_an_organisation_that_is_not_there_is_not_found(client, two):
    for address in ("/you-said?organisation=nobody", "/you-said/nobody/block", "/you-said/%00/block"):
        client.get(address, status=404)


def test_small_numbers_stay_out_of_files(client, two):
    assert [row["how_many"] for row in json.loads(client.http.get("/you-said.json?value=RA").data)["records"]] == [None]


def test_the_block_alone_may_stand_in_other_sites(client, two):
    page = client.get(f"/you-said/{two[0].slug}/block")
    policy = page.response.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "<script" not in page.source
    assert "A quiet room" in page.text
    assert "A later bus" not in page.text
    assert "frame-ancestors 'none'" in client.get("/you-said").response.headers["Content-Security-Policy"]


def test_a_school_finds_what_to_copy(client, two):
    client.sign_in("ravi.lead@example.org")
    page = client.get(f"/organisations/{two[0].id}/changes")
    assert f'<iframe src="http://localhost/you-said/{two[0].slug}/block"' in page.text


# Taken down


def test_what_is_taken_down_is_gone_and_its_organisation_is_told(write, lead, reviewer, school):
    record = publish(write(), lead)
    with transaction():
        operations.take_down(record, why="A child can be known by it.", actor=reviewer, now=MOMENT)
    assert queries.published() == ()
    letters = db.session.query(Letter).filter_by(template="change_taken_down").all()
    assert [letter.receiver for letter in letters] == ["ravi.lead@example.org"]
    assert "A child can be known by it." in letters[0].words
    assert "Rae" not in letters[0].words
    with pytest.raises(WrongState, match="Change its words"):
        publish(record, lead)
    with transaction():
        operations.edit(
            record, facts=replace(record.facts, heard="It is loud."), revision=record.revision, actor=lead, now=MOMENT
        )
    publish(record, lead)


@pytest.mark.parametrize("role", AreaRole)
def test_everybody_who_looks_after_the_area_may_take_down_and_says_why(write, lead, role):
    record = publish(write(), lead)
    who = build.actor(build.person("Ann Area", role).id)
    with pytest.raises(Invalid):
        operations.take_down(record, why=" ", actor=who, now=MOMENT)
    operations.take_down(record, why="It is not so.", actor=who, now=MOMENT)
    with pytest.raises(WrongState):
        operations.take_down(record, why="Again.", actor=who, now=MOMENT)


def test_its_organisation_does_not_take_down_with_a_reason(write, lead):
    with pytest.raises(NotAllowed):
        operations.take_down(publish(write(), lead), why="No.", actor=lead, now=MOMENT)


def test_a_reviewer_takes_it_down_from_the_page(client, write, lead, reviewer):
    record = publish(write(), lead)
    assert "Take it down" not in client.get("/you-said").text
    client.sign_in("rae.reviewer@example.org")
    client.get("/you-said")
    client.follow(f"Take it down : {WHOLE.title}")
    client.submit("Take it down", status=422)
    assert "Taken down." in client.submit("Take it down", why="A child can be known by it.").text
    client.get(f"/changes/{record.id}/take-down", status=404)
    client.sign_out()
    assert WHOLE.title not in client.get("/you-said").text
    client.sign_in("ravi.lead@example.org")
    page = client.get(f"/changes/{record.id}")
    assert "Why: A child can be known by it." in page.text
    assert "Rae" not in page.text


def test_places_are_those_of_public_records(two):
    assert list(public.towns()) == ["Corby", "Kettering"]
