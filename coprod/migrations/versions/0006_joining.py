"""Invitations, trusted e-mail domains, erasure."""

import sqlalchemy as sa
from alembic import op

from coprod.database import UtcDateTime

revision = "0006_joining"
down_revision = "0005_sessions"


def upgrade() -> None:
    op.add_column(
        "people", sa.Column("address_proved_at", UtcDateTime(timezone=True), comment="opened a link sent to the address")
    )
    op.add_column(
        "people", sa.Column("erased_at", UtcDateTime(timezone=True), comment="nothing personal is left in this row")
    )
    _invitations()
    _account_requests()
    _trusted_domains()
    _hand_overs()


def _invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False, comment="private"),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("parent_carer", sa.Boolean(), nullable=False, comment="a reviewer who is a parent carer"),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=False, comment="whoever sent it last answers for it"),
        sa.Column("sent_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", UtcDateTime(timezone=True)),
        sa.Column("accepted_by", sa.Uuid()),
        sa.Column("withdrawn_at", UtcDateTime(timezone=True)),
        sa.CheckConstraint(
            "(organisation_id IS NOT NULL AND role IN ('lead', 'contributor'))"
            " OR (organisation_id IS NULL AND role IN ('reviewer', 'lead_reviewer', 'coordinator'))",
            name=op.f("ck_invitations_role_fits_place"),
        ),
        sa.CheckConstraint(
            "accepted_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_invitations_accepted_or_withdrawn")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_invitations_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["sent_by"], ["people.id"], name=op.f("fk_invitations_sent_by_people")),
        sa.ForeignKeyConstraint(["accepted_by"], ["people.id"], name=op.f("fk_invitations_accepted_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_invitations_secret_hash")),
    )
    op.create_index(op.f("ix_invitations_email"), "invitations", ["email"])
    op.create_index(op.f("ix_invitations_organisation_id"), "invitations", ["organisation_id"])


def _account_requests() -> None:
    op.create_table(
        "account_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False, comment="private"),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_requests")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_account_requests_secret_hash")),
    )
    op.create_index(op.f("ix_account_requests_expires_at"), "account_requests", ["expires_at"])


def _trusted_domains() -> None:
    op.create_table(
        "trusted_domains",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_trusted_domains_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["added_by"], ["people.id"], name=op.f("fk_trusted_domains_added_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trusted_domains")),
        sa.UniqueConstraint("organisation_id", "domain", name=op.f("uq_trusted_domains_organisation_id_domain")),
    )


def _hand_overs() -> None:
    op.create_table(
        "hand_overs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column(
            "leaving",
            sa.Boolean(),
            nullable=False,
            comment="whoever hands over leaves, instead of staying as a contributor",
        ),
        sa.Column("offered_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", UtcDateTime(timezone=True), comment="accepted, declined or taken back"),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_hand_overs_to_somebody_else")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_hand_overs_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["from_id"], ["memberships.id"], name=op.f("fk_hand_overs_from_id_memberships")),
        sa.ForeignKeyConstraint(["to_id"], ["memberships.id"], name=op.f("fk_hand_overs_to_id_memberships")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_overs")),
    )
    op.create_index(op.f("ix_hand_overs_organisation_id"), "hand_overs", ["organisation_id"])
    op.create_index(op.f("ix_hand_overs_to_id"), "hand_overs", ["to_id"])
    op.create_index(
        "uq_hand_overs_open",
        "hand_overs",
        ["from_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    for table in ("hand_overs", "trusted_domains", "account_requests", "invitations"):
        op.drop_table(table)
    op.drop_column("people", "erased_at")
    op.drop_column("people", "address_proved_at")
