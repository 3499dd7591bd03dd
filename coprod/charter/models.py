from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coprod.certificates.models import Certificate
from coprod.charter.rules import OPEN_REQUEST, Promised
from coprod.database import Model, UtcDateTime
from coprod.organisations.models import Organisation

NAMES = ("senior_lead", "family_link", "signatory_name", "signatory_role")


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
    confirmed_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, comment="when the signatory agreed, by the link in a letter"
    )
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


class SigningRequest(Model):
    """The charter, filled in, before it is in force: somebody else signs, or the area looks at it first.

    Nothing of it is public. An organisation has at most one that is open.
    """

    __tablename__ = "signing_requests"
    __table_args__ = (
        CheckConstraint(
            "state IN ('asked', 'agreed', 'held', 'refused', 'withdrawn', 'signed')", name="state_is_known"
        ),
        CheckConstraint("(state = 'signed') = (sign_up_id IS NOT NULL)", name="signed_means_a_sign_up"),
        Index(
            "uq_signing_requests_open",
            "organisation_id",
            unique=True,
            sqlite_where=Column("state").in_(OPEN_REQUEST),
            postgresql_where=Column("state").in_(OPEN_REQUEST),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    charter_version: Mapped[str] = mapped_column(String(20))
    charter_hash: Mapped[str] = mapped_column(String(64), comment="SHA-256 of the text that was filled in")
    senior_lead: Mapped[str] = mapped_column(String(200))
    family_link: Mapped[str] = mapped_column(String(200))
    signatory_name: Mapped[str] = mapped_column(String(200))
    signatory_role: Mapped[str] = mapped_column(String(100))
    signatory_email: Mapped[str | None] = mapped_column(
        String(254), comment="none: who filled it in signed it themselves"
    )
    promises: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    filled_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    filled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    secret_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="of the link in the letter")
    state: Mapped[str] = mapped_column(String(10), comment="rules.Request")
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    said: Mapped[str | None] = mapped_column(Text, comment="what is not right, or why it is on hold")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sign_up_id: Mapped[UUID | None] = mapped_column(ForeignKey("sign_ups.id"))

    organisation: Mapped[Organisation] = relationship()

    @property
    def named(self) -> dict[str, str]:
        """The people that it names, as a sign-up keeps them."""
        return {name: getattr(self, name) for name in NAMES}

    @property
    def commitments(self) -> list[Promised]:
        return [
            Promised(one["text"], date.fromisoformat(one["due"]), about_feedback=one["about_feedback"])
            for one in self.promises
        ]
