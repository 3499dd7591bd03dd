"""Assigned questions, notes between colleagues, what was carried over."""

revision = "0007_working_together"
down_revision = "0006_joining"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
