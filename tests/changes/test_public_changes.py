from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from sqlalchemy import event

from coprod.changes import operations, queries
from coprod.changes.public import Place, PublicChange
from coprod.changes.rules import Status
from coprod.database import db
from coprod.organisations.rules import Kind
from coprod.transaction import transaction
from tests.changes.conftest import WHOLE
from tests.support import build
from tests.support.build import MOMENT


@pytest.fixture
def public(write, lead):
    def public(status=Status.DONE, **changed):
        record = write(replace(WHOLE, **changed))
        with transaction():
            operations.publish(record, no_child_named=True, status=status, actor=lead, now=MOMENT)
        return record

    return public


def test_only_what_a_lead_made_public_is_public(write, public, school):
    write()
    record = public()
    assert [row.id for row in queries.published()] == [record.id]
    assert queries.published_counts([school.id, uuid4()])[school.id] == 1
    assert queries.published_counts([]) == {}


def test_a_row_has_no_private_field(public):
    public(how_many=4)
    row = queries.published()[0]
    assert row.how_many is None
    assert {field.name for field in fields(PublicChange)}.isdisjoint(
        {"heard_where", "written_by", "comment", "comments", "links", "no_child_named", "area"}
    )
    assert "Coffee morning" not in str(row).replace(WHOLE.told_how, "")


def test_numbers_of_five_and_more_are_told(public):
    public(how_many=5)
    assert queries.published()[0].how_many == 5


def test_only_yes_to_the_words_that_stand_now_is_counted(public, contributor, lead):
    record = public()

    def answered(answer):
        with transaction():
            _link, secret = operations.make_link(record, actor=contributor, now=MOMENT)
        with transaction():
            operations.confirm(
                secret, answer=answer, group="forum", comment="Private words", comment_shared=True, now=MOMENT
            )

    for answer in ("yes", "yes", "partly", "no"):
        answered(answer)
    row = queries.published()[0]
    assert row.families_agree == 2
    assert "Private words" not in str(row)
    with transaction():
        facts = replace(record.facts, why="Another reason")
        operations.edit(record, facts=facts, revision=record.revision, actor=lead, now=MOMENT)
        operations.publish(record, no_child_named=True, status=Status.DONE, actor=lead, now=MOMENT)
    assert queries.published()[0].families_agree == 0


def test_the_newest_decision_comes_first_and_what_is_undecided_stands_at_the_day_it_was_heard(public):
    first = public(decided_on=date(2026, 3, 5))
    second = public(Status.LISTENING, decided_on=None, told_on=None, heard_on=date(2026, 3, 4))
    third = public(decided_on=date(2026, 3, 3), heard_on=date(2026, 3, 1))
    assert [row.id for row in queries.published()] == [first.id, second.id, third.id]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_pages_lead_through_every_record_once_and_back_again(public, size):
    """Several records share a day, so that a page may end between them."""
    for n in range(7):
        public(decided_on=date(2026, 3, 2) + timedelta(days=n // 3))
    whole = queries.published(limit=100)
    pages, page = [], queries.published_page(limit=size)
    assert page.newer is None
    while True:
        pages.append(page)
        if page.older is None:
            break
        page = queries.published_page(after=page.older, limit=size)
    assert [row for page in pages for row in page.rows] == list(whole)
    for earlier, later in pairwise(pages):
        assert later.newer is not None
        assert queries.published_page(before=later.newer, limit=size) == earlier


def test_filters_hold_together(public, write, app):
    mine = public(Status.DOING)
    public(Status.NOT_POSSIBLE)
    special = build.organisation("Oak Special School", kind="special")
    who = build.actor(build.lead_of(special, "Sue Special").id)
    other = write(where=special, who=who)
    with transaction():
        operations.publish(other, no_child_named=True, status=Status.DOING, actor=who, now=MOMENT)

    def found(**filters):
        return {row.id for row in queries.published(**filters)}

    assert found(status=Status.DOING) == {mine.id, other.id}
    assert found(status=Status.DOING, kind=Kind.SPECIAL) == {other.id}
    assert found(organisation_id=special.id) == {other.id}
    assert found(kind=Kind.COLLEGE) == set()
    assert {row.id for row in queries.published_page(kind=Kind.SPECIAL).rows} == {other.id}


def test_a_page_asks_once_however_many_records_it_shows(public):
    for _ in range(6):
        public()
    asked = []
    db.session.rollback()

    def count(_connection, _cursor, statement, *_more):
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    queries.published_page(limit=5)
    event.remove(db.engine, "before_cursor_execute", count)
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 1


def test_a_place_is_read_back_as_it_was_written():
    place = Place(date(2026, 3, 9), uuid4())
    assert Place.read(str(place)) == place


@pytest.mark.parametrize("text", ["", "x", "20260309", "2026030", "99999999" + "a" * 32, "20260309" + "g" * 32])
def test_anything_else_is_no_place(text):
    with pytest.raises(ValueError, match=r"."):
        Place.read(text)
