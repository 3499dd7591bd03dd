"""What change records and their confirmations gained: files, promises with a day, and answers that nobody takes away."""

import sqlalchemy as sa
from alembic import op

from coprod.database import UtcDateTime

revision = "0013_change_records"
down_revision = "0012_replies"

MOMENT = UtcDateTime(timezone=True)
STAYS = (
    "id",
    "change_id",
    "link_id",
    "change_revision",
    "answer",
    '"group"',
    "comment_shared",
    "answered_at",
    "repeated",
    "near",
)
CHANGED = " OR ".join(
    (
        *(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in STAYS),
        "(NEW.comment <> OLD.comment AND NEW.comment <> '')",
        "(NEW.visitor IS NOT NULL AND NEW.visitor IS DISTINCT FROM OLD.visitor)",
    )
)
SAID = "what a family answered stays"


def upgrade() -> None:
    for table, column in _new():
        op.add_column(table, column)
    op.create_index(op.f("ix_confirmations_visitor"), "confirmations", ["visitor"])
    op.create_table(
        "plan_files",
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.CheckConstraint("side IN ('before', 'after')", name=op.f("ck_plan_files_side_is_known")),
        sa.ForeignKeyConstraint(
            ["change_id"], ["change_records.id"], name=op.f("fk_plan_files_change_id_change_records")
        ),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_plan_files_evidence_id_evidence")),
        sa.PrimaryKeyConstraint("change_id", "evidence_id", name=op.f("pk_plan_files")),
    )
    op.create_index(op.f("ix_plan_files_evidence_id"), "plan_files", ["evidence_id"])
    if op.get_bind().dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
        op.execute(f"CREATE TRIGGER confirmations_no_delete BEFORE DELETE ON confirmations {refuse}")
        op.execute(f"CREATE TRIGGER confirmations_no_update BEFORE UPDATE ON confirmations WHEN {CHANGED} {refuse}")
        return
    op.execute(
        "CREATE TRIGGER confirmations_no_update BEFORE UPDATE ON confirmations "
        f"FOR EACH ROW WHEN ({CHANGED}) EXECUTE FUNCTION is_append_only()"
    )
    op.execute(
        "CREATE TRIGGER confirmations_no_delete BEFORE DELETE OR TRUNCATE ON confirmations "
        "FOR EACH STATEMENT EXECUTE FUNCTION is_append_only()"
    )


def downgrade() -> None:
    on = "" if op.get_bind().dialect.name == "sqlite" else " ON confirmations"
    op.execute(f"DROP TRIGGER confirmations_no_delete{on}")
    op.execute(f"DROP TRIGGER confirmations_no_update{on}")
    op.drop_table("plan_files")
    op.drop_index(op.f("ix_confirmations_visitor"), "confirmations")
    for table, column in reversed(_new()):
        op.drop_column(table, column.name)


def _new() -> tuple[tuple[str, sa.Column], ...]:
    """What the tables have since. Plain columns: no table is made anew, so none loses its triggers."""
    scrambled = sa.String(length=32)
    return (
        ("change_records", sa.Column("renewed_at", MOMENT, comment="when its public page last changed")),
        (
            "change_records",
            sa.Column("value", sa.String(10), nullable=False, server_default="", comment="a value of the charter"),
        ),
        ("change_records", sa.Column("due_on", sa.Date(), comment="by when more was promised")),
        (
            "change_records",
            sa.Column(
                "taken_down_at",
                MOMENT,
                comment="a reviewer or coordinator took it down: its words change before it is public again",
            ),
        ),
        ("change_records", sa.Column("taken_down_why", sa.Text(), comment="private: for the organisation")),
        ("confirmation_links", sa.Column("made_from", scrambled, comment="private: scrambled address, kept 30 days")),
        ("confirmations", sa.Column("visitor", scrambled, comment="private: scrambled, kept 30 days")),
        (
            "confirmations",
            sa.Column(
                "repeated",
                sa.Boolean(),
                nullable=False,
                server_default=sa.false(),
                comment="its address had answered about this organisation before",
            ),
        ),
        (
            "confirmations",
            sa.Column(
                "near",
                sa.Boolean(),
                nullable=False,
                server_default=sa.false(),
                comment="the organisation makes links from its address",
            ),
        ),
    )
