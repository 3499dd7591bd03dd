"""The plan before and the plan now, shown by files and other evidence."""

from dataclasses import replace

import pytest

from coprod.assessments import queries as assessments
from coprod.changes import operations, queries, rules
from coprod.changes.rules import Side, Status
from coprod.errors import Invalid, NotAllowed, NotFound
from coprod.evidence import operations as evidence
from coprod.transaction import transaction
from tests.changes.conftest import WHOLE
from tests.support import assessments as make
from tests.support import build, files
from tests.support.build import MOMENT


@pytest.fixture
def item(school, lead):
    return files.filed(school.id, lead, title="Lunch plan 2025")


def show(record, item, actor, side=Side.BEFORE):
    with transaction():
        operations.show_plan(record, item.id, side=side, actor=actor, now=MOMENT)


def test_a_file_stands_for_the_words_of_a_plan(write, item, contributor):
    record = write(replace(WHOLE, before=""))
    assert rules.missing(record.facts) == ("what the plan was before",)
    show(record, item, contributor)
    assert rules.missing(record.facts) == ()
    assert queries.counted(record).complete
    assert [(plan.side, plan.title, plan.gone) for plan in queries.plans_of(record)] == [
        ("The plan before", "Lunch plan 2025", False)
    ]
    with transaction():
        operations.hide_plan(record, item.id, actor=contributor, now=MOMENT)
    assert rules.missing(record.facts) == ("what the plan was before",)


def test_one_item_shows_one_of_the_two_plans(write, item, contributor):
    record = write(replace(WHOLE, before="", after=""))
    show(record, item, contributor)
    show(record, item, contributor, Side.AFTER)
    assert rules.missing(record.facts) == ("what the plan was before",)


def test_a_file_that_is_withdrawn_shows_nothing_any_more(write, item, contributor, lead):
    record = write(replace(WHOLE, after=""))
    show(record, item, contributor, Side.AFTER)
    with transaction():
        evidence.withdraw(item, actor=lead, now=MOMENT)
    assert not queries.counted(record).complete
    assert queries.plans_of(record)[0].gone
    with pytest.raises(NotFound):
        show(record, item, contributor)


def test_the_public_sees_no_files_so_it_needs_words(write, item, contributor, lead):
    record = write(replace(WHOLE, before=""))
    show(record, item, contributor)
    with pytest.raises(Invalid, match="what the plan was before"):
        operations.publish(record, no_child_named=True, status=Status.DONE, actor=lead, now=MOMENT)


def test_only_ones_own_record_and_evidence(write, item, contributor, stranger):
    record = write()
    other = build.organisation("Elm School")
    theirs = files.filed(other.id, build.actor(build.lead_of(other, "Ely Elm").id))
    with pytest.raises(NotFound):
        show(record, theirs, contributor)
    with pytest.raises(NotAllowed):
        show(record, item, stranger)
    with pytest.raises(Invalid):
        show(record, item, contributor, "beside")


def test_reviewers_get_the_file_beside_the_answer_and_it_scores_nothing_more(write, school, item, lead):
    record = write(replace(WHOLE, before=""))
    show(record, item, lead)
    draft = make.answered(school, lead)
    with transaction():
        make.operations.attach_change(draft, "RA1", record, actor=lead, now=MOMENT)
    sent = assessments.to_send(draft)["RA1"]
    assert item.title in [each.title for each in sent.evidence]
    assert str(item.id) in [plan[1] for change in sent.changes for plan in change.plans]
    assert len(sent.answer.items) == len(sent.evidence) - 1


def test_a_member_chooses_the_file_on_a_page(client, write, item, school):
    record = write(replace(WHOLE, before=""))
    client.sign_in("cat.contributor@example.org")
    client.get(f"/changes/{record.id}")
    client.follow("Show the plan by a file")
    page = client.submit("Show the plan by this", status=422)
    assert page.errors == ["Choose which plan it shows Choose the evidence that shows it"]
    page = client.submit("Show the plan by this", things=str(item.id), side="before")
    assert "The plan before: Lunch plan 2025" in page.text
    assert "This record is complete" in page.text
    page = client.submit("Take away Lunch plan 2025")
    assert "what the plan was before" in page.text
