"""What families said at a meeting, beside the organisation's own answers; and a plan that is kept up to date."""

import sqlalchemy as sa
from alembic import op

import coprod.database

revision = "0008_with_families"
down_revision = "0007_working_together"


def upgrade() -> None:
    op.create_table(
        "family_meetings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("parents", sa.Integer(), nullable=False, comment="how many parents and carers"),
        sa.Column("young_people", sa.Integer(), nullable=False, comment="how many young people and children"),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", coprod.database.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "parents >= 0 AND young_people >= 0 AND parents + young_people > 0",
            name=op.f("ck_family_meetings_somebody_took_part"),
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_family_meetings_assessment_id_assessments")
        ),
        sa.ForeignKeyConstraint(["added_by"], ["people.id"], name=op.f("fk_family_meetings_added_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_meetings")),
    )
    op.create_index(op.f("ix_family_meetings_assessment_id"), "family_meetings", ["assessment_id"])
    op.create_table(
        "family_ratings",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("question_code", sa.String(length=10), nullable=False),
        sa.Column("voice", sa.String(length=10), nullable=False),
        sa.Column("rating", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("voice IN ('parents', 'children')", name=op.f("ck_family_ratings_voice_is_known")),
        sa.CheckConstraint("rating BETWEEN 0 AND 4", name=op.f("ck_family_ratings_rating_on_scale")),
        sa.CheckConstraint("number > 0", name=op.f("ck_family_ratings_somebody_chose_it")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["family_meetings.id"], name=op.f("fk_family_ratings_meeting_id_family_meetings")
        ),
        sa.PrimaryKeyConstraint("meeting_id", "question_code", "voice", "rating", name=op.f("pk_family_ratings")),
    )
    op.create_table(
        "family_words",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("question_code", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("trim(text) <> ''", name=op.f("ck_family_words_says_something")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["family_meetings.id"], name=op.f("fk_family_words_meeting_id_family_meetings")
        ),
        sa.PrimaryKeyConstraint("meeting_id", "question_code", name=op.f("pk_family_words")),
    )
    op.add_column("plan_actions", sa.Column("begun_on", sa.Date(), nullable=True, comment="somebody is at it since then"))
    op.add_column(
        "plan_actions",
        sa.Column(
            "carried_from", sa.Uuid(), nullable=True, comment="the step of last time's plan that this goes on from"
        ),
    )
    op.create_index(op.f("ix_plan_actions_carried_from"), "plan_actions", ["carried_from"], unique=True)


def downgrade() -> None:
    op.drop_index(op.f("ix_plan_actions_carried_from"), table_name="plan_actions")
    op.drop_column("plan_actions", "carried_from")
    op.drop_column("plan_actions", "begun_on")
    op.drop_table("family_words")
    op.drop_table("family_ratings")
    op.drop_table("family_meetings")
