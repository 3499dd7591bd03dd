"""Signing in without a password, in a demonstration alone.

Two things must agree: the setting that this is a demonstration, and the mark in the database that everything in it is
invented. A real deployment with the wrong setting, or a demonstration's setting on real data, offers nothing.
"""

from collections.abc import Sequence
from typing import Protocol

from flask import current_app

from coprod.accounts import queries
from coprod.accounts.models import Person
from coprod.errors import NotFound
from coprod.web.deployment import settings

VISITORS = "coprod.demonstration"


class Visitor(Protocol):
    """One of the people that a visitor may sign in as, and what to try first as them."""

    email: str
    name: str
    what: str
    first: str


def visitors() -> Sequence[Visitor]:
    """Who may be tried: nobody unless this is a demonstration in both its settings and its data."""
    if not settings().demonstration or not queries.is_marked_as_demonstration():
        return ()
    offered: Sequence[Visitor] = current_app.extensions.get(VISITORS, ())
    return offered


def person(email: str) -> Person:
    """The person behind one of the buttons. Raises NotFound for everybody else, and outside a demonstration."""
    if email not in {visitor.email for visitor in visitors()}:
        raise NotFound
    found = queries.person_with_email(email)
    if found is None or not found.active:
        raise NotFound
    return found
