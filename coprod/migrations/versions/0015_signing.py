"""The charter, filled in for somebody else to sign, or for the area to look at first."""

import sqlalchemy as sa
from alembic import op

revision = "0015_signing"
down_revision = "0014_keys"

OPEN = sa.text("state IN ('asked', 'agreed', 'held')")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "signing_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("charter_version", sa.String(20), nullable=False),
        sa.Column("charter_hash", sa.String(64), nullable=False, comment="SHA-256 of the text that was filled in"),
        sa.Column("senior_lead", sa.String(200), nullable=False),
        sa.Column("family_link", sa.String(200), nullable=False),
        sa.Column("signatory_name", sa.String(200), nullable=False),
        sa.Column("signatory_role", sa.String(100), nullable=False),
        sa.Column(
            "signatory_email", sa.String(254), nullable=True, comment="none: who filled it in signed it themselves"
        ),
        sa.Column("promises", sa.JSON(), nullable=False),
        sa.Column("filled_by", sa.Uuid(), nullable=False),
        sa.Column("filled_at", moment, nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=True),
        sa.Column("expires_at", moment, nullable=True, comment="of the link in the letter"),
        sa.Column("state", sa.String(10), nullable=False, comment="rules.Request"),
        sa.Column("agreed_at", moment, nullable=True),
        sa.Column("said", sa.Text(), nullable=True, comment="what is not right, or why it is on hold"),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("sign_up_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state IN ('asked', 'agreed', 'held', 'refused', 'withdrawn', 'signed')", name="state_is_known"
        ),
        sa.CheckConstraint("(state = 'signed') = (sign_up_id IS NOT NULL)", name="signed_means_a_sign_up"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_signing_requests_organisation_id_organisations"
        ),
        sa.ForeignKeyConstraint(["filled_by"], ["people.id"], name="fk_signing_requests_filled_by_people"),
        sa.ForeignKeyConstraint(["sign_up_id"], ["sign_ups.id"], name="fk_signing_requests_sign_up_id_sign_ups"),
        sa.PrimaryKeyConstraint("id", name="pk_signing_requests"),
        sa.UniqueConstraint("secret_hash", name="uq_signing_requests_secret_hash"),
    )
    op.create_index("ix_signing_requests_organisation_id", "signing_requests", ["organisation_id"])
    op.create_index(
        "uq_signing_requests_open",
        "signing_requests",
        ["organisation_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.add_column(
        "sign_ups",
        sa.Column("confirmed_at", moment, nullable=True, comment="when the signatory agreed, by the link in a letter"),
    )


def downgrade() -> None:
    op.drop_column("sign_ups", "confirmed_at")
    op.drop_table("signing_requests")
