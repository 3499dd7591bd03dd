"""THE RULES of letters: when one is tried again, when it is given up, and how many reminders are too many."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PAUSES = (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR, DAY, DAY, DAY, DAY)
GIVE_UP_DAYS = 5  # What the pauses come to, for people.
LEASE = 15 * MINUTE  # Longer than any try takes: after it, who claimed a letter must have died.
STUCK_AFTER = HOUR
STUCK_TRIES = 3
WEEK = 7 * DAY
FARTHEST = 8 * DAY  # Nothing puts a letter off for longer.
STALE_AFTER = 14 * DAY  # A reminder that the cap held back for so long helps nobody.
KEPT_TO_TRY_AGAIN = 30 * DAY
KEPT = 400 * DAY  # Longer than a year, so that a yearly reminder knows that it went out.


def next_try(tries: int, *, now: datetime) -> datetime | None:
    """Each pause is longer than the last. None after the last one: the letter is given up."""
    return now + PAUSES[tries - 1] if tries <= len(PAUSES) else None


def may_go_at(sent: Sequence[datetime], *, most: int, now: datetime) -> datetime:
    """When a reminder may go to somebody who was sent these: never more than `most` within a week."""
    lately = sorted(moment for moment in sent if moment > now - WEEK)
    return now if len(lately) < most else lately[-most] + WEEK


def reminder_for(day: date, *, today: date, days: Sequence[int]) -> int | None:
    """Which of the reminders so many days before `day` is due: the last whose time has come, and none after the day."""
    left = (day - today).days
    return min((before for before in days if 0 <= left <= before), default=None)
