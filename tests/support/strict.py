"""A request that changes rows and does not commit them fails its test: the change would be lost in silence."""

from flask import Flask, Response, request
from sqlalchemy import event
from sqlalchemy.orm import Session

from coprod.database import db

FLUSHED = "flushed_without_commit"


def watch(app: Flask) -> None:
    @app.after_request
    def nothing_is_left_over(response: Response) -> Response:
        session = db.session()
        left = [*session.new, *session.dirty, *session.deleted]
        assert not left, f"{request.path} changed rows and did not commit them: {left}"
        assert not session.info.get(FLUSHED), f"{request.path} wrote rows and did not commit them"
        return response


@event.listens_for(Session, "after_flush")
def _flushed(session: Session, _context: object) -> None:
    session.info[FLUSHED] = True


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_rollback")
def _settled(session: Session) -> None:
    session.info.pop(FLUSHED, None)
