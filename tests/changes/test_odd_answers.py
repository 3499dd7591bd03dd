"""Answers that nobody takes away, where they came from, and what reviewers learn of it."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from coprod import jobs
from coprod.changes import answers, operations, queries
from coprod.changes.models import Confirmation
from coprod.database import db
from coprod.errors import NotAllowed, NotFound
from coprod.permissions import AreaRole
from coprod.transaction import transaction
from tests.support import build
from tests.support.build import MOMENT


def asked(record, actor, visitor=None):
    with transaction():
        return operations.make_link(record, actor=actor, now=MOMENT, visitor=visitor)[1]


def answer(secret, visitor=None, answer="yes", comment="", now=MOMENT):
    with transaction():
        return operations.confirm(
            secret, answer=answer, group="forum", comment=comment, comment_shared=False, now=now, visitor=visitor
        )


@pytest.fixture
def said_no(write, contributor):
    return answer(asked(write(), contributor), visitor="f" * 32, answer="no", comment="Ask Amy Pond.")


KEPT = "what a family answered stays|only ever added"


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM confirmations",
        "UPDATE confirmations SET answer = 'yes'",
        "UPDATE confirmations SET change_revision = 9",
        "UPDATE confirmations SET comment = 'It is so'",
        "UPDATE confirmations SET comment_shared = NOT comment_shared",
        "UPDATE confirmations SET visitor = 'somebody else'",
        "UPDATE confirmations SET repeated = NOT repeated",
        'UPDATE confirmations SET "group" = \'parents_and_carers\'',
    ],
)
def test_the_database_keeps_each_answer_as_it_was_given(said_no, statement):
    with pytest.raises(DatabaseError, match=KEPT), db.engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.both_databases
@pytest.mark.parametrize("forgotten", ["comment = ''", "visitor = NULL"])
def test_a_comment_may_be_emptied_and_an_address_forgotten(said_no, forgotten):
    with db.engine.begin() as connection:
        connection.execute(text(f"UPDATE confirmations SET {forgotten}"))  # noqa: S608  # from the two lines above


def test_answers_from_one_address_are_noted_and_counted_all_the_same(write, contributor):
    """Three records, each confirmed once, from one phone: the second and the third are noted."""
    records = [write() for _ in range(3)]
    found = [answer(asked(record, contributor), visitor="a" * 32) for record in records]
    assert [one.repeated for one in found] == [False, True, True]
    assert [queries.tally_of(record).families_agree for record in records] == [1, 1, 1]
    assert not answer(asked(records[0], contributor), visitor="b" * 32).repeated


def test_an_answer_from_where_links_are_made_is_noted(write, contributor, school):
    record = write()
    secret = asked(record, contributor, visitor="a" * 32)
    assert answer(secret, visitor="a" * 32).near
    said = queries.heard_by_reviewers(school.id, [record.id])[record.id]
    assert [remark.split(".")[0] for remark in said.remarks] == [
        "1 came from an internet address from which the organisation makes its links"
    ]


def test_another_organisations_answers_say_nothing(write, contributor, stranger):
    other = build.organisation("Elm School")
    elm = build.actor(build.lead_of(other, "Ely Elm").id)
    answer(asked(write(where=other, who=elm), elm, visitor="b" * 32), visitor="a" * 32)
    mine = answer(asked(write(), contributor), visitor="a" * 32)
    assert (mine.repeated, mine.near) == (False, False)
    unknown = answer(asked(write(), contributor))
    assert (unknown.repeated, unknown.near) == (False, False)


def test_scrambled_addresses_are_forgotten_after_thirty_days(write, contributor):
    record = write()
    secret = asked(record, contributor, visitor="a" * 32)
    answer(secret, visitor="b" * 32)
    with transaction():
        assert operations.forget_addresses(now=MOMENT + timedelta(days=30, seconds=-1)) == 0
        assert operations.forget_addresses(now=MOMENT + timedelta(days=30)) == 2
        assert operations.forget_addresses(now=MOMENT + timedelta(days=30)) == 0
    assert (record.links[0].made_from, record.confirmations[0].visitor) == (None, None)


def test_pages_note_where_links_are_made_and_answered(client, write, contributor):
    record = write()
    client.sign_in("cat.contributor@example.org")
    client.get(f"/changes/{record.id}/ask")
    page = client.submit("Make a private link")
    address = "/confirm/" + page.source.split("/confirm/")[1][:43]
    client.sign_out()
    client.get(address)
    assert "30 days" in client.page.text
    client.submit("Send my answer", answer="yes", group="forum")
    kept = db.session.query(Confirmation).one()
    assert kept.near
    assert kept.visitor
    assert "127.0.0.1" not in kept.visitor


def test_only_a_reviewer_of_the_case_empties_a_comment(said_no, lead):
    class Case:
        organisation_id = said_no.change.organisation_id
        reviewer_ids = conflicted_ids = waived_ids = frozenset()

    with pytest.raises(NotAllowed):
        operations.empty_comment(said_no, case=Case, actor=lead, now=MOMENT)
    reviewer = build.actor(build.person("Rae Reviewer", AreaRole.LEAD_REVIEWER).id)
    Case.organisation_id = build.organisation("Elm School").id
    with pytest.raises(NotFound):
        operations.empty_comment(said_no, case=Case, actor=reviewer, now=MOMENT)
    Case.organisation_id = said_no.change.organisation_id
    with transaction():
        operations.empty_comment(said_no, case=Case, actor=reviewer, now=MOMENT)
    assert (said_no.comment, said_no.answer) == ("", "no")
    assert queries.heard_by_reviewers(Case.organisation_id, [said_no.change_id])[said_no.change_id].comments == ()


def test_time_forgets_them_in_as_many_batches_as_it_takes(write, contributor, monkeypatch):
    monkeypatch.setattr(answers, "AT_ONCE", 1)
    record = write()
    for number in range(3):
        answer(asked(record, contributor), visitor=str(number) * 32)
    later = MOMENT + timedelta(days=30)
    assert jobs.forget_addresses(later, later.date()) == ["3 scrambled addresses of answers forgotten."]
    assert [one.visitor for one in record.confirmations] == [None] * 3
