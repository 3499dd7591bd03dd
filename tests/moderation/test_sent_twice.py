"""A button pressed twice, or a page that somebody else was quicker on: one decision, and a page that says which."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from coprod import jobs
from coprod.accounts import leaving, people
from coprod.accounts import operations as accounts
from coprod.accounts.models import Person
from coprod.assessments.models import MoreAsked
from coprod.certificates.models import Certificate
from coprod.database import db
from coprod.errors import NotAllowed, NotFound, WrongState
from coprod.history import Event
from coprod.mail.models import Letter
from coprod.moderation import allocating, care, casework, operations, queries
from coprod.moderation.models import Judgement, Seat, Settlement, TimeSpent
from coprod.moderation.reply_models import Reply, ReplyDecision
from coprod.permissions import AreaRole, MemberRole
from coprod.transaction import transaction
from tests.moderation.test_asking import Round as Asking
from tests.moderation.test_moderation_operations import NOW, TODAY, WHY, Stage, count
from tests.moderation.test_replying import OUTSIDE
from tests.moderation.test_replying import Round as Replying
from tests.support import build
from tests.support.client import Client

SETTLED = "settled already"


@pytest.fixture
def apart(app):
    """RA1 is one apart, RA2 two; two lead reviewers could decide."""
    stage = Stage(3)
    stage.seat("ann", "ben")
    stage.rate_all("ann", RA1=2, RA2=1)
    stage.rate_all("ben")
    stage.people["eve"] = build.person("Eve Lead", AreaRole.LEAD_REVIEWER)
    for name in ("dee", "eve"):
        stage.do(operations.declare, name, conflict=False)
    return stage


# Whoever comes second reads what was decided first


def test_a_lead_reviewer_who_comes_second_reads_what_was_decided(client: Client, apart):
    address = f"/moderation/cases/{apart.case.id}/agree/RA2"
    client.sign_in("eve.lead@example.org")
    client.get(address)
    apart.do(operations.settle, "dee", "RA2", rating=2, reason="Families were asked.")
    page = client.submit("Save", rating="3", reason="They shaped it.", status=409)
    assert "This question is settled already: Asking (2). Families were asked." in page.text
    page = client.get(address)
    assert "There is nothing for you to do on this question now." in page.text
    assert count(Settlement) == 1


def test_a_lead_reviewer_mends_their_own_decision(apart):
    for rating in (2, 3):
        apart.do(operations.settle, "dee", "RA2", rating=rating, reason=WHY)
    assert casework.of(apart.case).standing("RA2").rating == 3


def test_what_both_reviewers_agreed_is_not_decided_over_their_heads(apart):
    apart.do(operations.settle, "ann", "RA1", rating=3, reason=WHY)
    apart.do(operations.confirm, "ben", "RA1", rating=3)
    with pytest.raises(WrongState, match=SETTLED):
        apart.do(operations.settle, "dee", "RA1", rating=2, reason=WHY)


def test_what_is_equal_or_far_apart_is_not_agreed_to(apart):
    with pytest.raises(NotFound):
        apart.do(operations.confirm, "ben", "RA3", rating=3)
    with pytest.raises(NotAllowed):
        apart.do(operations.confirm, "ben", "RA2", rating=3)


def test_a_reviewer_who_comes_second_to_a_reply_reads_what_was_decided(client: Client, app):
    stage = Replying()
    stage.reply()
    stage.declared("cat", "dee")
    address = f"/moderation/cases/{stage.case.id}/replies/RA1"
    client.sign_in("dee.lead@example.org")
    client.get(address)
    stage.decide("cat")
    page = client.submit("Save", rating="2", reason="It stays.", status=409)
    assert "This one is decided already: Shaping (3). The survey shows that families shaped it." in page.text
    client.sign_out()
    client.sign_in("cat.three@example.org")
    given = {"rating": "3", "reason": "The survey shows that families shaped it."}
    assert "Decided. Thank you." in client.post(address, given).text
    client.post(address, given | {"rating": "2"}, status=409)
    assert count(ReplyDecision) == 1


# Sent again after the case has moved on

ONE = {"rating": "1", "reason": "Families were told."}


@pytest.fixture
def moved(app):
    """RA1, RA2 and RA3 are settled. Then Ben steps back, and Cat has his place."""
    stage = Asking()
    stage.seat("ann", "ben")
    stage.rate_all("ann", RA1=2, RA2=1, RA3=1)
    stage.rate_all("ben")
    stage.do(operations.declare, "dee", conflict=False)
    stage.do(operations.settle, "dee", "RA1", rating=1, reason=ONE["reason"])
    stage.do(operations.settle, "dee", "RA2", rating=1, reason=ONE["reason"])
    stage.do(operations.settle, "dee", "RA3", rating=1, reason=ONE["reason"])
    stage.do(operations.declare, "ben", conflict=True)
    stage.seat("cat")
    return stage


def kept():
    """Everything that was ever said about the case, and its history."""
    return [count(each) for each in (Judgement, Settlement, MoreAsked, Event, Letter)]


def sent_again(stage, client, code="RA2", given=ONE, status=409):
    """The lead reviewer's decision once more, from a page that was left open. Nothing comes of it."""
    before = kept()
    address = f"/moderation/cases/{stage.case.id}/agree/{code}"
    page = client.post(address, given, status=status)
    assert kept() == before
    return page.text


