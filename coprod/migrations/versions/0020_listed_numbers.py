"""How many signatories there are of each sort, moved with each row of the list."""

import sqlalchemy as sa
from alembic import op

revision = "0020_listed_numbers"
down_revision = "0019_send_reports"


def upgrade() -> None:
    """Empty for now: until the first change pages count by themselves."""
    op.create_table(
        "listed_numbers",
        sa.Column("of", sa.String(60), nullable=False, comment="the days that decided where each one stood"),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("town", sa.String(80), nullable=False),
        sa.Column("level", sa.String(40), nullable=False, comment="of an award in force, or nothing"),
        sa.Column("standing", sa.String(20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("of", "kind", "town", "level", "standing", name="pk_listed_numbers"),
    )


def downgrade() -> None:
    op.drop_table("listed_numbers")
