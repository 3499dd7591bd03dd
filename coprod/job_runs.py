"""Who is at a job now, and when it was last done: so that two who come at once never do the same one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from coprod.database import Model, UtcDateTime, db, insert
from coprod.transaction import again, transaction

LEASE = timedelta(minutes=30)  # Longer than any job takes: after it, who began it must have died.

CLOCKS_APART = timedelta(minutes=5)  # of machines that share the work

log = structlog.get_logger()

Lines = Iterable[str]
Does = Callable[[datetime, date], Lines]


class JobRun(Model):
    """When a job was last done, and until when somebody is at it now."""

    __tablename__ = "job_runs"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    busy_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ran_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when it last ended well")
    done_on: Mapped[date | None] = mapped_column(comment="the day of that, for what is done once a day")
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when it failed since, if it did")


@dataclass(frozen=True, slots=True)
class Job:
    """One thing that time does, in transactions of its own. It answers a line for each thing that it did.

    `after` names the jobs whose outcome it builds on: while somebody is at one of them, it waits.
    """

    name: str
    does: Does
    daily: bool
    after: tuple[str, ...] = ()


def take_turn(each: Job, now: datetime, today: date) -> Lines:
    """Do the job, unless it is not its turn. What somebody else got in the way of is done again: it finds the rest."""
    if not again(lambda: begin(each, now, today)):
        return ()
    lines = again(lambda: each.does(now, today))
    end(each, ran_at=now, done_on=today, failed_at=None)
    return lines


def begin(each: Job, now: datetime, today: date) -> bool:
    """Take the job, unless somebody is at it or at what it builds on, or the day's job is done for the day."""
    with transaction():
        db.session.execute(insert(JobRun).values(name=each.name).on_conflict_do_nothing(index_elements=["name"]))
        run = db.session.get_one(JobRun, each.name, with_for_update=True, populate_existing=True)
        if _is_busy(each, now) or (each.daily and run.done_on == today):
            return False
        run.busy_until = now + LEASE
        return True


def _is_busy(each: Job, now: datetime) -> bool:
    """A lease that ends later than one from now on was given by a clock that ran ahead: it would hold for that long."""
    names, ends = (each.name, *each.after), JobRun.busy_until
    at_work = select(JobRun.name).where(JobRun.name.in_(names), ends > now, ends <= now + LEASE + CLOCKS_APART)
    return db.session.scalar(at_work.order_by(JobRun.name).limit(1)) is not None


def end(each: Job, **facts: object) -> None:
    def note() -> None:
        with transaction():
            run = db.session.get_one(JobRun, each.name, with_for_update=True)
            run.busy_until = None
            for name, fact in facts.items():
                setattr(run, name, fact)

    again(note)


def note_failure(each: Job, now: datetime) -> None:
    try:
        end(each, failed_at=now)
    except Exception:  # The database itself may be what failed. The job is free again when its lease is over.
        log.exception("job", job=each.name)
