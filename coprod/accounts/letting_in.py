"""Letting somebody in: a session begins with the first step, and is worth nothing while it owes the second.

`access` asks `owes_second_step` before it says who somebody is. So who owes it is nobody, on every page: there is no
page that forgets to ask.
"""

from flask import Flask, g, session
from flask_login import user_logged_in, user_logged_out
from flask_security import login_user
from sqlalchemy import event
from sqlalchemy.orm import Session

from coprod.accounts import second_step, session_cookie
from coprod.accounts.models import Membership, Person
from coprod.errors import NotFound
from coprod.web import access

PASSED = "second_step"
OWED = "owes_second_step"


def install(app: Flask) -> None:
    if not event.contains(Session, "after_flush", _when_people_change):
        event.listen(Session, "after_flush", _when_people_change)
    for change in (user_logged_in, user_logged_out):
        change.connect(_begin_without_second_step, app)


def let_in(person: Person, *, via: str, both_steps: bool = False) -> None:
    """Begin a session of somebody's own. Not inside a transaction: the session's row is written in one of its own."""
    if not person.active:
        raise NotFound
    login_user(person, authn_via=[via])
    if both_steps:
        pass_second_step(person)


def owes_second_step(person: Person) -> bool:
    """True where somebody has a second step, or must have one, and this session has not passed it."""
    if session.get(PASSED) == str(person.id):
        return False
    if OWED not in g:
        known = session_cookie.second_step_is_set_up()
        set_up = second_step.is_set_up(person.id) if known is None else known
        setattr(g, OWED, second_step.is_required(person) or set_up)
    return bool(getattr(g, OWED))


def pass_second_step(person: Person) -> None:
    session[PASSED] = str(person.id)
    g.pop(OWED, None)
    access.ask_again()


def has_passed(person: Person) -> bool:
    return session.get(PASSED) == str(person.id)


def _begin_without_second_step(_app: Flask, **_who: object) -> None:
    session.pop(PASSED, None)
    g.pop(OWED, None)
    access.ask_again()


def _when_people_change(session: Session, _context: object) -> None:
    """A decision about people or their parts counts at once, in the rest of the same request too."""
    if any(isinstance(row, (Person, Membership)) for row in (*session.new, *session.dirty, *session.deleted)):
        access.ask_again()
