"""What the public list needs to be found quickly."""

revision = "0009_public_list"
down_revision = "0008_with_families"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
