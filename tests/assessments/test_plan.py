"""The improvement plan: kept up to date through the year, carried over into the next, and overdue where it is."""

from dataclasses import replace
from datetime import date

import pytest

from coprod.assessments import operations, planning, queries
from coprod.assessments.models import PlanAction
from coprod.assessments.plan import Said, Stage, is_overdue, stage_of
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from coprod.transaction import transaction
from tests.support import assessments, build
from tests.support.assessments import MOMENT, TODAY
from tests.support.client import Client

NEW = Said("Ask young people too", "Deputy head", date(2027, 3, 1), "LLE3")


@pytest.fixture
def draft(school, lead):
    return assessments.answered(school, lead)


def step(assessment) -> PlanAction:
    return queries.plan_of(assessment)[0]


def edit(assessment, actor, new, seen=None, **changed) -> None:
    given = {"action_id": step(assessment).id, "now": MOMENT, "today": TODAY}
    seen = seen or planning.said(step(assessment))
    with transaction():
        planning.edit_action(assessment, new=new, seen=seen, actor=actor, **(given | changed))


def move(assessment, actor, stage, today=TODAY) -> None:
    with transaction():
        planning.move_action(assessment, step(assessment).id, stage=stage, actor=actor, now=MOMENT, today=today)


@pytest.mark.parametrize(
    ("begun", "done", "stage"),
    [(None, None, Stage.TO_DO), (TODAY, None, Stage.DOING), (TODAY, TODAY, Stage.DONE), (None, TODAY, Stage.DONE)],
)
def test_a_step_is_to_do_being_done_or_done(begun, done, stage):
    assert stage_of(begun_on=begun, done_on=done) is stage


@pytest.mark.parametrize(
    ("due", "done", "overdue"),
    [(TODAY, None, False), (date(2026, 11, 21), None, True), (date(2026, 11, 21), TODAY, False)],
)
def test_the_day_that_a_step_is_due_is_still_in_time(due, done, overdue):
    assert is_overdue(due=due, done_on=done, today=TODAY) is overdue


@pytest.mark.parametrize("first", Stage)
@pytest.mark.parametrize("then", Stage)
def test_a_step_goes_from_any_stage_to_any_other(draft, lead, first, then):
    move(draft, lead, first)
    move(draft, lead, then)
    found = step(draft)
    assert stage_of(begun_on=found.begun_on, done_on=found.done_on) is then


def test_a_step_is_changed_and_a_date_that_has_gone_by_may_stay(draft, lead):
    edit(draft, lead, NEW)
    assert planning.said(step(draft)) == NEW
    late = date(2027, 4, 1)
    edit(draft, lead, replace(NEW, what="Ask again"), today=late)
    with pytest.raises(Invalid, match="from today on"):
        edit(draft, lead, replace(NEW, due=date(2027, 3, 2)), today=late)
    with pytest.raises(NotFound):
        edit(draft, lead, replace(NEW, question_code="ZZ1"))


def test_somebody_elses_change_is_shown_and_not_written_over(draft, lead):
    seen = planning.said(step(draft))
    edit(draft, lead, NEW)
    with pytest.raises(Stale, match="It now says: “Ask young people too”, Deputy head, by 1 March 2027"):
        edit(draft, lead, replace(NEW, owner="SENCO"), seen=seen)
    edit(draft, lead, NEW, seen=seen)
    assert planning.said(step(draft)) == NEW


def test_a_plan_is_kept_up_to_date_after_it_was_sent_in_and_reviewers_read_what_was_sent(draft, lead):
    with transaction():
        operations.submit(draft, declared=True, actor=lead, now=MOMENT, today=TODAY)
    sent = draft.snapshot["plan"]
    edit(draft, lead, NEW)
    move(draft, lead, Stage.DONE)
    assert draft.snapshot["plan"] == sent
    with transaction():
        operations.withdraw(draft, actor=lead, now=MOMENT)
    with pytest.raises(WrongState):
        move(draft, lead, Stage.TO_DO)


def test_only_members_keep_a_plan_and_only_their_own(draft, lead, stranger):
    with pytest.raises(NotAllowed):
        move(draft, stranger, Stage.DONE)
    elsewhere = build.organisation("Maple School")
    theirs = assessments.answered(elsewhere, build.actor(build.lead_of(elsewhere, "Mia Maple").id))
    with pytest.raises(NotFound), transaction():
        planning.move_action(draft, step(theirs).id, stage=Stage.DONE, actor=lead, now=MOMENT, today=TODAY)


def test_what_is_not_done_goes_on_into_next_years_assessment(school, lead, draft):
    with transaction():
        operations.add_action(
            draft, what="Done by now", owner="Head", due=TODAY, question_code=None, actor=lead, now=MOMENT, today=TODAY
        )
    done = next(each for each in queries.plan_of(draft) if each.what == "Done by now")
    with transaction():
        planning.move_action(draft, done.id, stage=Stage.DONE, actor=lead, now=MOMENT, today=TODAY)
    draft.state = "final"
    db.session.commit()
    again = assessments.started(school, lead)
    (carried,) = queries.plan_of(again)
    assert planning.said(carried) == Said("Ask parents which times suit them", "SENCO", date(2027, 1, 31), "RA1")
    assert carried.carried_from is not None
    with transaction():
        assert planning.carry_plan(again, draft, actor=lead, now=MOMENT) == 0
    assert len(queries.plan_of(draft)) == 2


def test_the_plan_is_kept_on_its_page_and_what_is_overdue_stands_on_the_first_one(school, draft, lead, client: Client):
    client.sign_in("ravi.lead@example.org")
    client.get(f"/assessments/{draft.id}/plan")
    page = client.submit("Mark as doing Ask parents which times suit them")
    assert "Doing" in page.text
    client.follow("Change Ask parents which times suit them")
    page = client.submit("Save", status=422, what="")
    assert page.errors == ["Enter what you will do"]
    client.submit("Save", what="Ask young people too")
    assert "Ask young people too" in client.get(f"/assessments/{draft.id}/plan").text
    home = f"/organisations/{school.id}"
    assert "overdue" not in client.get(home).text
    step(draft).due = date(2026, 11, 21)
    db.session.commit()
    client.get(home)
    page = client.follow("1 step of your plan is overdue")
    assert "SENCO, by 21 November 2026. Overdue" in page.text
    client.submit("Mark as done Ask young people too")
    assert "overdue" not in client.get(home).text


def test_a_step_is_added_from_a_question(draft, lead, client: Client):
    client.sign_in("ravi.lead@example.org")
    client.get(f"/assessments/{draft.id}/questions/WT2")
    client.follow("Add a step to the plan")
    client.submit("Add to the plan", what="Minute who decided", owner="Clerk", due=["1", "2", "2027"])
    assert {each.question_code for each in queries.plan_of(draft)} == {"RA1", "WT2"}


def test_two_people_change_one_step(draft, lead, client: Client):
    client.sign_in("ravi.lead@example.org")
    client.get(f"/assessments/{draft.id}/plan/{step(draft).id}")
    edit(draft, lead, NEW)
    page = client.submit("Save", status=409, what="Mine")
    assert "It now says: “Ask young people too”" in page.text
    client.submit("Save")
    assert step(draft).what == "Mine"
