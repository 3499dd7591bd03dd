"""Leaving: a person's own data in their hands; and erased, while the history and the register stay true."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from coprod import mail
from coprod.accounts import (
    handing_over,
    invitations,
    joining,
    leaving,
    operations,
    own_data,
    queries,
    sessions,
    sign_in_links,
    tidying,
)
from coprod.accounts.models import HandOver, Invitation, Person
from coprod.charter import operations as charter
from coprod.charter.models import SignUp
from coprod.charter.rules import Promised
from coprod.database import Base, db
from coprod.errors import NotAllowed, WrongState
from coprod.history import Event
from coprod.permissions import AreaRole, MemberRole
from coprod.register import queries as register
from coprod.transaction import transaction
from tests.support import assessments, build
from tests.support.letters import letters_to

NOW = build.MOMENT
NAME, EMAIL = "Quillon Farthingale", "quillon.farthingale@example.org"
NOTE = "I am the head's cousin Wilhelmina"


@pytest.fixture
def place(app):
    return build.organisation("Hazel Lane School")


@pytest.fixture
def cora(app):
    return build.actor(build.person("Cora Ordinator", AreaRole.COORDINATOR).id)


@pytest.fixture
def leaver(place):
    """A lead with a colleague who leads too, and something of theirs in every place where a name may stand."""
    colleague = build.lead_of(place, "Colleague Lead")
    who = build.person(NAME, AreaRole.REVIEWER, email=EMAIL, parent_carer=True)
    build.membership(who, place)
    elsewhere = build.organisation("Elm School")
    actor = build.actor(who.id)
    with transaction():
        operations.ask_to_join(elsewhere.id, note=NOTE, actor=actor, now=NOW)
        invitations.invite("guest@example.org", role=MemberRole.LEAD, organisation_id=place.id, actor=actor, now=NOW)
        joining.ask_for_account(EMAIL, now=NOW)
        sign_in_links.send(EMAIL, purpose=sign_in_links.Purpose.SIGN_IN, now=NOW)
        mail.queue("let_in", to=EMAIL.upper(), now=NOW, name=NAME, place="P", link=mail.page("accounts.start"))
        sessions.begin(who.id, secret=uuid4().hex, device="Chrome on Windows", now=NOW)
        taker = queries.membership_of(colleague.id, place.id)
        handing_over.offer(taker, leaving=False, actor=actor, now=NOW)
    _signs(place, actor)
    assessments.item(place, actor, "Minutes")
    assessments.change(place, actor, "A quiet room")
    return who


def _signs(place, actor):
    with transaction():
        charter.sign(
            place,
            senior_lead=NAME,
            family_link="Somebody Else",
            signatory_name=NAME.upper(),
            signatory_role="Head",
            agreed=True,
            commitments=[Promised(f"P{n}", assessments.TODAY.replace(year=2027), n == 1) for n in (1, 2, 3)],
            actor=actor,
            now=NOW,
            today=assessments.TODAY,
        )


def erase(who, actor):
    with transaction():
        leaving.erase(db.session.get_one(Person, who.id), actor=actor, now=NOW)


def everything(app):
    """Every value of every table, and the content and name of every file, as one text for each."""
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            yield table.name, " ".join(str(value) for value in row).casefold()
    for path in (app.extensions["coprod.settings"].instance / "files").rglob("*"):
        yield str(path), path.read_bytes().decode("latin-1").casefold() if path.is_file() else ""


def where(app, words):
    return sorted({name for name, text in everything(app) if words.casefold() in text})


# Case 46: an erasure request against the history and the register


def test_nothing_personal_is_left_in_any_table_or_file(app, leaver):
    """What is looked for is found in many tables before, so that finding none afterwards says something."""
    before = {*where(app, NAME), *where(app, EMAIL), *where(app, NOTE)}
    assert before >= {"people", "letters", "sign_ups", "account_requests", "memberships"}
    erase(leaver, build.actor(leaver.id))
    for words in (NAME, EMAIL, NOTE, "Farthingale", "Wilhelmina"):
        assert where(app, words) == []


def test_the_register_verifies_and_the_history_still_says_who_by_id(app, leaver):
    id_ = leaver.id
    told = [(e.id, e.what, e.thing_id) for e in db.session.scalars(select(Event).where(Event.actor_id == id_))]
    entries = len(list(db.session.execute(db.text("SELECT * FROM register_entries"))))
    erase(leaver, build.actor(id_))
    assert register.verify_database().sound
    assert len(list(db.session.execute(db.text("SELECT * FROM register_entries")))) == entries > 0
    kept = db.session.scalars(select(Event).where(Event.actor_id == id_).order_by(Event.id)).all()
    assert [(e.id, e.what, e.thing_id) for e in kept][: len(told)] == sorted(told)
    assert kept[-1].what == "person.erased"
    assert db.session.scalars(select(SignUp.signed_by)).one() == id_


def test_their_parts_ways_in_and_offers_end(app, leaver, place):
    id_ = leaver.id
    erase(leaver, build.actor(id_))
    gone = db.session.get_one(Person, id_)
    actor = build.actor(id_)
    assert (actor.roles, actor.memberships) == (frozenset(), {})
    assert (gone.active, gone.password, gone.parent_carer, gone.erased_at) == (False, None, False, NOW)
    alone = "emailed_links", "authenticators", "recovery_codes", "passkeys", "single_sign_ons", "person_sessions"
    for table in alone:
        assert db.session.execute(db.text(f"SELECT count(*) FROM {table}")).scalar() == 0  # noqa: S608  # our own names
    assert {m.ended_at for m in gone.memberships} == {NOW}
    assert db.session.scalars(select(HandOver.ended_at)).one() == NOW
    assert db.session.scalars(select(Invitation.withdrawn_at)).one() == NOW
    assert letters_to(EMAIL) == []
    assert letters_to("guest@example.org") == letters_to("colleague.lead@example.org") == []


def test_erasing_twice_is_erasing_once_and_the_address_is_free_again(app, leaver, cora):
    erase(leaver, cora)
    erase(leaver, cora)
    assert db.session.scalars(select(Event.actor_id).where(Event.what == "person.erased")).all() == [cora.person_id]
    with transaction():
        again = operations.add_person(
            email=EMAIL, name=NAME, password="three words together", actor=cora, now=NOW
        )
    assert again.id != leaver.id


def test_an_accepted_invitation_forgets_its_address_too(app, place, cora):
    with transaction():
        invitations.invite(EMAIL, role=MemberRole.LEAD, organisation_id=place.id, actor=cora, now=NOW)
    secret = letters_to(EMAIL)[0].words.split("/invitations/")[1].split()[0]
    with transaction():
        who = invitations.accept(secret, now=NOW, name=NAME, password="three words together")
    build.lead_of(place)
    erase(who, build.actor(who.id))
    assert where(app, EMAIL) == []


# What stands against it


def test_the_last_lead_hands_over_first_and_the_coordinator_may_all_the_same(app, place, cora):
    lead = build.lead_of(place)
    with pytest.raises(WrongState, match="only lead of Hazel Lane School"):
        erase(lead, build.actor(lead.id))
    assert where(app, "ravi.lead@example.org")
    erase(lead, cora)
    assert where(app, "ravi.lead@example.org") == []
    assert queries.how_many_lead(place.id) == 0


def test_the_last_coordinator_stays(app, cora):
    person = db.session.get_one(Person, cora.person_id)
    with pytest.raises(WrongState, match="only coordinator"):
        erase(person, cora)
    build.person("Second", AreaRole.COORDINATOR)
    erase(person, build.actor(cora.person_id))


def test_nobody_erases_somebody_else_but_a_coordinator(app, place, leaver):
    others = [build.lead_of(place, "Another Lead"), build.person("Rev", AreaRole.LEAD_REVIEWER)]
    for other in others:
        with pytest.raises(NotAllowed):
            erase(leaver, build.actor(other.id))
    assert where(app, EMAIL)


# Their own data


def test_somebody_gets_everything_that_is_kept_under_their_name(app, leaver):
    data = own_data.of(db.session.get_one(Person, leaver.id))
    assert (data["person"]["name"], data["person"]["email"]) == (NAME, EMAIL)
    assert data["parts_for_the_area"] == ["Reviewer"]
    assert {(row["organisation"], row["note"]) for row in data["organisations"]} == {
        ("Hazel Lane School", ""),
        ("Elm School", NOTE),
    }
    assert {row["kind"] for row in data["letters"]} >= {"account_exists", "let_in"}
    assert [row["device"] for row in data["sign_ins"]] == ["Chrome on Windows"]
    assert {"charter.signed", "evidence.added"} <= {row["what"] for row in data["what_you_did"]}
    assert leaver.password not in str(data)


def test_their_data_as_a_page_and_as_a_file_and_nobody_elses(client, leaver):
    build.person("Secret Stranger")
    client.sign_in(EMAIL)  # A reviewer owes a second step first, so the page is asked for as a lead alone.
    who = db.session.get_one(Person, leaver.id)
    who.roles = []
    db.session.commit()
    client.get("/start")
    page = client.follow("What we keep about you, and leaving")
    assert NOTE in page.text
    assert "Account exists" in page.text
    assert "account_exists" not in page.text
    rows = [["".join(cell.itertext()) for cell in row] for row in page.tree.iter("tr")]
    assert ["Signed up to the charter", "Hazel Lane School", ""] in [row[1:] for row in rows]
    assert "charter.signed" not in page.text
    response = client.get(page.link("Download it (JSON)")).response
    assert response.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    kept = json.loads(response.get_data(as_text=True))
    assert kept["person"]["email"] == EMAIL
    assert "Stranger" not in json.dumps(kept)


# Pages


def test_somebody_leaves_from_their_page_and_is_out(client, place):
    build.lead_of(place, "Colleague Lead")
    sam = build.person("Sam Reed")
    build.membership(sam, place)
    sam_id = sam.id

    client.sign_in("sam.reed@example.org")
    client.get("/account/data")
    client.follow("Leave, and be forgotten")
    page = client.submit("Erase for ever", status=422)
    assert "Tick the box" in page.errors[0]
    page = client.submit("Erase for ever", sure=True)
    assert page.h1 == "You have left"
    assert client.get("/start").h1 == "Sign in"
    assert "is not right" in client.sign_in("sam.reed@example.org").text
    assert db.session.get_one(Person, sam_id).name == "Somebody who has left"


def test_the_only_coordinator_is_not_sent_to_the_coordinator(client):
    client.sign_in(build.person("Cora", AreaRole.COORDINATOR).email)
    page = client.get("/account/leave")
    assert "This is the only coordinator who can sign in" in page.text
    assert "ask the area's coordinator" not in page.text
    assert page.link("coproduction@example.org") == "mailto:coproduction@example.org"


def test_the_last_lead_is_told_what_to_do_first(client, place):
    build.lead_of(place)
    client.sign_in("ravi.lead@example.org")
    page = client.get("/account/leave")
    assert "You are the only lead of Hazel Lane School. Hand over to a colleague first." in page.text
    assert "Erase for ever" not in page.text
    page = client.post("/account/leave", status=422)
    assert "Hand over to a colleague first." in page.text
    assert not page.errors
    client.post("/account/leave", {"sure": "y"}, status=409)


def test_the_coordinator_erases_for_somebody_and_pages_say_that_they_have_left(client, place, leaver, cora):
    client.sign_in("cora.ordinator@example.org")
    client.get(f"/people/{leaver.id}")
    client.follow("Erase this person")
    client.submit("Erase for ever", sure=True)
    assert NAME not in client.get("/people").text
    client.get(f"/people/{leaver.id}", status=404)
    page = client.get(f"/organisations/{place.id}/people")
    assert NAME not in page.text
    assert "Somebody who has left invited" in page.text


# What time does


def test_links_and_invitations_that_nobody_used_are_forgotten(app, place, cora):
    with transaction():
        joining.ask_for_account("new@example.org", now=NOW)
        given = {"role": MemberRole.LEAD, "organisation_id": place.id, "actor": cora, "now": NOW}
        sent_id = invitations.invite("guest@example.org", **given).id
    over = NOW + invitations.LIVES + invitations.KEPT
    for now, invitations_left in ((over - timedelta(seconds=1), 1), (over, 0)):
        with transaction():
            tidying.forget_old(now=now)
        assert db.session.query(Invitation).count() == invitations_left
    assert db.session.get(Invitation, sent_id) is None


def test_a_link_that_was_used_proves_the_address(app):
    who = build.person("Sam Reed")
    with transaction():
        sign_in_links.send(who.email, purpose=sign_in_links.Purpose.SIGN_IN, now=NOW)
    secret = letters_to(who.email)[0].words.split("/sign-in/link/")[1].split()[0]
    with transaction():
        sign_in_links.use(secret, purpose=sign_in_links.Purpose.SIGN_IN, now=NOW)
    assert db.session.get_one(Person, who.id).address_proved_at == NOW
