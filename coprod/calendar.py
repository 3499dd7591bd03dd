"""Working days, and whole months: the clocks of moderation and of the charter.

A working day is a day that is not a weekend, an English bank holiday, or one of the area's school holidays.
"""

import calendar
from collections.abc import Collection
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from govuk_bank_holidays.bank_holidays import BankHolidays

from coprod.errors import DomainError

SATURDAY = 5


@cache
def bank_holidays() -> frozenset[date]:
    """English bank holidays, from the library's own file: no network is used."""
    known = BankHolidays(use_cached_holidays=True).get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    return frozenset(holiday["date"] for holiday in known)


def days_in(file: Path) -> frozenset[date]:
    """The days that a text file lists, one date such as 2026-12-21 a line; lines that begin with # are remarks.

    Raises DomainError, naming the line, where one can't be read.
    """
    days = set()
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        said = line.split("#")[0].strip()
        if not said:
            continue
        try:
            days.add(date.fromisoformat(said))
        except ValueError:
            raise DomainError(f"{file.name}, line {number}: {said!r} is not a date such as 2026-12-21.") from None
    return frozenset(days)


def is_working_day(day: date, closed: Collection[date]) -> bool:
    return day.weekday() < SATURDAY and day not in closed


def add_working_days(start: date, days: int, closed: Collection[date]) -> date:
    """The date `days` working days after `start`; the day of the start is not counted. `closed` is a set of days."""
    if days < 0:
        raise ValueError("days counts forward")
    day = start
    while days:
        day += timedelta(days=1)
        days -= is_working_day(day, closed)
    return day


def add_months(day: date, months: int) -> date:
    """The same day `months` later (or earlier), or the last day of a shorter month: 29 February becomes 28."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
