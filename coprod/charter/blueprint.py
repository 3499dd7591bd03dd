"""The room's blueprint, on which its files of views stand."""

from typing import Any

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from coprod.web import clock
from coprod.web.access import current_actor

bp = Blueprint("charter", __name__)

Answer = Response | str | tuple[str, int]


def who_and_when() -> dict[str, Any]:
    """Who asks, and when, as operations take them."""
    return {"actor": current_actor(), "now": clock.now(), "today": clock.today()}


def shown(template: str, form: Any, **values: Any) -> str | tuple[str, int]:
    """The page with its form; what has to be mended makes it a 422."""
    page = render_template(template, form=form, **values)
    return (page, 422) if form.errors else page
