from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coprod.assessments.models import Assessment
from coprod.database import Model, UtcDateTime
from coprod.text import SAYS_SOMETHING

if TYPE_CHECKING:
    from coprod.moderation.reply_models import Reply, ReplyDecision

OPEN = text("ended_at IS NULL")
SAME = "coalesce(rating, -1) = coalesce(credited, -1)"  # No rating means that the question does not apply.
A_CHANGE_HAS_A_REASON = f"{SAME} OR {SAYS_SOMETHING.format('reason')}"


class Case(Model):
    """An assessment that waits for, or is in, moderation. Opened when it is sent in."""

    __tablename__ = "cases"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id"), unique=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    seats_needed: Mapped[int] = mapped_column(comment="reviewers that the claimed level asks for")
    seed: Mapped[int] = mapped_column(comment="picks the sampled questions, the same for ever")
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    given_by: Mapped[UUID | None] = mapped_column(comment="the person of the forum who gave the result")
    panel_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    panel_on: Mapped[date | None]
    provisional_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reply_by: Mapped[date | None] = mapped_column(comment="the last day of the right of reply")
    appeal_by: Mapped[date | None] = mapped_column(comment="the last day to appeal, once a reply is decided")
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSON, comment="the final score and level, with its inputs")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    certificate_id: Mapped[UUID | None] = mapped_column(ForeignKey("certificates.id"))
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012  # SQLAlchemy reads it from the class

    assessment: Mapped[Assessment] = relationship()
    seats: Mapped[list["Seat"]] = relationship(back_populates="case", order_by="Seat.position")
    declarations: Mapped[list["Declaration"]] = relationship(back_populates="case")
    waivers: Mapped[list["Waiver"]] = relationship(back_populates="case")
    allocations: Mapped[list["Allocation"]] = relationship(back_populates="case")
    judgements: Mapped[list["Judgement"]] = relationship(back_populates="case", order_by="Judgement.number")
    settlements: Mapped[list["Settlement"]] = relationship(back_populates="case", order_by="Settlement.number")
    replies: Mapped[list["Reply"]] = relationship(back_populates="case", order_by="Reply.question_code")
    reply_decisions: Mapped[list["ReplyDecision"]] = relationship(
        back_populates="case",
        order_by="(ReplyDecision.made_at, ReplyDecision.kind.desc(), ReplyDecision.question_code)",
    )

    @property
    def reviewer_ids(self) -> frozenset[UUID]:
        return frozenset(seat.person_id for seat in self.seats)

    @property
    def conflicted_ids(self) -> frozenset[UUID]:
        return frozenset(d.person_id for d in self.declarations if d.conflict)

    @property
    def stepped_back_ids(self) -> frozenset[UUID]:
        """Who has a conflict that nobody set aside: what they decided for others counts no more."""
        return self.conflicted_ids - self.waived_ids

    @property
    def waived_ids(self) -> frozenset[UUID]:
        return frozenset(waiver.person_id for waiver in self.waivers)

    @property
    def decisions_on_replies(self) -> list["ReplyDecision"]:
        """Most cases have no reply: then nothing more is asked of the database."""
        return self.reply_decisions if self.replies else []

    @property
    def took_part_ids(self) -> frozenset[UUID]:
        """Who rated, settled, signed, gave the result, or decided the reply before an appeal: they look no more."""
        took = {judgement.person_id for judgement in self.judgements}
        took |= {d.made_by for d in self.decisions_on_replies if d.kind != self.contested}
        others = {self.panel_by, self.given_by, *(settlement.made_by for settlement in self.settlements)}
        return self.reviewer_ids | took | {each for each in others if each is not None}

    @property
    def contested(self) -> str | None:
        """What waits for somebody who took no part: "reply", "appeal", or nothing."""
        done = {(each.kind, each.question_code) for each in self.decisions_on_replies}
        return next((r.kind for r in self.replies if not r.agrees and (r.kind, r.question_code) not in done), None)


