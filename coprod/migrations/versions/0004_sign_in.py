"""Second steps, sign-in links and single sign-on."""

revision = "0004_sign_in"
down_revision = "0003_mail"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
