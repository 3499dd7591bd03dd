from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coprod.database import Model, UtcDateTime


class RegisterEntry(Model):
    """One link of the chain. It holds no words: the payload stands beside it, and may be erased.

    Triggers in the database (see the migrations) refuse every change and removal.
    """

    __tablename__ = "register_entries"
    __public__ = True
    __table_args__ = (CheckConstraint("length(entry_hash) = 64", name="entry_hash_is_whole"),)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(40))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    payload_hash: Mapped[str] = mapped_column(String(64), comment="SHA-256 of salt and canonical payload")
    previous: Mapped[str] = mapped_column(String(64))
    entry_hash: Mapped[str] = mapped_column(String(64), unique=True)

    payload: Mapped["RegisterPayload | None"] = relationship(back_populates="entry", lazy="joined")


class RegisterPayload(Model):
    """What an entry says, and the salt that keeps an erased one from being guessed."""

    __tablename__ = "register_payloads"
    __public__ = True  # So that an erased one is shown at once as gone.

    seq: Mapped[int] = mapped_column(ForeignKey("register_entries.seq"), primary_key=True)
    salt: Mapped[str] = mapped_column(String(64))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)

    entry: Mapped[RegisterEntry] = relationship(back_populates="payload")


class RegisterHead(Model):
    """The deployment's signature under the register as it stood with this entry as its last."""

    __tablename__ = "register_heads"

    seq: Mapped[int] = mapped_column(ForeignKey("register_entries.seq"), primary_key=True)
    key: Mapped[str] = mapped_column(String(43), comment="thumbprint of the public key")
    signature: Mapped[str] = mapped_column(String(86), comment="Ed25519, base64url")
