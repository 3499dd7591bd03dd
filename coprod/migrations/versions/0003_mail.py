"""The outbox: letters that wait to be sent."""

revision = "0003_mail"
down_revision = "0002_append_only"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
