"""READS: which organisations stand close to one another, as far as conflicts of interest go."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import String, Uuid, column, or_, select, table

from coprod.database import db

# What this floor knows of organisations.
organisations = table(
    "organisations", column("id", Uuid()), column("parent_id", Uuid()), column("trust_code", String())
)


def near_to(own: Collection[UUID]) -> frozenset[UUID]:
    """Organisations of the same trust, with the same parent, or that are a parent or a child of one of `own`.

    What is near to another has that one near to it.
    """
    ours = select(organisations).where(organisations.c.id.in_(own)).subquery()
    trusts = select(ours.c.trust_code).where(ours.c.trust_code != "")
    parents = select(ours.c.parent_id).where(ours.c.parent_id.is_not(None))
    chosen = select(organisations.c.id).where(
        or_(
            organisations.c.trust_code.in_(trusts),
            organisations.c.parent_id.in_(parents),
            organisations.c.parent_id.in_(own),
            organisations.c.id.in_(parents),
        )
    )
    return frozenset(db.session.scalars(chosen)) - frozenset(own)
