"""Who can decide a reply or an appeal hears that it waits; where nobody can, the coordinators hear what to do."""

from datetime import timedelta

import pytest

from coprod import jobs
from coprod.accounts import people
from coprod.database import db
from coprod.mail.models import Letter
from coprod.moderation import care, operations, queries
from coprod.permissions import AreaRole
from coprod.transaction import transaction
from tests.moderation.test_moderation_operations import NOW, TODAY, Stage
from tests.moderation.test_replying import OUTSIDE, REPLY_BY, Round, receivers
from tests.support import build
from tests.support.client import Client

CORA = "cora.ordinator@example.org"
OTHERS = ("cat", "dee", "finn")  # Who took no part in the case.


@pytest.fixture
def case(app):
    return Round()


def conflict(case, *names):
    for name in names:
        case.do(operations.declare, name, conflict=True)


def part_taken(case, *names):
    for name in names:
        person = case.people[name]
        with transaction():
            for role in [AreaRole(role.name) for role in person.roles]:
                people.take_role(person.id, role=role, actor=case.actor("cora"), now=NOW)


def told():
    """Who was told that something waits, and who that nobody can decide it."""
    return receivers("reply_to_decide"), receivers("nobody_to_decide")


def daily(days=1):
    now = NOW + timedelta(days=days)
    return jobs.tell_of_what_waits(now, now.date())


def stuck():
    return [(one.organisation, one.waits) for one in queries.states(after=None, today=TODAY).stuck]


DEE, FINN, CAT = "dee.lead@example.org", "finn.fresh@example.org", "cat.three@example.org"


def test_lead_reviewers_who_can_decide_hear_that_a_reply_waits(case):
    case.reply()
    assert told() == ([DEE, FINN], [])
    assert stuck() == []
    assert daily() == []


def test_the_day_to_reply_by_is_shown_until_a_reply_is_sent(case):
    def shown():
        return queries.states(after=None, today=TODAY).rows[0].reply_by

    assert shown() == REPLY_BY
    case.reply()
    assert shown() is None


def test_where_no_lead_reviewer_can_the_reviewers_who_can_hear_it(case):
    part_taken(case, "dee", "finn")
    case.reply()
    assert told() == ([CAT], [])
    assert stuck() == []


def test_who_took_part_has_no_letter_about_an_appeal_they_can_not_decide(case):
    case.reply()
    case.declared("dee")
    case.decide("dee", rating=2)
    before = receivers("reply_to_decide")
    case.appeal()
    assert sorted([*before, FINN]) == receivers("reply_to_decide")


def test_where_nobody_can_decide_a_reply_the_coordinators_hear_it_once(case):
    part_taken(case, *OTHERS)
    case.reply()
    assert told() == ([], [CORA])
    case.reply()
    assert [daily(days) for days in (1, 2, 40)] == [[], [], []]
    assert told() == ([], [CORA])
    assert stuck() == [(case.organisation.name, "reply")]
    letter = db.session.query(Letter).filter_by(template="nobody_to_decide").one()
    assert letter.essential
    assert f"Nobody can decide the reply of {case.organisation.name} yet" in letter.subject
    for said in ("There is no such reviewer now", "Please invite one more reviewer", "/moderation/progress"):
        assert said in letter.words


def test_where_nobody_can_decide_an_appeal_the_coordinators_hear_it_once(case):
    """The only lead reviewer decided the reply. Another reviewer is there, but does not decide appeals."""
    part_taken(case, "finn")
    case.reply()
    case.declared("dee")
    case.decide("dee", rating=2)
    assert receivers("nobody_to_decide") == []
    case.appeal()
    case.appeal()
    assert [daily(days) for days in (1, 2, 40)] == [[], [], []]
    assert receivers("nobody_to_decide") == [CORA]
    assert stuck() == [(case.organisation.name, "appeal")]
    letter = db.session.query(Letter).filter_by(template="nobody_to_decide").one()
    for said in ("There is no such lead reviewer now", "Please invite one more lead reviewer", "/moderation/progress"):
        assert said in letter.words


def test_what_nobody_can_decide_any_more_is_told_the_next_day_and_who_comes_new_hears_it(case):
    case.reply()
    conflict(case, *OTHERS)
    assert stuck() == [(case.organisation.name, "reply")]
    said = ["1 letter said that a case waits to be decided."]
    assert [daily(1), daily(2)] == [said, []]
    assert receivers("nobody_to_decide") == [CORA]
    case.people["new"] = build.person("Nia New", AreaRole.LEAD_REVIEWER)
    assert stuck() == []
    assert [daily(3), daily(4)] == [said, []]
    assert "nia.new@example.org" in receivers("reply_to_decide")
    case.declared("new")
    case.decide("new", rating=2)
    assert (stuck(), daily(5)) == ([], [])


class Apart(Stage):
    """Both have finished, and a lead reviewer has to decide about RA1. Dee is the only one."""

    def __init__(self):
        super().__init__(3)
        self.seat("ann", "ben")
        self.rate_all("ann", RA1=1)
        self.rate_all("ben")


