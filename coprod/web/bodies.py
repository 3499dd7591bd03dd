"""What people send, while it arrives: however slowly, and however many do, pages go on.

The server gives each request a thread, and reads what is sent only as it comes. So a body that never ends holds a
thread, and as many as there are threads would hold them all. Here few bodies may be on their way at once, and each must
come on at a rate that the slowest line has. A body that stands still altogether ends with its connection: that is for
the proxy in front to end.
"""

import time
from collections.abc import Callable, Iterable
from threading import BoundedSemaphore
from typing import Any

from flask import Flask

from coprod.errors import Busy
from coprod.phrases import N_

AT_ONCE = 11  # bodies and large downloads in a process, of the 12 threads that it is served with
DOWNLOADS_AT_ONCE = 8  # of these, sent to people (see coprod.web.downloads)
FILES_AT_ONCE = 10  # of these, with a file in them, until it is looked into
SLOWEST = 4 * 1024  # bytes a second, where a body takes longer than
AT_LEAST = 20.0  # seconds
HELD = "coprod.places"
PLACE = "coprod.body"  # In a request's environment: what comes with it.
BODIES = frozenset({"POST", "PUT", "PATCH", "DELETE"})

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class TooManyAtOnce(Busy):
    """More people send something than there are places for it."""

    message = N_("Many people are sending us something just now. What you sent did not arrive. Try again in a minute.")


class TooSlow(Busy):
    """What is sent comes so slowly that it may never be whole."""

    message = N_("What you sent came so slowly that we stopped waiting. Try again, on a faster line if you can.")
    status = 408


class CutOff(Busy):
    """The connection ended before everything had come. Half a form must never be taken for a whole one."""

    message = N_("What you sent did not arrive whole, so we did not keep it. Try again.")
    status = 400


class Places:
    """How many may be on their way in this process."""

    def __init__(self) -> None:
        self.bodies = BoundedSemaphore(AT_ONCE)
        self.files = BoundedSemaphore(FILES_AT_ONCE)
        self.downloads = BoundedSemaphore(DOWNLOADS_AT_ONCE)


class Body:
    """What comes with one request. From its first piece on it has a place, and gives it back with its last."""

    def __init__(self, stream: Any, places: Places, whole: int = 0) -> None:
        """`whole`: how many bytes the request says that there will be; 0 where it does not say."""
        self._stream, self._places, self._whole = stream, places, whole
        self._held: list[BoundedSemaphore] = []
        self._begun, self._came = 0.0, 0

    def read(self, size: int = -1) -> bytes:
        if not self._begun:
            self._take(self._places.bodies)
            self._begun = time.monotonic()
        piece: bytes = self._stream.read() if size < 0 else self._stream.read(size)
        self._came += len(piece)
        self._check(ended=size < 0 or (size > 0 and not piece))
        return piece

    def hold_a_file(self) -> None:
        """A file is among what comes: it has a place of its own until the request is answered."""
        self._take(self._places.files)

    def end(self) -> None:
        """The request is answered."""
        while self._held:
            self._held.pop().release()

    def _check(self, *, ended: bool) -> None:
        taken = time.monotonic() - self._begun
        if taken > AT_LEAST and self._came < taken * SLOWEST:
            raise TooSlow
        if ended:
            self._give_back(self._places.bodies)
            if self._came < self._whole:
                raise CutOff

    def _take(self, place: BoundedSemaphore) -> None:
        if not place.acquire(blocking=False):
            raise TooManyAtOnce
        self._held.append(place)

    def _give_back(self, place: BoundedSemaphore) -> None:
        if place in self._held:
            self._held.remove(place)
            place.release()


def places(app: Flask) -> Places:
    """Those of this process, one for all that sends or takes something."""
    held: Places = app.extensions.setdefault(HELD, Places())
    return held


def install(app: Flask) -> None:
    inner, here = app.wsgi_app, places(app)

    def served(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in BODIES:
            return inner(environ, start_response)
        said = environ.get("CONTENT_LENGTH") or ""
        whole = int(said) if said.isdecimal() else 0
        body = environ["wsgi.input"] = environ[PLACE] = Body(environ["wsgi.input"], here, whole)
        try:
            return inner(environ, start_response)
        finally:
            body.end()

    app.wsgi_app = served  # type: ignore[method-assign]  # WSGI
