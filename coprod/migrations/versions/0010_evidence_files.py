"""Files as evidence, revisions of an item, quarantine, deletion, and whether a link still answers."""

import sqlalchemy as sa
from alembic import op

from coprod.database import UtcDateTime

revision = "0010_evidence_files"
down_revision = "0009_public_list"

MOMENT = UtcDateTime(timezone=True)
SOMETHING_IS_THERE = "ck_evidence_something_is_there"
BEFORE = "url <> '' OR statement <> ''"
SINCE = "url <> '' OR statement <> '' OR file_id IS NOT NULL OR deleted_at IS NOT NULL"


def upgrade() -> None:
    _make_files()
    with _Rebuilt(SINCE) as evidence:
        for column in _new():
            evidence.add_column(column)
        evidence.create_unique_constraint(op.f("uq_evidence_file_id"), ["file_id"])
        evidence.create_foreign_key(op.f("fk_evidence_file_id_evidence_files"), "evidence_files", ["file_id"], ["id"])
    op.create_table(
        "evidence_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False, comment="private: its words, wiped when the item is deleted"),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("replaced_by", sa.Uuid(), nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_versions_evidence_id_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["evidence_files.id"], name=op.f("fk_evidence_versions_file_id_evidence_files")
        ),
        sa.ForeignKeyConstraint(["replaced_by"], ["people.id"], name=op.f("fk_evidence_versions_replaced_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_versions")),
        sa.UniqueConstraint("evidence_id", "revision", name=op.f("uq_evidence_versions_evidence_id_revision")),
    )
    op.create_index(op.f("ix_evidence_versions_file_id"), "evidence_versions", ["file_id"])


def downgrade() -> None:
    """Items that are nothing but a file have no place in what was before: they go."""
    op.drop_table("evidence_versions")
    lost = "SELECT id FROM evidence WHERE url = '' AND statement = ''"
    op.execute(f"DELETE FROM answer_evidence WHERE evidence_id IN ({lost})")
    op.execute("DELETE FROM evidence WHERE url = '' AND statement = ''")
    with _Rebuilt(BEFORE) as evidence:
        evidence.drop_constraint(op.f("fk_evidence_file_id_evidence_files"), type_="foreignkey")
        evidence.drop_constraint(op.f("uq_evidence_file_id"), type_="unique")
        for column in _new():
            evidence.drop_column(column.name)
    op.drop_table("evidence_files")


def _new() -> tuple[sa.Column, ...]:
    """What an item has since."""
    return (
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("changed_at", MOMENT, nullable=True, comment="when it was last replaced"),
        sa.Column(
            "quarantined_revision",
            sa.Integer(),
            nullable=True,
            comment="a reviewer saw personal data: nobody sees this revision or an earlier one any more",
        ),
        sa.Column("quarantined_at", MOMENT, nullable=True),
        sa.Column("deleted_at", MOMENT, nullable=True, comment="when its words and file were deleted"),
        sa.Column("link_checked_at", MOMENT, nullable=True),
        sa.Column("link_seen_at", MOMENT, nullable=True, comment="when its web address last answered"),
        sa.Column(
            "link_fault",
            sa.String(length=100),
            nullable=False,
            server_default="",
            comment="why it did not answer, in words",
        ),
    )


def _make_files() -> None:
    op.create_table(
        "evidence_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False, comment="bytes"),
        sa.Column("type", sa.String(length=10), nullable=False, comment="decided by content"),
        sa.Column("name", sa.String(length=200), nullable=False, comment="private: as it is shown and downloaded"),
        sa.Column("hidden", sa.JSON(), nullable=False, comment="private: author, comments and the like"),
        sa.Column("signs", sa.JSON(), nullable=False, comment="private: likely personal data; wiped once used"),
        sa.Column("partly", sa.String(length=200), nullable=False, comment="where reading it stopped"),
        sa.Column("removable", sa.Boolean(), nullable=False, comment="what it hides can be taken out"),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True, comment="when it became evidence"),
        sa.Column("clean_at", MOMENT, nullable=True, comment="when a scanner found nothing in it"),
        sa.Column("infected_at", MOMENT, nullable=True),
        sa.Column(
            "rejected_at",
            MOMENT,
            nullable=True,
            comment="thrown away, quarantined or infected: it goes some days after",
        ),
        sa.Column("deleted_at", MOMENT, nullable=True, comment="when its bytes were deleted"),
        sa.CheckConstraint("size > 0", name=op.f("ck_evidence_files_something_in_it")),
        sa.CheckConstraint("clean_at IS NULL OR infected_at IS NULL", name=op.f("ck_evidence_files_clean_or_infected")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_evidence_files_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["uploaded_by"], ["people.id"], name=op.f("fk_evidence_files_uploaded_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_files")),
    )
    op.create_index(op.f("ix_evidence_files_organisation_id"), "evidence_files", ["organisation_id"])
    op.create_index(op.f("ix_evidence_files_sha256"), "evidence_files", ["sha256"])


class _Rebuilt:
    """The table of evidence with another rule of what must be there.

    SQLite can't change a rule: the table is made anew. What refers to it is put aside meanwhile, because dropping a
    table that others refer to is refused. None of it has triggers.
    """

    def __init__(self, rule: str) -> None:
        self.rule = rule
        self.sqlite = op.get_bind().dialect.name == "sqlite"

    def __enter__(self):  # Alembic's own batch of operations
        self.aside = _that_refer_to_evidence() if self.sqlite else []
        for table in self.aside:
            op.execute(f"CREATE TEMPORARY TABLE aside_{table} AS SELECT * FROM {table}")
            op.execute(f"DELETE FROM {table}")
        self.batch = op.batch_alter_table("evidence")
        self.evidence = self.batch.__enter__()
        self.evidence.drop_constraint(op.f(SOMETHING_IS_THERE), type_="check")
        return self.evidence

    def __exit__(self, *fault: object) -> None:
        self.evidence.create_check_constraint(op.f(SOMETHING_IS_THERE), sa.text(self.rule))
        self.batch.__exit__(*fault)
        for table in self.aside:
            op.execute(f"INSERT INTO {table} SELECT * FROM aside_{table}")
            op.execute(f"DROP TABLE aside_{table}")


def _that_refer_to_evidence() -> list[str]:
    found = sa.inspect(op.get_bind())
    keys = ((table, key) for table in found.get_table_names() for key in found.get_foreign_keys(table))
    return sorted({table for table, key in keys if key["referred_table"] == "evidence"})
