"""How somebody likes to read: larger words, strong contrast, few words with pictures. It holds for every page.

It is kept in a cookie, not in an account, so it works without one and without scripting. Of the cookie only these three
words count, so pages for everybody are kept in at most eight ways.
"""

from dataclasses import dataclass
from typing import Any

from flask import Flask, has_request_context, request
from werkzeug.wrappers import Response

from coprod.web.deployment import settings

NAME = "coprod_reading"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Reader:
    """What somebody asked for. `plain` is few words, with pictures beside them."""

    large: bool = False
    contrast: bool = False
    plain: bool = False

    @property
    def ways(self) -> list[str]:
        return [way for way in WAYS if getattr(self, way)]

    @property
    def key(self) -> str:
        """The choice as it stands in the cookie, and as kept pages are told apart by it."""
        return "-".join(self.ways)

    @property
    def classes(self) -> str:
        return " ".join(f"reads-{way}" for way in self.ways)


WAYS = ("large", "contrast", "plain")
USUAL = Reader()


def chosen(ways: list[str]) -> Reader:
    """The choice that these words make; others count for nothing."""
    return Reader(**{way: way in ways for way in WAYS})


def kept_in(cookies: str) -> Reader:
    """The choice that a request's cookies hold, whatever else stands in them."""
    if NAME not in cookies:
        return USUAL
    for each in cookies.split(";"):
        name, _, value = each.strip().partition("=")
        if name.removeprefix("__Host-") == NAME:
            return chosen(value.strip('"').split("-"))
    return USUAL


def current() -> Reader:
    return kept_in(request.headers.get("Cookie", "")) if has_request_context() else USUAL


def keep(response: Response, reader: Reader) -> None:
    """Remember the choice, or forget it where it is the usual one."""
    name, secure = settings().cookie(NAME), settings().secure
    if reader == USUAL:
        response.delete_cookie(name, secure=secure, httponly=True, samesite="Lax")
    else:
        response.set_cookie(name, reader.key, max_age=YEAR, secure=secure, httponly=True, samesite="Lax")


def install(app: Flask) -> None:
    @app.context_processor
    def how_to_read() -> dict[str, Any]:
        return {"reads": current()}
