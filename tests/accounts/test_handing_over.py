"""A lead hands over to a colleague, who has to accept; and what happened can be read afterwards."""

from datetime import timedelta

import pytest

from coprod.accounts import handing_over, operations, queries
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, WrongState
from coprod.permissions import AreaRole, MemberRole
from coprod.transaction import transaction
from tests.support import build
from tests.support.letters import letters_to, links_in

NOW = build.MOMENT
LEAD, CONTRIBUTOR = MemberRole.LEAD, MemberRole.CONTRIBUTOR


@pytest.fixture
def place(app):
    return build.organisation("Hazel Lane School")


@pytest.fixture
def ravi(place):
    return build.actor(build.lead_of(place, "Ravi Lead").id)


@pytest.fixture
def sam(place):
    who = build.person("Sam Reed")
    build.membership(who, place, CONTRIBUTOR)
    return build.actor(who.id)


def part(who, place):
    return queries.membership_of(who.person_id, place.id)


def offer(giver, taker, place, *, leaving=False):
    with transaction():
        return handing_over.offer(part(taker, place), leaving=leaving, actor=giver, now=NOW)


def decide(operation, offered, actor):
    with transaction():
        operation(offered, actor=actor, now=NOW + timedelta(hours=1))


@pytest.mark.parametrize(("leaving", "left"), [(False, CONTRIBUTOR), (True, None)])
def test_the_only_lead_hands_over_and_the_organisation_always_has_one(place, ravi, sam, leaving, left):
    offered = offer(ravi, sam, place, leaving=leaving)
    assert build.actor(ravi.person_id).memberships == {place.id: LEAD}
    decide(handing_over.accept, offered, sam)
    decide(handing_over.accept, offered, sam)
    assert build.actor(sam.person_id).memberships == {place.id: LEAD}
    assert build.actor(ravi.person_id).memberships.get(place.id) is left


def test_only_the_colleague_who_was_asked_takes_over(place, ravi, sam):
    other = build.person("Other Colleague")
    build.membership(other, place, CONTRIBUTOR)
    offered = offer(ravi, sam, place)
    for who in (ravi, build.actor(other.id)):
        with pytest.raises(NotAllowed):
            decide(handing_over.accept, offered, who)
    with pytest.raises(NotAllowed):
        decide(handing_over.end, offered, build.actor(other.id))
    with pytest.raises(NotFound):
        handing_over.concerning(offered.id, build.actor(other.id))


def test_only_a_lead_hands_over_and_only_to_somebody_else_who_belongs(place, ravi, sam):
    with pytest.raises(NotAllowed):
        offer(sam, ravi, place)
    with pytest.raises(Invalid):
        offer(ravi, ravi, place)
    asking = build.actor(build.person("Only Asking").id)
    with transaction():
        operations.ask_to_join(place.id, note="", actor=asking, now=NOW)
    with pytest.raises(Invalid):
        offer(ravi, asking, place)
    closed = db.session.get_one(type(part(sam, place).person), sam.person_id)
    closed.active = False
    db.session.commit()
    with pytest.raises(Invalid):
        offer(ravi, sam, place)


@pytest.mark.parametrize("who", ["sam", "ravi"])
def test_an_offer_is_declined_or_taken_back_and_can_be_made_again(place, ravi, sam, who, request):
    offered = offer(ravi, sam, place)
    with pytest.raises(WrongState, match="Take that offer back first"):
        offer(ravi, sam, place)
    decide(handing_over.end, offered, request.getfixturevalue(who))
    decide(handing_over.end, offered, ravi)
    with pytest.raises(WrongState):
        decide(handing_over.accept, offered, sam)
    assert build.actor(ravi.person_id).memberships == {place.id: LEAD}
    assert offer(ravi, sam, place).id != offered.id


