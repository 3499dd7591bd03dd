"""What time does, without anybody asking: lapses, expiries, reminders, deletions, and letters that leave.

A job finds nothing to do when it is run again. Two who come at once never do the same one: who comes second leaves it
to the first, with all that builds on it. One job that fails does not keep the others.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Event
from time import monotonic
from uuid import UUID

import structlog

from coprod.accounts import tidying
from coprod.assessments import retention
from coprod.certificates import making
from coprod.certificates import operations as certificates
from coprod.certificates.reminding import remind_of_endings
from coprod.changes import operations as changes
from coprod.charter import asking as charter_requests
from coprod.charter import operations as charter
from coprod.charter.reminding import ask_to_sign_again, remind_signatories
from coprod.concerns import operations as concerns
from coprod.database import db, insert
from coprod.directory import listings
from coprod.errors import Busy
from coprod.evidence import housekeeping as evidence
from coprod.job_runs import Does, Job, JobRun, Lines, note_failure, take_turn
from coprod.mail import operations as mail
from coprod.mail.delivery import deliver
from coprod.moderation import allocating, asking, deciders, reminding
from coprod.moderation import operations as moderation
from coprod.phrases import N_
from coprod.transaction import transaction
from coprod.web import health
from coprod.web.clock import day_of
from coprod.web.formatting import counted

LETTERS_EVERY = 5.0  # seconds
JOBS_EVERY = 300.0  # seconds
BACKUP = "backup"  # Done by a command of its own, and noted beside the jobs.

log = structlog.get_logger()

Reminder = Callable[..., tuple[int, UUID | None]]


@dataclass(slots=True)
class Done:
    """What was done, in words, and the names of the jobs that failed."""

    lines: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


JOBS: list[Job] = []


def job(name: str, *, daily: bool = False, after: tuple[str, ...] = ()) -> Callable[[Does], Does]:
    """Add a job to the list, which is worked through in its order. `after` are jobs further up that it builds on."""

    def add(does: Does) -> Does:
        JOBS.append(Job(name, does, daily, after))
        return does

    return add


@job(N_("results"))
def make_results_final(now: datetime, today: date) -> Lines:
    with transaction():
        final = moderation.close_unanswered(now=now, today=today)
    return said((final, counted(final, "result") + " became final: the time to reply is over."))


@job(N_("more evidence"))
def take_up_again(now: datetime, today: date) -> Lines:
    with transaction():
        taken_up = asking.take_up_overdue(now=now, today=today)
    return said((taken_up, counted(taken_up, "case") + " went on: the time to add evidence is over."))


@job(N_("more evidence reminders"), daily=True, after=("more evidence",))
def remind_of_more_evidence(now: datetime, today: date) -> Lines:
    with transaction():
        written = asking.remind(now=now, today=today)
    return said((written, counted(written, "letter") + " said that the time to add evidence ends soon."))


@job(N_("places of reviewers"))
def free_lost_places(now: datetime, today: date) -> Lines:
    with transaction():
        freed = allocating.free_lost_seats(now=now)
    return said((freed, "Free again: " + counted(freed, "place") + " in a case whose reviewer can't go on."))


@job(N_("reviewers' reminders"), daily=True, after=("more evidence", "places of reviewers"))
def remind_reviewers(now: datetime, today: date) -> Lines:
    with transaction():
        written = reminding.remind_reviewers(now=now, today=today)
    return said((written, counted(written, "letter") + " said that a case waits for its reviewer."))


@job(N_("cases to decide"), daily=True, after=("results",))
def tell_of_what_waits(now: datetime, today: date) -> Lines:
    with transaction():
        written = deciders.tell_of_all(now=now)
    return said((written, counted(written, "letter") + " said that a case waits to be decided."))


@job(N_("awards"))
def let_awards_run_out(now: datetime, today: date) -> Lines:
    with transaction():
        expired = certificates.record_expiries(now=now, today=today)
    return said((expired, counted(expired, "award") + " ran out."))


@job(N_("sign-ups"))
def let_sign_ups_lapse(now: datetime, today: date) -> Lines:
    with transaction():
        lapsed = charter.lapse_overdue(now=now, today=today)
    return said((lapsed, counted(lapsed, "sign-up") + " lapsed."))


@job(N_("certificates"), after=("results",))
def make_certificates(now: datetime, today: date) -> Lines:
    made = making.make_missing(now=now)
    return said((made, counted(made, "certificate") + " made."))


@job(N_("award reminders"), daily=True, after=("results", "awards"))
def remind_of_awards(now: datetime, today: date) -> Lines:
    written = _in_batches(remind_of_endings, now, today)
    return said((written, counted(written, "letter") + " said that an award ends soon."))


@job(N_("charter reminders"), daily=True, after=("sign-ups",))
def remind_of_the_charter(now: datetime, today: date) -> Lines:
    written = _in_batches(remind_signatories, now, today)
    return said((written, counted(written, "letter") + " said what keeps a sign-up in force."))


@job(N_("charter text"), daily=True, after=("sign-ups",))
def ask_for_new_signatures(now: datetime, today: date) -> Lines:
    written = _in_batches(ask_to_sign_again, now, today)
    return said((written, counted(written, "letter") + " asked to sign the new text of the charter."))


@job(N_("charter requests"), daily=True)
def forget_who_was_asked_to_sign(now: datetime, today: date) -> Lines:
    with transaction():
        forgotten = charter_requests.forget_old(now=now)
    return said((forgotten, counted(forgotten, "old request") + " to sign the charter forgotten."))


@job(N_("concerns"), daily=True)
def forget_concerns(now: datetime, today: date) -> Lines:
    with transaction():
        forgotten = concerns.forget_old(now=now)
    return said((forgotten, counted(forgotten, "old concern") + " erased, or the address in it."))


@job(N_("public list"), after=("results", "awards", "sign-ups"))
def mend_the_list(now: datetime, today: date) -> Lines:
    with transaction():
        mended = listings.mend(today=today)
    return said((mended, counted(mended, "row") + " of the public list put right."))


@job(N_("search"), daily=True)
def put_the_search_together(now: datetime, today: date) -> Lines:
    with transaction():
        listings.put_together()
    return ()


@job(N_("signing in"))
def forget_old_sign_ins(now: datetime, today: date) -> Lines:
    with transaction():
        forgotten = tidying.forget_old(now=now)
    return said((forgotten, counted(forgotten, "old record") + " of signing in forgotten."))


@job(N_("virus checks"))
def scan_files(now: datetime, today: date) -> Lines:
    scanned, infected = evidence.scan_waiting(now=now)
    return said(
        (scanned, counted(scanned, "file") + " passed the virus check."),
        (infected, counted(infected, "file") + " shut away: the virus check found something."),
    )


@job(N_("evidence reminders"), daily=True, after=("results", "awards"))
def remind_of_deletions(now: datetime, today: date) -> Lines:
    reminded = retention.remind(now=now, today=today)
    return said((reminded, counted(reminded, "letter") + " said which evidence goes soon."))


@job(N_("evidence deletions"), after=("results", "awards"))
def delete_evidence(now: datetime, today: date) -> Lines:
    items, files = retention.delete_due(now=now, today=today)
    rejected, swept = evidence.drop_rejected(now=now), evidence.sweep(now=now)
    return said(
        (items, f"{counted(items, 'item')} of evidence deleted, with {counted(files, 'file')}."),
        (rejected, counted(rejected, "upload") + " deleted that never became evidence or were shut away."),
        (swept, counted(swept, "piece") + " of stored content deleted that nothing needed."),
    )


@job(N_("links"))
def ask_links(now: datetime, today: date) -> Lines:
    dead = evidence.check_links(now=now)
    return said((dead, counted(dead, "link") + " in evidence did not answer."))


@job(N_("addresses of answers"))
def forget_addresses(now: datetime, today: date) -> Lines:
    forgotten, batch = 0, -1
    while batch:
        with transaction():
            batch = changes.forget_addresses(now=now)
        forgotten += batch
    return said((forgotten, counted(forgotten, "scrambled address", "scrambled addresses") + " of answers forgotten."))


@job(N_("old letters"), daily=True)
def clear_old_letters(now: datetime, today: date) -> Lines:
    with transaction():
        cleared = mail.tidy(now=now)
    return said((cleared, counted(cleared, "old letter") + " cleared away."))


def tick(*, now: Callable[[], datetime]) -> Done:
    """Do what is due by now, and send the letters. One line for each thing done, or one that says so."""
    moment = now()
    done = do_due(now=moment, today=day_of(moment))
    send(done, now=now)
    if not done.failed:
        done.lines = done.lines or ["Nothing was due."]
    return done


def do_due(*, now: datetime, today: date, stop: Callable[[], bool] = lambda: False) -> Done:
    """Every job once, in its order. A job that fails is named, and tried again the next time."""
    done = Done()
    for each in JOBS:
        if stop():
            break
        try:
            done.lines.extend(take_turn(each, now, today))
        except Exception:
            log.exception("job", job=each.name)
            done.failed.append(each.name)
            note_failure(each, now)
    return done


def send(done: Done, *, now: Callable[[], datetime], stop: Callable[[], bool] = lambda: False) -> None:
    """Send the letters that are due, and add to `done` what came of it."""
    try:
        letters = deliver(now=now, stop=stop)
    except Exception:
        log.exception("job", job="letters")
        done.failed.append("letters")
        return
    done.lines.extend(
        said(
            (letters.sent, counted(letters.sent, "letter") + " sent."),
            (letters.later, counted(letters.later, "letter") + " could not be sent, to be tried again."),
            (letters.given_up, counted(letters.given_up, "letter") + " given up: the page of letters says why."),
        )
    )


def work(*, now: Callable[[], datetime], stop: Event, say: Callable[[Done], None]) -> None:
    """The same again and again until `stop` is set. What is under way is finished first.

    While the database is away, or of another version, nothing is done: an upgrade may be under way.
    """
    jobs_at = monotonic()
    while not stop.is_set():
        if fault := health.database_fault():
            log.warning("the worker waits", why=fault)
            stop.wait(LETTERS_EVERY)
            continue
        done = Done()
        if monotonic() >= jobs_at:
            jobs_at = monotonic() + JOBS_EVERY
            done = do_due(now=now(), today=day_of(now()), stop=stop.is_set)
        send(done, now=now, stop=stop.is_set)
        say(done)
        db.session.remove()
        stop.wait(LETTERS_EVERY)


def note_backup(*, now: datetime) -> None:
    """A backup was made: the coordinator's page says when. One that can't be noted is a backup all the same."""
    try:
        with transaction():
            statement = insert(JobRun).values(name=BACKUP).on_conflict_do_nothing(index_elements=["name"])
            db.session.execute(statement)
            db.session.get_one(JobRun, BACKUP, populate_existing=True).ran_at = now
    except Busy:
        log.exception("job", job=BACKUP)


def said(*counts: tuple[int, str]) -> Lines:
    """A line for each thing of which there was at least one."""
    return [words for number, words in counts if number]


def _in_batches(remind: Reminder, now: datetime, today: date) -> int:
    """So many organisations in each transaction that nobody who saves something waits for long."""
    written, after = 0, None
    while True:
        with transaction():
            more, after = remind(now=now, today=today, after=after)
        written += more
        if after is None:
            return written
