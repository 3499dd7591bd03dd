"""`coprod tick` and `coprod worker`: safe twice at once, one failing job keeps no other, and they say what they did."""

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import select

from coprod import job_runs, jobs
from coprod.charter.models import SignUp
from coprod.database import db
from coprod.job_runs import LEASE
from coprod.mail import delivery
from coprod.mail.models import Letter
from tests.conftest import KEY, MOMENT, made
from tests.support import build
from tests.support.assessments import TODAY

ROOT = Path(__file__).parents[2]
LONG_AGO = datetime(2020, 1, 2, tzinfo=UTC)  # Processes of their own go by the real clock.


@pytest.fixture
def settings(tmp_path, mail_server, engine):
    return made(tmp_path, smtp_host="127.0.0.1", smtp_port=mail_server.plain, smtp_tls="none")


def begin(settings, command):
    asked = {
        "COPROD_INSTANCE": str(settings.instance),
        "COPROD_DATABASE_URL": settings.database_url,
        "COPROD_SECRET_KEY": KEY,
        "COPROD_BASE_URL": settings.base_url,
        "COPROD_SMTP_HOST": settings.smtp_host,
        "COPROD_SMTP_PORT": str(settings.smtp_port),
        "COPROD_SMTP_TLS": "none",
    }
    return subprocess.Popen(
        [sys.executable, "-c", f"import sys; sys.argv[1:] = ['{command}']; from coprod.cli import main; main()"],
        env=os.environ | asked,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.both_databases
def test_two_ticks_at_once_do_everything_once_and_say_so(app, settings, mail_server):
    school = build.organisation()
    build.lead_of(school)
    build.sign_up(school, signed_on=date(2020, 1, 2))
    for number in range(12):
        build.letter(f"person{number}@example.org", queued_at=LONG_AGO, due_at=LONG_AGO)
    ticks = [begin(settings, "tick") for _ in range(2)]
    said = [tick.communicate() for tick in ticks]
    assert [tick.returncode for tick in ticks] == [0, 0], said
    words = "\n".join(out for out, _ in said)
    assert sum(int(number) for number in re.findall(r"(\d+) letters? sent\.", words)) == 13
    assert words.count("1 sign-up lapsed.") == 1
    took = Counter(each["to"][0] for each in mail_server.taken)
    assert set(took.values()) == {1}
    assert len(took) == 13
    third = begin(settings, "tick")
    assert third.communicate()[0] == "Nothing was due.\n"


@pytest.mark.both_databases
def test_several_who_deliver_at_once_send_each_letter_once(app, mail_server):
    for number in range(20):
        build.letter(f"person{number}@example.org")
    sent = []

    def deliver():
        with app.app_context():
            sent.append(delivery.deliver(now=lambda: MOMENT).sent)
            db.session.remove()

    threads = [Thread(target=deliver) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sent) == 20
    assert Counter(each["to"][0] for each in mail_server.taken) == Counter(f"person{n}@example.org" for n in range(20))


def test_a_worker_sends_letters_and_stops_when_it_is_asked_to(app, settings, mail_server):
    build.letter(queued_at=LONG_AGO, due_at=LONG_AGO)
    worker = begin(settings, "worker")
    try:
        mail_server.messages("sam@example.org")
    finally:
        worker.send_signal(signal.SIGTERM)
        out, err = worker.communicate(timeout=60)
    assert worker.returncode == 0, err
    assert out.splitlines() == ["The worker has begun.", "1 letter sent.", "The worker has stopped."]
    assert db.session.scalars(select(Letter)).one().sent_at is not None


def test_a_job_that_fails_is_named_and_keeps_no_other(app, monkeypatch, mail_server):
    school = build.organisation()
    build.lead_of(school)
    build.sign_up(school, signed_on=TODAY - timedelta(days=400))

    def fails(now, today):
        db.session.execute(select(1))
        raise RuntimeError("a disk is full")

    broken = jobs.Job("awards", fails, daily=False)
    whole = list(jobs.JOBS)
    monkeypatch.setattr(jobs, "JOBS", [broken if each.name == "awards" else each for each in whole])
    done = jobs.tick(now=lambda: MOMENT)
    assert done.failed == ["awards"]
    assert done.lines == ["1 sign-up lapsed.", "1 letter sent."]
    assert db.session.get_one(jobs.JobRun, "awards").failed_at == MOMENT
    monkeypatch.setattr(jobs, "JOBS", whole)
    assert jobs.tick(now=lambda: MOMENT).failed == []
    assert db.session.get_one(jobs.JobRun, "awards").failed_at is None


def test_who_comes_while_a_job_is_under_way_leaves_it_alone_until_its_lease_is_over(app):
    build.sign_up(build.organisation(), signed_on=TODAY - timedelta(days=400))
    job = next(each for each in jobs.JOBS if each.name == "sign-ups")
    assert job_runs.begin(job, MOMENT, TODAY)
    jobs.do_due(now=MOMENT, today=TODAY)
    assert db.session.scalars(select(SignUp)).one().ended_on is None
    jobs.do_due(now=MOMENT + LEASE, today=TODAY)
    assert db.session.scalars(select(SignUp)).one().ended_as == "lapsed"


def test_a_lease_of_a_clock_that_ran_ahead_holds_nobody_up(app):
    job = jobs.JOBS[0]
    assert job_runs.begin(job, MOMENT + timedelta(days=365), TODAY)  # and then its process is gone
    assert job_runs.begin(job, MOMENT, TODAY)
    assert not job_runs.begin(job, MOMENT, TODAY)


BUILT_ON = [(each, first) for each in jobs.JOBS for first in each.after]


@pytest.mark.parametrize(("each", "first"), BUILT_ON, ids=lambda given: getattr(given, "name", given))
def test_what_builds_on_a_job_waits_while_somebody_is_at_that_one(app, each, first):
    """Who comes second would not see what the first has not written down yet."""
    other = next(one for one in jobs.JOBS if one.name == first)
    assert jobs.JOBS.index(other) < jobs.JOBS.index(each)
    assert job_runs.begin(other, MOMENT, TODAY)
    assert not job_runs.begin(each, MOMENT, TODAY)
    job_runs.end(other)
    assert job_runs.begin(each, MOMENT, TODAY)


@pytest.mark.both_databases
def test_who_comes_second_reminds_nobody_of_an_award_that_is_about_to_be_replaced(app):
    """The first one makes results final meanwhile: what it gives may take the place of an award that ends soon."""
    school = build.organisation()
    build.lead_of(school)
    build.award(school, valid_to=TODAY + timedelta(days=14))
    results = next(one for one in jobs.JOBS if one.name == "results")
    assert job_runs.begin(results, MOMENT, TODAY)
    jobs.do_due(now=MOMENT, today=TODAY)
    assert db.session.scalars(select(Letter)).all() == []
    job_runs.end(results)
    jobs.do_due(now=MOMENT, today=TODAY)
    assert [letter.template for letter in db.session.scalars(select(Letter))] == ["award_ends"]


def test_a_days_job_is_done_once_a_day(app, monkeypatch):
    days = []
    monkeypatch.setattr(jobs, "JOBS", [jobs.Job("daily", lambda now, today: days.append(today) or [], daily=True)])
    for day in (TODAY, TODAY, TODAY + timedelta(days=1)):
        jobs.do_due(now=MOMENT, today=day)
    assert days == [TODAY, TODAY + timedelta(days=1)]
