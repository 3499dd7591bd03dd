"""READS: who is invited and has not come yet."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select

from coprod.accounts import invitations
from coprod.accounts.models import Invitation
from coprod.accounts.rules import AREA_ROLE_WORDS, ROLE_WORDS
from coprod.database import db
from coprod.phrases import N_

MOST = 200


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who is invited, for those who may invite."""

    id: UUID
    email: str
    role_words: str
    sender: str
    sent_at: datetime
    status: str


def to_place(organisation_id: UUID, *, now: datetime) -> tuple[Invited, ...]:
    """Who is invited to an organisation, the latest first."""
    return _waiting(Invitation.organisation_id == organisation_id, now)


def to_area(*, now: datetime) -> tuple[Invited, ...]:
    """Who is invited to a part for the whole area, the latest first."""
    return _waiting(Invitation.organisation_id.is_(None), now)


def _waiting(condition: ColumnElement[bool], now: datetime) -> tuple[Invited, ...]:
    rows = db.session.scalars(
        select(Invitation)
        .where(condition, Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
        .order_by(Invitation.sent_at.desc(), Invitation.id)
        .limit(MOST)
    )
    words = ROLE_WORDS | AREA_ROLE_WORDS
    return tuple(
        Invited(row.id, row.email, words[row.role], row.sender.name, row.sent_at, _status(row, now)) for row in rows
    )


def _status(invitation: Invitation, now: datetime) -> str:
    """Said only where the link does not work any more."""
    if invitation.expires_at <= now:
        return N_("The link has run out. Send it again.")
    if not invitations.still_stands(invitation):
        return N_("Whoever sent it can't invite any more. Send it again.")
    return ""
