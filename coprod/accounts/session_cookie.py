"""What the browser holds of a session, and the check of it on every request.

The signed cookie carries the session's secret and the minute of the last request. The row decides whether the session
is open and how old it may get; the minute decides whether it was left alone too long.
"""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask, Response, g, request, session
from flask_login import current_user, user_logged_in, user_logged_out
from flask_security.utils import set_request_attr
from sqlalchemy import inspect

from coprod.accounts import sessions, who
from coprod.accounts.devices import device_words
from coprod.accounts.models import Person
from coprod.accounts.who import Visitor
from coprod.database import db
from coprod.errors import Busy
from coprod.settings import Settings
from coprod.transaction import transaction
from coprod.web import clock, csrf, recently
from coprod.web.deployment import settings

SECRET = "session"  # noqa: S105  # the name of a part of the cookie
SEEN = "seen"
PRESENT = "coprod_session"
EACH = timedelta(minutes=1)  # The cookie is written again at most once a minute,
ROUGHLY = timedelta(minutes=10)  # and the row when something is sent, at most once in ten.
OF_THEIR_ACCOUNT = {"accounts", "security"}  # The blueprints whose pages need the person's row.
FLASK_LOGINS_OWN = {"_user_id", "_fresh", "_id"}


@dataclass(frozen=True, slots=True)
class Present:
    """The session that the request came in, and whether its person had set up a second step as it began."""

    id: UUID
    begun_at: datetime
    seen_at: datetime
    second_step: bool | None = None


def install(app: Flask) -> None:
    """Let Flask-Login believe a cookie only while its session is open, and no other way of being somebody."""
    app.login_manager.user_loader(_person_of)  # type: ignore[attr-defined]  # Flask-Login adds it
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]  # no tokens in headers
    user_logged_in.connect(_begin, app)
    user_logged_out.connect(_end, app)
    app.after_request(_keep_up)
    app.context_processor(lambda: {"time_out": seconds_left()})


def lifetime(given: Settings) -> timedelta:
    """How long a session lasts at most, however busy it is."""
    return timedelta(hours=given.session_hours)


def idle_limit(given: Settings) -> timedelta:
    """How long a session may be left alone."""
    return timedelta(minutes=given.session_idle_minutes)


def here() -> UUID | None:
    """The id of the session that this request came in, where somebody is signed in."""
    found = _present()
    return found.id if found else None


def second_step_is_set_up() -> bool | None:
    """Whether who is signed in has set up a second step; None where this request has not asked."""
    found = _present()
    return found.second_step if found else None


def time_left() -> timedelta | None:
    """How long this session goes on if nothing more is asked; None where nobody is signed in."""
    found, now = _present(), clock.now()
    if found is None:
        return None
    since = now - _moment(session[SEEN])
    idle = idle_limit(settings()) - (since if since < EACH else timedelta(0))  # Else the cookie is written anew.
    return min(idle, found.begun_at + lifetime(settings()) - now)


def seconds_left() -> int:
    """For the page's script, which warns some minutes before the end; 0 where nobody is signed in."""
    left = time_left()
    return max(0, int(left.total_seconds())) if left else 0


def _person_of(token: str) -> Person | Visitor | None:
    """Whose session this is, if it has not ended, is not too old, and was not left alone too long."""
    secret, seen, now = session.get(SECRET, ""), session.get(SEEN, 0.0), clock.now()
    found = who.in_session(token=token, secret=secret)
    if found is None or now - found.begun_at >= lifetime(settings()) or now - _moment(seen) >= idle_limit(settings()):
        return None
    setattr(g, PRESENT, Present(found.session_id, found.begun_at, found.seen_at, found.second_step))
    set_request_attr("fs_authn_via", "session")  # As the library's own loader says it.
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return found.person if request.blueprint in OF_THEIR_ACCOUNT else found.visitor


def _present() -> Present | None:
    current_user._get_current_object()  # Looked up at the first time it is asked for; its columns are not needed.
    found: Present | None = g.get(PRESENT) if SECRET in session else None
    return found


def _begin(_app: Flask, user: Person) -> None:
    """A new secret at each sign-in, and nothing of what the cookie held before: nobody can plant a session."""
    person_id, now, before, secret = user.id, clock.now(), session.get(SECRET), secrets.token_urlsafe(32)
    changed = _changed_by_a_library(user)
    if changed:
        db.session.expire(user)  # Written below, in the transaction of the sign-in.
    with transaction():
        person = db.session.get_one(Person, person_id)
        for name, value in changed.items():
            setattr(person, name, value)
        if before:
            sessions.replace(before, now=now)
        row = sessions.begin(person_id, secret=secret, device=str(device_words(request.user_agent.string)), now=now)
    for name in set(session) - FLASK_LOGINS_OWN:
        session.pop(name)
    session[SECRET], session[SEEN] = secret, now.timestamp()
    setattr(g, PRESENT, Present(row.id, now, now))
    recently.proved()
    csrf.belong_to(person_id)


def _changed_by_a_library(user: Person) -> dict[str, Any]:
    """What signing in changed about the person, such as a stronger hash: it is written with the session."""
    columns = inspect(user).mapper.column_attrs
    return {c.key: getattr(user, c.key) for c in columns if inspect(user).attrs[c.key].history.has_changes()}


def _end(_app: Flask, user: Any) -> None:
    """Signing out ends every session of the person. A cookie that somebody copied is worth nothing."""
    person_id = getattr(user, "id", None)
    g.pop(PRESENT, None)
    for name in (SECRET, SEEN, recently.PROVED):
        session.pop(name, None)
    if person_id is not None:
        with transaction():
            sessions.end_all(db.session.get_one(Person, person_id), why="signed_out", now=clock.now())


def _keep_up(response: Response) -> Response:
    """Note that the session is in use: in the cookie, and in its row when something was sent and taken."""
    found = None if request.endpoint == "static" else _present()
    if found is None:
        return response
    now = clock.now()
    if now - _moment(session[SEEN]) >= EACH:
        session[SEEN] = now.timestamp()
    sent = request.method == "POST" and response.status_code < 400
    if sent and now - found.seen_at >= ROUGHLY:
        with suppress(Busy), transaction():
            sessions.seen(found.id, now=now)
    return response


def _moment(stamp: float) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)
