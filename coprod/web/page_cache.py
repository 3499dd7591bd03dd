"""Public pages kept ready, before Flask is asked.

A page that says it is the same for everybody is kept under its path, its query and the way it is read, for as long as
the public data keep their version and the date stays the same. Each change to a public table moves the version in its
own transaction; every process asks for the version at most twice a second, so what the public sees is right within a
second. Somebody with a session cookie always gets a page of their own.
"""

import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

from flask import Flask
from sqlalchemy import Engine, Integer, event, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column

from coprod.database import Base, Model, db
from coprod.web import clock, reading, visitors

ASK_EVERY = 0.5  # seconds
LARGEST_PAGE = 512 * 1024
LARGEST_CACHE = 64 * 1024 * 1024
LONGEST_QUERY = 200
WORTH_PACKING = 1024
SAFE = frozenset({"GET", "HEAD"})
HEADERS_ONLY = "coprod.headers_only"  # In a request's environment: nobody reads the body, unless it is to be kept.
STAMP = "coprod.stamp"  # In a request's environment: what a page must be made from at least, if it is to be kept.
UNSEEN = "public_changed_unseen"  # In a session's info: public rows changed, and the session can't say which.

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class PublicState(Model):
    """One row: the version of everything the public can see."""

    __tablename__ = "public_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer, default=0)


Headers = list[tuple[str, str]]
Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """A page with each answer to it made up: as it is, packed, and "you have it already"."""

    etag: str
    body: bytes
    headers: Headers
    packed: bytes
    packed_headers: Headers
    unchanged_headers: Headers

    @property
    def size(self) -> int:
        return len(self.body) + len(self.packed)


def mark_changed(session: Session) -> None:
    """Move the public version in the running transaction. For writes that the session does not see."""
    session.info[UNSEEN] = True
    move_version(session)


def move_version(session: Session) -> None:
    """Once in a transaction. By itself it is for writes of which the public list needs to know nothing."""
    if session.info.get("public_changed"):
        return
    session.info["public_changed"] = True
    moved = session.connection().execute(update(PublicState).values(version=PublicState.version + 1))
    if not moved.rowcount:
        session.connection().execute(PublicState.__table__.insert().values(id=1, version=1))  # type: ignore[attr-defined]  # declarative tables have insert()


def _watch(session: Session, _context: Any) -> None:
    touched = (*session.new, *session.dirty, *session.deleted)
    if any(getattr(type(row), "__public__", False) for row in touched):
        move_version(session)


def _watch_statements(state: ORMExecuteState) -> None:
    """Statements that change many rows at once count too, where the session runs them."""
    if (state.is_insert or state.is_update or state.is_delete) and _is_public(state.statement):
        mark_changed(state.session)


def _is_public(statement: Any) -> bool:
    return getattr(getattr(statement, "table", None), "name", None) in _public_tables()


@cache
def _public_tables() -> frozenset[str]:
    """The tables whose rows the public can see. Asked by each statement that writes, and always the same."""
    public = (m.local_table for m in Base.registry.mappers if getattr(m.class_, "__public__", False))
    return frozenset(str(getattr(table, "name", "")) for table in public)


def _forget(session: Session, _undone: Any = None) -> None:
    """What was marked is committed or undone, so the next change marks anew. Undoing a savepoint undoes a mark too."""
    session.info.pop("public_changed", None)
    session.info.pop(UNSEEN, None)


