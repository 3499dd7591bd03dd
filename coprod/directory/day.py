"""THE RULES of time for what the public is told: the days before today that decide it, found once for all rows.

A date is easier to compare than months are to add, for a database too. The charter's own rules say the same of each
sign-up; a test compares the two over every day of five years.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from coprod.calendar import add_months


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a signing holds without an assessment or a check-in, and for how long an ending is told."""

    months_to_assess: int = 12
    months_to_check_in: int = 12
    days_until_overdue: int = 30
    days_until_lapse: int = 90
    months_told: int = 12


@dataclass(frozen=True, slots=True)
class Day:
    """What is decided by dates on one day.

    In force: whose months began on `in_time_from` or later, where no assessment was sent in; else who checked in on
    `holds_from` or later. Not overdue: who checked in on `checked_from` or later. Still told: what ended after
    `told_after`.
    """

    today: date
    limits: Limits
    in_time_from: date
    holds_from: date
    checked_from: date
    told_after: date

    @classmethod
    def of(cls, today: date, limits: Limits) -> Self:
        overdue = today - timedelta(days=limits.days_until_overdue)
        lapsed = today - timedelta(days=limits.days_until_lapse)
        return cls(
            today=today,
            limits=limits,
            in_time_from=_first_in_time(today, limits.months_to_assess),
            holds_from=_first_in_time(lapsed, limits.months_to_check_in),
            checked_from=_first_in_time(overdue, limits.months_to_check_in),
            told_after=add_months(today, -limits.months_told),
        )


def _first_in_time(day: date, months: int) -> date:
    """The first date from which so many months reach `day`. After the end of February it is a day or two later."""
    start = add_months(day, -months)
    while add_months(start, months) < day:
        start += timedelta(days=1)
    return start
