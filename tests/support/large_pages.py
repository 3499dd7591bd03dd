"""Pages that only tests have: large ones, and ones that end too soon."""

from collections.abc import Callable, Iterator

from flask import Flask, Response
from sqlalchemy.exc import OperationalError

from coprod.web import access

PIECE = b"x" * 65_536
PIECES = 320  # 20 MB: more than any system keeps of what nobody reads


@access.public
def small() -> Response:
    return Response(iter(["a ", "few ", "words"]), mimetype="text/plain")


@access.public
def large() -> Response:
    return Response((PIECE for _ in range(PIECES)), mimetype="application/zip")


@access.public
def broken() -> Response:
    """The database goes away in the middle of what is made."""

    def made() -> Iterator[bytes]:
        yield from [PIECE] * 20
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    return Response(made(), mimetype="text/plain")


@access.public
def short() -> Response:
    """Half of what was said to come."""
    return Response((PIECE for _ in range(20)), headers={"Content-Length": str(40 * len(PIECE))})


def add(app: Flask, *views: Callable[[], Response | str]) -> None:
    """An app that has answered takes no more routes by Flask's own way."""
    for view in views or (small, large, broken, short):
        app.view_functions[view.__name__] = view
        app.url_map.add(app.url_rule_class(f"/{view.__name__}", endpoint=view.__name__, methods=["GET"]))
