"""The time, asked in one place and passed on to the rules."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import current_app

HERE = ZoneInfo("Europe/London")


def now() -> datetime:
    """This moment in UTC."""
    asked = current_app.config.get("CLOCK")
    return asked() if asked else datetime.now(UTC)


def day_of(moment: datetime) -> date:
    """The date that a moment falls on in England."""
    return moment.astimezone(HERE).date()


def today() -> date:
    """The date in England, where an award is valid through the whole of its last day."""
    return day_of(now())
