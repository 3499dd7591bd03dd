"""Ready-made rows for tests. Each builder commits, so that a page sees what it made."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from flask_security import hash_password

from coprod.accounts.models import Membership, Person, Role
from coprod.database import db, folded
from coprod.organisations.models import Organisation
from coprod.permissions import Actor, AreaRole, MemberRole

MOMENT = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
PASSWORD = "a long enough password"
_hashes: dict[str, str] = {}


def person(name: str = "Sam Reed", *roles: AreaRole, email: str | None = None, parent_carer: bool = False) -> Person:
    """Somebody who can sign in with PASSWORD."""
    if PASSWORD not in _hashes:
        _hashes[PASSWORD] = hash_password(PASSWORD)
    made = Person(
        email=email or f"{folded(name).replace(' ', '.')}@example.org",
        name=name,
        password=_hashes[PASSWORD],
        parent_carer=parent_carer,
        created_at=MOMENT,
        roles=[_role(role) for role in roles],
    )
    db.session.add(made)
    db.session.commit()
    return made


def organisation(name: str = "Hazel Lane School", *, kind: str = "primary", value: str | None = None) -> Organisation:
    """An open organisation with a URN of its own."""
    value = value or str(900000 + uuid4().int % 99999)
    made = Organisation(
        scheme="urn",
        value=value,
        name=name,
        search_name=folded(name),
        slug=f"{folded(name).replace(' ', '-')[:80]}-{value}",
        kind=kind,
        status="open",
        town="Kettering",
        added_at=MOMENT,
    )
    db.session.add(made)
    db.session.commit()
    return made


def membership(who: Person, where: Organisation, role: MemberRole = MemberRole.LEAD) -> Membership:
    """A part in an organisation, in force."""
    made = Membership(
        person_id=who.id, organisation_id=where.id, role=role.value, asked_at=MOMENT, accepted_at=MOMENT
    )
    db.session.add(made)
    db.session.commit()
    return made


def lead_of(where: Organisation, name: str = "Ravi Lead") -> Person:
    who = person(name)
    membership(who, where)
    return who


def actor(person_id: UUID) -> Actor:
    """The person as permissions see them now."""
    db.session.expire_all()
    return db.session.get_one(Person, person_id).actor


def _role(role: AreaRole) -> Role:
    found = db.session.query(Role).filter_by(name=role.value).one_or_none()
    return found or Role(name=role.value)
