"""The people of the area, as the coordinator looks after them; and who could see what."""

import csv
import io
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from coprod import history
from coprod.accounts import leaving, operations, people, seen, sessions
from coprod.accounts.models import person_roles
from coprod.accounts.sessions import PersonSession
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, WrongState
from coprod.history import Event
from coprod.permissions import POLICY, AreaRole, MemberRole, who_may
from coprod.transaction import transaction
from coprod.web.spreadsheets import MARK
from tests.support import assessments, build

NOW = build.MOMENT


@pytest.fixture
def cora(app):
    return build.actor(build.person("Cora Ordinator", AreaRole.COORDINATOR).id)


@pytest.fixture
def place(app):
    return build.organisation("Hazel Lane School")


def do(operation, person_id, actor, **given):
    with transaction():
        operation(person_id, actor=actor, now=NOW, **given)


def open_sessions(person_id):
    mine = select(PersonSession).where(PersonSession.person_id == person_id, PersonSession.ended_at.is_(None))
    return len(db.session.scalars(mine).all())


def signed_in(person_id):
    with transaction():
        sessions.begin(person_id, secret=uuid4().hex, device="Chrome on Windows", now=NOW)


# The list


def test_everybody_is_listed_with_what_they_are(place, cora):
    sam = build.person("Sam Reed", AreaRole.REVIEWER)
    build.membership(sam, place, MemberRole.CONTRIBUTOR)
    signed_in(sam.id)
    [listed] = people.listed("sam").rows
    assert listed.parts == ("Reviewer", "Contributor at Hazel Lane School")
    assert (listed.email, listed.last_seen, listed.closed) == ("sam.reed@example.org", NOW, False)
    assert [row.name for row in people.listed("").rows] == ["Cora Ordinator", "Sam Reed"]


@pytest.mark.parametrize(
    ("text", "found"),
    [("REED", 1), ("sam reed", 1), ("reed sam", 1), ("sam.reed@", 1), ("sam jones", 0), ("%", 0), ("_", 0), ("", 1)],
)
def test_people_are_found_by_a_part_of_their_name_or_address(app, text, found):
    build.person("Sam Reed")
    assert len(people.listed(text).rows) == found


def test_the_list_is_paged_and_leaves_nobody_out_or_in_twice(app):
    for number in range(7):
        build.person("Same Name" if number % 2 else f"Person {number}", email=f"p{number}@example.org")
    names, after, pages = [], None, 0
    while pages == 0 or after:
        page = people.listed("", after=after, limit=3)
        names += [row.email for row in page.rows]
        after, pages = page.next, pages + 1
    assert (sorted(names), pages) == ([f"p{n}@example.org" for n in range(7)], 3)


# Parts for the area


def test_a_part_is_given_and_taken_with_its_history_and_ends_sessions(app, cora):
    sam = build.person("Sam Reed").id
    signed_in(sam)
    for _ in range(2):
        do(people.give_role, sam, cora, role=AreaRole.REVIEWER)
    assert build.actor(sam).roles == {AreaRole.REVIEWER}
    assert open_sessions(sam) == 1
    for _ in range(2):
        do(people.take_role, sam, cora, role=AreaRole.REVIEWER)
    assert build.actor(sam).roles == frozenset()
    assert open_sessions(sam) == 0
    kept = db.session.scalars(select(Event).where(Event.thing == "people").order_by(Event.id)).all()
    assert [(e.what, e.actor_id, e.facts["role"]) for e in kept] == [
        ("role.given", cora.person_id, "reviewer"),
        ("role.taken", cora.person_id, "reviewer"),
    ]


