"""What the command line promises: it says what it did, and refuses in plain words with exit 1."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from flask_migrate import downgrade
from sqlalchemy import select

from coprod import demo
from coprod.accounts import second_step
from coprod.accounts.models import DeploymentFact, Person
from coprod.assessments.models import Assessment
from coprod.assessments.rules import State
from coprod.certificates.models import Certificate
from coprod.certificates.rules import from_json
from coprod.charter.models import SigningRequest
from coprod.charter.rules import Request
from coprod.cli import commands
from coprod.database import db
from coprod.demo.cast import PASSWORD, Stage
from coprod.demo.story import STORY
from coprod.errors import DomainError
from coprod.moderation import casework, stages
from coprod.moderation.models import Case
from coprod.moderation.stages import Stage as Waits
from coprod.organisations.models import Organisation
from coprod.permissions import AreaRole
from coprod.settings import ROOT
from coprod.web.deployment import storage
from tests.certificates.test_certificates_rows import awarded
from tests.conftest import Demonstration, opened
from tests.support import build
from tests.support.client import Client
from tests.support.second_step import with_app

DATA = ROOT / "tests" / "data"


@pytest.fixture
def run(app):
    """Runs one command on the test's own deployment."""
    runner = app.test_cli_runner()

    def invoke(*words: str, says: str = "", exits: int = 0):
        result = runner.invoke(commands, [str(word) for word in words])
        if result.exception and not isinstance(result.exception, SystemExit | DomainError):
            raise result.exception
        code = 1 if isinstance(result.exception, DomainError) else result.exit_code
        said = result.output + (str(result.exception) if isinstance(result.exception, DomainError) else "")
        assert code == exits, said
        assert says in said
        db.session.rollback()
        return said

    return invoke


def test_a_lone_coordinator_who_lost_their_phone_starts_again(run):
    cora = build.person("Cora", AreaRole.COORDINATOR)
    with_app(cora)
    run("forget-second-step", "CORA@example.org", says="sets up a new second step")
    assert not second_step.is_set_up(cora.id)
    run("forget-second-step", "nobody@example.org", exits=1, says="no account")


def test_the_shipped_standards_are_in_order(run):
    said = run("frameworks", "check", says="Nothing to put right.")
    assert "25 questions, 6 checks, 3 levels" in said


def test_broken_standards_are_named_with_file_and_line_and_exit_1(run, tmp_path):
    (tmp_path / "1.0.yaml").write_text("slug: charter\nversion: '1.0'\ncolour: red\n")
    said = run("frameworks", "check", tmp_path, exits=1)
    assert "1.0.yaml" in said
    assert "colour" in said


def test_the_schemas_for_editors_are_written_as_they_ship(run, tmp_path):
    run("frameworks", "schema", "--into", tmp_path / "schema")
    shipped = ROOT / "frameworks" / "schema"
    made_now = {f.name: f.read_text() for f in (tmp_path / "schema").iterdir()}
    assert made_now == {f.name: f.read_text() for f in shipped.iterdir()}


def test_an_import_says_what_it_did_and_can_be_done_again(run):
    file = DATA / "gias-northamptonshire-2017.csv"
    run("organisations", "import", file, says="80")
    again = run("organisations", "import", file)
    assert "As they were: 80" in again
    assert db.session.query(Organisation).count() == 80


def test_what_is_not_a_school_register_is_refused_whole(run, tmp_path):
    file = tmp_path / "letter.csv"
    file.write_text("Dear parents,\nwelcome back\n")
    run("organisations", "import", file, exits=1, says="letter.csv")
    assert not db.session.query(Organisation).count()


def test_a_person_can_be_added_and_signs_in(run, client: Client):
    run(
        "add-person", "alex@example.org", "Alex Morgan", "--role", "coordinator",
        "--password", "a long enough password", says="can sign in now",
    )  # fmt: skip
    client.sign_in("alex@example.org")
    assert client.get("/organisations").status == 200
    assert db.session.query(Person).one().actor.roles == {AreaRole.COORDINATOR}


