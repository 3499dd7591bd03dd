"""Schools that go on under a new official number."""

import sqlalchemy as sa
from alembic import op

revision = "0016_successions"
down_revision = "0015_signing"


def upgrade() -> None:
    op.create_table(
        "successions",
        sa.Column("id", sa.Uuid(), nullable=False, comment="the former number's row"),
        sa.Column("successor_id", sa.Uuid(), nullable=False),
        sa.Column("linked_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["organisations.id"], name="fk_successions_id_organisations"),
        sa.ForeignKeyConstraint(["successor_id"], ["organisations.id"], name="fk_successions_successor_id_organisations"),
        sa.PrimaryKeyConstraint("id", name="pk_successions"),
    )
    op.create_index("ix_successions_successor_id", "successions", ["successor_id"])


def downgrade() -> None:
    op.drop_table("successions")
