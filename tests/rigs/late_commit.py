"""A server with a fault on purpose: it answers first and commits a moment later. The rig must find what it loses."""

import threading

from sqlalchemy.orm import Session

from coprod import transaction
from coprod.app import create_app
from coprod.database import db

LATER = 0.05  # seconds

app = create_app()
_commit = Session.commit


def _later(session: Session) -> None:
    """Put the session aside with its open transaction, and commit it once the answer is out."""
    session.flush()
    db.session.registry.clear()
    threading.Timer(LATER, lambda: (_commit(session), session.close())).start()


class _Sessions:
    """`db.session` as `transaction()` sees it, with a commit that comes late."""

    session = property(lambda _self: _Late())
    engine = property(lambda _self: db.engine)


class _Late:
    def __getattr__(self, name: str) -> object:
        return (lambda: _later(db.session())) if name == "commit" else getattr(db.session, name)


transaction.db = _Sessions()  # type: ignore[assignment]  # in the place of the real one
