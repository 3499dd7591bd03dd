"""WRITES: letters to people by the part they play. Whoever decides something does not have to know who they are."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from coprod import mail
from coprod.accounts.models import Membership, Person, Role
from coprod.accounts.queries import IN_FORCE, name_of_place
from coprod.database import db
from coprod.mail.queries import mailbox_of
from coprod.permissions import AreaRole, MemberRole

MOST = 200


def to_leads(
    template: str,
    organisation_id: UUID,
    *,
    now: datetime,
    essential: bool = True,
    once: str | None = None,
    besides: UUID | None = None,
    **facts: Any,
) -> int:
    """To each lead of an organisation and its shared mailbox, or to the coordinators where nobody leads it.

    The letter gets the organisation's name as `place`, and each receiver's as `name`. Says how many letters there are:
    none where the key `once` was used before. `besides` is somebody who needs no letter: they did it themselves.
    """
    leads = _leads(organisation_id)
    facts |= {"place": name_of_place(organisation_id)}
    shared: dict[str, Any] = {"now": now, "essential": essential, "once": once, "organisation_id": organisation_id}
    if not leads:
        return _to_people(template, _with_role(AreaRole.COORDINATOR), shared, facts)
    written = _to_people(template, [lead for lead in leads if lead.id != besides], shared, facts)
    mailbox = mailbox_of(organisation_id)
    if mailbox and mailbox not in {lead.email for lead in leads}:
        key = f"{once}:mailbox" if once else None
        written += mail.queue(template, to=mailbox, name="", **(shared | {"once": key}), **facts)
    return written


def to_area(
    template: str,
    *roles: AreaRole,
    organisation_id: UUID,
    now: datetime,
    once: str | None = None,
    **facts: Any,
) -> int:
    """To everybody with one of these parts in the area. Who belongs to the organisation it is about gets none."""
    facts |= {"place": name_of_place(organisation_id)}
    people = [person for person in _with_role(*roles) if organisation_id not in person.actor.memberships]
    return _to_people(template, people, {"now": now, "once": once, "organisation_id": organisation_id}, facts)


def to_person(
    template: str,
    person_id: UUID,
    *,
    organisation_id: UUID,
    now: datetime,
    essential: bool = True,
    once: str | None = None,
    **facts: Any,
) -> int:
    """To one person about an organisation. Whoever's account is shut gets none."""
    person = db.session.get_one(Person, person_id)
    facts |= {"place": name_of_place(organisation_id)}
    shared: dict[str, Any] = {"now": now, "essential": essential, "once": once, "organisation_id": organisation_id}
    return _to_people(template, [person] if person.active else [], shared, facts)


def _to_people(template: str, people: Iterable[Person], shared: dict[str, Any], facts: dict[str, Any]) -> int:
    once = shared.get("once")
    return sum(
        mail.queue(
            template,
            to=person.email,
            person_id=person.id,
            name=person.name,
            **(shared | {"once": f"{once}:{person.id}" if once else None}),
            **facts,
        )
        for person in people
    )


def _leads(organisation_id: UUID) -> list[Person]:
    found = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.role == MemberRole.LEAD.value,
            IN_FORCE,
            Person.active.is_(True),
        )
    )
    return list(db.session.scalars(found.order_by(Person.name, Person.id).limit(MOST)))


def _with_role(*roles: AreaRole) -> list[Person]:
    found = select(Person).where(
        Person.active.is_(True), Person.roles.any(Role.name.in_([role.value for role in roles]))
    )
    return list(db.session.scalars(found.order_by(Person.name, Person.id).limit(MOST)))
