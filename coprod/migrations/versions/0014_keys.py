"""Keys that sign certificates, and signed documents."""

import sqlalchemy as sa
from alembic import op

revision = "0014_keys"
down_revision = "0013_change_records"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "public_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("thumbprint", sa.String(43), nullable=False, comment="RFC 7638"),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("algorithm", sa.String(10), nullable=False),
        sa.Column("jwk", sa.JSON(), nullable=False, comment="the public half, as RFC 7517 writes it"),
        sa.Column("chain", sa.Text(), nullable=False, comment="X.509 certificates in PEM, for documents"),
        sa.Column("listed_at", moment, nullable=False),
        sa.Column("retired_at", moment, nullable=True, comment="from then on it signed nothing"),
        sa.CheckConstraint("purpose IN ('document', 'badge', 'register')", name="purpose_is_known"),
        sa.PrimaryKeyConstraint("id", name="pk_public_keys"),
        sa.UniqueConstraint("thumbprint", name="uq_public_keys_thumbprint"),
    )
    op.create_table(
        "register_heads",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(43), nullable=False, comment="thumbprint of the public key"),
        sa.Column("signature", sa.String(86), nullable=False, comment="Ed25519, base64url"),
        sa.ForeignKeyConstraint(["seq"], ["register_entries.seq"], name="fk_register_heads_seq_register_entries"),
        sa.PrimaryKeyConstraint("seq", name="pk_register_heads"),
    )
    op.create_table(
        "certificate_documents",
        sa.Column("file_hash", sa.String(64), nullable=False, comment="SHA-256 of the signed document"),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(43), nullable=False, comment="thumbprint of the public key"),
        sa.Column("made_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name="fk_certificate_documents_certificate_id_certificates"
        ),
        sa.PrimaryKeyConstraint("file_hash", name="pk_certificate_documents"),
    )
    op.create_index("ix_certificate_documents_certificate_id", "certificate_documents", ["certificate_id"])
    op.add_column(
        "certificates", sa.Column("credential", sa.Text(), nullable=True, comment="its facts as an Open Badge, signed")
    )


def downgrade() -> None:
    op.drop_column("certificates", "credential")
    op.drop_table("certificate_documents")
    op.drop_table("register_heads")
    op.drop_table("public_keys")
