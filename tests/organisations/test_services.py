from uuid import uuid4

import pytest
from sqlalchemy import select

from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, WrongState
from coprod.history import Event
from coprod.organisations import operations
from coprod.organisations.models import Organisation
from coprod.organisations.rules import Kind, Scheme
from coprod.permissions import ANONYMOUS, AreaRole
from coprod.transaction import transaction
from tests.support import build

NOW = build.MOMENT


@pytest.fixture
def coordinator(app):
    return build.actor(build.person("Cora Coordinator", AreaRole.COORDINATOR).id)


def add(actor, name="Speech Team", **changed):
    facts = {"parent_id": None, "kind": Kind.SERVICE, "town": "", "postcode": "", "website": ""} | changed
    with transaction():
        return operations.add_service(name=name, actor=actor, now=NOW, **facts)


def test_a_service_has_its_name_its_parent_and_an_address_of_its_own(coordinator):
    council = add(coordinator, "Hazel Council", kind=Kind.TRUST)
    team = add(
        coordinator,
        "  Speech \n Team ",
        parent_id=council.id,
        town="Corby",
        postcode="nn156qy",
        website="www.example.org",
    )
    assert (team.name, team.parent_id, team.town) == ("Speech Team", council.id, "Corby")
    assert (team.postcode, team.website) == ("NN15 6QY", "http://www.example.org")
    assert (team.scheme, team.value, team.status, team.kind) == ("none", None, "open", "service")
    assert team.slug.startswith("speech-team-")
    event = db.session.scalars(select(Event).where(Event.thing_id == str(team.id))).one()
    assert (event.what, event.actor_id) == ("service.added", coordinator.person_id)
    assert "Speech" not in str(event.facts)


def test_the_same_name_under_the_same_parent_is_the_same_service(coordinator):
    council = add(coordinator, "Hazel Council", kind=Kind.TRUST)
    other = add(coordinator, "Elm Trust", kind=Kind.TRUST)
    add(coordinator, "Speech Team", parent_id=council.id)
    with pytest.raises(Invalid, match="Hazel Council has Speech Team already") as refused:
        add(coordinator, "SPEECH  tëam", parent_id=council.id)
    assert refused.value.field == "name"
    add(coordinator, "Speech Team", parent_id=other.id)
    add(coordinator, "Speech Team")
    with pytest.raises(Invalid, match="Speech Team is here already"):
        add(coordinator, "Speech Team")


def test_the_same_official_number_is_the_same_organisation(coordinator):
    school = build.organisation("Hazel Lane School", value="121945")
    school.ukprn = "10003788"
    db.session.commit()
    add(coordinator, "Elm Trust", scheme=Scheme.ODS, value="rp1")
    for scheme, value, name in (
        (Scheme.URN, "121945", "Hazel Lane School"),
        (Scheme.UKPRN, "10003788", "Hazel Lane School"),
        (Scheme.ODS, "RP1", "Elm Trust"),
    ):
        with pytest.raises(Invalid, match=f"belongs to {name}") as refused:
            add(coordinator, "Another name", scheme=scheme, value=value)
        assert refused.value.field == "value"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "..."}, "name"),
        ({"name": "a" * 201}, "name"),
        ({"parent_id": uuid4()}, "parent_id"),
        ({"town": "a" * 81}, "town"),
        ({"postcode": "Kettering"}, "postcode"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"scheme": Scheme.ODS, "value": ""}, "value"),
        ({"scheme": Scheme.CHARITY, "value": "12"}, "value"),
    ],
)
def test_what_can_not_be_right_is_refused_beside_its_field(coordinator, changed, field):
    with pytest.raises(Invalid) as refused:
        add(coordinator, **changed)
    assert refused.value.field == field
    assert db.session.scalars(select(Organisation)).all() == []


@pytest.mark.parametrize("name", ["a" * 200, "Tîm Lleferydd", "ਖ਼ਾਲਸਾ ਟੀਮ", "学校", "O\u2019Brien's"])
def test_names_of_every_script_and_length_are_kept(coordinator, name):
    assert add(coordinator, name).name == name


@pytest.mark.parametrize("role", [None, AreaRole.REVIEWER, AreaRole.LEAD_REVIEWER])
def test_only_the_coordinator_adds_services(app, role):
    actor = build.actor(build.person("Rae", role).id) if role else ANONYMOUS
    with pytest.raises(NotAllowed):
        add(actor)


def test_nobody_joins_an_organisation_that_has_closed_or_is_not_there(app):
    school = build.organisation()
    school.status = "closed"
    db.session.commit()
    actor = build.actor(build.person("Sam").id)
    with pytest.raises(WrongState, match="has closed"), transaction():
        operations.ask_to_join(school.id, note="", actor=actor, now=NOW)
    with pytest.raises(NotFound), transaction():
        operations.ask_to_join(uuid4(), note="", actor=actor, now=NOW)
    with pytest.raises(NotAllowed), transaction():
        operations.ask_to_join(school.id, note="", actor=ANONYMOUS, now=NOW)


def test_only_a_trust_has_the_number_that_its_schools_carry(coordinator):
    assert add(coordinator, "Oak Trust", kind=Kind.TRUST, trust_code=" 2345 ").trust_code == "2345"
    assert add(coordinator, "Oak Team", kind=Kind.SERVICE, trust_code="2345").trust_code == ""
    with pytest.raises(Invalid) as refusal:
        add(coordinator, "Elm Trust", kind=Kind.TRUST, trust_code="2" * 21)
    assert refusal.value.field == "trust_code"
