import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from coprod.database import db
from coprod.errors import NotAllowed
from coprod.history import Event
from coprod.organisations import importing, operations, queries
from coprod.organisations.gias import NotARegister
from coprod.organisations.models import Organisation
from coprod.organisations.school_row import RowFault
from coprod.permissions import Actor, AreaRole
from coprod.transaction import transaction
from coprod.web.page_cache import PublicState
from tests.organisations.conftest import school
from tests.support import build

DATA = Path(__file__).parents[1] / "data"
NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


def load(path, *, la_codes=(), now=NOW):
    with transaction():
        return operations.import_register(path, la_codes=la_codes, now=now)


def one(urn):
    return db.session.scalars(select(Organisation).where(Organisation.value == str(urn))).one()


def how_many():
    return db.session.scalar(select(func.count()).select_from(Organisation))


def public_version():
    db.session.rollback()
    return db.session.scalar(select(PublicState.version)) or 0


@pytest.mark.parametrize(
    ("file", "schools", "faults"),
    [
        ("gias-northamptonshire-2017.csv", 80, ()),
        ("gias-england-2017.csv", 2580, (RowFault(2582, "", "The row is empty"),)),
    ],
)
def test_no_school_of_a_real_file_is_lost(app, file, schools, faults):
    report = load(DATA / file)
    assert (report.new, report.faulty, report.faults) == (schools, len(faults), faults)
    with (DATA / file).open(encoding="cp1252", newline="") as rows:
        named = {row["URN"]: " ".join(row["EstablishmentName"].split()) for row in csv.DictReader(rows)}
    named.pop("", None)
    assert {o.value: o.name for o in db.session.scalars(select(Organisation))} == named
    again = load(DATA / file, now=LATER)
    assert (again.new, again.changed, again.closed, again.unchanged) == (0, 0, 0, schools)
    assert how_many() == schools


def test_every_row_is_counted_once(app, register_file):
    load(register_file(school(100001), school(100002), school(100003)))
    report = load(
        register_file(
            school(100001),
            school(100002, status="Closed"),
            school(100003, "Hazel Lane Academy"),
            school(100004),
            school(100005, la="941"),
            school(""),
            school(100004),
        ),
        la_codes={"940", ""},
    )
    counts = (report.new, report.changed, report.closed, report.unchanged, report.elsewhere, report.faulty)
    assert counts == (1, 1, 1, 1, 1, 2)
    assert report.rows == 7
    assert report.faults == (
        RowFault(7, "URN", "There is no URN"),
        RowFault(8, "URN", "The URN 100004 is in the file twice"),
    )


def test_only_the_areas_asked_for_are_taken(app):
    report = load(DATA / "gias-england-2017.csv", la_codes={"330"})
    assert (report.new, report.elsewhere, report.faulty) == (151, 2430, 0)
    assert {o.la_code for o in db.session.scalars(select(Organisation))} == {"330"}


def test_a_changed_school_keeps_its_address_and_its_id(app, register_file):
    load(register_file(school(100001, "Hazel Lane School")))
    before = one(100001)
    id_, slug = before.id, before.slug
    load(register_file(school(100001, "Hazel Lane Academy", type="Academy converter", town="Corby")), now=LATER)
    after = one(100001)
    assert (after.id, after.slug) == (id_, slug)
    assert (after.name, after.search_name, after.town) == ("Hazel Lane Academy", "hazel lane academy", "Corby")
    assert (after.added_at, after.imported_at) == (NOW, LATER)


def test_a_school_that_the_file_does_not_name_stays(app, register_file):
    load(register_file(school(100001), school(100002)))
    report = load(register_file(school(100001)))
    assert report.unchanged == 1
    assert one(100002).status == "open"


def test_a_closed_school_stays_and_may_open_again(app, register_file):
    load(register_file(school(100001)))
    assert load(register_file(school(100001, status="Closed"))).closed == 1
    assert one(100001).status == "closed"
    assert load(register_file(school(100001, status="Closed"))).unchanged == 1
    assert load(register_file(school(100001))).changed == 1
    assert one(100001).status == "open"


def test_one_event_holds_counts_and_no_names(app, register_file):
    load(register_file(school(100001), school("x")), la_codes={"940"})
    event = db.session.scalars(select(Event)).one()
    assert (event.what, event.actor_id, event.at) == ("register.imported", None, NOW)
    assert event.facts == {
        "new": 1,
        "changed": 0,
        "closed": 0,
        "unchanged": 0,
        "elsewhere": 0,
        "faulty": 1,
        "la_codes": ["940"],
    }
    last = queries.last_import()
    assert (last.at, last.new, last.faulty) == (NOW, 1, 1)


def test_public_pages_are_made_anew_only_when_something_changed(app, register_file):
    start = public_version()
    load(register_file(school(100001)))
    changed = public_version()
    assert changed > start
    load(register_file(school(100001)))
    assert public_version() == changed


def test_a_file_that_breaks_half_way_changes_nothing(app, register_file, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 1)
    path = register_file(school(100001), school(100002))
    path.write_text(path.read_text() + '"100003","never closed')
    with pytest.raises(NotARegister):
        load(path)
    assert how_many() == 0
    assert db.session.scalar(select(func.count()).select_from(Event)) == 0


def test_batches_meet_without_loss(app, register_file, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 3)
    rows = [school(100001 + n, f"School {n}") for n in range(10)]
    assert load(register_file(*rows)).new == 10
    assert load(register_file(*rows, school(100011, "School 11"))).unchanged == 10
    assert how_many() == 11


def test_a_file_of_nothing_but_faults_is_listed_in_part_and_counted_in_full(app, register_file, monkeypatch):
    monkeypatch.setattr(importing, "MOST_LISTED", 5)
    report = load(register_file(*[school("") for _ in range(20)]))
    assert (report.faulty, len(report.faults)) == (20, 5)
    said = list(report.lines())
    assert said[0] == "New: 0"
    assert "Row 2, URN: There is no URN." in said
    assert said[-1] == "And 15 more rows."


def test_names_of_other_scripts_and_long_ones_go_in(app, register_file):
    names = ["Ysgol Dŵr-y-Felin", "ਖ਼ਾਲਸਾ ਸਕੂਲ", "学校", "O\u2019Brien\u2019s", "\ufb03" * 200]
    report = load(register_file(*[school(100001 + n, name) for n, name in enumerate(names)], encoding="utf-8"))
    assert report.faulty == 0
    assert [one(100001 + n).name for n in range(len(names))] == names
    assert len(one(100005).search_name) == 200


def test_a_file_from_a_page_is_the_coordinators_alone(app, register_file):
    path = register_file(school(100001))
    coordinator = build.person("Cora", AreaRole.COORDINATOR)
    reviewer = build.person("Rae", AreaRole.REVIEWER)
    for actor in (Actor(), build.actor(reviewer.id)):
        with pytest.raises(NotAllowed), transaction():
            operations.upload_register(path, called="a.csv", la_codes=(), actor=actor, now=NOW)
    actor = build.actor(coordinator.id)
    with transaction():
        assert operations.upload_register(path, called="a.csv", la_codes=(), actor=actor, now=NOW).new == 1
    assert db.session.scalars(select(Event.actor_id)).one() == actor.person_id
