"""What the product writes to people: to whom, in which words, once, and with nothing private in it."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from coprod import jobs
from coprod.accounts import operations as accounts
from coprod.certificates.reminding import REMINDER_DAYS
from coprod.charter import operations as charter
from coprod.database import db
from coprod.mail.models import Letter, Mailbox
from coprod.mail.names import NAMES
from coprod.moderation import closing
from coprod.permissions import AreaRole, MemberRole
from coprod.transaction import transaction
from tests.conftest import MOMENT
from tests.support import assessments, build
from tests.support.assessments import TODAY
from tests.support.world import ready_case

LEAD, COORDINATOR, BOX = "ravi.lead@example.org", "cora.ordinator@example.org", "office@example.org"


@pytest.fixture
def school(app):
    build.person("Cora Ordinator", AreaRole.COORDINATOR)
    where = build.organisation("Hazel Lane School")
    build.lead_of(where)
    return where


def letters(template):
    db.session.expire_all()
    found = db.session.scalars(select(Letter).where(Letter.template == template).order_by(Letter.receiver))
    return {letter.receiver: letter for letter in found}


def ask(where, name="Sam Reed"):
    who = build.person(name)
    with transaction():
        return accounts.ask_to_join(where.id, note="I am new here", actor=who.actor, now=MOMENT)


def with_mailbox(where):
    with transaction():
        db.session.add(Mailbox(organisation_id=where.id, address=BOX, set_at=MOMENT))


def test_the_leads_hear_that_somebody_asks_to_join_and_not_who(school):
    build.membership(build.person("Cleo Contributor"), school, MemberRole.CONTRIBUTOR)
    asked = ask(school)
    found = letters("asked_to_join")
    assert set(found) == {LEAD}
    letter = found[LEAD]
    assert letter.essential
    assert letter.subject == "Somebody asks to join Hazel Lane School"
    assert letter.words.startswith("Hello Ravi Lead,\n")
    assert f"\nhttp://localhost/people/requests/{asked.id}\n" in letter.words
    assert "Sam" not in letter.words + letter.html
    assert "I am new here" not in letter.words + letter.html


def test_the_shared_mailbox_gets_it_too(school):
    with_mailbox(school)
    ask(school)
    found = letters("asked_to_join")
    assert set(found) == {LEAD, BOX}
    assert found[BOX].words.startswith("Hello,\n"), "nobody is named in a mailbox that several people read"


def test_the_coordinator_hears_where_nobody_leads(school):
    ask(build.organisation("Elm School"))
    assert set(letters("asked_to_join")) == {COORDINATOR}


@pytest.mark.parametrize("in_", [True, False])
def test_who_asked_hears_the_answer(school, in_):
    asked = ask(school)
    lead = accounts.queries.person_with_email(LEAD)
    with transaction():
        if in_:
            accounts.accept(asked, role=MemberRole.CONTRIBUTOR, actor=lead.actor, now=MOMENT)
        else:
            accounts.decline(asked, actor=lead.actor, now=MOMENT, why="We do not know this person")
    (letter,) = letters("let_in" if in_ else "not_let_in").values()
    assert letter.receiver == "sam.reed@example.org"
    assert letter.subject == (
        "You have joined Hazel Lane School" if in_ else "You were not let in to Hazel Lane School"
    )
    assert "We do not know this person" not in letter.words
    assert "Ravi" not in letter.words


def test_coordinator_and_lead_reviewers_hear_of_an_assessment_but_not_who_belongs_there(school):
    build.person("Lee Reviewer", AreaRole.LEAD_REVIEWER)
    conflicted = build.person("Kim Conflict", AreaRole.LEAD_REVIEWER)
    build.membership(conflicted, school, MemberRole.CONTRIBUTOR)
    build.person("Rae Reviewer", AreaRole.REVIEWER)
    lead = accounts.queries.person_with_email(LEAD)
    assessments.submitted(school, lead.actor)
    found = letters("assessment_sent_in")
    assert set(found) == {COORDINATOR, "lee.reviewer@example.org"}
    assert "\nhttp://localhost/moderation/progress\n" in found[COORDINATOR].words
    assert "\nhttp://localhost/moderation\n" in found["lee.reviewer@example.org"].words


def test_leads_hear_of_a_result_with_the_last_day_to_answer_and_then_that_it_is_final(app):
    case, cast = ready_case("Own")
    with transaction():
        closing.give_result(case, actor=cast.reviewer.actor, now=MOMENT, today=TODAY)
    (given,) = letters("result_given").values()
    assert given.receiver == cast.lead.email
    assert given.subject == "The result for Own School is here"
    assert "You have until 4 December 2026 to read it and answer." in given.words
    assert f"\nhttp://localhost/assessments/{case.assessment_id}/result\n" in given.words
    with transaction():
        assert closing.close_unanswered(now=MOMENT, today=date(2026, 12, 5)) == 1
    (final,) = letters("result_final").values()
    assert final.receiver == cast.lead.email
    assert "The result for Own School is final. It now holds the award" in final.words
    for reviewer in (cast.reviewer, cast.second):
        assert reviewer.name not in given.words + final.words


def test_who_accepts_a_result_needs_no_letter_about_it(app):
    case, cast = ready_case("Own")
    with transaction():
        closing.give_result(case, actor=cast.reviewer.actor, now=MOMENT, today=TODAY)
    with transaction():
        closing.accept_result(case, actor=build.actor(cast.lead.id), now=MOMENT, today=TODAY)
    assert letters("result_final") == {}


def pass_days(first, last):
    """Let every day pass, as the jobs see it."""
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        done = jobs.do_due(now=MOMENT + (day - TODAY), today=day)
        assert not done.failed


def written_on(template):
    return [
        letter.queued_at.date()
        for letter in db.session.scalars(select(Letter).where(Letter.template == template).order_by(Letter.queued_at))
    ]


def test_leads_are_reminded_60_and_14_days_before_an_award_ends_once_each(school):
    last = TODAY + timedelta(days=62)
    build.award(school, valid_to=last)
    build.award(build.organisation("Withdrawn School"), valid_to=last, ended_as="withdrawn", ended_on=TODAY)
    pass_days(TODAY, last + timedelta(days=1))
    assert written_on("award_ends") == [last - timedelta(days=days) for days in REMINDER_DAYS]
    letter = db.session.scalars(select(Letter).where(Letter.template == "award_ends")).first()
    assert letter.receiver == LEAD
    assert not letter.essential
    assert letter.subject == "The award of Hazel Lane School ends on 23 January 2027"
    assert "\nStop reminders like this one:\n\nhttp://localhost/letters/stop/" in letter.words


def test_a_day_on_which_no_job_ran_is_made_up_for_and_nobody_is_written_to_twice(school):
    build.award(school, valid_to=TODAY + timedelta(days=10))
    pass_days(TODAY, TODAY + timedelta(days=2))
    assert written_on("award_ends") == [TODAY], "the reminder of 60 days would say nothing new"


def test_a_sign_up_without_an_assessment_is_reminded_and_hears_that_it_lapsed(school):
    build.sign_up(school, signed_on=TODAY - timedelta(days=365 - 62))
    last = TODAY + timedelta(days=62)
    pass_days(TODAY, last + timedelta(days=1))
    assert written_on("assessment_due") == [last - timedelta(days=60), last - timedelta(days=14)]
    assert written_on("sign_up_lapsed") == [last + timedelta(days=1)]
    (lapsed,) = letters("sign_up_lapsed").values()
    assert lapsed.essential
    assert "has lapsed, because no self-assessment was sent in." in lapsed.words
    assert f"\nhttp://localhost/organisations/{school.id}/charter/sign\n" in lapsed.words


def test_a_yearly_check_in_is_reminded_said_to_be_overdue_and_then_lapses(school):
    day = TODAY - timedelta(days=365 - 60)
    build.sign_up(school, signed_on=day, assessed_on=day, checked_in_on=day)
    due = TODAY + timedelta(days=60)
    pass_days(TODAY, due + timedelta(days=91))
    assert written_on("check_in_due") == [TODAY, due - timedelta(days=14)]
    assert written_on("check_in_overdue") == [due + timedelta(days=31)]
    assert written_on("sign_up_lapsed") == [due + timedelta(days=91)]
    (overdue,) = letters("check_in_overdue").values()
    assert overdue.essential
    assert "was due by 21 January 2027. The public list now says that it is overdue." in overdue.words
    assert "because the yearly check-in did not come" in letters("sign_up_lapsed")[LEAD].words


def test_a_check_in_begins_the_year_anew(school):
    day = TODAY - timedelta(days=330)
    sign_up = build.sign_up(school, signed_on=day, assessed_on=day, checked_in_on=day)
    pass_days(TODAY, TODAY)
    lead = accounts.queries.person_with_email(LEAD)
    with transaction():
        charter.check_in(sign_up, senior_lead="A", family_link="B", actor=lead.actor, now=MOMENT, today=TODAY)
    pass_days(TODAY + timedelta(days=1), TODAY + timedelta(days=60))
    assert written_on("check_in_due") == [TODAY]


def test_many_organisations_are_reminded_a_batch_at_a_time(school, monkeypatch):
    monkeypatch.setattr("coprod.certificates.reminding.AT_ONCE", 2)
    for number in range(5):
        build.award(build.organisation(f"School {number}"), valid_to=TODAY + timedelta(days=60))
    assert "5 letters said that an award ends soon." in jobs.do_due(now=MOMENT, today=TODAY).lines
    assert jobs.do_due(now=MOMENT, today=TODAY).lines == []


def test_each_letter_has_a_name_for_people_who_look_at_what_they_were_sent():
    letters = {path.stem for path in Path("templates/mail").glob("*.txt")} - {"layout"}
    assert set(NAMES) == letters
