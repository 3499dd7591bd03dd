import io

import pytest
from sqlalchemy import select

from coprod.accounts.models import Membership
from coprod.database import db
from coprod.organisations.models import Organisation
from coprod.permissions import AreaRole
from tests.organisations.conftest import school, written
from tests.support import build

LONG = "Saint " + "Wilfrid " * 24


@pytest.fixture
def sam(client):
    build.person("Sam Reed")
    client.sign_in("sam.reed@example.org")
    return client


@pytest.fixture
def cora(client):
    build.person("Cora Coordinator", AreaRole.COORDINATOR)
    client.sign_in("cora.coordinator@example.org")
    return client


def upload(client, content, *, name="schools.csv", la_codes="", status=200):
    page = client.get("/organisations/load")
    token = next(e.get("value") for e in page.form("Load this file").iter("input") if e.get("name") == "csrf_token")
    data = {"csrf_token": token, "la_codes": la_codes, "file": (io.BytesIO(content), name)}
    return client.post("/organisations/load", data, status=status, content_type="multipart/form-data")


def test_somebody_finds_their_school_and_asks_to_join(sam):
    build.organisation("Hazel Lane School", value="121945")
    sam.follow("Find your school or service")
    page = sam.submit("Search", q="hazel")
    assert "Kettering" in page.text
    assert "URN 121945" in page.text
    sam.follow("Hazel Lane School")
    page = sam.submit("Ask to join", note="I am the SENCO")
    assert "You have asked to join" in page.text
    asked = db.session.scalars(select(Membership)).one()
    assert (asked.note, asked.in_force) == ("I am the SENCO", False)
    assert "Hazel Lane School" in sam.get("/start").text


def test_a_note_that_is_too_long_is_shown_again(sam):
    place = build.organisation()
    sam.get(f"/organisations/{place.id}/join")
    page = sam.submit("Ask to join", note="a" * 301, status=422)
    assert page.errors == ["Use 300 characters or fewer. You have used 301."]
    assert "a" * 301 in page.source


def test_who_belongs_already_is_led_to_the_organisations_page(client):
    place = build.organisation()
    build.lead_of(place)
    client.sign_in("ravi.lead@example.org")
    page = client.get(f"/organisations/{place.id}/join")
    assert "You belong to this organisation already" in page.text
    assert page.link("Go to its page") == f"/organisations/{place.id}"


def test_a_closed_school_can_not_be_joined(sam):
    place = build.organisation()
    place.status = "closed"
    db.session.commit()
    id_ = place.id
    assert "It has closed" in sam.get(f"/organisations/{id_}/join").text
    sam.get("/organisations/find")
    token = sam.http.get("/start").text.split('name="csrf_token" value="')[1].split('"')[0]
    sam.post(f"/organisations/{id_}/join", {"csrf_token": token, "note": ""}, status=409)
    assert db.session.scalars(select(Membership)).all() == []


def test_nothing_found_says_what_to_do(sam):
    build.organisation()
    sam.get("/organisations/find")
    page = sam.submit("Search", q="<b>no such place</b>")
    assert "We found nothing for “<b>no such place</b>”" in page.text
    assert "Try fewer words" in page.text


@pytest.mark.parametrize("after", ["", "x", "00000000-0000-0000-0000-000000000000", "9" * 400])
def test_a_page_address_that_somebody_changed_still_answers(sam, after):
    build.organisation("Hazel Lane School")
    assert "Hazel Lane School" in sam.get(f"/organisations/find?q=hazel&after={after}").text


def test_more_than_a_page_is_paged(sam):
    for number in range(25):
        build.organisation(f"School {number:02}", value=str(200001 + number))
    page = sam.get("/organisations/find?q=school")
    assert "School 19" in page.text
    assert "School 20" not in page.text
    assert "School 20" in sam.follow("Next page →").text


