from datetime import timedelta
from uuid import uuid4

import pytest
from flask_security import verify_password
from sqlalchemy import func, select

from coprod.accounts import operations, queries
from coprod.accounts.models import Membership, Person, Role
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, WrongState
from coprod.history import Event
from coprod.permissions import ANONYMOUS, SYSTEM, AreaRole, MemberRole
from coprod.transaction import transaction
from tests.support import build

NOW = build.MOMENT
LATER = NOW + timedelta(hours=1)
GOOD = "three words together"


def add(**changed):
    facts = {"email": "sam@example.org", "name": "Sam Reed", "password": GOOD} | changed
    with transaction():
        return operations.add_person(**facts, actor=SYSTEM, now=NOW)


def how_many(table):
    return db.session.scalar(select(func.count()).select_from(table))


@pytest.fixture
def place(app):
    return build.organisation("Hazel Lane School")


@pytest.fixture
def lead(place):
    return build.actor(build.lead_of(place, "Ravi Lead").id)


@pytest.fixture
def cora(app):
    return build.actor(build.person("Cora", AreaRole.COORDINATOR).id)


@pytest.fixture
def sam(app):
    return build.actor(build.person("Sam Reed").id)


def ask(place, actor, note="", now=NOW):
    with transaction():
        return operations.ask_to_join(place.id, note=note, actor=actor, now=now)


def do(operation, membership, **given):
    with transaction():
        operation(membership, now=LATER, **given)


def events():
    return [e.what for e in db.session.scalars(select(Event).order_by(Event.id))]


# Accounts


def test_an_account_keeps_a_hash_and_never_the_password(app):
    person = add(roles=[AreaRole.REVIEWER, AreaRole.REVIEWER], parent_carer=True)
    assert person.password.startswith("$argon2")
    assert verify_password(GOOD, person.password)
    assert not verify_password(GOOD + "x", person.password)
    assert person.actor.roles == {AreaRole.REVIEWER}
    assert person.parent_carer
    [event] = db.session.scalars(select(Event))
    assert (event.what, event.facts) == ("person.added", {"roles": ["reviewer"]})
    assert "sam" not in repr(vars(event)).lower()


def test_roles_are_kept_once_however_many_people_have_them(app):
    with transaction():
        for name in ("ann", "ben"):
            operations.add_person(
                email=f"{name}@example.org",
                name=name,
                password=GOOD,
                roles=iter([AreaRole.REVIEWER]),
                actor=SYSTEM,
                now=NOW,
            )
    assert how_many(Role) == 1
    assert all(p.actor.roles == {AreaRole.REVIEWER} for p in db.session.scalars(select(Person)))


def test_one_address_has_one_account_however_it_is_written(app):
    assert add(email="  Sam@Example.ORG ").email == "sam@example.org"
    for again in ("sam@example.org", "SAM@example.org", "Sam@EXAMPLE.org"):
        with pytest.raises(Invalid, match="already has an account") as refused:
            add(email=again)
        assert refused.value.field == "email"
    assert how_many(Person) == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "sam"}, "email"),
        ({"email": "sam@"}, "email"),
        ({"email": "sam@example..org"}, "email"),
        ({"email": "sam@example.org\r\nBcc: x@example.org"}, "email"),
        ({"email": "a" * 300 + "@example.org"}, "email"),
        ({"name": " \u200b "}, "name"),
        ({"name": "a" * 201}, "name"),
        ({"password": "short"}, "password"),
        ({"password": "sam@example.org!"}, "password"),
        ({"name": "Samantha", "password": "samantha-samantha"}, "password"),
    ],
)
def test_what_can_not_be_right_is_refused_and_nothing_is_kept(app, changed, field):
    with pytest.raises(Invalid) as refused:
        add(**changed)
    assert refused.value.field == field
    assert how_many(Person) == 0


def test_a_name_that_hides_characters_is_refused(app):
    with pytest.raises(Invalid, match="can't be seen"):
        add(name="Sam\u202eReed")


