"""Dates and numbers as people read them."""

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_time
from flask import Flask

from coprod.phrases import Counted, Phrase, Phrases
from coprod.web.clock import HERE, day_of
from coprod.web.languages import ENGLISH, current, day_in_words, translated


def day(value: date | datetime | None) -> str:
    """A date as "3 March 2026"; a moment is shown as its date in England."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = day_of(value)
    return _day(value) if current() is ENGLISH else day_in_words(value)


@lru_cache(maxsize=4096)
def _day(value: date) -> str:
    """Lists show the same days again and again."""
    return f"{value.day} {value:%B %Y}"


def moment(value: datetime | None) -> str:
    """A moment as "3 March 2026 at 2:32pm", in English time."""
    if value is None:
        return ""
    here = value.astimezone(HERE)
    if current() is ENGLISH:
        return f"{day(here)} at {clock(here)}"
    return translated(Phrase("{day} at {time}", day=day(here), time=clock(here)))


def clock(value: datetime) -> str:
    """The time of day as "2:32pm"."""
    here = value.astimezone(HERE)
    if current() is not ENGLISH:
        return str(format_time(here.time(), "short", locale=current().locale))
    return f"{here.hour % 12 or 12}:{here:%M}{'am' if here.hour < 12 else 'pm'}"


def counted(number: int, one: str, many: str | None = None) -> Counted:
    """ "1 change", "2 changes", "1,200 changes". Where a page says it, both words are given: that gathers them."""
    return Counted(number, one, many or one + "s")


def joined(words: list[str] | tuple[str, ...]) -> str:
    """ "a", "a and b", "a, b and c"."""
    *first, last = words or ("",)
    if not first:
        return Phrases((last,))
    return Phrase("{first} and {last}", first=Phrases(first, between=", "), last=Phrases((last,)))


def _counted(number: int, one: str, many: str | None = None) -> str:
    """The same on a page, which says it in its language."""
    return translated(counted(number, one, many))


def _joined(words: list[str] | tuple[str, ...]) -> str:
    return translated(joined(words))


def begun(words: str) -> str:
    """As a sentence begins."""
    return words[:1].upper() + words[1:]


def install(app: Flask) -> None:
    app.jinja_env.filters.update(begun=begun, day=day, moment=moment, clock=clock, joined=_joined)
    app.jinja_env.globals.update(counted=_counted)
