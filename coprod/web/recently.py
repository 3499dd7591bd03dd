"""Some decisions ask people to show again who they are: a browser left open must not be enough for them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from flask import Flask, redirect, request, session, url_for
from werkzeug.wrappers import Response

from coprod.web import clock, keeping

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


def enforce(app: Flask) -> None:
    """Behind the door: whoever came in shows who they are where the route asks for it and it was too long ago."""

    @app.before_request
    def ask_again() -> Response | tuple[str, int] | None:
        view = app.view_functions.get(request.endpoint or "")
        if not getattr(view, ATTRIBUTE, False) or _was_lately():
            return None
        if request.method == "POST":
            return keeping.show_who_you_are()
        return redirect(url_for("accounts.prove", next=request.full_path.rstrip("?")))


def _was_lately() -> bool:
    before: float = session.get(PROVED, 0.0)
    return clock.now().timestamp() - before < RECENTLY.total_seconds()
