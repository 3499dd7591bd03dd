"""Who is asked, who may not take part, what a coordinator may set aside, and how a volunteer steps back."""

from datetime import date, timedelta

import pytest

from coprod.accounts.models import Person
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, WrongState
from coprod.history import Event
from coprod.mail.models import Letter
from coprod.moderation import allocating, care, operations
from coprod.moderation.models import Allocation, Case, Seat, Waiver
from coprod.moderation.reviewers import Standing, allocation_page
from coprod.permissions import AreaRole, MemberRole
from coprod.transaction import transaction
from tests.support import build
from tests.support.client import Client
from tests.support.snapshots import sent_in

NOW, TODAY = build.MOMENT, build.MOMENT.date()


@pytest.fixture
def place(app):
    return build.organisation("Hazel Lane School")


@pytest.fixture
def case(place):
    assessment = sent_in(place, build.lead_of(place).id, every=3)
    with transaction():
        return operations.open_case(assessment, now=NOW)


@pytest.fixture
def coordinator(app):
    return build.person("Cora Ordinator", AreaRole.COORDINATOR)


def reviewer(name="Ann One", **more):
    return build.person(name, AreaRole.REVIEWER, **more)


def act(person):
    return build.actor(person.id)


def declare(case, person, *, conflict=False):
    with transaction():
        operations.declare(case, conflict=conflict, actor=act(person), now=NOW)


def take(case, person, **more):
    declare(case, person)
    with transaction():
        operations.take_seat(case, actor=act(person), now=NOW, **more)


def ask(case, person, by, **more):
    with transaction():
        return allocating.ask_to_take(case, person.id, actor=act(by), now=NOW, **more)


def standings(case, who):
    page = allocation_page(case.assessment_id, act(who), today=TODAY, most_open=3)
    return {each.name: each.standing for each in page.reviewers}


def test_who_is_asked_gets_a_letter_that_does_not_name_the_organisation(case, coordinator):
    ann = reviewer()
    ask(case, ann, coordinator)
    letter = db.session.query(Letter).filter_by(receiver=ann.email).one()
    assert "Hazel" not in letter.subject + letter.words
    assert str(case.assessment_id) in letter.words
    assert ask(case, ann, coordinator) is db.session.query(Allocation).one()


def in_conflict(case, place):
    ann = reviewer()
    declare(case, ann, conflict=True)
    return ann


def belonging(case, place):
    ann = reviewer()
    build.membership(ann, place, MemberRole.CONTRIBUTOR)
    return ann


def who_left_a_year_ago(case, place):
    ann = reviewer()
    build.membership(ann, place).ended_at = NOW - timedelta(days=365)
    db.session.commit()
    return ann


def of_the_same_trust(case, place):
    ann, other = reviewer(), build.organisation("Maple School")
    place.trust_code = other.trust_code = "2053"
    build.membership(ann, other)
    return ann


def of_the_parent(case, place):
    ann, council = reviewer(), build.organisation("The Council")
    place.parent_id = council.id
    build.membership(ann, council)
    return ann


def of_a_sister_service(case, place):
    ann, council, sister = reviewer(), build.organisation("The Council"), build.organisation("Transport")
    place.parent_id = sister.parent_id = council.id
    build.membership(ann, sister)
    return ann


def not_practised(case, place):
    return reviewer(practised=False)


def on_a_break(case, place):
    ann = reviewer()
    with transaction():
        care.take_break(until=None, actor=act(ann), now=NOW, today=TODAY)
    return ann


def with_three_open_cases(case, place):
    ann = reviewer(parent_carer=True)
    for number in range(3):
        other = build.organisation(f"School {number}")
        assessment = sent_in(other, build.lead_of(other, f"Lead {number}").id)
        with transaction():
            opened = operations.open_case(assessment, now=NOW)
        take(opened, ann)
    return ann


CANNOT = {
    in_conflict: Standing.CONFLICT,
    belonging: Standing.BELONGS,
    who_left_a_year_ago: Standing.CONFLICT,
    of_the_same_trust: Standing.CONFLICT,
    of_the_parent: Standing.CONFLICT,
    of_a_sister_service: Standing.CONFLICT,
    not_practised: Standing.NOT_PRACTISED,
    on_a_break: Standing.PAUSED,
    with_three_open_cases: Standing.BUSY,
}


