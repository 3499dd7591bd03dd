from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coprod.database import Model, UtcDateTime
from coprod.organisations.models import Organisation


class Certificate(Model):
    """A certificate as it was issued: for signing the charter, or for an award. Its facts never change."""

    __tablename__ = "certificates"
    __public__ = True
    __table_args__ = (
        CheckConstraint("kind IN ('signing', 'award')", name="kind_is_known"),
        CheckConstraint("(kind = 'award') = (level IS NOT NULL)", name="only_awards_have_a_level"),
        CheckConstraint(
            "ended_as IS NULL OR ended_as IN ('withdrawn', 'superseded', 'lapsed', 'revoked')", name="ending_is_known"
        ),
        CheckConstraint("(ended_as IS NULL) = (ended_on IS NULL)", name="an_ending_has_its_date"),
        Index("ix_certificates_holder", "organisation_id", "kind", "issued_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(String(40), unique=True, comment="at least 128 random bits")
    kind: Mapped[str] = mapped_column(String(10))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    level: Mapped[str | None] = mapped_column(String(40), comment="the level's code in its framework")
    petals: Mapped[int] = mapped_column(default=0)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, comment="everything printed, as printed")
    inputs: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, comment="what an award was computed from")
    issued_on: Mapped[date]
    valid_to: Mapped[date | None] = mapped_column(comment="its last day; a signing's moves with what is done")
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    credential: Mapped[str | None] = mapped_column(Text, comment="its facts as an Open Badge, signed")
    file_hash: Mapped[str | None] = mapped_column(String(64), comment="the document in storage")
    expiry_entry: Mapped[int | None] = mapped_column(comment="the register entry that says an award ran out")
    ended_as: Mapped[str | None] = mapped_column(String(12))
    ended_on: Mapped[date | None]
    ended_why: Mapped[str | None] = mapped_column(Text, comment="private")

    organisation: Mapped[Organisation] = relationship()


class CertificateDocument(Model):
    """A document that was made of a certificate. Its hash tells it from every other file, for ever."""

    __tablename__ = "certificate_documents"

    file_hash: Mapped[str] = mapped_column(String(64), primary_key=True, comment="SHA-256 of the signed document")
    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificates.id"), index=True)
    key: Mapped[str] = mapped_column(String(43), comment="thumbprint of the public key")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