def signed_in_as_dee(client):
    client.sign_in("dee.lead@example.org")
    client.get("/moderation")


def test_a_decision_sent_again_once_more_is_asked_for_is_refused_in_words(client: Client, moved):
    signed_in_as_dee(client)
    assert "The other reviewer has not finished yet." in sent_again(moved, client)
    moved.ask("cat", {"RA2": "Which plan?"})
    assert "More evidence has been asked for. You can go on when it is here." in sent_again(moved, client)
    assert "More evidence has been asked for." in sent_again(moved, client, given=ONE | {"rating": "2"})
    moved.send_back()
    assert "The other reviewer has not finished yet." in sent_again(moved, client)


def test_a_decision_sent_again_after_both_have_rated_anew(client: Client, moved):
    """RA1 was asked about and is rated the same now, RA2 one apart. RA3 was not: what was decided stands."""
    signed_in_as_dee(client)
    moved.ask("cat", {"RA1": "Which plan?", "RA2": "Which meeting?"})
    moved.send_back()
    moved.judge("ann", "RA1", rating=1)
    moved.judge("ann", "RA2", rating=0)
    moved.do(operations.finish, "ann")
    moved.rate_all("cat")
    assert "Both ratings are the same now" in sent_again(moved, client, "RA1")
    before = kept()
    client.post(f"/moderation/cases/{moved.case.id}/agree/RA3", ONE)
    assert kept() == before
    assert [s.code for s in casework.of(moved.case).unsettled()] == ["RA2"]
    client.post(f"/moderation/cases/{moved.case.id}/agree/RA2", ONE)
    assert casework.of(moved.case).standing("RA2").rating == 1
    assert [s.round for s in moved.case.settlements if s.question_code == "RA2"] == [1, 2]


@pytest.mark.parametrize("person", ["dee", "finn"])
def test_a_decision_sent_again_once_the_result_is_given_is_refused_in_words(client: Client, apart, person):
    apart.people["finn"] = build.person("Finn Lead", AreaRole.LEAD_REVIEWER)
    apart.do(operations.declare, "finn", conflict=False)
    apart.do(operations.settle, "ann", "RA1", rating=3, reason=WHY)
    apart.do(operations.confirm, "ben", "RA1", rating=3)
    apart.do(operations.settle, "dee", "RA2", rating=1, reason=ONE["reason"])
    client.sign_in(f"{person}.lead@example.org")
    client.get("/moderation")
    apart.give()
    for given in (ONE, ONE | {"rating": "2"}):
        assert "This has moved on since you opened the page." in sent_again(apart, client, given=given)
    apart.accept()
    assert "This has moved on since you opened the page." in sent_again(apart, client)


def test_an_agreement_sent_again_once_the_stage_has_moved_on_changes_nothing(client: Client, apart):
    apart.do(operations.settle, "ann", "RA1", rating=3, reason=WHY)
    agree = f"/moderation/cases/{apart.case.id}/agree/RA1"
    client.sign_in("ben.two@example.org")
    client.get(agree)
    assert "Agreed." in client.post(f"{agree}/confirm", {"agreed": "3"}).text
    before = kept()
    assert "Agreed." in client.post(f"{agree}/confirm", {"agreed": "3"}).text
    apart.do(operations.settle, "dee", "RA2", rating=2, reason=WHY)
    apart.give()
    after = kept()
    page = client.post(f"{agree}/confirm", {"agreed": "3"}, status=409, headers={"Referer": f"http://localhost{agree}"})
    assert "This has moved on since you opened the page." in page.text
    assert page.link("Open the page that you were on again") == agree
    assert kept() == after
    assert before[:3] == [after[0], 2, after[2]]


