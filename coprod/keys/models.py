from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from coprod.database import Model, UtcDateTime


class PublicKey(Model):
    """A key that something was signed with. It stays for ever, so that what it signed can always be checked.

    The private half is never here: it is a file in the data folder that only its owner reads.
    """

    __tablename__ = "public_keys"
    __public__ = True
    __table_args__ = (CheckConstraint("purpose IN ('document', 'badge', 'register')", name="purpose_is_known"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    thumbprint: Mapped[str] = mapped_column(String(43), unique=True, comment="RFC 7638")
    purpose: Mapped[str] = mapped_column(String(10))
    algorithm: Mapped[str] = mapped_column(String(10))
    jwk: Mapped[dict[str, Any]] = mapped_column(JSON, comment="the public half, as RFC 7517 writes it")
    chain: Mapped[str] = mapped_column(Text, comment="X.509 certificates in PEM, for documents")
    listed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="from then on it signed nothing")
