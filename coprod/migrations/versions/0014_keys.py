"""Keys that sign certificates, and signed documents."""

revision = "0014_keys"
down_revision = "0013_change_records"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
