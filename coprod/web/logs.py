"""One JSON line for each request: identifiers only, never a name, an address of a person, or what somebody wrote."""

import logging
import sys
import time
import uuid

import structlog
from flask import Flask, Response, g, request


def install(app: Flask) -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    log = structlog.get_logger()

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        g.request_id = uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if not app.testing and request.endpoint != "static":
            log.info(
                "request",
                method=request.method,
                endpoint=request.endpoint,
                status=response.status_code,
                ms=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
            )
        return response
