"""Finds who and what the story speaks of."""

from sqlalchemy import select

from coprod.accounts.models import Person
from coprod.database import db
from coprod.organisations.models import Organisation
from coprod.permissions import Actor


def person(email: str) -> Person:
    return db.session.scalars(select(Person).where(Person.email == email)).one()


def actor(email: str) -> Actor:
    """The person with this address, as permissions see them now."""
    return person(email).actor


def organisation(name: str) -> Organisation:
    """The invented organisation with this number, or the service of this name."""
    column = Organisation.value if name.isdigit() else Organisation.name
    return db.session.scalars(select(Organisation).where(column == name)).one()
