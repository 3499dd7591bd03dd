"""A request whose decision another one got in the way of is answered again from the start; nobody notices.

Pages for everybody are read from the replica, where there is one that knows what the main database knows.
"""

import time
from collections.abc import Callable

import structlog
from flask import Flask, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.exc import SQLAlchemyError

from coprod.database import ELSEWHERE, db, engine_options, is_away
from coprod.phrases import N_
from coprod.settings import Settings
from coprod.transaction import again
from coprod.web import access
from coprod.web.page_cache import STAMP, PublicState

REPLICA = "coprod.replica"
LEFT_ALONE = 10.0  # seconds until a replica that did not answer is asked again

Answer = Callable[[], ResponseReturnValue]

log = structlog.get_logger()


def install(app: Flask, settings: Settings) -> None:
    answer: Answer = app.dispatch_request
    replica = app.extensions[REPLICA] = Replica(settings) if settings.replica_url else None

    def dispatch() -> ResponseReturnValue:
        read = replica.answered(answer) if replica and _may_read_elsewhere(app) else None
        return again(answer, _rewind) if read is None else read

    app.dispatch_request = dispatch  # type: ignore[method-assign]  # the one place that every view is called from


def _rewind() -> None:
    """What was sent is read from its beginning again, and who asks is asked anew."""
    for _, file in request.files.items(multi=True):
        file.stream.seek(0)
    access.ask_again()


def _may_read_elsewhere(app: Flask) -> bool:
    """Pages that are kept for everybody: nothing private is in them, and nothing is written for them."""
    stated = access.access_of(app, request.endpoint or "")
    return STAMP in request.environ and bool(stated and stated.cached)


class Replica:
    """A second database that follows the main one, and may be behind it, or away."""

    def __init__(self, settings: Settings) -> None:
        address = settings.replica_url
        self.engine: Engine = create_engine(
            address, **engine_options(address, connections=settings.database_connections)
        )
        self.asked_from = 0.0

    def answered(self, answer: Answer) -> ResponseReturnValue | None:
        """The answer as the replica has it. None where it is behind or away: the main database is asked then."""
        if time.monotonic() < self.asked_from:
            return None
        session = db.session()
        session.rollback()
        session.info[ELSEWHERE] = self.engine
        try:
            return answer() if self._is_up_to_date() else None
        except SQLAlchemyError as fault:
            if not is_away(fault):
                raise
            self.asked_from = time.monotonic() + LEFT_ALONE
            log.warning("replica is away", exc_info=fault)
            return None
        finally:
            session.rollback()
            session.info.pop(ELSEWHERE)

    def fault(self) -> str:
        """What is wrong with it just now, in words; empty where nothing is."""
        main = db.session.scalar(select(PublicState.version)) or 0
        try:
            with self.engine.connect() as connection:
                known = connection.scalar(select(PublicState.version)) or 0
        except SQLAlchemyError:
            return N_("It does not answer. Pages for everybody are read from the main database meanwhile.")
        if known < main:
            return N_("It is behind. Pages for everybody are read from the main database meanwhile.")
        return ""

    def _is_up_to_date(self) -> bool:
        """Whether it has seen the change that a kept page must show. It is read at the same moment as the page is."""
        version = str(request.environ[STAMP]).partition(":")[0]
        known = db.session.scalar(select(PublicState.version)) or 0
        return known >= (int(version) if version.isdigit() else 0)