def test_the_area_always_keeps_a_coordinator_who_can_sign_in(app, cora):
    with pytest.raises(WrongState, match="only coordinator"):
        do(people.take_role, cora.person_id, cora, role=AreaRole.COORDINATOR)
    second = build.person("Second", AreaRole.COORDINATOR)
    second.active = False
    db.session.commit()
    with pytest.raises(WrongState):
        do(people.take_role, cora.person_id, cora, role=AreaRole.COORDINATOR)
    do(people.enable, second.id, cora)
    do(people.take_role, cora.person_id, cora, role=AreaRole.COORDINATOR)
    assert build.actor(cora.person_id).roles == frozenset()


@pytest.mark.parametrize("who", ["lead", "reviewer", "lead_reviewer"])
def test_nobody_but_a_coordinator_decides_about_people(place, who):
    sam = build.person("Sam Reed").id
    role = [] if who == "lead" else [AreaRole(who)]
    other = build.person("Other", *role)
    if who == "lead":
        build.membership(other, place)
    actor = build.actor(other.id)
    for operation, given in (
        (people.give_role, {"role": AreaRole.COORDINATOR}),
        (people.take_role, {"role": AreaRole.COORDINATOR}),
        (people.disable, {"why": "W"}),
        (people.enable, {}),
    ):
        with pytest.raises(NotAllowed):
            do(operation, sam, actor, **given)


# Closing an account


def test_a_closed_account_is_out_with_its_next_request(client, place, cora):
    lead = build.lead_of(place).id
    client.sign_in("ravi.lead@example.org")
    client.get(f"/organisations/{place.id}/people")
    do(people.disable, lead, cora, why="Left the school")
    assert client.get(f"/organisations/{place.id}/people").h1 == "Sign in"
    assert "is not right" in client.sign_in("ravi.lead@example.org").text
    do(people.enable, lead, cora)
    client.sign_in("ravi.lead@example.org")
    client.get(f"/organisations/{place.id}/people")


def test_a_part_that_is_taken_away_is_gone_with_the_next_request(client, cora):
    other = build.person("Other", AreaRole.COORDINATOR).id
    client.sign_in("other@example.org")
    client.get("/people")
    do(people.take_role, other, cora, role=AreaRole.COORDINATOR)
    assert client.get("/people").h1 == "Sign in"
    client.sign_in("other@example.org")
    client.get("/people", status=404)


def test_no_row_gives_a_part_to_somebody_who_lost_it_or_was_erased(cora):
    taken = build.person("Other", AreaRole.REVIEWER).id
    erased = build.person("Gone", AreaRole.LEAD_REVIEWER)
    do(people.take_role, taken, cora, role=AreaRole.REVIEWER)
    with transaction():
        leaving.erase(erased, actor=cora, now=NOW)
    assert db.session.scalars(select(person_roles.c.person_id)).all() == [cora.person_id]


def test_who_is_removed_from_an_organisation_is_out_with_the_next_request_and_signed_out(client, place, cora):
    build.lead_of(place)
    sam = build.person("Sam Reed")
    membership = build.membership(sam, place, MemberRole.CONTRIBUTOR)
    client.sign_in("sam.reed@example.org")
    client.get(f"/organisations/{place.id}")
    with transaction():
        operations.remove(membership, actor=cora, now=NOW)
    assert open_sessions(sam.id) == 0
    assert client.get(f"/organisations/{place.id}").h1 == "Sign in"
    client.sign_in("sam.reed@example.org")
    client.get(f"/organisations/{place.id}", status=404)


def test_who_leaves_an_organisation_by_themselves_stays_signed_in(place, cora):
    build.lead_of(place)
    sam = build.person("Sam Reed")
    membership = build.membership(sam, place)
    signed_in(sam.id)
    with transaction():
        operations.remove(membership, actor=build.actor(sam.id), now=NOW)
    assert open_sessions(sam.id) == 1


