"""Log lines as JSON: identifiers only, never a name, an address of a person, or what somebody wrote.

Each request has one line, and a number that stands in every line that it leads to. What libraries log comes out in the
same form. Of a fault the log holds its kind and the lines of code, not its message: that may quote what somebody typed.
"""

import logging
import sys
import time
import traceback
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TextIO

import structlog
from flask import Flask, Response, g, request
from sqlalchemy.exc import DBAPIError
from structlog.typing import EventDict

DEEPEST = 40  # lines of code
ENDPOINT = "coprod.endpoint"

QUIET = "coprod.quiet"  # In the surroundings of a request that this program makes of itself.


def install(app: Flask) -> None:
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_messages,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        logger_factory=lambda *_named: Printed(),
        cache_logger_on_first_use=True,
    )
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    if not app.testing and not any(isinstance(each, Lines) for each in logging.getLogger().handlers):
        logging.getLogger().addHandler(Lines(shared))
    log = structlog.get_logger()

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        g.request_id = uuid.uuid4().hex
        request.environ[ENDPOINT] = request.endpoint or "none"
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if not app.testing and request.endpoint != "static" and QUIET not in request.environ:
            log.info(
                "request",
                method=request.method,
                endpoint=request.endpoint,
                status=response.status_code,
                ms=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
            )
        return response

    def fault(exc_info: Any) -> None:
        """Flask's own line names the address, and some addresses hold a secret."""
        app.logger.error("fault", exc_info=exc_info, extra={"endpoint": request.endpoint})

    app.log_exception = fault  # type: ignore[method-assign]  # one line of ours in place of the library's


class Printed:
    """Writes lines where errors go. One that can't be written, on a full disk perhaps, keeps no answer back."""

    def __getattr__(self, _level: str) -> Callable[[str], None]:
        return self.write

    def write(self, line: str) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()


class Lines(logging.StreamHandler[TextIO]):
    """What libraries and the program itself log by Python's own means, in the same form as every other line."""

    def __init__(self, shared: list[Any]) -> None:
        super().__init__()
        self.setFormatter(
            structlog.stdlib.ProcessorFormatter(
                foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder({"endpoint"})],
                processors=[
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(),
                ],
                use_get_message=False,  # The words as the library has them, without the values it would put in.
            )
        )

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, _given: TextIO) -> None:
        """Always where errors go now."""


def without_messages(_logger: Any, _method: str, line: EventDict) -> EventDict:
    """A fault as its kind, where it happened, and what the system or the database calls it."""
    given = line.pop("exc_info", None)
    fault = given[1] if isinstance(given, tuple) else given if isinstance(given, BaseException) else None
    if given is True:
        fault = sys.exc_info()[1]
    if fault is not None:
        line["fault"] = [_told(each) for each in _chain(fault)]
    return line


def _chain(fault: BaseException) -> list[BaseException]:
    """The fault, and what it came from."""
    found: list[BaseException] = []
    each: BaseException | None = fault
    while each is not None and each not in found:
        found.append(each)
        each = each.__cause__ or each.__context__
    return found


def _told(fault: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(fault.__traceback__)[-DEEPEST:]
    told: dict[str, Any] = {
        "kind": f"{type(fault).__module__}.{type(fault).__qualname__}",
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if isinstance(fault, OSError):
        told["why"] = fault.strerror
    if isinstance(fault, DBAPIError):
        told["why"] = getattr(fault.orig, "sqlstate", None) or getattr(fault.orig, "sqlite_errorname", None)
    return told
