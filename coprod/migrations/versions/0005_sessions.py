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
    op.create_table(
        "guesses",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_guesses")),
    )
    op.create_index(op.f("ix_guesses_last_at"), "guesses", ["last_at"])
    op.create_table(
        "alerts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="whose account was tried, where there is one"),
        sa.Column("once", sa.String(length=120), nullable=False, comment="one alert a day for one thing"),
        sa.Column("noted_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("noted_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('account', 'address', 'everywhere')", name=op.f("ck_alerts_kind_is_known")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_alerts_person_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["noted_by"], ["people.id"], name=op.f("fk_alerts_noted_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("once", name=op.f("uq_alerts_once")),
    )
    op.create_index(op.f("ix_alerts_at"), "alerts", ["at"])
    op.create_index(op.f("ix_alerts_person_id"), "alerts", ["person_id"])
    op.create_table(
        "rate_counts",
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column(
            "expires_at", sa.Float(precision=53), nullable=False, comment="seconds since 1970"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_counts")),
    )
    op.create_index(op.f("ix_rate_counts_expires_at"), "rate_counts", ["expires_at"])


def downgrade() -> None:
    for table in ("rate_counts", "alerts", "guesses", "person_sessions"):
        op.drop_table(table)
