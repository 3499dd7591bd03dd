"""Invitations, trusted e-mail domains, erasure."""

revision = "0006_joining"
down_revision = "0005_sessions"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
