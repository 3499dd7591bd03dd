"""A case that nobody has opened yet, as permissions see it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Unopened:
    """Nobody has said anything about it, and nobody has a place in it."""

    organisation_id: UUID
    conflicted_ids: frozenset[UUID] = frozenset()
    waived_ids: frozenset[UUID] = frozenset()
    reviewer_ids: frozenset[UUID] = frozenset()
    allocations: tuple[Any, ...] = ()