def test_closing_needs_a_reason_and_is_never_for_oneself(app, cora):
    sam = build.person("Sam Reed").id
    for why in ("", " \u200b "):
        with pytest.raises(Invalid) as refused:
            do(people.disable, sam, cora, why=why)
        assert refused.value.field == "why"
    with pytest.raises(WrongState, match="own account"):
        do(people.disable, cora.person_id, cora, why="W")
    do(people.disable, sam, cora, why="Left")
    with pytest.raises(WrongState, match="closed"):
        do(people.give_role, sam, cora, role=AreaRole.REVIEWER)
    with pytest.raises(NotFound):
        do(people.disable, uuid4(), cora, why="W")


# Pages


def test_the_coordinator_looks_after_somebody_from_their_start_page(client, place, cora):
    sam = build.person("Sam Reed")
    build.membership(sam, place)
    client.sign_in("cora.ordinator@example.org")
    client.follow("People")
    page = client.submit("Search", q="reed")
    assert "Lead at Hazel Lane School" in page.text
    page = client.follow("Sam Reed")
    assert page.link("Hazel Lane School") == f"/organisations/{place.id}/people"
    client.submit("Give the part of reviewer")
    assert build.actor(sam.id).roles == {AreaRole.REVIEWER}
    page = client.submit("Take away the part of reviewer")
    assert "Cora Ordinator took the part of reviewer for the area from Sam Reed" in page.text
    client.follow("Close the account")
    assert client.submit("Close this account", status=422).errors == ["Say why, for the record"]
    page = client.submit("Close this account", why="Left the school")
    assert "Closed: nobody can sign in to it" in page.text
    assert "Closed" in client.get("/people?q=reed").text
    client.get(f"/people/{sam.id}")
    page = client.submit("Open the account again")
    assert page.link("Reset the second step of signing in") == f"/people/{sam.id}/second-step"


def test_nobody_found_and_nobody_there(client, cora):
    client.sign_in("cora.ordinator@example.org")
    assert "We found nobody" in client.get("/people?q=xyz%00").text
    client.get(f"/people/{uuid4()}", status=404)
    client.get("/people?after=nonsense")


@pytest.mark.parametrize("data", [{}, {"role": "owner", "change": "give"}, {"role": "reviewer", "change": "keep"}])
def test_what_is_no_part_is_refused(client, cora, data):
    sam = build.person("Sam Reed").id
    client.sign_in("cora.ordinator@example.org")
    client.post(f"/people/{sam}/area-role", data, status=422)
    assert build.actor(sam).roles == frozenset()


def test_the_table_of_permissions_is_a_page_with_every_action(client, cora):
    client.sign_in("cora.ordinator@example.org")
    page = client.follow("Who may do what")
    for action in POLICY:
        assert action.value[1:] in page.text
        assert who_may(action)[1:] in page.text


@pytest.mark.parametrize("name", ["a" * 200, "O'Brien <b>&", "\u5b66\u6821"])
def test_names_of_every_script_and_length_are_shown(client, cora, name):
    who = build.person(name, email="who@example.org")
    client.sign_in("cora.ordinator@example.org")
    assert name in client.get("/people").text
    assert name in client.get(f"/people/{who.id}").h1


# Several parts


def test_one_place_leads_from_every_page_to_each_part_of_somebody(client, place):
    sam = build.person("Sam Reed", AreaRole.REVIEWER)
    elm = build.organisation("Elm School")
    build.membership(sam, place)
    build.membership(sam, elm, MemberRole.CONTRIBUTOR)
    client.sign_in("sam.reed@example.org")
    for address in ("/start", "/signatories", f"/organisations/{place.id}", "/nowhere"):
        page = client.get(address, status=404 if address == "/nowhere" else 200)
        assert "Your organisations and parts" in page.text
        links = page.links()
        assert links["Elm School Contributor"] == f"/organisations/{elm.id}"
        assert links["Hazel Lane School Lead"] == f"/organisations/{place.id}"
        assert links["Reviewer for the area"] == "/moderation"


def test_who_has_one_part_needs_no_place_to_switch(client, place):
    build.lead_of(place)
    client.sign_in("ravi.lead@example.org")
    assert "Your organisations and parts" not in client.get("/start").text
    client.sign_out()
    assert "Your organisations and parts" not in client.get("/signatories").text