def test_an_offer_of_somebody_who_is_no_lead_any_more_moves_nothing(place, ravi, sam):
    cora = build.actor(build.person("Cora", AreaRole.COORDINATOR).id)
    offered = offer(ravi, sam, place)
    with transaction():
        operations.give_role(part(ravi, place), role=CONTRIBUTOR, actor=cora, now=NOW)
    with pytest.raises(WrongState):
        decide(handing_over.accept, offered, sam)
    assert build.actor(sam.person_id).memberships == {place.id: CONTRIBUTOR}


def test_who_was_removed_takes_over_nothing(place, ravi, sam):
    offered = offer(ravi, sam, place)
    with transaction():
        operations.remove(part(sam, place), actor=ravi, now=NOW)
    gone = build.actor(sam.person_id)
    with pytest.raises(NotAllowed):
        decide(handing_over.accept, offered, gone)
    with pytest.raises(NotFound):
        handing_over.concerning(offered.id, gone)


def test_a_lead_whose_account_is_closed_counts_as_none(place, ravi, sam):
    """Otherwise the last one who can sign in could leave the organisation to nobody."""
    with transaction():
        operations.give_role(part(sam, place), role=LEAD, actor=ravi, now=NOW)
    part(ravi, place).person.active = False
    db.session.commit()
    with pytest.raises(WrongState, match="only lead"), transaction():
        operations.remove(part(sam, place), actor=build.actor(sam.person_id), now=NOW)


def test_a_hand_over_from_page_to_page_with_its_trail(client, place, ravi, sam):
    client.sign_in("ravi.lead@example.org")
    client.get(f"/organisations/{place.id}/people")
    client.follow("Hand over as lead")
    page = client.submit("Ask them to take over", status=422)
    assert "Choose who takes over from you" in page.errors[0]
    client.submit("Ask them to take over", colleague=str(part(sam, place).id), after="leave")
    assert "Ravi Lead asks Sam Reed to take over as lead" in client.get("/start").text
    client.sign_out()
    [letter] = letters_to("sam.reed@example.org")
    client.sign_in("sam.reed@example.org")
    page = client.get(links_in(letter)[0])
    assert "Ravi Lead leaves the organisation when you say yes" in page.text
    client.submit("Yes, I take over")
    page = client.get(f"/organisations/{place.id}/people")
    assert "Sam Reed took over from Ravi Lead as a lead" in page.text
    assert "Ravi Lead asked Sam Reed to take over from them as a lead" in page.text
    client.sign_out()
    client.sign_in("ravi.lead@example.org")
    client.get(f"/organisations/{place.id}/people", status=404)


def test_an_offer_is_taken_back_from_the_page_and_a_lead_alone_is_told_to_invite(client, place, ravi):
    client.sign_in("ravi.lead@example.org")
    page = client.get(f"/organisations/{place.id}/people/hand-over")
    assert "Nobody else is here yet" in page.text
    build.membership(build.person("Sam Reed"), place, CONTRIBUTOR)
    client.get(f"/organisations/{place.id}/people/hand-over")
    sam = next(id_ for id_, name in queries.colleagues_of(ravi, place.id))
    client.submit("Ask them to take over", colleague=str(sam), after="stay")
    client.get("/start")
    client.follow("Ravi Lead asks Sam Reed to take over as lead")
    page = client.submit("Take the offer back")
    assert "Nothing has changed" in page.text
    assert "Handing over" not in page.text


def test_the_coordinator_hands_over_for_an_organisation_and_the_page_says_who_did(client, place, ravi, sam):
    build.person("Cora", AreaRole.COORDINATOR)
    client.sign_in("cora@example.org")
    client.get(f"/organisations/{place.id}/people")
    client.submit("Make lead Sam Reed")
    page = client.submit("Make contributor Ravi Lead")
    assert "Cora made Sam Reed a lead" in page.text
    assert "Cora made Ravi Lead a contributor" in page.text
    client.get(f"/organisations/{place.id}/people/hand-over", status=404)