def test_a_short_password_is_refused_in_plain_words(run):
    run("add-person", "alex@example.org", "Alex", "--password", "short", exits=1, says="12")
    assert not db.session.query(Person).count()


def test_upgrade_makes_the_tables(run):
    downgrade(revision="base")
    run("upgrade", says="up to date")
    assert db.session.query(Person).count() == 0


def test_a_server_without_a_key_does_not_start_and_says_why_in_one_line(tmp_path):
    environment = {"COPROD_INSTANCE": str(tmp_path), "PATH": "/usr/bin:/bin"}
    started = subprocess.run(
        [sys.executable, "-c", "import wsgi"], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    assert started.returncode == 1
    assert started.stderr.startswith("COPROD_SECRET_KEY must be at least 32 random characters")
    assert "Traceback" not in started.stderr


@pytest.mark.parametrize("words", [["--help"], ["backup", "--help"], ["nonsense"]])
def test_what_there_is_can_be_asked_before_anything_is_set(tmp_path, words):
    said = subprocess.run(
        [sys.executable, "-c", "import sys; from coprod.cli import main; main()", *words],
        env={"COPROD_INSTANCE": str(tmp_path), "PATH": "/usr/bin:/bin"}, cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert "Traceback" not in said.stdout + said.stderr
    assert said.returncode == (2 if words == ["nonsense"] else 0)
    assert ("create-coordinator" in said.stdout) == (words == ["--help"])


def test_flask_knows_the_same_commands(tmp_path):
    environment = {"PATH": "/usr/bin", "COPROD_MODE": "demonstration", "COPROD_INSTANCE": str(tmp_path)}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "coprod", "frameworks", "check"]
    said = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    assert "25 questions" in said.stdout


def test_nothing_due_is_said_to_be_nothing(run):
    run("tick", says="Nothing was due.")


def test_a_real_deployment_never_gets_the_demonstration(run):
    build.organisation()
    run("demonstration", exits=1, says="never part of a real deployment")
    assert db.session.query(Organisation).count() == 1


@pytest.fixture(scope="module")
def told(demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory):
    """A whole demonstration."""
    with opened(demonstration.copied(tmp_path_factory.mktemp("told"))) as app:
        yield app


def test_the_demonstration_has_an_organisation_at_every_stage(told):
    assert {part.stage for part in STORY} == set(Stage)
    states = set(db.session.scalars(db.select(Assessment.state)))
    assert states == {state.value for state in State} - {"withdrawn"}
    cases = db.session.scalars(db.select(Case)).all()
    assert sorted(case.contested for case in cases if case.contested) == ["appeal", "reply"]
    waits = [stages.reached(work, None).stage for work in map(casework.of, cases) if work.sittings]
    assert set(waits) == set(Waits) - {Waits.RATING, Waits.TO_FINISH}
    rated = {stages.reached(work, sitting).stage for work in map(casework.of, cases) for sitting in work.sittings}
    assert Waits.RATING in rated
    held = {(c.organisation.name, c.level) for c in db.session.query(Certificate) if c.level}
    assert {level for _, level in held} == {"developing", "established", "embedded"}


def test_real_schools_of_the_demonstration_have_no_status(told):
    invented = {c.organisation.name for c in db.session.query(Certificate)}
    real = {o.name for o in db.session.query(Organisation) if o.la_code == "928"}
    assert len(real) == 80
    assert not invented & real


def test_the_demonstrations_register_is_sound_and_a_changed_copy_is_named(told, tmp_path):
    runner = told.test_cli_runner()
    sound = runner.invoke(commands, ["register", "verify"])
    assert sound.exit_code == 0, sound.output
    lines = told.test_client().get("/register.jsonl", base_url=told.config["TESTING"] and "http://localhost").text
    file = tmp_path / "register.jsonl"
    file.write_text(lines)
    assert runner.invoke(commands, ["register", "verify", str(file)]).exit_code == 0
    entries = [json.loads(line) for line in lines.splitlines()]
    entries[3]["kind"] = "charter.withdrawn"
    file.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    changed = runner.invoke(commands, ["register", "verify", str(file)])
    assert changed.exit_code == 1
    assert "4" in changed.output


def test_everybody_in_the_demonstration_gets_in_with_one_button(told):
    client = Client(told)
    for account in demo.OFFERED:
        client.get("/sign-in")
        page = client.submit(f"Sign in as {account.name}")
        assert page.h1 == "Your work"
        client.sign_out()
    client.sign_in(demo.OFFERED[0].email, PASSWORD)
    assert "This is a demonstration" in client.get("/signatories").text


def test_somebody_in_the_demonstration_waits_for_the_coordinator(told):
    client = Client(told)
    client.sign_in("alex.morgan@example.org", PASSWORD)
    client.get("/people/requests")
    assert "Sal Newman" in client.page.text
    client.sign_out()


def test_a_letter_a_hold_and_concerns_wait_in_the_demonstration(told):
    client = Client(told)
    client.sign_in("alex.morgan@example.org", PASSWORD)
    client.get("/charter/waiting")
    assert "School Transport Team" in client.page.text
    assert "On hold" in client.page.text
    client.get("/concerns")
    assert client.page.text.count("Copper Beech Primary School") == 2
    assert "Being looked at" in client.page.text
    client.sign_out()
    (asked,) = db.session.scalars(select(SigningRequest).where(SigningRequest.state == Request.ASKED.value))
    assert asked.organisation.name == "Fern Lea Pupil Referral Unit"


def test_a_demonstration_is_kept_until_it_is_asked_for_anew(told):
    before = db.session.query(Certificate).first().code
    demo.prepare(fresh=False)
    assert db.session.query(Certificate).first().code == before
    demo.prepare(fresh=True)
    assert db.session.query(Certificate).first().code != before


def test_a_database_with_real_data_is_left_alone(demonstration: Demonstration, tmp_path: Path):
    with opened(demonstration.copied(tmp_path)):
        with db.engine.begin() as connection:
            connection.execute(DeploymentFact.__table__.delete())
        with pytest.raises(demo.NotADemonstration, match="nothing was touched"):
            demo.prepare(fresh=True)
        assert db.session.query(Certificate).count()


def test_new_keys_are_named_and_old_ones_stay_listed(run, app):
    before = run("keys", "rotate", says="New key for each document")
    after = run("keys", "rotate", says="New key for each register")
    assert before != after
    listed = app.test_client().get("/.well-known/jwks.json", base_url="http://localhost").json["keys"]
    assert len(listed) == 9  # Those that were there when it began, the first new ones, and those in use.


def test_certificates_that_are_missing_are_made_again_on_several_processes(run):
    awarded(build.organisation("One"))
    awarded(build.organisation("Two"))
    run("certificates", "remake", "--processes", "2", says="2 certificates made")
    run("certificates", "remake", "--processes", "1", says="0 certificates made")
    lost = db.session.query(Certificate).first()
    storage().path(lost.file_hash).unlink()
    run("certificates", "remake", "--processes", "1", says="1 certificate made")
    run("certificates", "remake", "--all", "--processes", "1", says="2 certificates made")


def test_the_fingerprint_on_a_certificate_must_be_in_the_register(run):
    printed = from_json(awarded(build.organisation()).facts).fingerprint_words
    run("register", "verify", "--fingerprint", printed, says="The register is sound")
    run("register", "verify", "--fingerprint", "0123 4567 89ab cdef", exits=1, says="is not here")
    run("register", "verify", "--fingerprint", "12", exits=1, says="at least 16 signs")
