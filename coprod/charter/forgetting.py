"""WRITES: the charter without the name of somebody who leaves. The promise itself stays."""

from sqlalchemy import select

from coprod.accounts.models import Person
from coprod.accounts.rules import GONE
from coprod.charter.models import SignUp
from coprod.database import db

NAMES = ("senior_lead", "family_link", "signatory_name")


def forget(person: Person) -> None:
    """Take the person's name out of what they signed, and out of sign-ups of organisations that they belonged to."""
    places = [membership.organisation_id for membership in person.memberships]
    theirs = (SignUp.signed_by == person.id) | SignUp.organisation_id.in_(places)
    for sign_up in db.session.scalars(select(SignUp).where(theirs).order_by(SignUp.id)):
        for name in NAMES:
            if getattr(sign_up, name).casefold() == person.name.casefold():
                setattr(sign_up, name, GONE)
