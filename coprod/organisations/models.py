from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coprod.database import Model, UtcDateTime


class Organisation(Model):
    """A school or service: one row for each scheme and value, or for each parent and service name."""

    __tablename__ = "organisations"
    __public__ = True
    __table_args__ = (
        UniqueConstraint("scheme", "value"),
        UniqueConstraint("parent_id", "search_name", name="uq_organisations_service"),
        CheckConstraint("(scheme = 'none') = (value IS NULL)", name="value_belongs_to_scheme"),
        CheckConstraint("scheme IN ('urn', 'ukprn', 'ods', 'cqc', 'charity', 'none')", name="scheme_is_known"),
        CheckConstraint("status IN ('open', 'closing', 'proposed', 'closed')", name="status_is_known"),
        # Holds what a search reads, so that it walks the index and not the table.
        Index("ix_organisations_search_name", "search_name", "id", "town", "status"),
        Index("ix_organisations_la_code", "la_code"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    scheme: Mapped[str] = mapped_column(String(10))
    value: Mapped[str | None] = mapped_column(String(20), comment="the official code, as text: zeros in front count")
    ukprn: Mapped[str | None] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(200))
    search_name: Mapped[str] = mapped_column(String(200), comment="the name as text.folded() makes it")
    slug: Mapped[str] = mapped_column(String(120), unique=True, comment="its public address; never changes")
    kind: Mapped[str] = mapped_column(String(20), comment="rules.Kind")
    type_name: Mapped[str] = mapped_column(String(100), default="", comment="the register's own words")
    phase: Mapped[str] = mapped_column(String(40), default="")
    status: Mapped[str] = mapped_column(String(10), default="open")
    la_code: Mapped[str] = mapped_column(String(3), default="")
    la_name: Mapped[str] = mapped_column(String(80), default="")
    street: Mapped[str] = mapped_column(String(120), default="")
    locality: Mapped[str] = mapped_column(String(120), default="")
    address3: Mapped[str] = mapped_column(String(120), default="")
    town: Mapped[str] = mapped_column(String(80), default="")
    county: Mapped[str] = mapped_column(String(80), default="")
    postcode: Mapped[str] = mapped_column(String(10), default="", index=True)
    website: Mapped[str] = mapped_column(String(300), default="")
    send_report: Mapped[str] = mapped_column(String(300), default="", comment="where its SEND information report is")
    trust_code: Mapped[str] = mapped_column(String(20), default="", index=True, comment="empty: in no trust")
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    imported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

    parent: Mapped["Organisation | None"] = relationship(remote_side=[id])

    @property
    def organisation_id(self) -> UUID:
        """An organisation is its own subject in the table of permissions."""
        return self.id


class Succession(Model):
    """A school that goes on under a new official number, as an academy does.

    All that belongs to it stays with its row, which takes the new number, name and address. `former` is the row of
    the number that it had: it keeps the old name and the old public address, which leads on.
    """

    __tablename__ = "successions"
    __public__ = True

    id: Mapped[UUID] = mapped_column(
        ForeignKey("organisations.id"), primary_key=True, comment="the former number's row"
    )
    successor_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    linked_on: Mapped[date]

    former: Mapped[Organisation] = relationship(foreign_keys=[id])
    successor: Mapped[Organisation] = relationship(foreign_keys=[successor_id])

    @property
    def organisation_id(self) -> UUID:
        return self.successor_id
