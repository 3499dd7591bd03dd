"""One organisation gets all of its data, and nothing that is anybody else's."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import func, select

from coprod.cli import commands
from coprod.database import db
from coprod.evidence.models import Evidence
from coprod.history import Event
from coprod.moderation import operations
from coprod.moderation.models import Judgement
from coprod.organisations.models import Organisation
from coprod.running import organisation_data
from coprod.transaction import transaction
from tests.support import build, files
from tests.support.assessments import TODAY, answered, item, started
from tests.support.client import Client
from tests.support.world import ready_case


def taken(organisation: Organisation) -> zipfile.ZipFile:
    held = io.BytesIO()
    organisation_data.write(organisation, held, today=TODAY)
    return zipfile.ZipFile(held)


def rows(archive: zipfile.ZipFile, table: str) -> list[dict]:
    return json.loads(archive.read(f"data/{table}.json"))


def text_of(archive: zipfile.ZipFile) -> str:
    return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def test_every_table_either_goes_along_or_has_a_reason_not_to():
    tables = set(db.metadata.tables)
    assert set(organisation_data.TAKEN) | set(organisation_data.LEFT) == tables
    assert not set(organisation_data.TAKEN) & set(organisation_data.LEFT)


def test_all_organisations_together_have_every_row_once_and_no_reviewer_is_named(app):
    reviewers = {}
    for side in ("Hazel", "Maple"):
        case, cast = ready_case(side)
        reviewers[side] = cast.reviewer.id
        with transaction():
            operations.give_result(case, actor=build.actor(cast.reviewer.id), now=build.MOMENT, today=TODAY)
    open_school = build.organisation("Hazel Open School")
    answered(open_school, build.lead_of(open_school).actor)
    for outsider in (reviewers["Hazel"], cast.lead.id):
        added = item(open_school, lead(open_school)).id
        with transaction():
            db.session.get_one(Evidence, added).added_by = outsider
    found: dict[str, int] = dict.fromkeys(organisation_data.TAKEN, 0)
    for organisation in db.session.scalars(select(Organisation).order_by(Organisation.name)).all():
        archive = taken(organisation)
        for table in found:
            found[table] += len(rows(archive, table))
        whole = text_of(archive)
        mine = organisation.name.split()[0]
        other = {"Hazel": "Maple", "Maple": "Hazel"}[mine]
        assert f"{mine} " in whole
        assert f"{other} " not in whole
        for name in ("Reviewer", "Second", "Boss"):
            assert f"{mine} {name}" not in whole
        assert not [each for each in reviewers.values() if str(each) in whole]
        results = json.loads(archive.read("results.json"))
        assert [each["result"]["level"] for each in results] or organisation.id == open_school.id
    there = {table: db.session.scalar(select(func.count()).select_from(db.metadata.tables[table])) for table in found}
    assert found == there
    assert found["answers"] == 25
    private = [row for row in db.session.scalars(select(Judgement.private_note)) if row]
    assert not [note for note in private if note in whole]


@pytest.fixture
def school(app):
    school = build.organisation()
    build.lead_of(school)
    return school


def lead(school: Organisation):
    chosen = select(build.Membership.person_id).where(build.Membership.organisation_id == school.id)
    return build.actor(db.session.scalars(chosen).one())


def test_evidence_goes_along_with_its_file_but_what_was_shut_away_does_not(school):
    filed = files.filed(school.id, lead(school))
    shut = item(school, lead(school), title="CANARY of a child")
    shut_id = shut.id
    with transaction():
        row = db.session.get_one(Evidence, shut_id)
        row.quarantined_revision, row.quarantined_at = row.revision, build.MOMENT
    filed = db.session.get_one(Evidence, filed.id)
    archive = taken(school)
    assert filed.file is not None
    content = archive.read(f"files/{filed.file_id}.{filed.file.type}")
    assert content.startswith(b"%PDF")
    assert len(rows(archive, "evidence")) == 2
    assert "CANARY" not in text_of(archive)
    with transaction():
        db.session.get_one(Evidence, filed.id).file.rejected_at = build.MOMENT
    assert not [name for name in taken(school).namelist() if name.startswith("files/")]


def test_a_cell_that_looks_like_a_formula_stays_text(school):
    item(school, lead(school), title="=HYPERLINK(1)")
    assert "'=HYPERLINK(1)" in taken(school).read("data/evidence.csv").decode()


def test_a_lead_takes_it_from_their_organisations_page_and_that_is_written_down(school, client: Client):
    filed = files.filed(school.id, lead(school))
    evidence_id = str(filed.id)
    started(school, lead(school))
    client.sign_in("ravi.lead@example.org")
    client.get(f"/organisations/{school.id}")
    page = client.follow("Take all your data away")
    assert school.name in page.text
    answer = client.submit("Download it (zip)").response
    assert answer.mimetype == "application/zip"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={school.slug}.zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert rows(archive, "organisations")[0]["name"] == school.name
    said = {(event.what, event.thing_id) for event in db.session.scalars(select(Event))}
    assert {("organisation.data_taken", str(school.id)), ("evidence.opened", evidence_id)} <= said


def test_a_contributor_is_not_offered_it_and_does_not_get_it(school, client: Client):
    build.membership(build.person("Nora Helper"), school, build.MemberRole.CONTRIBUTOR)
    client.sign_in("nora.helper@example.org")
    assert "Take all your data away" not in client.get(f"/organisations/{school.id}").links()
    client.get(f"/organisations/{school.id}/data", status=403)


def test_the_command_finds_an_organisation_by_code_id_or_public_address(app, school, tmp_path: Path):
    run = app.test_cli_runner()
    for number, name in enumerate((school.value, str(school.id), school.slug)):
        file = tmp_path / f"{number}.zip"
        said = run.invoke(commands, ["export-organisation", name, str(file)])
        assert said.exit_code == 0, said.output
        assert f"{file} holds" in said.output
        assert zipfile.ZipFile(file).testzip() is None
        assert file.stat().st_mode & 0o077 == 0
    missing = run.invoke(commands, ["export-organisation", "nobody", str(tmp_path / "x.zip")])
    assert str(missing.exception) == "There is no organisation nobody."
