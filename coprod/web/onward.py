"""Where somebody goes on to after they signed in: only to a page of this site, found by its name."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from coprod.web.access import access_of

START = "accounts.start"
LONGEST = 2000


def asked_for() -> str:
    """The page that this request asks to go on to, or the start page."""
    return page_at(request.args.get("next") or request.form.get("next") or "")


def page_at(target: str) -> str:
    """The address of the page that `target` names, built anew from the page's name; the start page for all else.

    Nothing of `target` reaches a browser: its path must be that of a page, and what follows is written out again.
    """
    start = url_for(START)
    if not target.startswith("/") or len(target) > LONGEST or not target.isprintable():
        return start
    try:
        parts = urlsplit(target)
    except ValueError:
        return start
    if parts.scheme or parts.netloc:
        return start
    found = _page(parts.path)
    if found is None:
        return start
    endpoint, values = found
    query = urlencode(parse_qsl(parts.query))
    return url_for(endpoint, **values) + (f"?{query}" if query else "")


def came_from() -> str:
    """The page of this site from which a form was sent here, as it is now; nothing where that is not known."""
    try:
        parts = urlsplit(request.referrer or "")
    except ValueError:
        return ""
    if request.method != "POST" or parts.netloc != request.host or not _page(parts.path):
        return ""
    return page_at(f"{parts.path}?{parts.query}")


def _page(path: str) -> tuple[str, dict[str, Any]] | None:
    """The page at this path: one that states who may come in, and is read with GET."""
    try:
        endpoint, values = current_app.url_map.bind("localhost").match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return None
    stated = access_of(current_app, endpoint)
    if stated is None or stated.first_step or endpoint == "static":
        return None
    return endpoint, dict(values)
