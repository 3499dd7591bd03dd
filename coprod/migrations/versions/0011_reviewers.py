"""Practice for reviewers."""

import sqlalchemy as sa
from alembic import op

from coprod.database import UtcDateTime

revision = "0011_reviewers"
down_revision = "0010_evidence_files"
APPEND_ONLY = ("practice_ratings",)


def upgrade() -> None:
    op.create_table(
        "practice_ratings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("framework", sa.String(length=60), nullable=False),
        sa.Column("version", sa.String(length=10), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("sample", sa.String(length=60), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rating BETWEEN 0 AND 4", name=op.f("ck_practice_ratings_rating_on_scale")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_practice_ratings_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_ratings")),
        sa.UniqueConstraint(
            "person_id",
            "framework",
            "version",
            "round",
            "sample",
            name=op.f("uq_practice_ratings_person_id_framework_version_round_sample"),
        ),
    )
    op.create_index(op.f("ix_practice_ratings_person_id"), "practice_ratings", ["person_id"])
    _keep(APPEND_ONLY)


def downgrade() -> None:
    op.drop_table("practice_ratings")


def _keep(tables: tuple[str, ...]) -> None:
    """What is only ever added, the database itself keeps from being changed or removed."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in tables:
        for verb in ("UPDATE", "DELETE") if sqlite else ():
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END"
            )
        if not sqlite:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION is_append_only()"
            )
