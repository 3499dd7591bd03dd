"""Concerns that people report about signatories."""

import sqlalchemy as sa
from alembic import op

revision = "0018_concerns"
down_revision = "0017_signatures_stay"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "concerns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("address", sa.String(254), nullable=True, comment="where to write to, if they gave one"),
        sa.Column("sent_at", moment, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("closed_at", moment, nullable=True),
        sa.Column("note", sa.Text(), nullable=True, comment="what came of it"),
        sa.CheckConstraint("state IN ('new', 'looking', 'closed')", name="state_is_known"),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_its_moment"),
        sa.CheckConstraint("state <> 'closed' OR (note IS NOT NULL AND trim(note) <> '')", name="closed_has_a_note"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_concerns_organisation_id_organisations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_concerns"),
    )
    op.create_index("ix_concerns_organisation_id", "concerns", ["organisation_id", "sent_at"])


def downgrade() -> None:
    op.drop_table("concerns")