# Who could see, and who opened


def rows_of(page):
    text = page.response.get_data(as_text=True)
    assert page.response.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(text.removeprefix(MARK))))


def test_who_could_see_the_evidence_and_when(client, place, cora):
    lead = build.lead_of(place)
    gone = build.membership(build.person("Gone Colleague"), place, MemberRole.CONTRIBUTOR)
    asking = build.actor(build.person("Only Asking").id)
    later = NOW + timedelta(days=1)
    with transaction():
        operations.remove(gone, actor=build.actor(lead.id), now=later)
        operations.ask_to_join(place.id, note="", actor=asking, now=NOW)
    client.sign_in("cora.ordinator@example.org")
    client.get(f"/organisations/{place.id}/people")
    rows = rows_of(client.follow("Who could see its evidence, and when (CSV)"))
    assert {(row["Name"], row["As"], row["From"][:10], row["To"][:10]) for row in rows} == {
        ("Gone Colleague", "Contributor", "2026-11-22", "2026-11-23"),
        ("Ravi Lead", "Lead", "2026-11-22", ""),
    }


def test_reviewers_could_see_while_they_held_a_place(place):
    """From taking a place until they declare a conflict, or the case is closed."""
    case, other = Case(place.id), Case(build.organisation("Elm School").id)
    ann, bob, eve = (build.actor(build.person(name, AreaRole.REVIEWER).id) for name in ("Ann", "Bob", "Eve"))
    hours = [NOW + timedelta(hours=n) for n in range(4)]
    with transaction():
        for each in (case, other):
            record("case.opened", each, ann, hours[0])
        for actor, of in ((ann, case), (bob, case), (eve, other)):
            record("case.seat_taken", Case(of.organisation_id), actor, hours[1], case=str(of.id))
        record("case.declared", Case(place.id), bob, hours[2], case=str(case.id), conflict=True)
        record("case.closed", case, ann, hours[3])
    assert [(row.name, row.part, row.since, row.until) for row in seen.who_could_see(place.id)] == [
        ("Ann", "Reviewer", hours[1], hours[3]),
        ("Bob", "Reviewer", hours[1], hours[2]),
    ]


class Case:
    """Something that the history speaks of, as far as it looks at it."""

    __tablename__ = "cases"

    def __init__(self, organisation_id):
        self.id, self.organisation_id = uuid4(), organisation_id


def record(what, thing, actor, now, **facts):
    history.record(what, thing, actor=actor, now=now, **facts)


def test_who_opened_which_file_and_cells_run_nothing_in_a_spreadsheet(client, place, cora):
    lead = build.lead_of(place, '=HYPERLINK("x")')
    item = assessments.item(place, build.actor(lead.id), "Minutes")
    reviewer = build.actor(build.person("Grace", AreaRole.REVIEWER).id)
    file_id, item_id = str(uuid4()), str(item.id)
    with transaction():
        record("evidence.opened", item, build.actor(lead.id), NOW, file_id=file_id)
        record("evidence.opened", item, reviewer, NOW, file_id=file_id, case_id=str(uuid4()))
    client.sign_in("cora.ordinator@example.org")
    client.get(f"/organisations/{place.id}/people")
    rows = rows_of(client.follow("Who opened which file (CSV)"))
    assert [(row["Name"], row["As"], row["Evidence"], row["File"]) for row in rows] == [
        ("'=HYPERLINK(\"x\")", "Member", item_id, file_id),
        ("Grace", "Reviewer", item_id, file_id),
    ]


def test_downloads_about_a_place_that_is_not_there_are_not_found(client, cora):
    client.sign_in("cora.ordinator@example.org")
    for name in ("who-could-see", "opened-files"):
        client.get(f"/organisations/{uuid4()}/people/{name}.csv", status=404)
