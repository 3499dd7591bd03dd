"""Practice, waivers of conflicts, who is asked to take a case, breaks and time of reviewers; trusts of schools."""

import sqlalchemy as sa
from alembic import op

from coprod.database import UtcDateTime

revision = "0011_reviewers"
down_revision = "0010_evidence_files"
APPEND_ONLY = ("practice_ratings", "waivers")
MOMENT = UtcDateTime(timezone=True)
BLANKS = (
    " \t\n\v\f\r\u0085\u00a0\u00ad\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)


def upgrade() -> None:
    op.create_table(
        "practice_ratings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("framework", sa.String(length=60), nullable=False),
        sa.Column("version", sa.String(length=10), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("sample", sa.String(length=60), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rating BETWEEN 0 AND 4", name=op.f("ck_practice_ratings_rating_on_scale")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_practice_ratings_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_ratings")),
        sa.UniqueConstraint(
            "person_id",
            "framework",
            "version",
            "round",
            "sample",
            name=op.f("uq_practice_ratings_person_id_framework_version_round_sample"),
        ),
    )
    op.create_index(op.f("ix_practice_ratings_person_id"), "practice_ratings", ["person_id"])
    op.create_table(
        "waivers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint(f"trim(why, '{BLANKS}') <> ''", name=op.f("ck_waivers_has_a_reason")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_waivers_case_id_cases")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_waivers_person_id_people")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_waivers_made_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waivers")),
        sa.UniqueConstraint("case_id", "person_id", name=op.f("uq_waivers_case_id_person_id")),
    )
    op.create_table(
        "allocations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_allocations_case_id_cases")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_allocations_person_id_people")),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_allocations_asked_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocations")),
        sa.UniqueConstraint("case_id", "person_id", name=op.f("uq_allocations_case_id_person_id")),
    )
    op.create_index(op.f("ix_allocations_person_id"), "allocations", ["person_id"])
    op.create_table(
        "pauses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_pauses_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pauses")),
    )
    still_on = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_pauses_open", "pauses", ["person_id"], unique=True, sqlite_where=still_on, postgresql_where=still_on
    )
    op.create_table(
        "time_spent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("travel_pence", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_time_spent_within_a_day")),
        sa.CheckConstraint("travel_pence BETWEEN 0 AND 100000", name=op.f("ck_time_spent_travel_in_bounds")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_time_spent_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_spent")),
    )
    op.create_index(op.f("ix_time_spent_person_id"), "time_spent", ["person_id"])
    op.add_column(
        "organisations",
        sa.Column(
            "trust_code", sa.String(length=20), nullable=False, server_default="", comment="empty: in no trust"
        ),
    )
    op.create_index(op.f("ix_organisations_trust_code"), "organisations", ["trust_code"])
    _keep(APPEND_ONLY)


def downgrade() -> None:
    op.drop_index(op.f("ix_organisations_trust_code"), "organisations")
    op.drop_column("organisations", "trust_code")
    for table in ("time_spent", "pauses", "allocations", "waivers", "practice_ratings"):
        op.drop_table(table)


def _keep(tables: tuple[str, ...]) -> None:
    """What is only ever added, the database itself keeps from being changed or removed."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in tables:
        for verb in ("UPDATE", "DELETE") if sqlite else ():
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END"
            )
        if not sqlite:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION is_append_only()"
            )