def test_what_was_put_forward_is_kept_once_when_it_is_sent_again_after_something_else(apart):
    apart.do(operations.settle, "ann", "RA1", rating=3, reason=WHY)
    apart.do(operations.settle, "dee", "RA2", rating=2, reason=WHY)
    again = apart.do(operations.settle, "ann", "RA1", rating=3, reason=WHY)
    assert (again.number, count(Settlement), events("case.settled")) == (1, 2, 2)


# The same button twice


def test_a_reply_sent_twice_is_one_and_another_is_refused_in_words(client: Client, app):
    stage = Replying()
    client.sign_in(stage.lead.email)
    address = f"/assessments/{stage.assessment.id}/reply"
    client.get(address)
    said = {"agree_RA1": "disagree", "agree_RA2": "agree", "words_RA1": "Look at the survey."}
    for _ in range(2):
        assert "Your reply is sent" in client.post(address, said).text
    assert "This was sent already" in client.post(address, said | {"words_RA1": "More."}, status=409).text
    assert count(Reply) == 2
    client.get(address, status=404)


def test_an_appeal_sent_twice_is_one_and_another_is_refused_in_words(client: Client, app):
    stage = Replying()
    stage.decided()
    client.sign_in(stage.lead.email)
    address = f"/assessments/{stage.assessment.id}/appeal"
    client.get(address)
    for _ in range(2):
        assert "Your appeal is sent" in client.post(address, {"words_RA1": "It is still wrong."}).text
    assert "This was sent already" in client.post(address, {"words_RA1": "More."}, status=409).text
    appeals = db.session.query(Reply).filter_by(kind="appeal").all()
    assert [each.words for each in appeals] == ["It is still wrong."]
    assert (events("case.appealed"), letters("reply_to_decide")) == (1, 4)  # Two of them about the reply.
    client.get(address, status=404)


def test_an_appeal_decided_twice_is_once_and_another_decision_is_refused_in_words(client: Client, app):
    stage = Replying()
    stage.appealed()
    client.sign_in("dee.lead@example.org")
    address = f"/moderation/cases/{stage.case.id}/replies/RA1"
    client.get(address)
    said = {"rating": "3", "reason": "It shaped the plan."} | OUTSIDE
    for _ in range(2):
        assert "Decided. Thank you." in client.post(address, said).text
    page = client.post(address, said | {"rating": "2"}, status=409)
    assert "This one is decided already: Shaping (3). It shaped the plan." in page.text
    assert (count(ReplyDecision), count(Certificate)) == (2, 1)
    assert [events(what) for what in ("case.appeal_decided", "case.closed")] == [1, 1]


def test_a_conflict_declared_and_a_case_handed_back_twice_are_once(client: Client, app):
    stage = Stage(2)
    stage.seat("ann")
    client.sign_in("ann.one@example.org")
    case = f"/moderation/cases/{stage.case.id}"
    client.get(f"{case}/hand-back")
    client.post(f"{case}/hand-back")
    assert client.post(f"{case}/hand-back").address == case
    declare = f"/moderation/assessments/{stage.assessment.id}/declare"
    for _ in range(2):
        assert client.post(declare, {"answer": "conflict"}).address == "/moderation"
    client.get(declare, status=404)


def test_a_conflict_set_aside_twice_is_once(client: Client, app):
    stage = Stage(2)
    stage.do(operations.declare, "ann", conflict=True)
    client.sign_in("cora.ordinator@example.org")
    address = f"/moderation/assessments/{stage.assessment.id}/reviewers/{stage.people['ann'].id}/waive"
    client.get(address)
    for _ in range(2):
        assert "Ann One may take part." in client.post(address, {"why": "A very large trust."}).text
    client.get(address, status=404)


def test_time_noted_twice_at_once_is_noted_once(app):
    reviewer = build.actor(build.person("Ann One", AreaRole.REVIEWER).id)
    said = {"day": TODAY, "minutes": 30, "what": "Rating a case", "travel_pence": 0, "today": TODAY}
    for later in (0, 1, 60):
        with transaction():
            care.note_time(**said, actor=reviewer, now=NOW + timedelta(seconds=later))
    assert count(TimeSpent) == 2


# Conflicts that come late


def test_whoever_a_conflict_is_set_aside_for_keeps_their_place_by_saying_there_is_none(app):
    stage = Stage(2)
    stage.do(operations.declare, "ann", conflict=True)
    who = stage.people["ann"].id
    stage.do(allocating.waive, "cora", who, why="A very large trust.")
    stage.do(operations.take_seat, "ann")
    stage.do(operations.declare, "ann", conflict=False)
    assert count(Seat) == 1
    assert events("case.declared") == 1
    stage.do(operations.declare, "ann", conflict=True)
    assert count(Seat) == 0


