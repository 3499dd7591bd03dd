from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coprod.changes.models import ChangeRecord
from coprod.database import Model, UtcDateTime
from coprod.evidence.models import Evidence
from coprod.organisations.models import Organisation
from coprod.text import SAYS_SOMETHING


class Assessment(Model):
    """One self-assessment, tied to the version of the standards that it was started on."""

    __tablename__ = "assessments"
    __table_args__ = (
        CheckConstraint(
            "state IN ('draft', 'submitted', 'in_moderation', 'more_asked', 'provisional', 'final', 'withdrawn')",
            name="state_is_known",
        ),
        CheckConstraint("audience IN ('school', 'service')", name="audience_is_known"),
        Index(
            "uq_assessments_open",
            "organisation_id",
            unique=True,
            sqlite_where=Column("state").not_in(("final", "withdrawn")),
            postgresql_where=Column("state").not_in(("final", "withdrawn")),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    framework: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(20))
    framework_hash: Mapped[str] = mapped_column(String(64))
    audience: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    first: Mapped[bool] = mapped_column(comment="an organisation's first may use older evidence")
    started_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(JSON, comment="everything as it was sent in")
    final_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012  # SQLAlchemy reads it from the class

    organisation: Mapped[Organisation] = relationship()
    answers: Mapped[list["Answer"]] = relationship(back_populates="assessment", order_by="Answer.question_code")
    plan: Mapped[list["PlanAction"]] = relationship(back_populates="assessment", order_by="PlanAction.due")
    more_asked: Mapped["MoreAsked | None"] = relationship(back_populates="assessment")
    sent_before: Mapped["SentBefore | None"] = relationship()


class Answer(Model):
    """What an organisation says to one question. The claimed rating; what it is credited as is always worked out."""

    __tablename__ = "answers"
    __table_args__ = (
        UniqueConstraint("assessment_id", "question_code"),
        CheckConstraint("rating BETWEEN 0 AND 4", name="rating_on_scale"),
        CheckConstraint("NOT (not_applicable AND rating IS NOT NULL)", name="rated_or_not_applicable"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id"))
    question_code: Mapped[str] = mapped_column(String(10))
    rating: Mapped[int | None]
    not_applicable: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="", comment="why the question does not apply")
    account: Mapped[str] = mapped_column(Text, default="")
    saved_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    carried: Mapped[str | None] = mapped_column(
        String(10),
        comment="what became of its question since last time, until somebody checks that it is still true",
    )
    more_asked: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="reviewers asked for more, so it may change"
    )
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012  # SQLAlchemy reads it from the class

    assessment: Mapped[Assessment] = relationship(back_populates="answers")
    evidence: Mapped[list["AnswerEvidence"]] = relationship(back_populates="answer", cascade="all, delete-orphan")
    changes: Mapped[list["AnswerChange"]] = relationship(back_populates="answer", cascade="all, delete-orphan")


class AnswerVersion(Model):
    """What somebody once wrote for a question. Only ever added, so that nothing is lost when it is written over."""

    __tablename__ = "answer_versions"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    answer_id: Mapped[UUID] = mapped_column(ForeignKey("answers.id"), index=True)
    stood: Mapped[bool] = mapped_column(comment="false: written while somebody else saved, and put aside")
    rating: Mapped[int | None]
    not_applicable: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    account: Mapped[str] = mapped_column(Text)
    saved_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)

    answer: Mapped[Answer] = relationship()


class AnswerEvidence(Model):
    """This item of evidence supports this answer."""

    __tablename__ = "answer_evidence"

    answer_id: Mapped[UUID] = mapped_column(ForeignKey("answers.id"), primary_key=True)
    evidence_id: Mapped[UUID] = mapped_column(ForeignKey("evidence.id"), primary_key=True, index=True)

    answer: Mapped[Answer] = relationship(back_populates="evidence")
    evidence: Mapped[Evidence] = relationship()


class AnswerChange(Model):
    """This change record supports this answer."""

    __tablename__ = "answer_changes"

    answer_id: Mapped[UUID] = mapped_column(ForeignKey("answers.id"), primary_key=True)
    change_id: Mapped[UUID] = mapped_column(ForeignKey("change_records.id"), primary_key=True, index=True)

    answer: Mapped[Answer] = relationship(back_populates="changes")
    change: Mapped[ChangeRecord] = relationship()


