"""Second steps, sign-in links and single sign-on."""

import sqlalchemy as sa
from alembic import op

from coprod.database import UtcDateTime

revision = "0004_sign_in"
down_revision = "0003_mail"


def upgrade() -> None:
    op.create_table(
        "emailed_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="SHA-256 of the secret in the link"),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("purpose IN ('sign_in', 'password')", name=op.f("ck_emailed_links_purpose_is_known")),
        _of_a_person("emailed_links"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emailed_links")),
        sa.UniqueConstraint("digest", name=op.f("uq_emailed_links_digest")),
    )
    op.create_index(op.f("ix_emailed_links_person_id"), "emailed_links", ["person_id"])
    op.create_index(op.f("ix_emailed_links_expires_at"), "emailed_links", ["expires_at"])
    op.create_table(
        "authenticators",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_key", sa.Text(), nullable=False, comment="encrypted"),
        sa.Column("last_counter", sa.BigInteger(), nullable=False, comment="codes up to this one have been used"),
        sa.Column("added_at", UtcDateTime(timezone=True), nullable=False),
        _of_a_person("authenticators"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_authenticators")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "digest", sa.String(length=64), nullable=False, comment="SHA-256 of the code, which holds 80 random bits"
        ),
        sa.Column("used_at", UtcDateTime(timezone=True), nullable=True),
        _of_a_person("recovery_codes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("person_id", "digest", name=op.f("uq_recovery_codes_person_id_digest")),
    )
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "credential_id", sa.String(length=1400), nullable=False, comment="base64url, as browsers send it"
        ),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False, comment="what its owner calls it"),
        sa.Column("added_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", UtcDateTime(timezone=True), nullable=True),
        _of_a_person("passkeys"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    op.create_index(op.f("ix_passkeys_person_id"), "passkeys", ["person_id"])
    op.create_table(
        "single_sign_ons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("added_at", UtcDateTime(timezone=True), nullable=False),
        _of_a_person("single_sign_ons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_single_sign_ons")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_single_sign_ons_issuer_subject")),
    )
    op.create_index(op.f("ix_single_sign_ons_person_id"), "single_sign_ons", ["person_id"])


def downgrade() -> None:
    for table in ("single_sign_ons", "passkeys", "recovery_codes", "authenticators", "emailed_links"):
        op.drop_table(table)


def _of_a_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["person_id"], ["people.id"], name=op.f(f"fk_{table}_person_id_people"), ondelete="CASCADE"
    )