@pytest.mark.parametrize("name", ["a" * 200, "Si\u00f4n ap Dafydd", "\u0a16\u0a3c\u0a3e\u0a32\u0a38\u0a3e", "O'Brien"])
def test_names_of_every_script_and_length_are_kept(app, name):
    assert add(name=name).name == name


# Asking to join


def test_asking_twice_is_asking_once(place, sam):
    first = ask(place, sam, "I am the SENCO")
    second = ask(place, sam, "again", now=LATER)
    assert first.id == second.id
    assert second.note == "I am the SENCO"
    assert not second.in_force
    assert build.actor(sam.person_id).memberships == {}
    assert events() == ["membership.asked"]


def test_a_member_who_asks_stays_a_member(place, lead):
    assert ask(place, lead).in_force
    assert how_many(Membership) == 1


def test_nobody_asks_without_an_account_or_for_a_place_that_is_not_there(place, sam):
    with pytest.raises(NotAllowed):
        ask(place, ANONYMOUS)
    with pytest.raises(NotFound), transaction():
        operations.ask_to_join(uuid4(), note="", actor=sam, now=NOW)
    with pytest.raises(Invalid):
        ask(place, sam, "a" * 301)
    assert how_many(Membership) == 0


# Deciding


@pytest.mark.parametrize("role", MemberRole)
@pytest.mark.parametrize("who", ["lead", "cora"])
def test_a_lead_or_the_coordinator_lets_people_in(place, sam, request, who, role):
    actor = request.getfixturevalue(who)
    asked = ask(place, sam)
    do(operations.accept, asked, role=role, actor=actor)
    do(operations.accept, asked, role=role, actor=actor)
    assert build.actor(sam.person_id).memberships == {place.id: role}
    assert (asked.accepted_at, asked.accepted_by) == (LATER, actor.person_id)
    assert events().count("membership.accepted") == 1


def test_a_decision_is_made_once(place, sam, lead, cora):
    asked = ask(place, sam)
    do(operations.accept, asked, role=MemberRole.CONTRIBUTOR, actor=lead)
    with pytest.raises(WrongState):
        do(operations.accept, asked, role=MemberRole.LEAD, actor=cora)
    with pytest.raises(WrongState):
        do(operations.decline, asked, actor=cora)
    assert build.actor(sam.person_id).memberships == {place.id: MemberRole.CONTRIBUTOR}


def test_nobody_lets_themselves_in(place, cora):
    asked = ask(place, cora)
    with pytest.raises(NotAllowed, match="can't accept yourself"):
        do(operations.accept, asked, role=MemberRole.LEAD, actor=cora)


@pytest.mark.parametrize("operation", ["accept", "decline", "give_role", "remove"])
@pytest.mark.parametrize("who", ["nobody", "asker", "contributor", "lead elsewhere", "reviewer"])
def test_others_decide_nothing(place, sam, lead, operation, who):
    asked = ask(place, sam)
    if operation in {"give_role", "remove"}:
        do(operations.accept, asked, role=MemberRole.CONTRIBUTOR, actor=lead)
    other = build.person("Other", *([AreaRole.REVIEWER] if who == "reviewer" else []))
    if who == "contributor":
        build.membership(other, place, MemberRole.CONTRIBUTOR)
    if who == "lead elsewhere":
        build.membership(other, build.organisation("Elm School"))
    ids = {"nobody": None, "asker": sam.person_id}
    actor = build.actor(ids.get(who, other.id)) if who != "nobody" else ANONYMOUS
    given = {"role": MemberRole.LEAD} if operation in {"accept", "give_role"} else {}
    with pytest.raises(NotAllowed):
        do(getattr(operations, operation), asked, actor=actor, **given)


def test_the_reason_for_declining_stays_in_the_history_and_they_may_ask_again(place, sam, lead):
    asked = ask(place, sam)
    do(operations.decline, asked, actor=lead, why="We do not know this person.")
    do(operations.decline, asked, actor=lead, why="Again")
    event = db.session.scalars(select(Event).where(Event.what == "membership.declined")).one()
    assert (event.why, event.organisation_id, event.actor_id) == (
        "We do not know this person.",
        place.id,
        lead.person_id,
    )
    with pytest.raises(WrongState):
        do(operations.accept, asked, role=MemberRole.LEAD, actor=lead)
    assert ask(place, sam).id != asked.id


