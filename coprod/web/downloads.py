"""What people are sent that is large: it is whole before it begins, and slow readers never hold every thread.

The server sends from the thread that makes the pieces, and that thread waits for who reads. So what is made while it
is sent is written aside first: a fault on the way is a page in words, not half a file that looks whole, and no reader
keeps the database waiting. Of what is larger than one piece few may be on their way at once, and who takes one too
slowly is cut off. A reader who stands still altogether is for the proxy in front to end.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from threading import BoundedSemaphore
from typing import IO

from flask import Flask, Response, request
from sqlalchemy.exc import SQLAlchemyError

from coprod.errors import Busy, DomainError
from coprod.phrases import N_
from coprod.storage import PIECE
from coprod.web import bodies, deployment
from coprod.web.bodies import AT_LEAST, SLOWEST
from coprod.web.page_cache import HEADERS_ONLY

BODILESS = frozenset({204, 304})
ONE_PIECE = 512 * 1024  # bytes: what is handed over at once, and then holds no thread


class TooManyDownloads(Busy):
    """More people take something large than there are places for it."""

    message = N_("Many people are downloading large files just now. Try again in a minute.")


class Following:
    """A large file as it is sent, piece by piece. Its places are free again after it."""

    def __init__(self, pieces: Iterator[bytes], *places: BoundedSemaphore) -> None:
        self._pieces = pieces
        self._held: list[BoundedSemaphore] = []
        for place in places:
            if not place.acquire(blocking=False):
                self.close()
                raise TooManyDownloads
            self._held.append(place)
        self._begun, self._sent = time.monotonic(), 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        """The next piece. Ending before the length that was said breaks the connection: half is not taken for all."""
        taken = time.monotonic() - self._begun
        slow = taken > AT_LEAST and self._sent < taken * SLOWEST
        piece = b"" if slow else next(self._pieces, b"")
        if not piece:
            self.close()
            raise StopIteration
        self._sent += len(piece)
        return piece

    def close(self) -> None:
        while self._held:
            self._held.pop().release()


def install(app: Flask) -> None:
    places = bodies.places(app)

    @app.after_request
    def send(response: Response) -> Response:
        nobody_reads = request.method == "HEAD" or HEADERS_ONLY in request.environ
        if response.is_sequence or nobody_reads or response.status_code in BODILESS:
            return response
        try:
            return _ready(response, places.downloads, places.bodies)
        except (DomainError, SQLAlchemyError) as fault:
            response.close()
            return app.make_response(app.handle_user_exception(fault))


def _ready(response: Response, *places: BoundedSemaphore) -> Response:
    """The same answer: in one piece where it is small, and else of a known length and with a place."""
    length, pieces = response.content_length, iter(response.iter_encoded())
    close: Callable[[], None] = getattr(response.response, "close", lambda: None)
    response.direct_passthrough = False  # Else nobody would be told that it is closed.
    if length is None or length <= ONE_PIECE:
        file, length = _written(pieces)
        response.call_on_close(file.close)
        pieces = _read(file)
    if length <= ONE_PIECE:
        response.set_data(b"".join(pieces))
        close()
        return response
    response.response = following = Following(pieces, *places)
    response.content_length = length
    response.call_on_close(following.close)
    response.call_on_close(close)
    return response


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


def _written(pieces: Iterator[bytes]) -> tuple[IO[bytes], int]:
    """What is still to be made, whole, from its beginning on; and how long it is. Whoever asks closes it."""
    with ExitStack() as until_made:
        try:
            folder = str(deployment.settings().instance)
            file = until_made.enter_context(tempfile.SpooledTemporaryFile(max_size=ONE_PIECE, dir=folder))
            for piece in pieces:
                file.write(piece)
            length = file.tell()
            file.seek(0)
        except OSError as fault:
            raise Busy from fault
        until_made.pop_all()
    return file, length
