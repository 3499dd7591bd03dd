"""The engine, the naming of constraints, and what SQLite must be told on every connection.

SQLite keeps its promises only when asked: foreign keys on, `synchronous=FULL` (an acknowledged write survives a power
cut), and write transactions that take their lock at the start (`BEGIN IMMEDIATE`), because a read that
turns into a write fails at once instead of waiting.

PostgreSQL reads at one moment and writes as if nobody wrote beside (`SERIALIZABLE`), which is what SQLite gives: a
decision that another one got in the way of is refused by the database, and made again (see `coprod.transaction`).
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import DateTime, Dialect, Engine, MetaData, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

WRITING = "coprod_writing"
ALONE = "coprod_alone"
FIXED_WAL = (3, 51, 3)  # SQLite before this can corrupt a WAL database when it is reset at a bad moment.
WAIT_MS = 5000
KEPT_KB = 16 * 1024  # The part of the database that a connection keeps in memory, as far as it reads it.
STATEMENTS = 500  # that a connection keeps read, about 10 KB each; past the driver's own 100 each is read at every use.
ELSEWHERE = "coprod_elsewhere"  # In a session's info: the engine that it asks instead of the main one.
SEARCHED = {"table": "listing_search", "index": "ix_listings_words"}  # SQLite's, and PostgreSQL's.
READ_ONLY = frozenset({"25006"})  # PostgreSQL's names for what stands in the way of a write, …
IN_THE_WAY = frozenset({"40001", "40P01", "23505"})  # … and for another decision that was quicker.


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Asking(Session):
    """Asks the main database, or the one that a request was sent to for reading."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **named: Any) -> Engine | Connection:
        return self.info.get(ELSEWHERE) or super().get_bind(mapper, clause, bind, **named)


db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"class_": Asking})

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite stores no time zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


def engine_options(address: str, *, connections: int) -> dict[str, Any]:
    """How to open the database at `address`: SQLite comes from a driver that carries a sound version."""
    url = make_url(address)
    if url.get_backend_name() != "sqlite":
        options = f"{url.query.get('options', '')} -c lock_timeout={WAIT_MS}".strip()
        return {
            "isolation_level": "REPEATABLE READ",
            "pool_pre_ping": True,
            "pool_size": connections,
            "max_overflow": 0,
            "pool_timeout": WAIT_MS / 1000,
            "connect_args": {"connect_timeout": WAIT_MS // 1000, "options": options},
        }
    import pysqlite3.dbapi2 as driver

    given = {"timeout": WAIT_MS / 1000, "check_same_thread": False, "cached_statements": STATEMENTS}
    return {"module": driver, "connect_args": given}


def to_write(engine: Engine, isolation: str = "SERIALIZABLE") -> dict[str, Any]:
    """The options of a connection that writes. SQLite lets one write at a time, and knows nothing else."""
    return {WRITING: True} | ({} if engine.dialect.name == "sqlite" else {"isolation_level": isolation})


def for_one_statement(engine: Engine) -> Engine:
    """The same, for connections that ask one thing: SQLite then needs no transaction round it."""
    return engine.execution_options(**{ALONE: True})


def is_away(fault: SQLAlchemyError) -> bool:
    """Whether the database can't do it just now: locked too long, disk full, read-only, stopped, no connection free."""
    return isinstance(fault, (OperationalError, NoConnectionFree)) or state_of(fault) in READ_ONLY


def state_of(fault: SQLAlchemyError) -> str:
    """PostgreSQL's five signs for what went wrong. SQLite has none."""
    return str(getattr(fault.orig, "sqlstate", "")) if isinstance(fault, DBAPIError) else ""


def prepare(engine: Engine) -> None:
    """Tell each SQLite connection its rules. Other engines keep their own."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # The driver must not begin transactions by itself.
        version = tuple(int(part) for part in _one(connection, "SELECT sqlite_version()").split("."))
        mode = "WAL" if version >= FIXED_WAL else "DELETE"
        for pragma in (
            f"journal_mode = {mode}",
            "synchronous = FULL",
            "foreign_keys = ON",
            f"busy_timeout = {WAIT_MS}",
            "trusted_schema = OFF",
            f"cache_size = -{KEPT_KB}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get(WRITING):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        elif not options.get(ALONE):
            connection.connection.cursor().execute("BEGIN")  # It takes no lock yet, so nothing is in its way.


def insert(model: type[Base]) -> Any:
    """An insert that knows ON CONFLICT, in the words of the database in use."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    return dialect.insert(model)


def is_described(_thing: Any, name: str | None, sort: str, _reflected: bool, _described: Any) -> bool:
    """Whether the models describe a table or an index. What searching stands on, each database has in its own way."""
    return not (name and name.startswith(SEARCHED.get(sort, "\0")))


def _one(connection: Any, statement: str) -> str:
    return str(connection.execute(statement).fetchone()[0])