def test_a_declined_request_is_no_past_membership(place, sam, lead):
    do(operations.decline, ask(place, sam), actor=lead)
    assert build.actor(sam.person_id).past == frozenset()


# Parts, and their end


def test_a_removed_member_is_out_at_once_and_remembered(place, sam, lead):
    membership = ask(place, sam)
    do(operations.accept, membership, role=MemberRole.CONTRIBUTOR, actor=lead)
    do(operations.remove, membership, actor=lead)
    do(operations.remove, membership, actor=lead)
    actor = build.actor(sam.person_id)
    assert actor.memberships == {}
    assert actor.past == {place.id}
    assert events().count("membership.ended") == 1


@pytest.mark.parametrize(("days", "remembered"), [(0, True), (730, True), (732, False)])
def test_who_left_is_in_conflict_for_24_months_by_the_products_own_clock(app, place, sam, lead, days, remembered):
    membership = ask(place, sam)
    do(operations.accept, membership, role=MemberRole.CONTRIBUTOR, actor=lead)
    do(operations.remove, membership, actor=lead)
    app.config["CLOCK"] = lambda: build.MOMENT + timedelta(days=days)
    assert build.actor(sam.person_id).past == ({place.id} if remembered else set())


def test_the_last_lead_hands_over_first(place, sam, lead, cora):
    membership = ask(place, sam)
    do(operations.accept, membership, role=MemberRole.CONTRIBUTOR, actor=lead)
    own = queries.membership_of(lead.person_id, place.id)
    with pytest.raises(WrongState, match="only lead"):
        do(operations.remove, own, actor=lead)
    with pytest.raises(WrongState, match="only lead"):
        do(operations.give_role, own, role=MemberRole.CONTRIBUTOR, actor=lead)
    do(operations.give_role, membership, role=MemberRole.LEAD, actor=lead)
    do(operations.give_role, own, role=MemberRole.CONTRIBUTOR, actor=lead)
    assert build.actor(lead.person_id).memberships == {place.id: MemberRole.CONTRIBUTOR}
    assert build.actor(sam.person_id).memberships == {place.id: MemberRole.LEAD}
    do(operations.remove, membership, actor=cora)
    assert queries.how_many_lead(place.id) == 0


def test_somebody_who_only_asked_has_no_part_to_change(place, sam, lead):
    asked = ask(place, sam)
    for operation, given in ((operations.remove, {}), (operations.give_role, {"role": MemberRole.LEAD})):
        with pytest.raises(WrongState):
            do(operation, asked, actor=lead, **given)


# Reading


def test_each_sees_only_the_requests_that_are_theirs_to_decide(place, sam, lead, cora):
    elm = build.organisation("Elm School")
    ask(elm, sam)
    mine = ask(place, sam)
    ask(place, cora)
    assert {r.organisation_name for r in queries.requests_for(lead)} == {"Hazel Lane School"}
    assert queries.how_many_wait_for(lead) == 2
    assert {r.organisation_name for r in queries.requests_for(cora)} == {"Elm School", "Hazel Lane School"}
    assert queries.how_many_wait_for(cora) == 2
    assert queries.requests_for(sam) == ()
    assert queries.request_for(mine.id, lead).has_lead
    for actor in (sam, ANONYMOUS):
        with pytest.raises(NotFound):
            queries.request_for(mine.id, actor)
        with pytest.raises(NotFound):
            queries.membership_to_look_after(mine.id, actor)
        with pytest.raises(NotFound):
            queries.place_to_look_after(place.id, actor)
    with pytest.raises(NotFound):
        queries.place_to_look_after(uuid4(), cora)


def test_whether_an_organisation_has_a_lead_is_told(app, sam, cora):
    new = build.organisation("New School")
    assert not queries.request_for(ask(new, sam).id, cora).has_lead
