"""Letters about evidence, to those who can do something about it: an organisation's leads, and its shared mailbox."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from coprod import mail
from coprod.accounts.models import Membership, Person
from coprod.database import db
from coprod.mail.queries import mailbox_of
from coprod.organisations.models import Organisation
from coprod.permissions import MemberRole

MOST = 50


def tell(
    template: str, organisation_id: UUID, *, now: datetime, once: str, essential: bool = True, **facts: Any
) -> int:
    """Queue one letter to each; how many were queued. The key `once` keeps each of them from getting it twice."""
    name = db.session.get_one(Organisation, organisation_id).name
    link = mail.page("evidence.items", organisation_id=organisation_id)
    told = 0
    for person_id, address in _receivers(organisation_id):
        told += mail.queue(
            template,
            to=address,
            now=now,
            person_id=person_id,
            organisation_id=organisation_id,
            essential=essential,
            once=f"{once}:{person_id or 'mailbox'}",
            place=name,
            link=link,
            **facts,
        )
    return told


def _receivers(organisation_id: UUID) -> list[tuple[UUID | None, str]]:
    chosen = (
        select(Person.id, Person.email)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation_id, Membership.role == MemberRole.LEAD.value)
        .where(Membership.accepted_at.is_not(None), Membership.ended_at.is_(None))
        .order_by(Person.id)
        .limit(MOST)
    )
    leads: list[tuple[UUID | None, str]] = [(person_id, email) for person_id, email in db.session.execute(chosen)]
    mailbox = mailbox_of(organisation_id)
    return [*leads, (None, mailbox)] if mailbox else leads
