"""Files that people send, and files that they are given: how large, and that no browser opens them by itself."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any, TypeVar
from urllib.parse import quote

from flask import Flask, Request, Response, current_app, request

from coprod import storage
from coprod.web import bodies, deployment
from coprod.web.access import current_actor

View = TypeVar("View", bound=Callable[..., Any])
MARK = "takes_files"
SMALL = "takes_a_small_file"
LARGEST_SMALL = 480 * 1024  # A form up to this size is held in memory, and never written to the disk.
BESIDES = 256 * 1024  # what a form holds besides its file
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


class Sent(Request):
    """A request whose file goes straight to the disk on which it is looked into, and may be kept."""

    _sent: IO[bytes] | None = None

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if self._sent or not are_taken():  # A form can have many parts, and a process few open files.
            return super()._get_file_stream(total_content_length, content_type, filename, content_length)
        self._sent = storage.WhileOpen(incoming())
        return self._sent

    def close(self) -> None:
        """Also what came of a form that never became whole."""
        super().close()
        if self._sent:
            self._sent.close()


def incoming() -> Path:
    """Where files are that somebody sends, until they are kept or refused."""
    return deployment.settings().instance / "incoming"


def takes_files(view: View) -> View:
    """The route takes a file of the size that the settings allow. Every other route takes a form's size."""
    setattr(view, MARK, True)
    return view


def are_taken() -> bool:
    """True where this request goes to a route that takes files."""
    return bool(getattr(current_app.view_functions.get(request.endpoint or ""), MARK, False))


def small_file(view: View) -> View:
    """The route takes a small file from anybody, looks at it, and keeps it nowhere."""
    setattr(view, SMALL, True)
    return view


def install(app: Flask) -> None:
    """Before anything reads a request: it may be larger where the route takes files, for people who are signed in."""

    app.request_class = Sent

    @app.before_request
    def how_large() -> None:
        view = app.view_functions.get(request.endpoint or "")
        if are_taken() and request.method == "POST" and current_actor().signed_in:
            request.max_content_length = deployment.settings().largest_file + BESIDES
            request.environ[bodies.PLACE].hold_a_file()
        if getattr(view, SMALL, False):
            request.max_content_length = LARGEST_SMALL


def attachment(pieces: Iterable[bytes], *, name: str, mime: str, size: int) -> Response:
    """A file to keep: never shown in the browser, never guessed at, and alone where something opens it all the same."""
    answer = Response(pieces, mimetype=mime, direct_passthrough=True)
    answer.headers.set("Content-Disposition", "attachment", **_named(name))
    answer.headers["Content-Length"] = str(size)
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def _named(name: str) -> dict[str, str]:
    """A name as RFC 6266 has it: in plain letters where it is, and whole, in UTF-8, where it is not."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%;' else "_" for c in name)
    if plain == name:
        return {"filename": name}
    return {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"}