@pytest.mark.parametrize("who", CANNOT, ids=lambda who: who.__name__)
def test_nobody_is_asked_who_could_not_take_it(case, place, coordinator, who):
    ann = who(case, place)
    assert standings(case, coordinator)["Ann One"] is CANNOT[who]
    with pytest.raises(WrongState, match="Ann One can't be asked"):
        ask(case, ann, coordinator)
    assert not db.session.query(Allocation).count()


@pytest.mark.parametrize(
    "who", [belonging, who_left_a_year_ago, of_the_same_trust, of_the_parent, of_a_sister_service]
)
def test_conflicts_that_the_system_finds_block_on_opening_and_on_saving(case, place, who, client: Client):
    ann = who(case, place)
    with pytest.raises(NotAllowed):
        declare(case, ann)
    client.sign_in(ann.email)
    client.get(f"/moderation/assessments/{case.assessment_id}/declare", status=404)
    assert "Nothing is waiting for you" in client.get("/moderation").text


def test_a_conflict_that_comes_later_blocks_the_next_rating(case, place):
    ann = reviewer()
    take(case, ann)
    other = build.organisation("Maple School")
    place.trust_code = other.trust_code = "2053"
    build.membership(ann, other)
    with pytest.raises(NotAllowed), transaction():
        operations.judge(
            case, "RA1", rating=3, reason="", note="", private_note="", actor=act(ann), now=NOW
        )


def test_nobody_has_more_open_cases_than_the_area_allows(case):
    ann = with_three_open_cases(case, None)
    with pytest.raises(WrongState, match="as many open cases"):
        take(case, ann)
    take(case, ann, most_open=4)


def test_the_coordinator_sets_a_conflict_aside_with_a_reason_that_stays(case, place, coordinator):
    ann = who_left_a_year_ago(case, place)
    with pytest.raises(Invalid), transaction():
        allocating.waive(case, ann.id, why=" \u2060 ", actor=act(coordinator), now=NOW)
    with transaction():
        allocating.waive(case, ann.id, why="A trust of 40 schools", actor=act(coordinator), now=NOW)
    take(case, ann)
    assert db.session.query(Seat).count() == 1
    assert db.session.query(Event).filter_by(what="case.conflict_waived").one().why == "A trust of 40 schools"


def test_a_declared_conflict_can_be_set_aside_too(case, coordinator):
    ann = in_conflict(case, None)
    with transaction():
        allocating.waive(case, ann.id, why="They know them from one meeting", actor=act(coordinator), now=NOW)
    with transaction():
        operations.take_seat(case, actor=act(ann), now=NOW)
    assert db.session.query(Seat).count() == 1


@pytest.mark.parametrize("who", [belonging, not_practised, on_a_break])
def test_only_conflicts_are_set_aside_and_never_in_ones_own_organisation(case, place, coordinator, who):
    ann = who(case, place)
    with pytest.raises(WrongState), transaction():
        allocating.waive(case, ann.id, why="Because", actor=act(coordinator), now=NOW)
    assert not db.session.query(Waiver).count()


def test_only_the_coordinator_sets_conflicts_aside(case):
    ann, dee = in_conflict(case, None), build.person("Dee Lead", AreaRole.LEAD_REVIEWER)
    for person in (ann, dee):
        with pytest.raises(NotAllowed), transaction():
            allocating.waive(case, ann.id, why="Because", actor=act(person), now=NOW)


def test_a_lead_reviewer_says_first_that_they_have_no_conflict(case):
    ann, dee = reviewer(), build.person("Dee Lead", AreaRole.LEAD_REVIEWER)
    page = allocation_page(case.assessment_id, act(dee), today=TODAY, most_open=3)
    assert (page.name, page.must_declare) == ("Primary school", True)
    with pytest.raises(NotAllowed):
        ask(case, ann, dee)
    declare(case, dee)
    assert allocation_page(case.assessment_id, act(dee), today=TODAY, most_open=3).name == "Hazel Lane School"
    assert ask(case, ann, dee).person_id == ann.id


