"""Is everything working? One list of answers, for the coordinator's page, the command line and figures."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from importlib.metadata import version

import structlog
from flask import current_app
from sqlalchemy import select, text

from coprod.database import FIXED_WAL, db
from coprod.evidence import scanning
from coprod.job_runs import JobRun
from coprod.jobs import BACKUP
from coprod.mail import queries as mail
from coprod.phrases import N_, Phrase
from coprod.web import deployment, health, tries
from coprod.web.formatting import counted, joined, moment

TICK_LATE = timedelta(hours=1)
BACKUP_LATE = timedelta(hours=26)
APART = timedelta(minutes=5)  # Clocks may be so far apart. What is later than that was noted by one that ran ahead.
ROOM_LOW, ROOM_GONE = 0.10, 0.02  # of the disk
GIGABYTE = 1024**3

log = structlog.get_logger()


class State(StrEnum):
    WORKS = N_("Working")
    LOOK = N_("Look at this")
    BROKEN = N_("Not working")


COLOURS = {State.WORKS: "green", State.LOOK: "yellow", State.BROKEN: "red"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one part of the deployment is like, and what to do about it where it does not work."""

    name: str
    state: State
    words: str
    mend: str = ""

    @property
    def colour(self) -> str:
        return COLOURS[self.state]


# What is said to programs, to people.
SENTENCES = {
    health.SILENT: N_("The database does not answer."),
    health.OLDER: N_("The database is of an older version, or has no tables yet: run coprod upgrade."),
    health.NEWER: N_("The database is of a newer version of this program: run that one, or put a backup back."),
    health.NO_FILES: N_("The storage for files takes nothing in."),
    health.NO_EVIDENCE: N_("The storage for evidence takes nothing in."),
}

# The parts inside a sentence, which writes them small.
N_("database")
N_("replica")
N_("counting tries")
N_("letters")
N_("background work")
N_("storage")
N_("virus scanner")
N_("backup")
N_("disk")
N_("version")

Check = Callable[[datetime], Answer | None]  # None: there is no such part here
CHECKS: dict[str, Check] = {}


def check(name: str) -> Callable[[Check], Check]:
    def add(asked: Check) -> Check:
        CHECKS[name] = asked
        return asked

    return add


def answers(*, now: datetime) -> Iterator[Answer]:
    """Every part, in one order. A part that can't even be asked is not working, and keeps no other from answering."""
    for name, asked in CHECKS.items():
        try:
            answer = asked(now)
            if answer is not None:
                yield answer
        except Exception:
            log.exception("check", check=name)
            yield Answer(name, State.BROKEN, N_("It could not be asked."), N_("The log says why."))
        finally:
            db.session.rollback()


def in_short(found: list[Answer]) -> str:
    """The one sentence that a tired person needs."""
    broken = [each.name for each in found if each.state is State.BROKEN]
    look = [each.name for each in found if each.state is State.LOOK]
    if broken:
        return Phrase("Something is not working: {parts}.", parts=_listed(broken))
    if look:
        return Phrase("It works. Look at this when you have time: {parts}.", parts=_listed(look))
    return N_("Everything is working.")


def _listed(names: list[str]) -> str:
    return joined([name.lower() for name in names])


@check(N_("Database"))
def database(_now: datetime) -> Answer:
    fault = health.database_fault()
    if fault:
        return Answer(N_("Database"), State.BROKEN, SENTENCES[fault], N_("Nothing can be saved until it is put right."))
    return Answer(N_("Database"), State.WORKS, N_("It answers, and is of this version."))


@check(N_("Replica"))
def replica(_now: datetime) -> Answer | None:
    """A database that pages for everybody are read from, where a setting names one."""
    follows: tries.Replica | None = current_app.extensions[tries.REPLICA]
    if follows is None:
        return None
    fault = follows.fault()
    if fault:
        return Answer(N_("Replica"), State.LOOK, fault, N_("See COPROD_REPLICA_URL."))
    return Answer(N_("Replica"), State.WORKS, N_("It answers, and is up to date."))


@check(N_("Counting tries"))
def counting(_now: datetime) -> Answer | None:
    """A store of its own for rate limits. In the database they work where that does."""
    if deployment.settings().rate_limit_storage.startswith("database"):
        return None
    if deployment.limiter.storage.check():
        return Answer(N_("Counting tries"), State.WORKS, N_("The store answers."))
    words = N_("The store does not answer. Each process counts by itself meanwhile.")
    return Answer(N_("Counting tries"), State.LOOK, words, N_("See COPROD_RATE_LIMIT_STORAGE."))


