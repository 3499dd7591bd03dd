"""Read-only data that programs and other websites' pages may read: open to every origin, and asked for again cheaply.

Its tag moves with the public version and with the day, so whoever has the newest gets 304 before anything is read.
"""

import hashlib
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, TypeVar

from flask import Flask, Response, request
from sqlalchemy import select

from coprod.database import db
from coprod.web import clock, deployment
from coprod.web.page_cache import PublicState

View = TypeVar("View", bound=Callable[..., Any])
ATTRIBUTE = "open_data"
RELEASE = version("coprod")
LICENCES = {
    "OGL-UK-3.0": (
        "Open Government Licence v3.0",
        "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    ),
    "CC-BY-4.0": ("Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "CC0-1.0": ("CC0: no rights kept", "https://creativecommons.org/publicdomain/zero/1.0/"),
}


def open_data(view: View) -> View:
    """What this route answers is the same for everybody, and theirs to use."""
    setattr(view, ATTRIBUTE, True)
    return view


def install(app: Flask) -> None:
    @app.before_request
    def nothing_new() -> Response | None:
        if _is_open(app) and _tag().removeprefix("W/") in request.headers.get("If-None-Match", ""):
            return Response(status=304)
        return None

    @app.after_request
    def open_to_all(response: Response) -> Response:
        if _is_open(app) and response.status_code in {200, 304}:
            response.headers["ETag"] = _tag()
            if not response.cache_control.public:
                response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Expose-Headers"] = "ETag, Link"
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response


def _is_open(app: Flask) -> bool:
    return bool(request.endpoint and getattr(app.view_functions.get(request.endpoint), ATTRIBUTE, False))


def _tag() -> str:
    """What the answer depends on: the address, the public data, the day, this release and its settings."""
    known: str | None = request.environ.get("coprod.tag")
    if known is None:
        state = db.session.connection().execute(select(PublicState.version)).scalar()
        settings = deployment.settings()
        parts = (request.full_path, state, clock.today(), RELEASE, settings.base_url, settings.data_licence)
        known = f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'
        request.environ["coprod.tag"] = known
    return known
