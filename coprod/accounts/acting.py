"""Who somebody is, as permissions see them: worked out from their roles and parts, wherever those were read."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from coprod.accounts.neighbours import near_to
from coprod.permissions import Actor, AreaRole, MemberRole

# 24 months: a reviewer stays in conflict with where they used to belong.
PAST_MEMBERSHIP = timedelta(days=731)


class Part(Protocol):
    """A person's part in an organisation."""

    @property
    def organisation_id(self) -> UUID: ...
    @property
    def role(self) -> str: ...
    @property
    def accepted_at(self) -> datetime | None: ...
    @property
    def ended_at(self) -> datetime | None: ...


def is_in_force(part: Part) -> bool:
    return part.accepted_at is not None and part.ended_at is None


def left_lately(parts: Iterable[Part], *, now: datetime) -> frozenset[UUID]:
    """Where somebody belonged until less than 24 months ago."""
    still_counts = now - PAST_MEMBERSHIP
    return frozenset(
        part.organisation_id
        for part in parts
        if part.accepted_at is not None and part.ended_at and part.ended_at > still_counts
    )


def actor_of(person_id: UUID, roles: Iterable[str], parts: Iterable[Part], *, now: datetime) -> Actor:
    """Somebody with these roles for the area and these parts in organisations."""
    parts, for_area = list(parts), frozenset(AreaRole(role) for role in roles)
    memberships = {part.organisation_id: MemberRole(part.role) for part in parts if is_in_force(part)}
    past = left_lately(parts, now=now)
    near = near_to({*memberships, *past}) if for_area and (memberships or past) else frozenset()
    return Actor(person_id=person_id, roles=for_area, memberships=memberships, past=past, near=near)