@check(N_("Letters"))
def letters(now: datetime) -> Answer:
    if mail.are_shown():
        return Answer(N_("Letters"), State.WORKS, N_("In this demonstration letters don't leave."))
    if not deployment.settings().sends_letters:
        words = N_("No mail server is set, so letters wait.")
        return Answer(N_("Letters"), State.BROKEN, words, N_("Set COPROD_SMTP_HOST."))
    stuck = mail.how_many_stuck(now=now)
    if stuck:
        words = Phrase("{letters}.", letters=counted(stuck, "letter is stuck", "letters are stuck"))
        return Answer(N_("Letters"), State.BROKEN, words, N_("The page of letters says why."))
    words = Phrase("{letters} to go.", letters=counted(mail.how_many_wait(), "letter waits", "letters wait"))
    return Answer(N_("Letters"), State.WORKS, words)


@check(N_("Background work"))
def jobs(now: datetime) -> Answer:
    name = N_("Background work")
    runs = [run for run in db.session.scalars(select(JobRun).order_by(JobRun.name)) if run.name != BACKUP]
    failed = [run.name for run in runs if run.failed_at]
    last = max((run.ran_at for run in runs if run.ran_at and run.ran_at < now + APART), default=None)
    if last is None or now - last > TICK_LATE:
        words = (
            Phrase("Nothing was done since {moment}.", moment=moment(last))
            if last
            else N_("Nothing was ever done here.")
        )
        return Answer(name, State.BROKEN, words, N_("Start coprod worker, or run coprod tick every few minutes."))
    if failed:
        return Answer(
            name, State.BROKEN, Phrase("These went wrong: {jobs}.", jobs=joined(failed)), N_("The log says why.")
        )
    return Answer(name, State.WORKS, Phrase("Last done {moment}.", moment=moment(last)))


@check(N_("Storage"))
def storage(_now: datetime) -> Answer:
    where = N_("S3-compatible storage") if deployment.settings().s3_bucket else N_("the data folder")
    fault = health.storage_fault()
    if fault:
        return Answer(N_("Storage"), State.BROKEN, SENTENCES[fault], N_("Nobody can add files until then."))
    return Answer(N_("Storage"), State.WORKS, Phrase("Files can be kept. Evidence is in {where}.", where=Phrase(where)))


@check(N_("Virus scanner"))
def scanner(now: datetime) -> Answer:
    address = deployment.settings().scanner
    if not address:
        words = N_("None is set: files are looked into, but not scanned for viruses.")
        return Answer(N_("Virus scanner"), State.LOOK, words, N_("Set COPROD_SCANNER."))
    fault = scanning.fault(scanner=address, now=now)
    if fault:
        return Answer(N_("Virus scanner"), State.BROKEN, fault, N_("New files wait, and nobody can open them."))
    return Answer(N_("Virus scanner"), State.WORKS, N_("It answers, and knows of new viruses."))


@check(N_("Backup"))
def backup(now: datetime) -> Answer:
    run = db.session.get(JobRun, BACKUP)
    if run is None or run.ran_at is None:
        state = State.LOOK if deployment.settings().demonstration else State.BROKEN
        return Answer(N_("Backup"), state, N_("No backup was made here yet."), N_("Run coprod backup every night."))
    if not -APART < now - run.ran_at <= BACKUP_LATE:
        words = Phrase("The last backup is of {moment}.", moment=moment(run.ran_at))
        return Answer(N_("Backup"), State.BROKEN, words, N_("Run coprod backup every night."))
    return Answer(N_("Backup"), State.WORKS, Phrase("The last one is of {moment}.", moment=moment(run.ran_at)))


@check(N_("Disk"))
def disk(_now: datetime) -> Answer:
    room = shutil.disk_usage(deployment.settings().instance)
    share = room.free / room.total
    words = Phrase(
        "{free:.1f} GB of {all:.1f} GB are free where the data folder is.",
        free=room.free / GIGABYTE,
        all=room.total / GIGABYTE,
    )
    if share < ROOM_GONE:
        return Answer(N_("Disk"), State.BROKEN, words, N_("Make room soon: without it nothing can be saved."))
    return Answer(N_("Disk"), State.LOOK if share < ROOM_LOW else State.WORKS, words)


@check(N_("Version"))
def program(_now: datetime) -> Answer:
    engine = db.engine.dialect.name
    asked = "SELECT sqlite_version()" if engine == "sqlite" else "SHOW server_version"
    found = str(db.session.scalar(text(asked))).split()[0]
    words = f"Coprod {version('coprod')}, {'SQLite' if engine == 'sqlite' else 'PostgreSQL'} {found}."
    if engine == "sqlite" and tuple(int(part) for part in found.split(".")) < FIXED_WAL:
        return Answer(N_("Version"), State.LOOK, words, N_("This SQLite is old: it works, but slower than it could."))
    return Answer(N_("Version"), State.WORKS, words)