class PracticeRating(Model):
    """What a reviewer gave an invented answer, before their first live case. Only ever added.

    Going through the set again is a new round.
    """

    __tablename__ = "practice_ratings"
    __table_args__ = (
        UniqueConstraint("person_id", "framework", "version", "round", "sample"),
        CheckConstraint("rating BETWEEN 0 AND 4", name="rating_on_scale"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    framework: Mapped[str] = mapped_column(String(60))
    version: Mapped[str] = mapped_column(String(10))
    round: Mapped[int]
    sample: Mapped[str] = mapped_column(String(60))
    rating: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Waiver(Model):
    """The coordinator lets somebody take part in spite of a conflict, and says why. Only ever added."""

    __tablename__ = "waivers"
    __table_args__ = (
        UniqueConstraint("case_id", "person_id"),
        CheckConstraint(SAYS_SOMETHING.format("why"), name="has_a_reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    why: Mapped[str] = mapped_column(Text)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    case: Mapped[Case] = relationship(back_populates="waivers")


class Allocation(Model):
    """Somebody whom the lead reviewer or the coordinator asked to take a place in a case."""

    __tablename__ = "allocations"
    __table_args__ = (UniqueConstraint("case_id", "person_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)

    case: Mapped[Case] = relationship(back_populates="allocations")


class Pause(Model):
    """A reviewer's break: until a day, or until they say so. They are not asked to take cases meanwhile."""

    __tablename__ = "pauses"
    __table_args__ = (
        Index("uq_pauses_open", "person_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    until: Mapped[date | None]
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TimeSpent(Model):
    """A volunteer's own note of their time, for their expenses."""

    __tablename__ = "time_spent"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="within_a_day"),
        CheckConstraint("travel_pence BETWEEN 0 AND 100000", name="travel_in_bounds"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    day: Mapped[date]
    minutes: Mapped[int]
    what: Mapped[str] = mapped_column(String(200))
    travel_pence: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Declaration(Model):
    """What somebody said about conflicts before they saw anything of the case. Never shown to the organisation."""

    __tablename__ = "declarations"
    __table_args__ = (UniqueConstraint("case_id", "person_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    conflict: Mapped[bool]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    case: Mapped[Case] = relationship(back_populates="declarations")


class Seat(Model):
    """One reviewer's place in a case. Position 1 and 2; what one finds the other can't see until both are done."""

    __tablename__ = "seats"
    __table_args__ = (
        UniqueConstraint("case_id", "position"),
        UniqueConstraint("case_id", "person_id"),
        CheckConstraint("position IN (1, 2)", name="two_seats"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    position: Mapped[int]
    checks_only: Mapped[bool] = mapped_column(default=False, comment="a second look at the authenticity checks")
    parent_carer: Mapped[bool]
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reopened: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="had finished before more was asked: what stood then stands"
    )

    case: Mapped[Case] = relationship(back_populates="seats")


class Judgement(Model):
    """One reviewer's rating of one answer. Only ever added: the last one of a reviewer counts."""

    __tablename__ = "judgements"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("rating BETWEEN 0 AND 4", name="rating_on_scale"),
        CheckConstraint("rating IS NOT NULL OR credited IS NULL", name="only_what_was_claimed_not_to_apply"),
        CheckConstraint(A_CHANGE_HAS_A_REASON, name="a_change_has_a_reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    number: Mapped[int] = mapped_column(comment="its place among the case's judgements")
    round: Mapped[int] = mapped_column(default=1, server_default="1", comment="2 once more was asked for")
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    question_code: Mapped[str] = mapped_column(String(10))
    credited: Mapped[int | None] = mapped_column(comment="none: the organisation says that it does not apply")
    rating: Mapped[int | None] = mapped_column(comment="none: the reviewer agrees that it does not apply")
    reason: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="", comment="for the organisation")
    private_note: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    case: Mapped[Case] = relationship(back_populates="judgements")


class Settlement(Model):
    """A rating that one person puts forward or decides for a question, and why. Only ever added.

    `together` stands once both reviewers have put the same rating forward; the other ways stand at once.
    """

    __tablename__ = "settlements"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("rating BETWEEN 0 AND 4", name="rating_on_scale"),
        CheckConstraint("rating IS NOT NULL OR credited IS NULL", name="only_what_was_claimed_not_to_apply"),
        CheckConstraint(A_CHANGE_HAS_A_REASON, name="a_change_has_a_reason"),
        CheckConstraint("how IN ('not_sampled', 'one', 'equal', 'together', 'lead')", name="way_is_known"),
        CheckConstraint(
            f"how NOT IN ('together', 'lead') OR {SAYS_SOMETHING.format('reason')}", name="a_decision_has_a_reason"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    number: Mapped[int] = mapped_column(comment="its place among the case's settlements")
    round: Mapped[int] = mapped_column(default=1, server_default="1", comment="2 once more was asked for")
    question_code: Mapped[str] = mapped_column(String(10))
    credited: Mapped[int | None]
    rating: Mapped[int | None]
    how: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text, default="", comment="for the organisation")
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    case: Mapped[Case] = relationship(back_populates="settlements")
