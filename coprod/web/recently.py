"""Some decisions ask people to show again who they are: a browser left open must not be enough for them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from flask import session

from coprod.web import clock

View = TypeVar("View", bound=Callable[..., Any])
ATTRIBUTE = "recent"
PROVED = "proved_at"  # Where the signed cookie says when its owner last showed who they are.
RECENTLY = timedelta(minutes=15)


def recent(view: View) -> View:
    """Only for somebody who signed in, or gave their password again, in the last 15 minutes."""
    setattr(view, ATTRIBUTE, True)
    return view


def proved() -> None:
    """Somebody has just shown who they are."""
    session[PROVED] = clock.now().timestamp()


def is_due(view: Callable[..., Any] | None) -> bool:
    """True where the route asks for it, and it was too long ago."""
    asks = getattr(view, ATTRIBUTE, False)
    return asks and clock.now().timestamp() - session.get(PROVED, 0.0) >= RECENTLY.total_seconds()