def test_long_and_foreign_names_are_shown_whole(sam):
    for name in (LONG.strip(), "Ysgol Dŵr-y-Felin", "ਖ਼ਾਲਸਾ ਸਕੂਲ", "O\u2019Brien\u2019s & Sons <School>"):
        place = build.organisation(name)
        assert name in sam.get("/organisations/find", query_string={"q": name}).text
        assert sam.get(f"/organisations/{place.id}/join").h1 == name


@pytest.mark.parametrize("address", ["/organisations", "/organisations/services/new", "/organisations/load"])
def test_the_coordinators_pages_do_not_exist_for_others(sam, address):
    sam.get(address, status=404)


@pytest.mark.parametrize("address", ["/organisations/find", "/organisations", "/organisations/load"])
def test_who_is_not_signed_in_is_asked_to(client, address):
    assert client.get(address).h1 == "Sign in"


def test_the_coordinator_loads_a_file_and_reads_what_it_did(cora):
    page = upload(cora, written([school(100001), school("x")]).encode("cp1252"))
    assert "The file is loaded" in page.text
    assert "The URN is not a number of 5 to 7 digits" in page.text
    page = cora.get("/organisations")
    assert "1 new, 0 changed, 0 closed, 1 row not taken" in page.text
    assert "Hazel Lane School" in page.text
    assert "As they were 1" in upload(cora, written([school(100001)]).encode()).text


def test_only_the_areas_that_the_coordinator_names_are_loaded(cora):
    rows = [school(100001), school(100002, la="941"), school(100003, la="330")]
    page = upload(cora, written(rows).encode(), la_codes=" 940, 941 ")
    assert "New 2" in page.text
    page = upload(cora, written(rows).encode(), la_codes="94", status=422)
    assert page.errors == ["Enter codes of three digits each, with a space between them, such as 940 941"]


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"%PDF-1.7", "schools.pdf", "schools.pdf can't be used: it is a PDF."),
        (b"Name\r\nx", "../../a.csv", "a.csv can't be used: its first row does not have the headings"),
        (b"", "empty.csv", "empty.csv can't be used: it is empty."),
        (b"x", "", "Choose a file"),
    ],
)
def test_a_file_that_is_not_the_register_is_refused_beside_its_field(cora, content, name, words):
    page = upload(cora, content, name=name, status=422)
    assert page.errors[0].startswith(words)
    assert db.session.scalars(select(Organisation)).all() == []


def test_a_file_that_is_too_big_for_the_page_is_refused(cora, app):
    assert app.config["MAX_CONTENT_LENGTH"] == 1024 * 1024
    app.config["MAX_CONTENT_LENGTH"] = 2000
    data = {"file": (io.BytesIO(b"x" * 3000), "big.csv")}
    page = cora.post("/organisations/load", data, status=413, content_type="multipart/form-data")
    assert "bigger than we can take" in page.text


def test_the_coordinator_adds_a_council_and_its_service(cora):
    cora.get("/organisations")
    cora.follow("Add a service")
    cora.submit("Add this service", name="Hazel Council", kind="trust")
    cora.follow("Add a service")
    council = db.session.scalars(select(Organisation)).one()
    page = cora.submit("Add this service", name="Speech Team", kind="service", parent_id=str(council.id))
    assert "Speech Team is added" in page.text
    assert "Run by Hazel Council" in page.text


def test_what_was_typed_stays_when_something_is_wrong(cora):
    build.organisation("Hazel Lane School", value="121945")
    cora.get("/organisations/services/new")
    page = cora.submit(
        "Add this service", name="A & B", kind="service", scheme="urn", value="121945", town="Corby", status=422
    )
    assert page.errors == ["That number belongs to Hazel Lane School, which is here already"]
    assert 'value="A &amp; B"' in page.source
    assert 'value="Corby"' in page.source
    page = cora.submit("Add this service", name="", status=422)
    assert page.errors == ["Enter the name of the service"]


def test_possible_doubles_are_shown_to_the_coordinator(cora):
    for value in ("121945", "121946"):
        build.organisation("Hazel Lane School", value=value).postcode = "NN15 6QY"
    db.session.commit()
    page = cora.get("/organisations")
    assert "Here twice?" in page.text
    assert "URN 121946" in page.text