class PlanAction(Model):
    """One step of the improvement plan, with somebody's part in the organisation as its owner and a date."""

    __tablename__ = "plan_actions"
    __table_args__ = (CheckConstraint("trim(what) <> '' AND trim(owner) <> ''", name="says_what_and_who"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id"), index=True)
    question_code: Mapped[str | None] = mapped_column(String(10))
    what: Mapped[str] = mapped_column(String(300))
    owner: Mapped[str] = mapped_column(String(100))
    due: Mapped[date]
    added_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    begun_on: Mapped[date | None] = mapped_column(comment="somebody is at it since then")
    done_on: Mapped[date | None]
    carried_from: Mapped[UUID | None] = mapped_column(
        unique=True, index=True, comment="the step of last time's plan that this goes on from"
    )

    assessment: Mapped[Assessment] = relationship(back_populates="plan")


class FamilyMeeting(Model):
    """A meeting at which families talked about the questions. Who took part is a number for each group, no names."""

    __tablename__ = "family_meetings"
    __table_args__ = (
        CheckConstraint("parents >= 0 AND young_people >= 0 AND parents + young_people > 0", name="somebody_took_part"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id"), index=True)
    held_on: Mapped[date]
    parents: Mapped[int] = mapped_column(comment="how many parents and carers")
    young_people: Mapped[int] = mapped_column(comment="how many young people and children")
    added_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

    ratings: Mapped[list["FamilyRating"]] = relationship(cascade="all, delete-orphan")
    words: Mapped[list["FamilyWords"]] = relationship(cascade="all, delete-orphan")


class FamilyRating(Model):
    """How many of one group at a meeting chose one rating for one question. Counts only: nobody is named."""

    __tablename__ = "family_ratings"
    __table_args__ = (
        CheckConstraint("voice IN ('parents', 'children')", name="voice_is_known"),
        CheckConstraint("rating BETWEEN 0 AND 4", name="rating_on_scale"),
        CheckConstraint("number > 0", name="somebody_chose_it"),
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("family_meetings.id"), primary_key=True)
    question_code: Mapped[str] = mapped_column(String(10), primary_key=True)
    voice: Mapped[str] = mapped_column(String(10), primary_key=True)
    rating: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]


class FamilyWords(Model):
    """What people at a meeting said about one question, in their words."""

    __tablename__ = "family_words"
    __table_args__ = (CheckConstraint("trim(text) <> ''", name="says_something"),)

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("family_meetings.id"), primary_key=True)
    question_code: Mapped[str] = mapped_column(String(10), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class Assignment(Model):
    """Who answers one question, and by when."""

    __tablename__ = "question_assignments"
    __table_args__ = (UniqueConstraint("assessment_id", "question_code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id"))
    question_code: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    due: Mapped[date]
    assigned_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    assigned_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Note(Model):
    """What one colleague tells the others about a question. It is never sent in, and reviewers never see it."""

    __tablename__ = "question_notes"
    __table_args__ = (CheckConstraint("trim(text) <> ''", name="says_something"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id"), index=True)
    about: Mapped[str] = mapped_column(String(40), comment="the code of a question or of an extra one")
    text: Mapped[str] = mapped_column(Text)
    written_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MoreAsked(Model):
    """Reviewers' request for more about some answers: once for each assessment. Only ever added."""

    __tablename__ = "more_asked"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id"), unique=True)
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"), comment="the organisation never learns who")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due: Mapped[date] = mapped_column(comment="the last day to add something")
    remind_on: Mapped[date]

    assessment: Mapped[Assessment] = relationship(back_populates="more_asked")
    questions: Mapped[list["QuestionAsked"]] = relationship(order_by="QuestionAsked.question_code", lazy="selectin")

    @property
    def reasons(self) -> dict[str, str]:
        """Why more is asked, for each question that is named."""
        return {question.question_code: question.reason for question in self.questions}


class QuestionAsked(Model):
    """One question about which reviewers ask for more, and why. Only ever added."""

    __tablename__ = "more_asked_questions"
    __table_args__ = (
        UniqueConstraint("more_asked_id", "question_code"),
        CheckConstraint(SAYS_SOMETHING.format("reason"), name="has_a_reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    more_asked_id: Mapped[UUID] = mapped_column(ForeignKey("more_asked.id"))
    question_code: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text, comment="for the organisation")


class SentBefore(Model):
    """What was sent in first, where more was asked for. Never removed, but for words nobody may see."""

    __tablename__ = "snapshots_before"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id"), unique=True)
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), comment="none: the time was over")
