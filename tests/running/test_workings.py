"""Is everything working? The page, the command and the check for machines say what is true, each part by itself."""

import threading
from datetime import timedelta

import pytest
from flask_migrate import downgrade
from sqlalchemy import text

from coprod import jobs
from coprod.cli import commands
from coprod.database import db
from coprod.permissions import AreaRole
from coprod.running import checks, contact
from coprod.running.checks import State
from coprod.settings import BadSettings, from_environment
from coprod.web import health
from coprod.web.deployment import limiter
from tests.conftest import MOMENT
from tests.support import build
from tests.support.client import Client


@pytest.fixture
def coordinator(client: Client) -> Client:
    build.person("Cora Ordinator", AreaRole.COORDINATOR)
    client.sign_in("cora.ordinator@example.org")
    return client


def states():
    return {each.name: each.state for each in checks.answers(now=MOMENT)}


def set_up(app, **changed):
    app.extensions["coprod.settings"] = app.extensions["coprod.settings"].model_copy(update=changed)


def test_the_coordinator_finds_the_page_from_their_start_page(coordinator: Client, engine):
    coordinator.get("/start")
    page = coordinator.follow("Is everything working?")
    assert page.h1 == "Is everything working?"
    assert "Something is not working: letters, background work and backup." in page.text
    assert ("SQLite 3." if engine == "sqlite" else "PostgreSQL 1") in page.text
    coordinator.follow("Letters that got stuck")


def test_a_part_works_once_what_it_needs_is_there(app):
    assert states()["Background work"] is State.BROKEN
    jobs.tick(now=lambda: MOMENT)
    assert states()["Background work"] is State.WORKS
    assert states()["Backup"] is State.BROKEN
    jobs.note_backup(now=MOMENT)
    assert states()["Backup"] is State.WORKS
    assert states()["Letters"] is State.BROKEN
    set_up(app, smtp_host="127.0.0.1")
    assert states()["Letters"] is State.WORKS
    assert State.BROKEN not in states().values()


def test_what_is_late_or_stuck_is_not_working(app):
    jobs.tick(now=lambda: MOMENT - timedelta(hours=2))
    jobs.note_backup(now=MOMENT - timedelta(days=2))
    set_up(app, smtp_host="127.0.0.1")
    build.letter(tries=3)
    found = states()
    assert [found[name] for name in ("Letters", "Background work", "Backup")] == [State.BROKEN] * 3


def test_what_a_clock_that_ran_ahead_noted_hides_nothing(app):
    jobs.tick(now=lambda: MOMENT + timedelta(days=365))
    jobs.note_backup(now=MOMENT + timedelta(days=365))
    found = states()
    assert [found[name] for name in ("Background work", "Backup")] == [State.BROKEN] * 2


def test_a_job_that_went_wrong_is_named(app, monkeypatch):
    def fails(now, today):
        raise RuntimeError

    monkeypatch.setattr(jobs, "JOBS", [jobs.Job("odd job", fails, daily=False), *jobs.JOBS])
    jobs.tick(now=lambda: MOMENT)
    answer = next(each for each in checks.answers(now=MOMENT) if each.name == "Background work")
    assert (answer.state, answer.words) == (State.BROKEN, "These went wrong: odd job.")


def test_a_scanner_that_is_away_and_a_disk_that_is_full_are_said(app, monkeypatch):
    set_up(app, scanner="tcp://127.0.0.1:1")
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda _: checks.shutil._ntuple_diskusage(100, 99, 1))
    found = states()
    assert [found[name] for name in ("Virus scanner", "Disk")] == [State.BROKEN] * 2


def test_a_store_of_its_own_for_rate_limits_is_asked_and_there_is_none_by_default(app, monkeypatch):
    assert {"Counting tries", "Replica"}.isdisjoint(states())
    set_up(app, rate_limit_storage="redis://127.0.0.1:1")
    assert states()["Counting tries"] is State.WORKS
    monkeypatch.setattr(type(limiter.storage), "check", lambda _store: False)
    assert states()["Counting tries"] is State.LOOK


