"""Where somebody is signed in, what looked like guessing, and how often somebody asked."""

import sqlalchemy as sa
from alembic import op

from coprod.database import UtcDateTime

revision = "0005_sessions"
down_revision = "0004_sign_in"


def upgrade() -> None:
    op.create_table(
        "person_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="SHA-256 of the secret in the cookie"),
        sa.Column("device", sa.String(length=60), nullable=False, comment="in plain words, such as Chrome on Windows"),
        sa.Column("begun_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "seen_at", UtcDateTime(timezone=True), nullable=False, comment="the last time that something was sent, roughly"
        ),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_why IS NULL)", name=op.f("ck_person_sessions_ended_with_its_reason")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_person_sessions_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_sessions")),
        sa.UniqueConstraint("digest", name=op.f("uq_person_sessions_digest")),
    )
    op.create_index(op.f("ix_person_sessions_person_id"), "person_sessions", ["person_id"])
    op.create_index(op.f("ix_person_sessions_begun_at"), "person_sessions", ["begun_at"])


def downgrade() -> None:
    op.drop_table("person_sessions")
