"""A school becomes an academy: everything of it goes on under the new number, and the old address leads there."""

from datetime import date

import pytest
from flask import Flask

from coprod.certificates import making
from coprod.charter import operations, queries
from coprod.charter.succession import succeed
from coprod.database import db
from coprod.directory import listings
from coprod.errors import Invalid, NotAllowed, WrongState
from coprod.organisations.models import Organisation
from coprod.permissions import Actor, AreaRole, MemberRole
from coprod.register import queries as register
from coprod.transaction import transaction
from tests.certificates.test_certificates_rows import awarded
from tests.support import assessments, build
from tests.support.build import MOMENT, actor, lead_of, membership, organisation, person
from tests.support.client import Client
from tests.support.letters import letters_to
from tests.support.signing import PROMISES, filled

TODAY = MOMENT.date()


@pytest.fixture(autouse=True)
def no_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "make_soon", lambda *_given, **_named: None)


@pytest.fixture
def school(app: Flask) -> Organisation:
    """A school that has signed, and holds an award."""
    where = organisation("Hazel Lane School", value="900771")
    who = actor(lead_of(where).id)
    with transaction():
        operations.sign(
            where, **filled(where).named, agreed=True, commitments=PROMISES, actor=who, now=MOMENT, today=TODAY
        )
    awarded(where)
    return where


@pytest.fixture
def academy(app: Flask) -> Organisation:
    return organisation("Hazel Lane Academy", value="900772")


def coordinator() -> Actor:
    return actor(person("Cora Ordinator", AreaRole.COORDINATOR).id)


def go_on(school: Organisation, academy: Organisation, who: Actor | None = None) -> None:
    who = who or coordinator()
    with transaction():
        succeed(school, academy, actor=who, now=MOMENT, today=TODAY)


def test_the_coordinator_links_them_and_everything_public_says_so(
    school: Organisation, academy: Organisation, client: Client
) -> None:
    old, new = school.slug, academy.slug
    sign_up = queries.in_force(school.id)
    assert sign_up is not None
    assert sign_up.certificate is not None
    code, lasts = sign_up.certificate.code, sign_up.certificate.valid_to
    build.public_change(school)
    boss = person("Cora Ordinator", AreaRole.COORDINATOR)
    client.sign_in(boss.email)
    client.get("/organisations?q=900771")
    client.follow("Hazel Lane School")
    client.follow("Say that Hazel Lane School has become an academy")
    client.submit("Search", q="900772")
    client.follow("Hazel Lane Academy")
    assert "It goes on here as Hazel Lane Academy." in client.submit("It goes on as this school").text
    client.sign_out()

    page = client.get(f"/signatories/{old}")
    assert page.address == f"/signatories/{new}"
    assert page.h1 == "Hazel Lane Academy"
    assert "Hazel Lane School, URN 900771, until 22 November 2026" in page.text
    assert "URN 900772" in page.text
    assert "Established" in page.text
    assert "Quieter ways in" in page.text
    assert "Hazel Lane Academy" in client.http.get(f"/signatories/{old}/badge.svg", follow_redirects=True).text
    assert client.http.get(f"/signatories/{old}/badge-dark.svg").location.endswith(f"/{new}/badge-dark.svg")
    assert client.http.get(f"/you-said/{old}/block").location.endswith(f"/you-said/{new}/block")
    listed = client.get("/signatories").text
    assert "Hazel Lane Academy" in listed
    assert "Hazel Lane School" not in listed
    checked = client.get(f"/verify/{code}").text
    assert "It is now Hazel Lane Academy, URN 900772." in checked
    assert "URN 900771" in checked
    db.session.refresh(sign_up)
    assert (sign_up.ended_on, sign_up.certificate.valid_to) == (None, lasts)
    assert listings.differing(today=TODAY) == set()
    assert letters_to("ravi.lead@example.org")[-1].subject == "Hazel Lane School goes on as Hazel Lane Academy"


def test_the_register_says_it_of_each_certificate_in_force_and_stays_sound(
    school: Organisation, academy: Organisation
) -> None:
    go_on(school, academy)
    *_, signing, award = register.entries()
    for entry in (signing, award):
        assert entry.kind == "certificate.carried_over"
        assert entry.facts is not None
        assert (entry.facts["organisation"], entry.facts["official_code"]) == ("Hazel Lane Academy", "URN 900772")
        assert entry.facts["former_organisation"] == "Hazel Lane School"
        assert entry.facts["former_code"] == "URN 900771"
    assert register.verify_database().sound


def test_people_of_the_new_school_belong_to_it_and_nobody_belongs_twice(
    school: Organisation, academy: Organisation
) -> None:
    both = db.session.query(build.Person).filter_by(name="Ravi Lead").one()
    newcomer = person("New Comer")
    for who in (both, newcomer):
        membership(who, academy, MemberRole.CONTRIBUTOR)
    go_on(school, academy)
    assert actor(newcomer.id).memberships == {school.id: MemberRole.CONTRIBUTOR}
    assert actor(both.id).memberships[school.id] is MemberRole.LEAD


def test_what_the_new_school_wrote_of_its_own_is_never_joined_to_another(
    school: Organisation, academy: Organisation
) -> None:
    assessments.change(academy, actor(lead_of(academy, "Other Lead").id))
    with pytest.raises(WrongState, match="of its own"):
        go_on(school, academy)
    assert school.value == "900771"


def test_it_is_done_once_between_two_open_schools_and_by_the_coordinator(
    school: Organisation, academy: Organisation
) -> None:
    for wrong in (school, organisation("Closed Academy"), build.organisation("No Number")):
        if wrong.name == "Closed Academy":
            wrong.status = "closed"
        if wrong.name == "No Number":
            wrong.scheme, wrong.value = "none", None
        db.session.commit()
        with pytest.raises(Invalid):
            go_on(school, wrong, coordinator_once())
    with pytest.raises(NotAllowed):
        go_on(school, academy, actor(lead_of(school, "Lead Again").id))
    go_on(school, academy, coordinator_once())
    for first, second in ((academy, school), (school, academy)):
        with pytest.raises(WrongState):
            go_on(first, second, coordinator_once())


def coordinator_once() -> Actor:
    found = db.session.query(build.Person).filter_by(name="Cora Ordinator").one_or_none()
    return actor(found.id) if found else coordinator()


def test_an_academy_may_move_again_and_the_oldest_address_still_leads_on(
    school: Organisation, academy: Organisation, client: Client
) -> None:
    first = school.slug
    go_on(school, academy, coordinator_once())
    newest = organisation("Hazel Lane Trust School", value="900773")
    go_on(school, newest, coordinator_once())
    assert client.get(f"/signatories/{first}").h1 == "Hazel Lane Trust School"
    assert date(2026, 11, 22) == TODAY
