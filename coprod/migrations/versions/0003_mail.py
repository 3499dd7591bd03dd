"""The outbox: letters that wait to be sent, who wants no reminders, and what the jobs did last."""

import sqlalchemy as sa
from alembic import op

from coprod.database import UtcDateTime

revision = "0003_mail"
down_revision = "0002_append_only"


def upgrade() -> None:
    op.create_table(
        "letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("receiver", sa.String(length=320), nullable=False, comment="private: an e-mail address"),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column(
            "essential", sa.Boolean(), nullable=False, comment="a reminder is not: it is capped, and can be stopped"
        ),
        sa.Column("once", sa.String(length=200), nullable=True, comment="the same key is never queued again"),
        sa.Column("subject", sa.String(length=300), nullable=False, comment="private"),
        sa.Column("words", sa.Text(), nullable=False, comment="private"),
        sa.Column("html", sa.Text(), nullable=False, comment="private"),
        sa.Column("queued_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", UtcDateTime(timezone=True), nullable=False, comment="not to be tried before"),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claim", sa.Uuid(), nullable=True, comment="who is sending it now"),
        sa.Column("fault", sa.String(length=300), nullable=False, comment="why the last try failed"),
        sa.Column("sent_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", UtcDateTime(timezone=True), nullable=True, comment="its receiver wants no reminders"),
        sa.Column("gave_up_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", UtcDateTime(timezone=True), nullable=True, comment="when any of these three came"),
        sa.CheckConstraint("sent_at IS NULL OR stopped_at IS NULL", name=op.f("ck_letters_sent_or_stopped")),
        sa.CheckConstraint("sent_at IS NULL OR gave_up_at IS NULL", name=op.f("ck_letters_sent_or_given_up")),
        sa.CheckConstraint(
            "sent_at IS NULL OR (subject = '' AND words = '' AND html = '')", name=op.f("ck_letters_wiped_once_sent")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_letters_person_id_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_letters_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("once", name=op.f("uq_letters_once")),
    )
    op.create_index(op.f("ix_letters_person_id"), "letters", ["person_id"])
    op.create_index(op.f("ix_letters_organisation_id"), "letters", ["organisation_id"])
    op.create_index("ix_letters_receiver", "letters", ["receiver", "sent_at"])
    waiting = sa.text("closed_at IS NULL")
    op.create_index("ix_letters_waiting", "letters", ["due_at"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_table(
        "receivers",
        sa.Column("address", sa.String(length=320), nullable=False, comment="private: folded"),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("stopped_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_receivers")),
        sa.UniqueConstraint("secret", name=op.f("uq_receivers_secret")),
    )
    op.create_table(
        "mailboxes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "address",
            sa.String(length=320),
            nullable=False,
            comment="private: empty where there is none any more",
        ),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_mailboxes_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["people.id"], name=op.f("fk_mailboxes_set_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailboxes")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_mailboxes_organisation_id")),
    )
    op.create_table(
        "job_runs",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("busy_until", UtcDateTime(timezone=True), nullable=True),
        sa.Column("ran_at", UtcDateTime(timezone=True), nullable=True, comment="when it last ended well"),
        sa.Column("done_on", sa.Date(), nullable=True, comment="the day of that, for what is done once a day"),
        sa.Column("failed_at", UtcDateTime(timezone=True), nullable=True, comment="when it failed since, if it did"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_runs")),
    )


def downgrade() -> None:
    for table in ("job_runs", "mailboxes", "receivers", "letters"):
        op.drop_table(table)
