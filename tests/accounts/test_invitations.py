"""Somebody is asked in by letter: the link works once, runs out, can be taken back and sent again."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from coprod.accounts import invitations, invited, operations, people
from coprod.accounts.models import Invitation, Person
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, WrongState
from coprod.history import Event
from coprod.permissions import ANONYMOUS, AreaRole, MemberRole
from coprod.transaction import transaction
from tests.support import build
from tests.support.letters import letters_to, links_in

NOW = build.MOMENT
GUEST = "guest@example.org"
GOOD = "three words together"


@pytest.fixture
def place(app):
    return build.organisation("Hazel Lane School")


@pytest.fixture
def lead(place):
    return build.actor(build.lead_of(place, "Ravi Lead").id)


@pytest.fixture
def cora(app):
    return build.actor(build.person("Cora", AreaRole.COORDINATOR).id)


def invite(actor, place=None, role=MemberRole.CONTRIBUTOR, email=GUEST, now=NOW, **more):
    with transaction():
        return invitations.invite(
            email, role=role, organisation_id=place.id if place else None, actor=actor, now=now, **more
        )


def secret(address=GUEST):
    """The secret of the last letter; two letters of one moment have no order, so a test that sends two moves on."""
    return links_in(letters_to(address)[-1])[0].rsplit("/", 1)[1]


def accept(secret, now=NOW, **given):
    with transaction():
        return invitations.accept(secret, now=now, **given)


def guest():
    return db.session.scalars(select(Person).where(Person.email == GUEST)).one()


def events():
    return db.session.scalars(select(Event.what).order_by(Event.id)).all()


# Who may


@pytest.mark.parametrize("role", MemberRole)
@pytest.mark.parametrize("who", ["lead", "cora"])
def test_a_lead_and_the_coordinator_invite_to_an_organisation(place, request, who, role):
    actor = request.getfixturevalue(who)
    invite(actor, place, role)
    accept(secret(), name="Gus Guest", password=GOOD)
    assert build.actor(guest().id).memberships == {place.id: role}
    assert guest().address_proved_at == NOW
    assert events() == [
        "invitation.sent",
        "person.added",
        "invitation.accepted",
        "membership.accepted",
    ]


@pytest.mark.parametrize("role", AreaRole)
def test_only_the_coordinator_invites_for_the_area(place, lead, cora, role):
    for actor in (lead, ANONYMOUS):
        with pytest.raises(NotAllowed):
            invite(actor, role=role)
    invite(cora, role=role, parent_carer=True)
    accept(secret(), name="Gus Guest", password=GOOD)
    assert build.actor(guest().id).roles == {role}
    assert guest().parent_carer is (role is not AreaRole.COORDINATOR)


@pytest.mark.parametrize("who", ["contributor", "lead elsewhere", "reviewer", "nobody"])
def test_others_invite_nobody_and_look_after_no_invitation(place, lead, who):
    sent = invite(lead, place)
    other = build.person("Other", *([AreaRole.REVIEWER] if who == "reviewer" else []))
    if who == "contributor":
        build.membership(other, place, MemberRole.CONTRIBUTOR)
    if who == "lead elsewhere":
        build.membership(other, build.organisation("Elm School"))
    actor = ANONYMOUS if who == "nobody" else build.actor(other.id)
    with pytest.raises(NotFound):
        invitations.to_look_after(sent.id, actor)
    for decide in (invitations.send_again, invitations.withdraw):
        with pytest.raises(NotAllowed), transaction():
            decide(sent, actor=actor, now=NOW)
    with pytest.raises(NotAllowed):
        invite(actor, place, email="other@example.org")


# The link


def test_only_a_hash_of_the_secret_is_kept(place, lead):
    invitation = invite(lead, place)
    assert len(secret()) > 40
    assert secret() not in str(vars(invitation))


def test_the_link_works_once(place, lead):
    invite(lead, place)
    link = secret()
    accept(link, name="Gus Guest", password=GOOD)
    with pytest.raises(NotFound):
        accept(link)


def test_the_link_runs_out_after_14_days(place, lead):
    invite(lead, place)
    invitations.opened(secret(), now=NOW + timedelta(days=14, seconds=-1))
    with pytest.raises(NotFound):
        invitations.opened(secret(), now=NOW + timedelta(days=14))


def test_what_is_taken_back_works_no_more(place, lead):
    invitation = invite(lead, place)
    with transaction():
        invitations.withdraw(invitation, actor=lead, now=NOW)
        invitations.withdraw(invitation, actor=lead, now=NOW)
    with pytest.raises(NotFound):
        accept(secret())
    with pytest.raises(WrongState), transaction():
        invitations.send_again(invitation, actor=lead, now=NOW)
    assert events().count("invitation.withdrawn") == 1
    assert invite(lead, place).id != invitation.id


def test_sending_again_makes_a_new_link_and_ends_the_old_one(place, lead):
    first = invite(lead, place)
    old, later = secret(), NOW + timedelta(days=20)
    assert invite(lead, place, now=later, email=GUEST.upper()).id == first.id
    assert secret() != old
    for link, works in ((old, False), (secret(), True)):
        if works:
            assert invitations.opened(link, now=later).expires_at == later + invitations.LIVES
        else:
            with pytest.raises(NotFound):
                invitations.opened(link, now=later)
    assert len(letters_to(GUEST)) == 2


def test_ended_used_and_unknown_links_answer_alike(client, place, lead):
    for number, change in enumerate(("withdrawn_at", "accepted_at", "expires_at")):
        invitation = invite(lead, place, email=f"g{number}@example.org")
        setattr(invitation, change, NOW)
        db.session.commit()
    pages = [client.get(f"/invitations/{secret(f'g{number}@example.org')}", status=404).text for number in range(3)]
    assert {*pages} == {client.get("/invitations/never-sent", status=404).text}


def test_who_was_removed_leaves_no_way_back_in(place, lead, cora):
    """They invited another address of theirs before they were removed: its link is worth nothing from then on."""
    invite(lead, place, MemberRole.LEAD)
    own = operations.queries.membership_of(lead.person_id, place.id)
    with transaction():
        operations.remove(own, actor=cora, now=NOW)
    with pytest.raises(NotFound):
        accept(secret(), name="Gus Guest", password=GOOD)
    [shown] = invited.to_place(place.id, now=NOW)
    assert "can't invite any more" in shown.status
    with transaction():
        invitations.send_again(db.session.scalars(select(Invitation)).one(), actor=cora, now=NOW + timedelta(hours=1))
    accept(secret(), name="Gus Guest", password=GOOD, now=NOW + timedelta(hours=2))
    assert build.actor(guest().id).memberships == {place.id: MemberRole.LEAD}


def test_an_invitation_of_a_closed_account_is_worth_nothing(place, lead, cora):
    invite(lead, place)
    with transaction():
        people.disable(lead.person_id, why="Left the school", actor=cora, now=NOW)
    with pytest.raises(NotFound):
        accept(secret(), name="Gus Guest", password=GOOD)


# Who has an account already


def test_an_account_just_gets_the_part_and_keeps_its_name_and_password(place, lead):
    who = build.person("Gus Guest", email=GUEST)
    before = who.password
    invite(lead, place, MemberRole.LEAD)
    accept(secret(), name="Somebody Else", password="another good password")
    assert (guest().name, guest().password) == ("Gus Guest", before)
    assert build.actor(guest().id).memberships == {place.id: MemberRole.LEAD}


def test_who_invites_is_told_the_same_whether_or_not_the_address_has_an_account(client, place, lead):
    build.person("Gus Guest", email=GUEST)
    client.sign_in("ravi.lead@example.org")
    pages = []
    for address in (GUEST, "nobody@example.org"):
        client.get(f"/organisations/{place.id}/people/invite")
        page = client.submit("Send the invitation", email=address, role="contributor")
        pages.append(page.text.replace(address, "ADDRESS"))
        with transaction():
            invitations.withdraw(
                db.session.scalars(select(Invitation).where(Invitation.email == address)).one(),
                actor=build.actor(lead.person_id),
                now=NOW,
            )
    first, second = (page.split("What has changed")[0] for page in pages)
    assert first == second
    words = {letter.words.split("http")[0] for letter in (*letters_to(GUEST), *letters_to("nobody@example.org"))}
    assert len(words) == 1


def test_a_closed_account_can_not_accept(place, lead):
    who = build.person("Gus Guest", email=GUEST)
    who.active = False
    db.session.commit()
    invite(lead, place)
    with pytest.raises(WrongState, match="closed"):
        accept(secret())
    assert build.actor(who.id).memberships == {}


def test_who_waits_is_let_in_by_accepting_and_a_lead_never_loses_a_part(place, lead):
    who = build.actor(build.person("Gus Guest", email=GUEST).id)
    with transaction():
        operations.ask_to_join(place.id, note="Please", actor=who, now=NOW)
    invite(lead, place, MemberRole.LEAD)
    accept(secret())
    assert build.actor(who.person_id).memberships == {place.id: MemberRole.LEAD}
    with pytest.raises(Invalid, match="belongs to the organisation already"):
        invite(lead, place)


def test_two_parts_for_the_area_are_both_kept(cora):
    for hour, role in enumerate((AreaRole.REVIEWER, AreaRole.LEAD_REVIEWER)):
        invite(cora, role=role, now=NOW + timedelta(hours=hour))
        accept(secret(), name="Gus Guest", password=GOOD, now=NOW + timedelta(hours=hour))
    assert build.actor(guest().id).roles == {AreaRole.REVIEWER, AreaRole.LEAD_REVIEWER}


# Pages


def test_a_lead_invites_a_colleague_who_comes_in(client, place, lead):
    client.sign_in("ravi.lead@example.org")
    client.get(f"/organisations/{place.id}/people")
    client.follow("Invite somebody")
    page = client.submit("Send the invitation", email="", role=None, status=422)
    assert len(page.errors[0]) > 20
    page = client.submit("Send the invitation", email=GUEST, role="contributor")
    assert "The invitation is on its way" in page.text
    assert "Contributor, invited by Ravi Lead on 22 November 2026" in page.text
    client.sign_out()
    page = client.get(f"/invitations/{secret()}")
    assert "Ravi Lead invites you to join Hazel Lane School as a contributor" in page.text
    page = client.submit("Accept and make my account", name="Gus Guest", password="short", status=422)
    assert "12 characters or more" in page.errors[0]
    page = client.submit("Accept and make my account", name="Gus Guest", password=GOOD)
    assert page.address == "/start"
    assert page.link("Hazel Lane School") == f"/organisations/{place.id}"


def test_looking_at_an_invitation_changes_nothing(client, place, lead):
    invite(lead, place)
    for _ in range(2):
        client.get(f"/invitations/{secret()}")
    assert events() == ["invitation.sent"]


def test_somebody_with_an_account_accepts_with_one_button_and_then_signs_in(client, place, lead):
    build.person("Gus Guest", email=GUEST)
    invite(lead, place)
    page = client.get(f"/invitations/{secret()}")
    assert "Choose a password" not in page.text
    page = client.submit("Accept the invitation")
    assert page.h1 == "You have accepted"
    client.follow("Sign in")
    page = client.sign_in(GUEST)
    assert "Hazel Lane School" in page.text


def test_who_is_signed_in_as_somebody_else_gains_nothing_by_a_link(client, place, lead):
    build.person("Gus Guest", email=GUEST)
    stranger = build.person("Stran Ger")
    stranger_id = stranger.id
    invite(lead, place)
    client.sign_in("stran.ger@example.org")
    client.get(f"/invitations/{secret()}")
    page = client.submit("Accept the invitation")
    assert "signed in with another account" in page.text
    assert build.actor(stranger_id).memberships == {}
    assert build.actor(guest().id).memberships == {place.id: MemberRole.CONTRIBUTOR}


def test_an_invitation_is_taken_back_and_sent_again_from_the_page(client, place, lead):
    invite(lead, place)
    client.sign_in("ravi.lead@example.org")
    client.get(f"/organisations/{place.id}/people")
    page = client.submit(f"Send again to {GUEST}, Contributor")
    assert "The old link works no more" in page.text
    page = client.submit(f"Take back the invitation of {GUEST}, Contributor")
    assert "Invited, and not here yet" not in page.text
    assert f"Ravi Lead took back the invitation to {GUEST}" in page.text


def test_the_coordinator_invites_a_reviewer(client, cora):
    client.sign_in("cora@example.org")
    client.follow("People")
    client.follow("Invite a reviewer or coordinator")
    page = client.submit("Send the invitation", email=GUEST, role="reviewer", parent_carer=True)
    assert "Reviewer, invited by Cora" in page.text
    assert db.session.scalars(select(Invitation)).one().parent_carer
    assert "1 invitation waits" in client.get("/people").text


def test_an_invitation_to_a_place_that_is_not_there_is_not_made(client, cora):
    client.sign_in("cora@example.org")
    client.get(f"/organisations/{uuid4()}/people/invite", status=404)
