from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from coprod.database import Model, UtcDateTime


class Letter(Model):
    """One letter to one receiver: it waits, and then it was sent, or stopped, or given up. It is never sent twice."""

    __tablename__ = "letters"
    __table_args__ = (
        CheckConstraint("sent_at IS NULL OR stopped_at IS NULL", name="sent_or_stopped"),
        CheckConstraint("sent_at IS NULL OR gave_up_at IS NULL", name="sent_or_given_up"),
        CheckConstraint("sent_at IS NULL OR (subject = '' AND words = '' AND html = '')", name="wiped_once_sent"),
        Index(
            "ix_letters_waiting",
            "due_at",
            sqlite_where=Column("closed_at").is_(None),
            postgresql_where=Column("closed_at").is_(None),
        ),
        Index("ix_letters_receiver", "receiver", "sent_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    template: Mapped[str] = mapped_column(String(40))
    receiver: Mapped[str] = mapped_column(String(320), comment="private: an e-mail address")
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    essential: Mapped[bool] = mapped_column(comment="a reminder is not: it is capped, and can be stopped")
    once: Mapped[str | None] = mapped_column(String(200), unique=True, comment="the same key is never queued again")
    subject: Mapped[str] = mapped_column(String(300), comment="private")
    words: Mapped[str] = mapped_column(Text, comment="private")
    html: Mapped[str] = mapped_column(Text, comment="private")
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="not to be tried before")
    tries: Mapped[int] = mapped_column(default=0)
    claim: Mapped[UUID | None] = mapped_column(comment="who is sending it now")
    fault: Mapped[str] = mapped_column(String(300), default="", comment="why the last try failed")
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="its receiver wants no reminders")
    gave_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when any of these three came")


class Receiver(Model):
    """An address that reminders go to. Its secret is in their links, so that one click stops them."""

    __tablename__ = "receivers"

    address: Mapped[str] = mapped_column(String(320), primary_key=True, comment="private: folded")
    secret: Mapped[str] = mapped_column(String(64), unique=True)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Mailbox(Model):
    """The shared mailbox of an organisation: its letters go there too, whoever leaves."""

    __tablename__ = "mailboxes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), unique=True)
    address: Mapped[str] = mapped_column(String(320), comment="private: empty where there is none any more")
    set_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
