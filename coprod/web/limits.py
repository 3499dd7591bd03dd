"""How often one visitor may do what costs much or can be misused: one table, counted for all workers together.

Where it is counted is a setting: in the database (the default), in Redis, or in each process. A visitor's address is
counted as a digest that only this site can make. Where the store is away, each process counts by itself meanwhile.
"""

import hashlib
import hmac
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, request
from flask_limiter.util import get_remote_address
from flask_login import current_user
from limits.storage import Storage
from sqlalchemy import Float, Integer, String, case, delete, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from coprod.database import Model, db, insert, to_write
from coprod.web.deployment import limiter

View = TypeVar("View", bound=Callable[..., Any])


def digest(text: str) -> str:
    """What stands for an address of a visitor or of e-mail, for this site alone."""
    key = str(current_app.secret_key).encode()
    return hmac.new(key, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]


def visitor() -> str:
    return digest(get_remote_address())


def email() -> str:
    """The e-mail address that was typed, however its letters are written."""
    return digest(request.form.get("email", "").strip().casefold())


def person() -> str:
    return str(getattr(current_user, "id", "")) or visitor()


@dataclass(frozen=True, slots=True)
class Limit:
    """So often in a while. Only what is sent counts, unless `misses`: then only what is not there counts."""

    often: str
    per: Callable[[], str] = visitor
    misses: bool = False
    reading: bool = False


TABLE: Mapping[str, tuple[Limit, ...]] = {
    "sign in": (Limit("30 per minute"),),
    "letters": (Limit("5 per hour", per=email), Limit("20 per hour")),
    "codes": (Limit("10 per 5 minutes; 50 per day", per=person),),
    "ask to join": (Limit("20 per hour", per=person),),
    "ask signatories": (Limit("20 per hour", per=person),),
    "report a concern": (Limit("5 per hour; 10 per day"),),
    "links": (Limit("20 per minute"), Limit("30 per minute", misses=True)),
    "confirm": (Limit("30 per minute"), Limit("30 per minute", misses=True)),
    "verify": (Limit("60 per minute", misses=True),),
    "verify a file": (Limit("20 per minute"),),
    "take data": (Limit("10 per hour", per=person),),
    "print": (Limit("30 per minute", reading=True),),
}


def limited(name: str) -> Callable[[View], View]:
    """Hold a route to a row of the table."""

    def mark(view: View) -> View:
        marked: Any = view
        for row in TABLE[name]:
            methods = None if row.misses or row.reading else ["POST"]
            counts = _not_found if row.misses else None
            marked = limiter.shared_limit(
                row.often, scope=f"{name} {row.often}", key_func=row.per, methods=methods, deduct_when=counts
            )(marked)
        return cast(View, marked)

    return mark


def _not_found(response: Response) -> bool:
    return response.status_code == 404


def install(app: Flask) -> None:
    app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = True
    limiter.init_app(app)


class RateCount(Model):
    """How often somebody did something in a while that ends at `expires_at`."""

    __tablename__ = "rate_counts"

    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    hits: Mapped[int] = mapped_column(Integer)
    expires_at: Mapped[float] = mapped_column(Float(53), index=True, comment="seconds since 1970")


class DatabaseStorage(Storage):
    """The library's interface on our database, which all workers share. Each count is one statement of its own."""

    STORAGE_SCHEME = ["database"]  # noqa: RUF012  # as the library wants it

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = time.time()
        over = RateCount.expires_at <= now
        count = insert(RateCount).values(key=key, hits=amount, expires_at=now + expiry)
        counted = count.on_conflict_do_update(
            index_elements=[RateCount.key],
            set_={
                "hits": case((over, amount), else_=RateCount.hits + amount),
                "expires_at": case((over, now + expiry), else_=RateCount.expires_at),
            },
        ).returning(RateCount.hits)
        with _writing() as connection:
            return int(connection.execute(counted).scalar_one())

    def get(self, key: str) -> int:
        kept = select(RateCount.hits).where(RateCount.key == key, RateCount.expires_at > time.time())
        with db.engine.connect() as connection:
            return connection.scalar(kept) or 0

    def get_expiry(self, key: str) -> float:
        with db.engine.connect() as connection:
            return connection.scalar(select(RateCount.expires_at).where(RateCount.key == key)) or time.time()

    def check(self) -> bool:
        try:
            self.get("")
        except SQLAlchemyError:
            return False
        return True

    def reset(self) -> int | None:
        with _writing() as connection:
            return int(connection.execute(delete(RateCount)).rowcount)

    def clear(self, key: str) -> None:
        with _writing() as connection:
            connection.execute(delete(RateCount).where(RateCount.key == key))


@contextmanager
def _writing() -> Iterator[Connection]:
    options = to_write(db.engine, "READ COMMITTED")
    with db.engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def tidy() -> int:
    """Forget counts whose while is over. Answers how many."""
    gone = db.session.execute(delete(RateCount).where(RateCount.expires_at <= time.time()))
    return int(gone.rowcount)  # type: ignore[attr-defined]  # a DELETE counts its rows
