"""What change records and their confirmations gained."""

revision = "0013_change_records"
down_revision = "0012_replies"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
