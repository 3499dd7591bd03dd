"""Where somebody is signed in, and what looked like guessing."""

revision = "0005_sessions"
down_revision = "0004_sign_in"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
