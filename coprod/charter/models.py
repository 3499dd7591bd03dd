from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coprod.certificates.models import Certificate
from coprod.database import Model, UtcDateTime
from coprod.organisations.models import Organisation


class SignUp(Model):
    """One signing of one text of the charter. An organisation has at most one in force."""

    __tablename__ = "sign_ups"
    __public__ = True
    __table_args__ = (
        CheckConstraint("signatory_agreed", name="signatory_agreed"),
        CheckConstraint("trim(signatory_name) <> '' AND trim(signatory_role) <> ''", name="signatory_is_named"),
        CheckConstraint(
            "ended_as IS NULL OR ended_as IN ('withdrawn', 'lapsed', 'superseded')", name="ending_is_known"
        ),
        CheckConstraint("(ended_as IS NULL) = (ended_on IS NULL)", name="an_ending_has_its_date"),
        Index(
            "uq_sign_ups_in_force",
            "organisation_id",
            unique=True,
            sqlite_where=Column("ended_on").is_(None),
            postgresql_where=Column("ended_on").is_(None),
        ),
        Index(  # All that the public list asks of a sign-up, so that it reads no private column from the disk.
            "ix_sign_ups_listed",
            "organisation_id",
            "signed_on",
            "counts_from",
            "assessed_on",
            "checked_in_on",
            "id",
            "ended_on",
            sqlite_where=Column("ended_on").is_(None),
            postgresql_where=Column("ended_on").is_(None),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    charter_version: Mapped[str] = mapped_column(String(20))
    charter_hash: Mapped[str] = mapped_column(String(64), comment="SHA-256 of the text that was signed")
    senior_lead: Mapped[str] = mapped_column(String(200), comment="private")
    family_link: Mapped[str] = mapped_column(String(200), comment="private")
    signatory_name: Mapped[str] = mapped_column(String(200), comment="private")
    signatory_role: Mapped[str] = mapped_column(String(100), comment="private")
    signatory_agreed: Mapped[bool]
    signed_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    signed_on: Mapped[date]
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    counts_from: Mapped[date] = mapped_column(comment="the months to an assessment run from here")
    assessed_on: Mapped[date | None] = mapped_column(comment="when an assessment was first sent in under it")
    checked_in_on: Mapped[date | None] = mapped_column(comment="the last check-in, or assessment sent in")
    ended_as: Mapped[str | None] = mapped_column(String(12))
    ended_on: Mapped[date | None]
    ended_why: Mapped[str | None] = mapped_column(Text, comment="private")
    certificate_id: Mapped[UUID | None] = mapped_column(ForeignKey("certificates.id"))

    organisation: Mapped[Organisation] = relationship()
    certificate: Mapped[Certificate | None] = relationship()
    commitments: Mapped[list["Commitment"]] = relationship(
        back_populates="sign_up", order_by="Commitment.position", lazy="selectin"
    )


class Commitment(Model):
    """One public promise with a date."""

    __tablename__ = "commitments"
    __public__ = True
    __table_args__ = (
        UniqueConstraint("sign_up_id", "position"),
        Index("ix_commitments_kept", "sign_up_id", "kept_on"),
        CheckConstraint("trim(text) <> ''", name="says_something"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    sign_up_id: Mapped[UUID] = mapped_column(ForeignKey("sign_ups.id"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(300))
    due: Mapped[date]
    about_feedback: Mapped[bool] = mapped_column(default=False)
    kept_on: Mapped[date | None]

    sign_up: Mapped[SignUp] = relationship(back_populates="commitments")
