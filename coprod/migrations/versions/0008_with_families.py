"""What families said at a meeting, beside the organisation's own answers."""

revision = "0008_with_families"
down_revision = "0007_working_together"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
