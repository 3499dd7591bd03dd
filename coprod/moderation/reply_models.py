"""TABLES of the right of reply: what an organisation answers to its result, and what is decided then."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coprod.database import Model, UtcDateTime
from coprod.moderation.models import Case
from coprod.text import SAYS_SOMETHING

REPLY, APPEAL = "reply", "appeal"
KIND_IS_KNOWN = "kind IN ('reply', 'appeal')"
FROM_OUTSIDE = f"{SAYS_SOMETHING.format('outsider_name')} AND {SAYS_SOMETHING.format('outsider_role')}"


class Reply(Model):
    """What an organisation says to one rating of its result, in its reply or its appeal. Only ever added."""

    __tablename__ = "replies"
    __table_args__ = (
        UniqueConstraint("case_id", "kind", "question_code"),
        CheckConstraint(KIND_IS_KNOWN, name="kind_is_known"),
        CheckConstraint(f"agrees OR {SAYS_SOMETHING.format('words')}", name="who_disagrees_says_why"),
        CheckConstraint("kind = 'reply' OR NOT agrees", name="an_appeal_disagrees"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(String(10))
    question_code: Mapped[str] = mapped_column(String(10))
    agrees: Mapped[bool]
    words: Mapped[str] = mapped_column(Text, default="")
    points_to: Mapped[list[str]] = mapped_column(JSON, comment="ids of evidence and change records that were sent in")
    made_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    case: Mapped[Case] = relationship(back_populates="replies")


class ReplyDecision(Model):
    """What somebody who took no part decided about one disagreement, and why. Only ever added.

    At an appeal, the person from outside the area who decided it too is named.
    """

    __tablename__ = "reply_decisions"
    __table_args__ = (
        UniqueConstraint("case_id", "kind", "question_code"),
        CheckConstraint(KIND_IS_KNOWN, name="kind_is_known"),
        CheckConstraint("rating BETWEEN 0 AND 4", name="rating_on_scale"),
        CheckConstraint(SAYS_SOMETHING.format("reason"), name="has_a_reason"),
        CheckConstraint(
            f"kind = 'reply' OR ({FROM_OUTSIDE})",
            name="an_appeal_has_somebody_from_outside",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(String(10))
    question_code: Mapped[str] = mapped_column(String(10))
    before: Mapped[int | None] = mapped_column(comment="the rating that stood; none: it did not apply")
    rating: Mapped[int | None] = mapped_column(comment="the rating that stands now; none: it does not apply")
    reason: Mapped[str] = mapped_column(Text, comment="for the organisation")
    outsider_name: Mapped[str] = mapped_column(String(200), default="")
    outsider_role: Mapped[str] = mapped_column(String(200), default="")
    made_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    case: Mapped[Case] = relationship(back_populates="reply_decisions")


class OutcomeBefore(Model):
    """A result that a decided reply or appeal took the place of. Only ever added."""

    __tablename__ = "outcomes_before"
    __table_args__ = (UniqueConstraint("case_id", "kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(String(10), comment="what took its place: a reply or an appeal")
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON)
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime)
