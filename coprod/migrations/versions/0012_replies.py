"""More evidence asked for, replies to a result, and appeals."""

revision = "0012_replies"
down_revision = "0011_reviewers"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
