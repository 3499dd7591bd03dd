"""Reviewers of a case see families' comments and odd answers beside the counts, and can take a comment's words away."""

from dataclasses import replace

import pytest

from coprod.changes import operations as changes
from coprod.changes.models import Confirmation
from coprod.database import db
from coprod.history import Event
from coprod.moderation import operations
from coprod.permissions import AreaRole
from coprod.transaction import transaction
from tests.support import assessments, build, files
from tests.support.build import MOMENT
from tests.support.snapshots import sent_in

NAMED = "Amy Pond of class 3 was not asked."


@pytest.fixture
def case(app):
    """A case about a record that one family denies, from the address where the organisation makes its links."""
    school = build.organisation()
    lead = build.actor(build.lead_of(school).id)
    rita = build.actor(build.person("Rita Reviewer", AreaRole.REVIEWER, parent_carer=True).id)
    record = assessments.change(school, lead, "A quiet gate")
    for answer, comment in (("no", NAMED), ("yes", "It is so.")):
        with transaction():
            _link, secret = changes.make_link(record, actor=lead, now=MOMENT, visitor="a" * 32)
        with transaction():
            changes.confirm(
                secret,
                answer=answer,
                group="parents_and_carers",
                comment=comment,
                comment_shared=True,
                visitor="a" * 32,
                now=MOMENT,
            )
    assessment = sent_in(school, lead.person_id, every=3)
    files.sent_with_record(assessment, record.id)
    with transaction():
        made = operations.open_case(assessment, now=MOMENT)
    with transaction():
        operations.declare(made, conflict=False, actor=rita, now=MOMENT)
    with transaction():
        operations.take_seat(made, actor=rita, now=MOMENT)
    return made


def test_comments_and_odd_answers_stand_beside_the_counts(client, case):
    client.sign_in("rita.reviewer@example.org")
    page = client.get(f"/moderation/cases/{case.id}/RA1")
    assert "Today families say: yes 1, partly 0, no 1." in page.text
    assert NAMED in page.text
    assert "A parent or carer, who said “No”" in page.text
    assert "2 came from an internet address from which the organisation makes its links" in page.text
    assert "1 came from an internet address from which somebody had answered" in page.text
    assert "It keeps no answer out" in page.text


def test_what_families_denied_stays_before_reviewers_when_the_words_are_changed(client, case):
    record = db.session.query(Confirmation).filter_by(answer="no").one().change
    lead = build.actor(record.written_by)
    facts = replace(record.facts, heard=f"{record.facts.heard} So it was.")
    with transaction():
        changes.edit(record, facts=facts, revision=record.revision, actor=lead, now=MOMENT)
    client.sign_in("rita.reviewer@example.org")
    page = client.get(f"/moderation/cases/{case.id}/RA1")
    assert "Today families say: yes 0, partly 0, no 0." in page.text
    assert "Before the words were changed: yes 1, partly 0, no 1." in page.text


def test_a_comment_that_names_somebody_goes_for_everybody_and_its_answer_stays(client, case):
    client.sign_in("rita.reviewer@example.org")
    page = client.get(f"/moderation/cases/{case.id}/RA1")
    said = db.session.query(Confirmation).filter_by(answer="no").one()
    address = f"/moderation/cases/{case.id}/RA1/comments/{said.id}/empty"
    assert address in page.source
    page = client.post(address)
    assert "The answer still counts" in page.text
    assert NAMED not in page.text
    assert "It is so." in page.text
    assert "yes 1, partly 0, no 1." in page.text
    client.post(address, status=404)
    event = db.session.query(Event).filter_by(what="change.comment_emptied").one()
    assert NAMED not in str(event.facts)
    client.sign_out()
    client.sign_in("ravi.lead@example.org")
    own = client.get(f"/changes/{db.session.get(Confirmation, said.id).change_id}")
    assert NAMED not in own.text
    assert "1 yes, 0 partly, 1 no" in own.text