def test_what_somebody_decided_before_they_declared_a_conflict_counts_no_more(app):
    stage = Stage(4)
    stage.seat("ann", "cat")
    stage.rate_all("ann", RA2=2)
    stage.rate_all("cat")
    stage.people["eve"] = build.person("Eve Lead", AreaRole.LEAD_REVIEWER)
    for name in ("dee", "eve"):
        stage.do(operations.declare, name, conflict=False)
    stage.do(operations.settle, "dee", "RA2", rating=3, reason=WHY)
    stage.do(operations.sign_panel, "dee", today=TODAY)
    stage.do(operations.declare, "dee", conflict=True)
    assert (stage.case.panel_by, [s.code for s in casework.of(stage.case).unsettled()]) == (None, ["RA2"])
    stage.do(operations.settle, "eve", "RA2", rating=4, reason=WHY)
    stage.do(operations.sign_panel, "eve", today=TODAY)
    assert stage.give().outcome["questions"]["RA2"]["rating"] == 4


# Reviewers who can't go on


def erased(stage):
    leaving.erase(db.session.get_one(Person, stage.people["ben"].id), actor=stage.actor("cora"), now=NOW)


def part_taken(stage):
    people.take_role(stage.people["ben"].id, role=AreaRole.REVIEWER, actor=stage.actor("cora"), now=NOW)


def closed(stage):
    people.disable(stage.people["ben"].id, why="Asked for it", actor=stage.actor("cora"), now=NOW)


def joined(stage):
    asked = accounts.ask_to_join(stage.organisation.id, note="I work here", actor=stage.actor("ben"), now=NOW)
    db.session.flush()
    accounts.accept(asked, role=MemberRole.CONTRIBUTOR, actor=stage.actor("lead"), now=NOW)


@pytest.mark.parametrize("leaves", [erased, part_taken, closed, joined])
def test_the_place_of_a_reviewer_who_can_not_go_on_is_free_again(app, leaves):
    stage = Stage(3)
    stage.seat("ann", "ben")
    stage.judge("ben")
    assert jobs.free_lost_places(NOW, TODAY) == []
    with transaction():
        leaves(stage)
    assert jobs.free_lost_places(NOW, TODAY) == ["Free again: 1 place in a case whose reviewer can't go on."]
    assert jobs.free_lost_places(NOW, TODAY) == []
    assert [seat.person_id for seat in stage.case.seats] == [stage.people["ann"].id]
    assert events("case.place_freed") == 1
    assert queries.queue(stage.actor("cat"), today=TODAY).waiting
    stage.seat("cat")


def test_what_somebody_had_finished_before_they_left_stands(app):
    stage = Stage(3)
    stage.done("ann", "ben")
    with transaction():
        erased(stage)
    assert jobs.free_lost_places(NOW, TODAY) == []
    assert stage.give().outcome["level"] == "established"


def test_a_reviewer_is_reminded_twice_at_most_and_never_on_a_break(app):
    stage = Stage(3)
    stage.seat("ann", "ben")
    with transaction():
        care.take_break(until=None, actor=stage.actor("ben"), now=NOW, today=TODAY)

    def reminded(days: int) -> list[str]:
        now = NOW + timedelta(days=days)
        return jobs.remind_reviewers(now, now.date())

    said = ["1 letter said that a case waits for its reviewer."]
    assert [reminded(days) for days in (13, 14, 15, 27, 28, 29, 90)] == [[], said, [], [], said, [], []]
    letters = db.session.query(Letter).filter_by(template="case_waits").all()
    assert {(letter.receiver, letter.essential) for letter in letters} == {("ann.one@example.org", False)}
    assert "hand the case back" in letters[0].words


@pytest.mark.parametrize("leaves", [part_taken, joined])
def test_who_can_not_go_on_is_not_reminded_of_the_place_that_is_freed(app, leaves):
    stage = Stage(3)
    stage.seat("ann", "ben")
    with transaction():
        leaves(stage)
    late = NOW + timedelta(days=15)
    assert jobs.do_due(now=late, today=late.date()).failed == []
    letters = db.session.query(Letter).filter_by(template="case_waits").all()
    assert [letter.receiver for letter in letters] == ["ann.one@example.org"]


def letters(template) -> int:
    return db.session.query(Letter).filter_by(template=template).count()


def events(what) -> int:
    return db.session.scalar(select(func.count()).select_from(Event).where(Event.what == what))
