from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coprod.database import Model, UtcDateTime
from coprod.organisations.models import Organisation


class Concern(Model):
    """What somebody reported about a signatory. It is the coordinator's alone: nobody else ever reads it."""

    __tablename__ = "concerns"
    __table_args__ = (
        CheckConstraint("state IN ('new', 'looking', 'closed')", name="state_is_known"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_its_moment"),
        CheckConstraint("state <> 'closed' OR (note IS NOT NULL AND trim(note) <> '')", name="closed_has_a_note"),
        Index("ix_concerns_organisation_id", "organisation_id", "sent_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    words: Mapped[str] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(String(254), comment="where to write to, if they gave one")
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str | None] = mapped_column(Text, comment="what came of it")

    organisation: Mapped[Organisation] = relationship()
