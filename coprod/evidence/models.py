from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from coprod.database import Model, UtcDateTime


class Evidence(Model):
    """One item of evidence, private to its organisation and its reviewers. One item may support many answers."""

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("url <> '' OR statement <> ''", name="something_is_there"),
        CheckConstraint("no_child_named", name="nobody_can_be_identified"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40), comment="a kind that the framework names")
    title: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(2000), default="")
    statement: Mapped[str] = mapped_column(Text, default="")
    dated: Mapped[date] = mapped_column(comment="the date of the evidence itself")
    shows: Mapped[str] = mapped_column(String(500))
    from_families: Mapped[bool] = mapped_column(default=False)
    no_child_named: Mapped[bool] = mapped_column(comment="somebody confirmed that no child can be identified")
    added_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
