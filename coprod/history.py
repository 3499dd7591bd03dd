"""Who decided what, when and why: one row for every decision, only ever added."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Integer, String, Text, insert
from sqlalchemy.orm import Mapped, mapped_column

from coprod.database import Model, UtcDateTime, db
from coprod.permissions import Actor


class Event(Model):
    """A decision as a fact. People and things are held by id, not by name: erasing a person leaves it true."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    what: Mapped[str] = mapped_column(String(60))
    thing: Mapped[str] = mapped_column(String(40), comment="the table of the thing decided about")
    thing_id: Mapped[str] = mapped_column(String(40), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    why: Mapped[str | None] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, comment="codes and ids only, no names")


_ADDED = insert(Event.__table__)  # type: ignore[arg-type]  # a declarative table is a table


def record(
    what: str,
    thing: Model,
    *,
    actor: Actor,
    now: datetime,
    organisation_id: UUID | None = None,
    why: str | None = None,
    **facts: Any,
) -> None:
    """Add one event to the running transaction. `facts` hold codes and ids, never names or what people wrote."""
    db.session.flush()  # A new thing has its id only once it is in the database.
    organisation_id = organisation_id or getattr(thing, "organisation_id", None)
    thing_id = thing.id  # type: ignore[attr-defined]  # every table here has an id
    note(
        what, thing.__tablename__, thing_id, actor=actor, now=now, organisation_id=organisation_id, why=why, **facts
    )


def note(
    what: str,
    table: str,
    thing_id: object,
    *,
    actor: Actor,
    now: datetime,
    organisation_id: UUID | None,
    why: str | None = None,
    **facts: Any,
) -> None:
    """The same about a thing that is known by its table and its id."""
    event = {
        "at": now,
        "actor_id": actor.person_id,
        "what": what,
        "thing": table,
        "thing_id": str(thing_id),
        "organisation_id": organisation_id,
        "why": why,
        "facts": facts,
    }
    db.session.execute(_ADDED, event)