def test_where_no_lead_reviewer_can_decide_a_difference_the_coordinators_hear_it_once(app):
    case = Apart()
    assert (stuck(), told()) == ([], ([], []))
    conflict(case, "dee")
    assert stuck() == [(case.organisation.name, "difference")]
    assert [len(daily(days)) for days in (1, 2, 40)] == [1, 0, 0]
    assert told() == ([], [CORA])
    letter = db.session.query(Letter).filter_by(template="nobody_to_decide").one()
    assert letter.subject == f"Nobody can decide the difference about {case.organisation.name} yet"
    assert "Please invite one more lead reviewer" in letter.words
    case.people["new"] = build.person("Nia New", AreaRole.LEAD_REVIEWER)
    assert (stuck(), len(daily(41))) == ([], 1)
    assert receivers("case_for_the_lead") == ["nia.new@example.org"]


def test_a_lead_reviewer_is_reminded_once_that_a_difference_waits_and_reads_no_name_before_they_declare(app):
    case = Apart()
    assert [daily(days) for days in (1, 2, 40)] == [["1 letter said that a case waits to be decided."], [], []]
    assert receivers("case_for_the_lead") == [DEE]
    letter = db.session.query(Letter).filter_by(template="case_for_the_lead").one()
    assert not letter.essential  # So it counts among the few reminders of a week, and one click stops it.
    assert letter.subject == "Two reviewers differ, and you can decide"
    assert case.organisation.name not in letter.words + letter.html
    assert "/letters/stop/" in letter.words
    assert "\nhttp://localhost/moderation\n" in letter.words


def test_what_two_reviewers_can_agree_about_together_is_nothing_for_a_lead_reviewer(app):
    case = Stage(3)
    case.seat("ann", "ben")
    case.rate_all("ann", RA1=2)
    case.rate_all("ben")
    assert (daily(), receivers("case_for_the_lead")) == ([], [])


def test_a_lead_reviewer_on_a_break_hears_of_it_when_they_are_back(app):
    case = Apart()
    with transaction():
        care.take_break(until=None, actor=case.actor("dee"), now=NOW, today=TODAY)
    assert (daily(), receivers("case_for_the_lead")) == ([], [])
    with transaction():
        care.end_break(actor=case.actor("dee"), now=NOW)
    assert (len(daily(2)), receivers("case_for_the_lead")) == (1, [DEE])


def test_a_lead_reviewer_who_is_one_of_the_two_is_nobody_who_can(app):
    case = Stage(4)
    case.people["ben"] = case.people["dee"]
    case.seat("ann", "ben")
    case.rate_all("ann", RA1=2)
    case.rate_all("ben")
    assert stuck() == [(case.organisation.name, "difference")]


def test_where_nobody_can_sign_for_the_panel_the_coordinators_hear_it_once(client: Client, app):
    case = Stage(4)
    case.done("ann", "ben")
    assert stuck() == []
    assert (len(daily()), receivers("case_for_the_lead")) == (1, [DEE])
    letter = db.session.query(Letter).filter_by(template="case_for_the_lead").one()
    assert letter.subject == "A result waits for your name"
    conflict(case, "dee")
    assert stuck() == [(case.organisation.name, "panel")]
    assert [len(daily(days)) for days in (1, 2, 40)] == [1, 0, 0]
    letter = db.session.query(Letter).filter_by(template="nobody_to_decide").one()
    assert letter.subject == f"Nobody can sign off the result of {case.organisation.name} yet"
    client.sign_in(CORA)
    assert f"Nobody can sign off the result of {case.organisation.name} yet" in client.get("/moderation/progress").text


def test_who_belongs_to_the_organisation_or_left_it_lately_is_nobody_who_can(case):
    build.membership(case.people["dee"], case.organisation)
    build.membership(case.people["finn"], case.organisation).ended_at = NOW - timedelta(days=30)
    db.session.commit()
    part_taken(case, "cat")
    case.reply()
    assert told() == ([], [CORA])


def test_the_letter_says_nothing_of_who_has_a_conflict(case):
    part_taken(case, *OTHERS)
    case.reply()
    letter = db.session.query(Letter).filter_by(template="nobody_to_decide").one()
    for person in case.people.values():
        assert person.name == "Cora Ordinator" or person.name not in letter.words + letter.html


def test_a_coordinator_sees_it_and_what_to_do(client: Client, case):
    part_taken(case, "finn")
    case.reply()
    case.declared("dee")
    case.decide("dee", rating=2)
    case.appeal()
    client.sign_in(CORA)
    page = client.get("/moderation/progress")
    assert f"Nobody can decide the appeal of {case.organisation.name} yet" in page.text
    assert "Each lead reviewer took part, belongs there, or has a conflict." in page.text
    assert client.follow(f"Invite a lead reviewer for {case.organisation.name}").address == "/people/invite"
    case.people["new"] = build.person("Nia New", AreaRole.LEAD_REVIEWER)
    assert "Nobody can decide" not in client.get("/moderation/progress").text
    case.declared("new")
    case.decide("new", **OUTSIDE)
    assert case.assessment.state == "final"
