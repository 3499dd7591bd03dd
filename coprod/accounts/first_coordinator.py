"""WRITES: the account of a coordinator, made by whoever runs the program. A link sets its password, once.

There is no other way in before there is a coordinator; afterwards coordinators invite each other.
"""

from datetime import datetime

from coprod import history, mail
from coprod.accounts import queries, sign_in_links
from coprod.accounts.models import Person
from coprod.accounts.operations import role_row
from coprod.accounts.sign_in_links import Purpose
from coprod.accounts.written import email_of, name_of
from coprod.database import db
from coprod.errors import Invalid
from coprod.permissions import Actor, AreaRole


def make(*, email: str, name: str, actor: Actor, now: datetime) -> mail.Page:
    """A coordinator's account, and the page on which its owner chooses a password.

    Asked again before the password is chosen, it gives a new link; the one before is worth nothing then.
    """
    address, plain = email_of(email), name_of(name)
    person = queries.person_with_email(address)
    if person is None:
        person = Person(email=address, name=plain, created_at=now, roles=[role_row(AreaRole.COORDINATOR)])
        db.session.add(person)
        history.record("person.added", person, actor=actor, now=now, roles=[AreaRole.COORDINATOR.value])
    elif person.password is not None or AreaRole.COORDINATOR not in person.actor.roles or not person.active:
        raise Invalid(
            "There is an account with this address already. Its owner can ask for a new password at the sign-in page, "
            "and a coordinator can give them the part of a coordinator.",
            field="email",
        )
    return sign_in_links.made_for(person, purpose=Purpose.PASSWORD, now=now)