class PageCache:
    """WSGI middleware: answers from memory where it can, and keeps what the app says may be shared."""

    def __init__(self, app: Application, *, cookie: str, stamp: Callable[[], str]) -> None:
        self.app = app
        self.cookie = cookie
        self.stamp = stamp
        self.pages: OrderedDict[Key, Page] = OrderedDict()
        self.held = 0
        self.seen = ""
        self.lock = Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        cookies = environ.get("HTTP_COOKIE", "")
        if environ["REQUEST_METHOD"] not in SAFE or visitors.has_own_pages(cookies, self.cookie):
            return self.app(environ, start_response)
        stamp = self.stamp()
        way = reading.kept_in(cookies).key if cookies else ""
        key = (environ.get("HTTP_HOST", ""), environ["PATH_INFO"], environ.get("QUERY_STRING", ""), way)
        if stamp != self.seen:
            self._forget_all(stamp)
        page = self.pages.get(key)
        if page is None:
            return self._ask(stamp, key, environ, start_response)
        return _answer(page, environ, start_response)

    def _forget_all(self, stamp: str) -> None:
        """What is kept is of another version or day."""
        with self.lock:
            self.pages.clear()
            self.held = 0
            self.seen = stamp

    def _ask(
        self, stamp: str, key: Key, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        begun: list[Any] = []

        def remember(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
            begun[:] = [status, headers, exc_info]
            return lambda _body: None

        whole = environ
        if environ["REQUEST_METHOD"] == "HEAD":
            whole = dict(environ, REQUEST_METHOD="GET") | {HEADERS_ONLY: True}
        whole[STAMP] = stamp
        answer = self.app(whole, remember)
        status, headers, exc_info = begun
        if not whole.get("coprod.shared_page") or _sets_cookie(headers):
            start_response(status, headers, *([exc_info] if exc_info else []))
            return answer if environ["REQUEST_METHOD"] == "GET" else _closed(answer)
        body = b"".join(answer)
        _close(answer)
        page = _page(headers, body)
        self._keep(stamp, key, page)
        return _answer(page, environ, start_response)

    def _keep(self, stamp: str, key: Key, page: Page) -> None:
        if len(page.body) > LARGEST_PAGE or len(key[2]) > LONGEST_QUERY:
            return
        with self.lock:
            if stamp != self.seen or key in self.pages:
                return
            self.pages[key] = page
            self.held += page.size
            while self.held > LARGEST_CACHE:
                _, oldest = self.pages.popitem(last=False)
                self.held -= oldest.size


def install(app: Flask, *, kept: bool = True) -> None:
    """Watch the public tables, and put the cache in front of `app`. With `kept` false every page is made anew."""
    if not event.contains(Session, "after_flush", _watch):
        event.listen(Session, "after_flush", _watch)
        event.listen(Session, "do_orm_execute", _watch_statements)
        event.listen(Session, "after_commit", _forget)
        event.listen(Session, "after_soft_rollback", _forget)
    if kept:
        with app.app_context():
            engine = db.engine
        app.wsgi_app = PageCache(  # type: ignore[method-assign]  # the documented way to add WSGI middleware
            app.wsgi_app, cookie=app.config["SESSION_COOKIE_NAME"], stamp=_stamp(app, engine)
        )


def _stamp(app: Flask, engine: Engine) -> Callable[[], str]:
    """What a kept page depends on: the public version, and today's date."""
    asked_at = -ASK_EVERY
    known = ""

    def stamp() -> str:
        nonlocal asked_at, known
        moment = time.monotonic()
        if moment - asked_at >= ASK_EVERY:
            asked_at = moment
            known = ask() or known
        return known

    def ask() -> str:
        try:
            with engine.connect() as connection:
                version = connection.execute(select(PublicState.version)).scalar()
        except SQLAlchemyError:
            return ""  # The database is away: what is kept goes on being served.
        with app.app_context():
            return f"{version}:{clock.today()}"

    return stamp


def _sets_cookie(headers: list[tuple[str, str]]) -> bool:
    return any(name.lower() == "set-cookie" for name, _ in headers)


def _page(headers: Headers, body: bytes) -> Page:
    """The tag is a weak one, because the packed and the plain page share it."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    dropped = {"content-length", "etag", "x-request-id", "vary"}
    kept = [(name, value) for name, value in headers if name.lower() not in dropped]
    kept += [("ETag", f"W/{etag}"), ("Vary", "Accept-Encoding, Cookie")]
    packed = gzip.compress(body, 6, mtime=0) if len(body) >= WORTH_PACKING else b""
    return Page(
        etag=etag,
        body=body,
        headers=[*kept, ("Content-Length", str(len(body)))],
        packed=packed,
        packed_headers=[*kept, ("Content-Encoding", "gzip"), ("Content-Length", str(len(packed)))],
        unchanged_headers=[header for header in kept if not header[0].lower().startswith("content-t")],
    )


def _answer(page: Page, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    if page.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        start_response("304 Not Modified", page.unchanged_headers.copy())
        return []
    if page.packed and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
        start_response("200 OK", page.packed_headers.copy())
        body = page.packed
    else:
        start_response("200 OK", page.headers.copy())
        body = page.body
    return [body] if environ["REQUEST_METHOD"] == "GET" else []


def _closed(answer: Iterable[bytes]) -> list[bytes]:
    _close(answer)
    return []


def _close(answer: Iterable[bytes]) -> None:
    close = getattr(answer, "close", None)
    if close:
        close()
