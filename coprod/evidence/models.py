from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coprod.database import Model, UtcDateTime


class EvidenceFile(Model):
    """One uploaded file. Its bytes are kept by their SHA-256, and go on the day they are deleted; this row stays."""

    __tablename__ = "evidence_files"
    __table_args__ = (
        CheckConstraint("size > 0", name="something_in_it"),
        CheckConstraint("clean_at IS NULL OR infected_at IS NULL", name="clean_or_infected"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(comment="bytes")
    type: Mapped[str] = mapped_column(String(10), comment="decided by content")
    name: Mapped[str] = mapped_column(String(200), comment="private: as it is shown and downloaded")
    hidden: Mapped[list[Any]] = mapped_column(JSON, default=list, comment="private: author, comments and the like")
    signs: Mapped[list[Any]] = mapped_column(
        JSON, default=list, comment="private: likely personal data; wiped once used"
    )
    partly: Mapped[str] = mapped_column(String(200), default="", comment="where reading it stopped")
    removable: Mapped[bool] = mapped_column(default=False, comment="what it hides can be taken out")
    uploaded_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when it became evidence")
    clean_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when a scanner found nothing in it")
    infected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rejected_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, comment="thrown away, quarantined or infected: it goes some days after"
    )
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when its bytes were deleted")


class Evidence(Model):
    """One item of evidence, private to its organisation and its reviewers. One item may support many answers."""

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint(
            "url <> '' OR statement <> '' OR file_id IS NOT NULL OR deleted_at IS NOT NULL", name="something_is_there"
        ),
        CheckConstraint("no_child_named", name="nobody_can_be_identified"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    revision: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str] = mapped_column(String(40), comment="a kind that the framework names")
    title: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(2000), default="")
    statement: Mapped[str] = mapped_column(Text, default="")
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("evidence_files.id"), unique=True)
    dated: Mapped[date] = mapped_column(comment="the date of the evidence itself")
    shows: Mapped[str] = mapped_column(String(500))
    from_families: Mapped[bool] = mapped_column(default=False)
    no_child_named: Mapped[bool] = mapped_column(comment="somebody confirmed that no child can be identified")
    added_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when it was last replaced")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    quarantined_revision: Mapped[int | None] = mapped_column(
        comment="a reviewer saw personal data: nobody sees this revision or an earlier one any more"
    )
    quarantined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when its words and file were deleted")
    link_checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    link_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when its web address last answered")
    link_fault: Mapped[str] = mapped_column(String(100), default="", comment="why it did not answer, in words")

    file: Mapped[EvidenceFile | None] = relationship(lazy="joined")
    versions: Mapped[list["EvidenceVersion"]] = relationship(
        back_populates="evidence", order_by="EvidenceVersion.revision.desc()"
    )

    @property
    def is_shut(self) -> bool:
        """True while a reviewer's "personal data seen" stands: until something else is put in its place."""
        return self.quarantined_revision is not None and self.quarantined_revision >= self.revision

    @property
    def stands(self) -> bool:
        """True where it counts: nobody withdrew it, shut it away or deleted it."""
        return not (self.withdrawn_at or self.is_shut or self.deleted_at)


class EvidenceVersion(Model):
    """What an item was before it was replaced. It is kept until the item is deleted."""

    __tablename__ = "evidence_versions"
    __table_args__ = (UniqueConstraint("evidence_id", "revision"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    evidence_id: Mapped[UUID] = mapped_column(ForeignKey("evidence.id"))
    revision: Mapped[int] = mapped_column()
    title: Mapped[str] = mapped_column(String(200))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, comment="private: its words, wiped when the item is deleted")
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("evidence_files.id"), index=True)
    replaced_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime)

    evidence: Mapped[Evidence] = relationship(back_populates="versions")
    file: Mapped[EvidenceFile | None] = relationship()
