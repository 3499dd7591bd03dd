from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coprod.changes.confirming import Answer, Given, LinkState, link_state
from coprod.changes.groups import Group
from coprod.changes.rules import FIELDS, ChangeFacts, Side
from coprod.database import Model, UtcDateTime
from coprod.evidence.models import Evidence
from coprod.framework.model import Area
from coprod.organisations.models import Organisation


class ChangeRecord(Model):
    """What was said, what the plan was, what was decided and why, what it is now, and how families were told."""

    __tablename__ = "change_records"
    __public__ = True
    __table_args__ = (
        CheckConstraint("area IS NULL OR area IN ('child', 'team', 'organisation')", name="area_is_known"),
        CheckConstraint("status IN ('listening', 'doing', 'done', 'not_possible')", name="status_is_known"),
        CheckConstraint("published_at IS NULL OR no_child_named", name="public_means_nobody_is_named"),
        Index("ix_change_records_public", "published_at", "organisation_id"),
        Index("ix_change_records_organisation_id", "organisation_id", "published_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    revision: Mapped[int] = mapped_column(default=1)
    wording: Mapped[int] = mapped_column(default=1, comment="moves when the words that families read change")
    title: Mapped[str] = mapped_column(String(200))
    heard: Mapped[str] = mapped_column(Text, default="", comment="what was said")
    group: Mapped[str] = mapped_column(String(40), default="", comment="rules.Group; never a person")
    how_many: Mapped[int | None]
    heard_on: Mapped[date | None]
    heard_where: Mapped[str] = mapped_column(String(200), default="")
    before: Mapped[str] = mapped_column(Text, default="", comment="what the plan was")
    after: Mapped[str] = mapped_column(Text, default="", comment="what the plan is now")
    decision: Mapped[str] = mapped_column(Text, default="")
    why: Mapped[str] = mapped_column(Text, default="")
    decided_on: Mapped[date | None]
    told_on: Mapped[date | None]
    told_how: Mapped[str] = mapped_column(String(300), default="")
    better: Mapped[str] = mapped_column(Text, default="", comment="what got better")
    area: Mapped[str | None] = mapped_column(String(20))
    changed_mind: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(20), default="listening")
    no_child_named: Mapped[bool] = mapped_column(default=False)
    written_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    renewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when its public page last changed")
    value: Mapped[str] = mapped_column(String(10), default="", server_default="", comment="a value of the charter")
    due_on: Mapped[date | None] = mapped_column(comment="by when more was promised")
    taken_down_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, comment="a reviewer or coordinator took it down: its words change before it is public again"
    )
    taken_down_why: Mapped[str | None] = mapped_column(Text, comment="private: for the organisation")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012  # SQLAlchemy reads it from the class

    organisation: Mapped[Organisation] = relationship()
    links: Mapped[list["ConfirmationLink"]] = relationship(back_populates="change", order_by="ConfirmationLink.made_at")
    confirmations: Mapped[list["Confirmation"]] = relationship(
        back_populates="change", order_by="Confirmation.answered_at"
    )
    files: Mapped[list["PlanFile"]] = relationship(
        back_populates="change", order_by="PlanFile.evidence_id", lazy="selectin"
    )

    @property
    def facts(self) -> ChangeFacts:
        """What a person filled in, as the rules read it."""
        held = {field: getattr(self, field) for field in FIELDS}
        group = Group(self.group) if self.group else None
        area = Area(self.area) if self.area else None
        files = frozenset(Side(file.side) for file in self.files if file.evidence.stands)
        return ChangeFacts(**(held | {"group": group, "area": area, "files": files}))

    @property
    def given(self) -> tuple[Given, ...]:
        """What families answered, and to which wording."""
        return tuple(Given(Answer(one.answer), one.change_revision) for one in self.confirmations)


class PlanFile(Model):
    """An item of evidence that shows the plan as it was, or as it is now."""

    __tablename__ = "plan_files"
    __table_args__ = (CheckConstraint("side IN ('before', 'after')", name="side_is_known"),)

    change_id: Mapped[UUID] = mapped_column(ForeignKey("change_records.id"), primary_key=True)
    evidence_id: Mapped[UUID] = mapped_column(ForeignKey("evidence.id"), primary_key=True, index=True)
    side: Mapped[str] = mapped_column(String(10))

    change: Mapped[ChangeRecord] = relationship(back_populates="files")
    evidence: Mapped[Evidence] = relationship(lazy="joined")


class ConfirmationLink(Model):
    """A private link that one family member uses once. Only the hash of its secret is kept."""

    __tablename__ = "confirmation_links"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    change_id: Mapped[UUID] = mapped_column(ForeignKey("change_records.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_from: Mapped[str | None] = mapped_column(String(32), comment="private: scrambled address, kept 30 days")

    change: Mapped[ChangeRecord] = relationship(back_populates="links")

    @property
    def organisation_id(self) -> UUID:
        """A link belongs to the organisation whose record it asks about."""
        return self.change.organisation_id

    def state(self, now: datetime) -> LinkState:
        return link_state(expires_at=self.expires_at, used_at=self.used_at, withdrawn_at=self.withdrawn_at, now=now)


class Confirmation(Model):
    """One family member's answer: is this what happened? Nobody's name is kept.

    Triggers in the database refuse every removal, and every change but two: a comment may be emptied, and the
    scrambled address forgotten.
    """

    __tablename__ = "confirmations"
    __public__ = True  # How many families confirm a public record is public.
    __table_args__ = (CheckConstraint("answer IN ('yes', 'partly', 'no')", name="answer_is_known"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    change_id: Mapped[UUID] = mapped_column(ForeignKey("change_records.id"), index=True)
    link_id: Mapped[UUID] = mapped_column(ForeignKey("confirmation_links.id"), unique=True)
    change_revision: Mapped[int] = mapped_column(comment="the record's `wording` that the family read")
    answer: Mapped[str] = mapped_column(String(10))
    group: Mapped[str] = mapped_column(String(40))
    comment: Mapped[str] = mapped_column(Text, default="")
    comment_shared: Mapped[bool] = mapped_column(default=False, comment="the family lets the provider read it")
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    visitor: Mapped[str | None] = mapped_column(String(32), index=True, comment="private: scrambled, kept 30 days")
    repeated: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="its address had answered about this organisation before"
    )
    near: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="the organisation makes links from its address"
    )

    change: Mapped[ChangeRecord] = relationship(back_populates="confirmations")
