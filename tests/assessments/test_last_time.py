"""This time starts from last time: carried over to be checked, and compared where the words are the same."""

from dataclasses import replace

import pytest

from coprod.assessments import comparison, drafting, last_time, operations, queries
from coprod.assessments.rules import Progress, State, Written
from coprod.database import db
from coprod.errors import WrongState
from coprod.framework.queries import current_framework
from coprod.framework.versions import Became, Move, mapping
from coprod.transaction import transaction
from tests.support import assessments as make

LATER = make.MOMENT.replace(year=2027)
SAID = {"RA1": Written(3, account="One"), "RA2": Written(2, account="Two")}


@pytest.fixture
def last(school, lead):
    assessment = make.submitted(school, lead)
    with transaction():
        assessment.state = State.FINAL.value
    return assessment


def again(school, lead):
    with transaction():
        return operations.start(school, framework=current_framework(), actor=lead, now=LATER, from_last=True)


@pytest.mark.parametrize(
    ("moves", "became", "written"),
    [
        ([Move("RA1", Became.SAME, ("RA1",))], Became.SAME, Written(3, account="One")),
        ([Move("RA1", Became.CHANGED, ("RA1",))], Became.CHANGED, Written(account="One")),
        ([Move("RA1", Became.SPLIT, ("RA1", "RA6"))], Became.SPLIT, Written(account="One")),
        (
            [Move("RA1", Became.CHANGED, ("RA1",)), Move("RA2", Became.CHANGED, ("RA1",))],
            Became.CHANGED,
            Written(account="One\n\nTwo"),
        ),
    ],
)
def test_only_an_answer_to_the_same_question_comes_along_with_its_rating(moves, became, written):
    assert last_time.brought(moves, SAID) == last_time.Brought(became, written)


def test_everything_is_brought_and_each_answer_waits_to_be_checked(school, lead, last):
    now = again(school, lead)
    then, rows = queries.rows_of(last), queries.rows_of(now)
    assert {each.progress for each in drafting.outline(now).values()} == {Progress.CHECK}
    for code, row in rows.items():
        assert (row.rating, row.account) == (then[code].rating, then[code].account)
        assert {link.evidence_id for link in row.evidence} == {link.evidence_id for link in then[code].evidence}
        assert {link.change_id for link in row.changes} == {link.change_id for link in then[code].changes}
        assert [version.account for version, _ in drafting.versions_of(row)[0]] == [row.account]


def test_it_is_not_sent_in_before_each_answer_is_checked(school, lead, last):
    now = again(school, lead)
    with pytest.raises(operations.Incomplete) as refused, transaction():
        operations.submit(now, declared=True, actor=lead, now=LATER, today=LATER.date())
    assert {problem.words for problem in refused.value.problems} == {
        f"{q.code} is from last time. Check that it is still true, and save it." for q in current_framework().questions
    }


def test_a_save_says_that_it_is_still_true_and_one_on_the_way_does_not(client, school, lead, last):
    now = again(school, lead)
    client.sign_in("ravi.lead@example.org")
    page = client.get(f"/assessments/{now.id}")
    assert "0 of 25 answered" in page.text
    assert "Check still true" in page.text
    page = client.get(f"/assessments/{now.id}/questions/RA1")
    assert "From last time: check that it is still true" in page.text
    revision = str(drafting.answer_to(now, "RA1").revision)
    client.post(f"/assessments/{now.id}/questions/RA1/keep", {"rating": "2", "account": "New", "revision": revision})
    db.session.expire_all()
    assert drafting.outline(now)["RA1"].progress is Progress.CHECK
    page = client.get(f"/assessments/{now.id}/questions/RA1")
    page = client.submit("Save and stay")
    assert "From last time" not in page.text
    assert "1 of 25 answered" in page.text
    assert drafting.outline(now)["RA1"].progress is Progress.ANSWERED


def test_the_page_offers_last_time_and_an_empty_start(client, school, lead, last):
    client.sign_in("ravi.lead@example.org")
    client.get(f"/organisations/{school.id}")
    page = client.submit("Start with empty answers")
    assert "Check still true" not in page.text


def test_then_and_now_are_compared_and_say_where_they_differ(client, app, school, lead, last):
    now = again(school, lead)
    make.save(now, "RA2", lead, 1, revision=drafting.answer_to(now, "RA2").revision)
    client.sign_in("ravi.lead@example.org")
    page = client.get(f"/assessments/{now.id}/compare")
    assert "you sent them in on 22 November 2026" in page.text
    assert "Telling families what we did RA2 Asking (2) Telling (1) Lower than last time" in page.text
    assert "Asking (2) Asking (2) The same" in page.text


def test_without_a_result_before_there_is_nothing_to_compare(client, school, lead):
    draft = make.started(school, lead)
    client.sign_in("ravi.lead@example.org")
    assert "Nothing to compare with yet" in client.get(f"/assessments/{draft.id}/compare").text


@pytest.mark.parametrize(
    ("moves", "why"),
    [
        ((), comparison.NEW),
        ((Move("RA1", Became.SAME, ("RA1",)),), ""),
        ((Move("RA1", Became.CHANGED, ("RA1",)),), comparison.NOT_COMPARED[Became.CHANGED]),
        ((Move("RA1", Became.SPLIT, ("RA1", "RA2")),), comparison.NOT_COMPARED[Became.SPLIT]),
        ((Move("RA1", Became.CHANGED, ("RA1",)), Move("RA2", Became.CHANGED, ("RA1",))), comparison.JOINED),
    ],
)
def test_what_is_not_compared_says_why(moves, why):
    assert comparison.why_not(moves) == why


def test_a_question_in_other_words_is_not_compared(app):
    """The same code with another version of its words is another question."""
    framework = current_framework()
    value = framework.values[3]
    changed = replace(value.questions[0], wording_version=2)
    newer = replace(value, questions=(changed, *value.questions[1:]))
    values = (*framework.values[:3], newer, framework.values[4])
    new = replace(framework, version="1.1", values=values)
    assert mapping(framework, new)["RA1"].became is Became.CHANGED
    assert mapping(framework, new)["RA2"].became is Became.SAME


def test_only_what_reviewers_ask_about_can_change(school, lead):
    assessment = make.submitted(school, lead)
    with transaction():
        operations.begin_moderation(assessment, actor=lead, now=LATER)
    with transaction():
        operations.ask_for_more(
            assessment, {"RA1": "Show the dates."}, due=LATER.date(), remind_on=LATER.date(), actor=lead, now=LATER
        )
    outline = drafting.outline(assessment)
    assert [code for code, each in outline.items() if each.progress is Progress.MORE_ASKED] == ["RA1"]
    make.save(assessment, "RA1", lead, 3, revision=drafting.answer_to(assessment, "RA1").revision)
    with pytest.raises(WrongState):
        make.save(assessment, "RA2", lead, 3)
