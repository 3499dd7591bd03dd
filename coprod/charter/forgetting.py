"""WRITES: the charter without the name of somebody who leaves. The promise itself stays."""

from sqlalchemy import select

from coprod.accounts.models import Person
from coprod.accounts.rules import GONE
from coprod.charter.models import NAMES, SigningRequest, SignUp
from coprod.charter.rules import OPEN_REQUEST, Request
from coprod.database import db


def forget(person: Person) -> None:
    """Take the person's name out of what they signed or filled in, and out of what organisations of theirs did.

    Whoever was asked to sign by letter at the person's address is asked no more.
    """
    places = [membership.organisation_id for membership in person.memberships]
    theirs = (SignUp.signed_by == person.id) | SignUp.organisation_id.in_(places)
    for sign_up in db.session.scalars(select(SignUp).where(theirs).order_by(SignUp.id)):
        _unname(sign_up, person)
    own = (SigningRequest.filled_by == person.id) | SigningRequest.organisation_id.in_(places)
    own |= SigningRequest.signatory_email == person.email
    for request in db.session.scalars(select(SigningRequest).where(own).order_by(SigningRequest.id)):
        _unname(request, person)
        if request.signatory_email == person.email:
            request.signatory_email = request.secret_hash = None
            if request.state in OPEN_REQUEST:
                request.state, request.ended_at = Request.WITHDRAWN.value, request.filled_at


def _unname(row: SignUp | SigningRequest, person: Person) -> None:
    for name in NAMES:
        if getattr(row, name).casefold() == person.name.casefold():
            setattr(row, name, GONE)