def test_a_part_that_cannot_be_asked_keeps_no_other_from_answering(app, monkeypatch):
    monkeypatch.setitem(checks.CHECKS, "Letters", lambda now: 1 / 0)
    found = states()
    assert found["Letters"] is State.BROKEN
    assert found["Storage"] is State.WORKS


def test_the_doctor_says_the_same_and_exits_with_1_until_everything_works(app):
    run = app.test_cli_runner()
    ill = run.invoke(commands, ["doctor"])
    assert ill.exit_code == 1
    assert "Not working   Backup: No backup was made here yet. Run coprod backup every night." in ill.output
    jobs.tick(now=lambda: MOMENT)
    jobs.note_backup(now=MOMENT)
    set_up(app, smtp_host="127.0.0.1")
    well = run.invoke(commands, ["doctor"])
    assert well.exit_code == 0, well.output
    assert well.output.endswith("It works. Look at this when you have time: virus scanner.\n")


def test_ready_means_that_people_can_work(app, client: Client, monkeypatch):
    monkeypatch.setattr(health, "ASK_STORAGE_EVERY", 0.0)
    assert client.get("/health/ready").response.json == {"status": "ok"}
    folder = app.extensions["coprod.evidence_storage"].folder
    folder.rmdir() if folder.exists() else None
    folder.write_text("in the way")
    refused = client.get("/health/ready", status=503).response.json
    assert refused == {"status": "the storage for evidence takes nothing in"}
    folder.unlink()
    assert client.get("/health/ready").response.json == {"status": "ok"}


def test_a_database_of_an_older_version_is_not_ready_though_it_answers(app, client: Client):
    downgrade(revision="-1")
    said = client.get("/health/ready", status=503).response.json["status"]
    assert said == "the database is of an older version, or has no tables yet: run coprod upgrade"
    assert client.get("/health/live").response.json == {"status": "ok"}
    assert states()["Database"] is State.BROKEN


def set_version(version):
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def test_a_newer_database_is_left_alone_by_every_command_and_that_is_said(app, client: Client, monkeypatch):
    set_version("9999")
    said = client.get("/health/ready", status=503).response.json["status"]
    assert said == "the database is of a newer version of this program: run that one, or put a backup back"
    monkeypatch.setattr(jobs, "JOBS", [jobs.Job("odd job", lambda now, today: 1 / 0, daily=False)])
    run = app.test_cli_runner()
    for command in ("upgrade", "tick"):
        refused = run.invoke(commands, [command])
        assert refused.exit_code == 1
        assert refused.output == f"{said[0].upper()}{said[1:]}.\n"


def test_a_worker_waits_until_the_database_is_of_its_version(app, monkeypatch):
    stop, done, waited = threading.Event(), [], []
    monkeypatch.setattr(jobs, "LETTERS_EVERY", 0)

    def wait_and_mend(_seconds):
        waited.append(len(done))
        set_version(health.newest_migration())
        return False

    monkeypatch.setattr(stop, "wait", wait_and_mend)
    set_version("9999")
    jobs.work(now=lambda: MOMENT, stop=stop, say=lambda said: (done.append(said), stop.set()))
    assert waited[0] == 0
    assert len(done) == 1


def test_whoever_finds_a_weakness_learns_whom_to_tell(app, client: Client):
    said = client.get("/.well-known/security.txt").source
    assert "Contact: mailto:coproduction@example.org\n" in said
    assert "Canonical: http://localhost/.well-known/security.txt\n" in said
    assert f"Expires: {contact.LOOKED_AT + contact.RIGHT_FOR}T" in said


def test_somebody_has_looked_at_it_within_the_year():
    """When this fails: read SECURITY.md and what the address says, then set the date anew."""
    assert build.datetime.now(build.UTC).date() < contact.LOOKED_AT + contact.RIGHT_FOR


@pytest.mark.parametrize("given", ["9464", "127.0.0.1", "127.0.0.1:x", "http://127.0.0.1:9464"])
def test_where_figures_are_answered_is_an_address_and_a_port(monkeypatch, given):
    monkeypatch.setenv("COPROD_MODE", "demonstration")
    monkeypatch.setenv("COPROD_METRICS", given)
    with pytest.raises(BadSettings, match="COPROD_METRICS"):
        from_environment()