def test_somebody_hands_a_case_back_and_another_takes_it(case, coordinator):
    ann, ben = reviewer(parent_carer=True), reviewer("Ben Two", parent_carer=True)
    ask(case, ann, coordinator)
    take(case, ann)
    with transaction():
        allocating.hand_back(case, actor=act(ann), now=NOW)
    assert not db.session.query(Seat).count()
    assert not db.session.query(Allocation).count()
    take(case, ben)
    assert db.session.query(Seat).one().position == 1
    with pytest.raises(NotAllowed), transaction():
        allocating.hand_back(case, actor=act(ann), now=NOW)


def test_a_finished_review_can_not_be_handed_back(case):
    ann = reviewer(parent_carer=True)
    take(case, ann)
    db.session.query(Seat).one().finished_at = NOW
    db.session.commit()
    with pytest.raises(WrongState), transaction():
        allocating.hand_back(case, actor=act(ann), now=NOW)


def test_a_break_ends_on_its_day_or_when_they_say_so(app):
    ann = reviewer()
    with transaction():
        care.take_break(until=TODAY, actor=act(ann), now=NOW, today=TODAY)
    assert care.own_break(act(ann), today=TODAY) is not None
    assert care.own_break(act(ann), today=TODAY + timedelta(days=1)) is None
    with transaction():
        care.take_break(until=None, actor=act(ann), now=NOW, today=TODAY)
    with transaction():
        care.end_break(actor=act(ann), now=NOW)
    assert care.own_break(act(ann), today=TODAY) is None
    with pytest.raises(Invalid), transaction():
        care.take_break(until=TODAY - timedelta(days=1), actor=act(ann), now=NOW, today=TODAY)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"day": TODAY + timedelta(days=1)}, "day"),
        ({"day": date(2020, 1, 1)}, "day"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 1441}, "minutes"),
        ({"what": "\u200b"}, "what"),
        ({"travel_pence": -1}, "travel"),
        ({"travel_pence": 100_001}, "travel"),
    ],
)
def test_a_note_of_time_that_can_not_be_is_refused_beside_its_field(app, wrong, field):
    good = {"day": TODAY, "minutes": 5, "what": "Reading", "travel_pence": 0}
    with pytest.raises(Invalid) as refusal, transaction():
        care.note_time(**(good | wrong), actor=act(reviewer()), now=NOW, today=TODAY)
    assert refusal.value.field == field


def test_through_the_pages_time_is_noted_added_up_downloaded_and_removed(app, client: Client):
    reviewer()
    client.sign_in("ann.one@example.org")
    client.get("/moderation")
    page = client.follow("Note your time")
    page = client.submit("Add this", status=422, day=["1", "11", "2026"], minutes="soon", what="=SUM(A1)")
    assert page.errors == ["Enter a whole number, such as 45"]
    assert "=SUM(A1)" in page.source
    client.submit("Add this", minutes="75", travel="£4.20")
    page = client.submit("Add this", day=["2", "11", "2026"], minutes="45", what="Reading")
    assert "2 hours" in page.text
    assert "£4.20" in page.text
    saved = client.get("/moderation/time.csv").response.get_data(as_text=True)
    assert "2026-11-01,75,'=SUM(A1),4.20" in saved
    build.person("Ben Two", AreaRole.REVIEWER)
    with pytest.raises(NotFound), transaction():
        care.remove_time(care.time_page(act(_person("ann.one"))).rows[0].id, actor=act(_person("ben.two")))
    page = client.submit("Remove 45 minutes on 2 November 2026")
    assert "Reading" not in page.text


def _person(name):
    return db.session.query(Person).filter_by(email=f"{name}@example.org").one()


def test_through_the_pages_a_reviewer_is_asked_and_takes_it(case, coordinator, client: Client):
    reviewer(parent_carer=True)
    client.sign_in(coordinator.email)
    client.get("/moderation/progress")
    page = client.follow("0 of 2 reviewers for Hazel Lane School")
    assert "Ann One" in page.text
    page = client.submit("Ask Ann One")
    assert "Has been asked" in page.text
    client.sign_out()
    client.sign_in("ann.one@example.org")
    page = client.get("/moderation")
    assert "You are asked to take" in page.text
    assert "Hazel" not in page.text
    client.get(f"/moderation/assessments/{case.assessment_id}/declare")
    client.submit("Continue", answer="none")
    client.submit("Take this case")
    client.follow("Hand this case back")
    page = client.submit("Hand it back")
    assert "Somebody else can take it now" in page.text
    assert not db.session.query(Case).one().seats
