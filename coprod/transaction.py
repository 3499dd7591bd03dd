"""The one commit. Everything that a decision changes is written in one transaction, its history and its mail too."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError

from coprod.database import WRITING, db
from coprod.errors import Busy


@contextmanager
def transaction() -> Iterator[None]:
    """Write, or nothing. Rows read before are read again under the lock, so a decision is made on what is true now.

    Raises Busy where the database can't take the write (locked too long, disk full, read-only).
    """
    session = db.session
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("something was changed outside the transaction")
    session.rollback()
    try:
        session.connection(execution_options={WRITING: True})
        yield
        session.commit()
    except OperationalError as fault:
        session.rollback()
        raise Busy from fault
    except BaseException:
        session.rollback()
        raise
