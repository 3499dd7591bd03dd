"""Assigned questions, notes between colleagues, what was carried over and what is asked for again."""

import sqlalchemy as sa
from alembic import op

import coprod.database

revision = "0007_working_together"
down_revision = "0006_joining"


def upgrade() -> None:
    op.add_column(
        "answers",
        sa.Column(
            "carried",
            sa.String(length=10),
            nullable=True,
            comment="what became of its question since last time, until somebody checks that it is still true",
        ),
    )
    op.add_column(
        "answers",
        sa.Column(
            "more_asked",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="reviewers asked for more, so it may change",
        ),
    )
    op.create_table(
        "question_assignments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("question_code", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("assigned_by", sa.Uuid(), nullable=False),
        sa.Column("assigned_at", coprod.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_question_assignments_assessment_id_assessments")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_question_assignments_person_id_people")),
        sa.ForeignKeyConstraint(
            ["assigned_by"], ["people.id"], name=op.f("fk_question_assignments_assigned_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_assignments")),
        sa.UniqueConstraint(
            "assessment_id", "question_code", name=op.f("uq_question_assignments_assessment_id_question_code")
        ),
    )
    op.create_index(op.f("ix_question_assignments_person_id"), "question_assignments", ["person_id"])
    op.create_table(
        "question_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False, comment="the code of a question or of an extra one"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", coprod.database.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("trim(text) <> ''", name=op.f("ck_question_notes_says_something")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_question_notes_assessment_id_assessments")
        ),
        sa.ForeignKeyConstraint(["written_by"], ["people.id"], name=op.f("fk_question_notes_written_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_notes")),
    )
    op.create_index(op.f("ix_question_notes_assessment_id"), "question_notes", ["assessment_id"])


def downgrade() -> None:
    op.drop_table("question_notes")
    op.drop_table("question_assignments")
    op.drop_column("answers", "more_asked")
    op.drop_column("answers", "carried")
