"""WRITES and READS: what eases a volunteer's part: a break, and a note of the time it took for their expenses."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from coprod import history
from coprod.database import db
from coprod.errors import Invalid, NotFound
from coprod.moderation.models import Pause, TimeSpent
from coprod.moderation.rules import HOURS, MINUTES
from coprod.permissions import Action, Actor, require
from coprod.phrases import N_, Counted, Phrases
from coprod.text import cleaned, has_words

A_PAGE = 100
MOST_ROWS = 10_000
LONGEST_BREAK = timedelta(days=731)
LONGEST_AGO = timedelta(days=366)
DAY = 24 * 60
DOUBLE_CLICK = timedelta(minutes=1)
MOST_PENCE = 100_000


@dataclass(frozen=True, slots=True)
class TimeRow:
    id: UUID
    day: date
    time: str
    what: str
    travel: str


@dataclass(frozen=True, slots=True)
class TimePage:
    """A volunteer's own notes, the newest first, and what they come to."""

    rows: tuple[TimeRow, ...]
    total_time: str
    total_travel: str


def take_break(*, until: date | None, actor: Actor, now: datetime, today: date) -> Pause:
    """A reviewer takes a break. Until a day, or until they say so; they are not asked to take cases meanwhile."""
    require(actor, Action.CARE_FOR_ONESELF)
    if until is not None and not today <= until <= today + LONGEST_BREAK:
        raise Invalid(N_("Enter a day from today up to two years ahead"), field="until")
    pause = own_break(actor, today=None)
    if pause is None:
        pause = Pause(person_id=actor.person_id, begun_at=now)
        db.session.add(pause)
    pause.until = until
    history.record("reviewer.break_taken", pause, actor=actor, now=now, until=until.isoformat() if until else None)
    return pause


def end_break(*, actor: Actor, now: datetime) -> None:
    """A reviewer is back. Being back twice is being back once."""
    require(actor, Action.CARE_FOR_ONESELF)
    pause = own_break(actor, today=None)
    if pause is not None:
        pause.ended_at = now
        history.record("reviewer.break_ended", pause, actor=actor, now=now)


def own_break(actor: Actor, *, today: date | None) -> Pause | None:
    """The break that this reviewer takes; with `today`, only if it is not over by then."""
    pause = db.session.scalar(select(Pause).where(Pause.person_id == actor.person_id, Pause.ended_at.is_(None)))
    over = pause is not None and today is not None and pause.until is not None and pause.until < today
    return None if over else pause


def note_time(
    *, day: date, minutes: int, what: str, travel_pence: int, actor: Actor, now: datetime, today: date
) -> TimeSpent:
    """A volunteer notes what they spent. `minutes` and `travel_pence` are whole numbers."""
    require(actor, Action.CARE_FOR_ONESELF)
    if not today - LONGEST_AGO <= day <= today:
        raise Invalid(N_("Enter a day in the last year, up to today"), field="day")
    if not 0 < minutes <= DAY:
        raise Invalid(N_("Enter how long it took, from 1 minute to 24 hours"), field="minutes")
    if not 0 <= travel_pence <= MOST_PENCE:
        raise Invalid(N_("Enter an amount from 0 to 1,000 pounds"), field="travel")
    words = cleaned(what)
    if not has_words(words):
        raise Invalid(N_("Enter what it was for"), field="what")
    said = {"person_id": actor.person_id, "day": day, "minutes": minutes, "what": words, "travel_pence": travel_pence}
    just_now = select(TimeSpent).filter_by(**said).where(TimeSpent.made_at > now - DOUBLE_CLICK)
    made = db.session.scalar(just_now.limit(1)) or TimeSpent(**said, made_at=now)
    db.session.add(made)
    return made


def remove_time(spent_id: UUID, *, actor: Actor) -> None:
    """A note can be taken out by whoever wrote it. Raises NotFound alike for a missing one and somebody else's."""
    require(actor, Action.CARE_FOR_ONESELF)
    spent = db.session.get(TimeSpent, spent_id)
    if spent is None or spent.person_id != actor.person_id:
        raise NotFound
    db.session.delete(spent)


def time_page(actor: Actor, limit: int = A_PAGE) -> TimePage:
    mine = TimeSpent.person_id == actor.person_id
    totals = select(func.coalesce(func.sum(TimeSpent.minutes), 0), func.coalesce(func.sum(TimeSpent.travel_pence), 0))
    minutes, pence = db.session.execute(totals.where(mine)).one()
    return TimePage(tuple(_row(spent) for spent in _spent(actor, limit)), in_hours(minutes), in_pounds(pence))


def time_rows(actor: Actor) -> list[tuple[date, int, str, str]]:
    """Everything that this person noted, for a download: day, minutes, what for, travel in pounds."""
    spent = _spent(actor, MOST_ROWS)
    return [(each.day, each.minutes, each.what, f"{each.travel_pence / 100:.2f}") for each in spent]


def in_hours(minutes: int) -> str:
    """ "45 minutes", "2 hours", "2 hours 5 minutes"."""
    hours, rest = divmod(minutes, 60)
    parts = [Counted(hours, *HOURS)] if hours else []
    return Phrases([*parts, Counted(rest, *MINUTES)] if rest or not parts else parts, between=" ")


def in_pounds(pence: int) -> str:
    return f"£{pence // 100:,}.{pence % 100:02}"


def _spent(actor: Actor, limit: int) -> list[TimeSpent]:
    chosen = select(TimeSpent).where(TimeSpent.person_id == actor.person_id)
    return list(db.session.scalars(chosen.order_by(TimeSpent.day.desc(), TimeSpent.made_at.desc()).limit(limit)))


def _row(spent: TimeSpent) -> TimeRow:
    travel = in_pounds(spent.travel_pence) if spent.travel_pence else ""
    return TimeRow(spent.id, spent.day, in_hours(spent.minutes), spent.what, travel)
