"""The one commit. Everything that a decision changes is written in one transaction, its history and its mail too.

On PostgreSQL many decide at once. Where two get in each other's way, the database refuses one of them, and it is made
again from the start with nobody writing beside it. So it is made on what is true by then, and never more than twice.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from coprod.database import IN_THE_WAY, Model, db, is_away, state_of, to_write
from coprod.errors import Busy

T = TypeVar("T")


class Again(Exception):
    """Another decision got in the way, and whoever stands by makes this one again."""


class Go(Enum):
    """How a decision is made, where somebody stands by to make it again: each a lock that PostgreSQL knows.

    A lock on a table is taken before the moment at which a transaction sees the rows, so who has waited sees them as
    the one before left them.
    """

    BESIDE = "LOCK TABLE public_state IN ROW EXCLUSIVE MODE"
    ALONE = "LOCK TABLE public_state IN EXCLUSIVE MODE"


_going: ContextVar[Go | None] = ContextVar("coprod_going", default=None)


def again(do: Callable[[], T], rewind: Callable[[], None] = lambda: None) -> T:
    """Do it; where another decision got in the way, rewind what was read, and do it again with nobody beside."""
    try:
        return _do(Go.BESIDE, do)
    except Again:
        rewind()
        return _do(Go.ALONE, do)


def _do(how: Go, do: Callable[[], T]) -> T:
    before = _going.set(how)
    try:
        return do()
    finally:
        _going.reset(before)


@contextmanager
def transaction() -> Iterator[None]:
    """Write, or nothing. Rows read before are read again under the lock, so a decision is made on what is true now.

    Raises Busy where the database can't take the write (locked too long, disk full, read-only), and Again where
    another decision got in the way and somebody stands by to make this one again.
    """
    session = db.session
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("something was changed outside the transaction")
    undo()
    try:
        _begin()
        yield
        session.commit()
    except SQLAlchemyError as fault:
        undo()
        if state_of(fault) in IN_THE_WAY and _going.get() is Go.BESIDE:
            raise Again from fault
        if is_away(fault):
            raise Busy from fault
        raise
    except BaseException:
        undo()
        raise


def undo() -> None:
    """Nothing that was not committed stays. Where the database is gone, there is nobody to be told so."""
    try:
        db.session.rollback()
    except SQLAlchemyError:
        db.session().invalidate()


def hold(row: Model) -> None:
    """Read a row again, and let nobody else change it before this transaction is over."""
    db.session.refresh(row, with_for_update={"of": type(row)})


def _begin() -> None:
    engine = db.engine
    connection = db.session.connection(execution_options=to_write(engine))
    if engine.dialect.name == "postgresql":
        connection.execute(text((_going.get() or Go.BESIDE).value))
