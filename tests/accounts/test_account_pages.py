from uuid import uuid4

import pytest
from sqlalchemy import select

from coprod.accounts import queries
from coprod.accounts.models import Membership
from coprod.database import db
from coprod.history import Event
from coprod.permissions import AreaRole, MemberRole
from tests.support import build


@pytest.fixture
def place(app):
    return build.organisation("Hazel Lane School")


def asks(name, place, note=""):
    who = build.person(name)
    asked = Membership(person_id=who.id, organisation_id=place.id, note=note, asked_at=build.MOMENT)
    db.session.add(asked)
    db.session.commit()
    return asked


def test_somebody_new_is_told_to_find_their_organisation(client):
    build.person("Sam Reed")
    page = client.sign_in("sam.reed@example.org")
    assert page.address == "/start"
    assert "Hello, Sam Reed" in page.text
    assert page.link("Find your school or service") == "/organisations/find"


def test_the_start_page_lists_where_somebody_belongs_and_has_asked(client, place):
    sam = build.person("Sam Reed")
    build.membership(sam, place, MemberRole.CONTRIBUTOR)
    elm = build.organisation("Elm School")
    db.session.add(Membership(person_id=sam.id, organisation_id=elm.id, asked_at=build.MOMENT))
    db.session.commit()
    page = client.sign_in("sam.reed@example.org")
    assert page.link("Hazel Lane School") == f"/organisations/{place.id}"
    assert "You are a contributor here." in page.text
    assert "Elm School. Somebody there" in page.text


def test_the_first_person_is_let_in_as_lead_by_the_coordinator(client, place):
    asks("Sam Reed", place, "I am the SENCO")
    build.person("Cora", AreaRole.COORDINATOR)
    page = client.sign_in("cora@example.org")
    assert "1 person waiting to join" in page.text
    client.follow("See who asks, and let them in or say no")
    page = client.follow("Sam Reed")
    assert "I am the SENCO" in page.text
    assert "Nobody leads this organisation here yet" in page.text
    page = client.submit("Save what you decided")
    assert "Sam Reed is in" in page.text
    assert "Nobody is waiting" in page.text
    membership = db.session.scalars(select(Membership)).one()
    assert (membership.role, membership.in_force) == ("lead", True)


def test_the_next_person_is_offered_a_contributors_part_by_the_lead(client, place):
    build.lead_of(place)
    asked = asks("Sam Reed", place)
    client.sign_in("ravi.lead@example.org")
    client.get(f"/people/requests/{asked.id}")
    client.submit("Save what you decided")
    assert db.session.get(Membership, asked.id).role == "contributor"


def test_declining_keeps_the_reason_and_shows_nothing_of_it_to_the_person(client, place):
    build.lead_of(place)
    asked = asks("Sam Reed", place)
    id_ = asked.id
    client.sign_in("ravi.lead@example.org")
    client.get(f"/people/requests/{id_}")
    page = client.submit("Save what you decided", decision="decline", why="Secret reason")
    assert "Sam Reed was not let in" in page.text
    assert db.session.scalars(select(Event.why).where(Event.what == "membership.declined")).one() == "Secret reason"
    client.sign_out()
    assert "Secret reason" not in client.sign_in("sam.reed@example.org").text
    client.get(f"/people/requests/{id_}", status=404)


def test_a_decision_sent_twice_is_made_once(client, place):
    build.lead_of(place)
    asked = asks("Sam Reed", place)
    id_ = asked.id
    client.sign_in("ravi.lead@example.org")
    form = client.get(f"/people/requests/{id_}")
    client.submit("Save what you decided")
    client.page = form
    client.submit("Save what you decided")
    assert client.get(f"/people/requests/{id_}").address == "/people/requests"
    client.page = form
    page = client.submit("Save what you decided", decision="decline", status=409)
    assert "already accepted" in page.text
    assert db.session.get(Membership, id_).in_force


def test_a_decision_that_is_none_is_asked_again(client, place):
    build.lead_of(place)
    asked = asks("Sam Reed", place)
    client.sign_in("ravi.lead@example.org")
    client.get(f"/people/requests/{asked.id}")
    assert client.submit("Save what you decided", decision=None, status=422).errors == ["Choose what you decide"]
    page = client.submit("Save what you decided", decision="owner", status=422)
    assert page.errors
    assert not db.session.get(Membership, asked.id).in_force


def test_a_lead_looks_after_the_people(client, place):
    lead = build.lead_of(place)
    sam = build.person("Sam Reed")
    membership = build.membership(sam, place, MemberRole.CONTRIBUTOR)
    lead_id, sam_id, place_id = lead.id, sam.id, place.id
    client.sign_in("ravi.lead@example.org")
    client.get("/people/requests")
    page = client.follow("People at Hazel Lane School")
    assert "sam.reed@example.org" in page.text
    assert "A lead can also start and send in the assessment" in page.text
    assert page.link("Hazel Lane School") == f"/organisations/{place.id}"
    client.submit("Make lead Sam Reed")
    assert build.actor(sam_id).memberships == {place_id: MemberRole.LEAD}
    client.get(f"/members/{membership.id}/remove")
    client.submit("Remove this person")
    assert build.actor(sam_id).memberships == {}
    own = queries.membership_of(lead_id, place_id)
    client.get(f"/members/{own.id}/remove")
    assert "only lead" in client.submit("Remove this person", status=409).text


def test_the_coordinator_finds_back_from_an_organisations_people_to_the_list(client, place):
    build.person("Cora Coordinator", AreaRole.COORDINATOR)
    client.sign_in("cora.coordinator@example.org")
    assert client.get(f"/organisations/{place.id}/people").link("Organisations") == "/organisations"


def test_a_lead_who_hands_over_goes_to_their_start_page(client, place):
    build.lead_of(place)
    build.lead_of(place, "Sam Reed")
    client.sign_in("ravi.lead@example.org")
    client.get(f"/organisations/{place.id}/people")
    assert client.submit("Make contributor Ravi Lead").address == "/start"


def test_who_was_removed_is_out_with_their_next_page(client, place):
    lead = build.lead_of(place)
    address = f"/organisations/{place.id}/people"
    client.sign_in("ravi.lead@example.org")
    client.get(address)
    membership = queries.membership_of(lead.id, place.id)
    membership.ended_at = build.MOMENT
    db.session.commit()
    client.get(address, status=404)


def test_pages_about_people_do_not_exist_for_others(client, place):
    build.lead_of(place)
    asked = asks("Asker", place)
    build.person("Sam Reed")
    ids = {"membership": asked.id, "place": place.id}
    client.sign_in("sam.reed@example.org")
    missing = client.get(f"/people/requests/{uuid4()}", status=404).text
    for address in (
        f"/people/requests/{ids['membership']}",
        f"/members/{ids['membership']}/remove",
        f"/organisations/{ids['place']}/people",
    ):
        assert client.get(address, status=404).text == missing
    assert "Nobody is waiting" in client.get("/people/requests").text


@pytest.mark.parametrize("name", ["a" * 200, "Si\u00f4n ap Dafydd", "\u5b66\u6821", "O'Brien <b>&"])
def test_names_of_every_script_and_length_are_shown(client, place, name):
    who = build.person(name, email="who@example.org")
    build.lead_of(place)
    db.session.add(Membership(person_id=who.id, organisation_id=place.id, asked_at=build.MOMENT))
    db.session.commit()
    client.sign_in("ravi.lead@example.org")
    assert name in client.get("/people/requests").text
    client.sign_out()
    assert name in client.sign_in("who@example.org").text
