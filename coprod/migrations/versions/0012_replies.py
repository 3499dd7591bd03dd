"""More evidence asked for, replies to a result, and appeals."""

import sqlalchemy as sa
from alembic import op

from coprod.database import UtcDateTime

revision = "0012_replies"
down_revision = "0011_reviewers"
APPEND_ONLY = ("more_asked", "more_asked_questions", "replies", "reply_decisions", "outcomes_before")
NEVER_REMOVED = "snapshots_before"  # Words that nobody may see any more are taken out of it: so it may change.
MOMENT = UtcDateTime(timezone=True)
BLANKS = (
    " \t\n\v\f\r\u0085\u00a0\u00ad\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
SAYS = f"trim({{0}}, '{BLANKS}') <> ''"
KIND = "kind IN ('reply', 'appeal')"


def upgrade() -> None:
    _more_asked()
    _replies()
    for table in ("judgements", "settlements"):
        op.add_column(
            table,
            sa.Column("round", sa.Integer(), nullable=False, server_default="1", comment="2 once more was asked for"),
        )
    op.add_column(
        "seats",
        sa.Column(
            "reopened",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="had finished before more was asked: what stood then stands",
        ),
    )
    op.add_column(
        "cases", sa.Column("given_by", sa.Uuid(), nullable=True, comment="the person of the forum who gave the result")
    )
    op.add_column(
        "cases",
        sa.Column("appeal_by", sa.Date(), nullable=True, comment="the last day to appeal, once a reply is decided"),
    )
    _keep()


def downgrade() -> None:
    op.drop_column("cases", "appeal_by")
    op.drop_column("cases", "given_by")
    op.drop_column("seats", "reopened")
    for table in ("settlements", "judgements"):
        op.drop_column(table, "round")
    for table in (
        "outcomes_before",
        "reply_decisions",
        "replies",
        "snapshots_before",
        "more_asked_questions",
        "more_asked",
    ):
        op.drop_table(table)


def _more_asked() -> None:
    op.create_table(
        "more_asked",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False, comment="the organisation never learns who"),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("due", sa.Date(), nullable=False, comment="the last day to add something"),
        sa.Column("remind_on", sa.Date(), nullable=False),
        _to("more_asked", "assessment_id", "assessments"),
        _to("more_asked", "asked_by", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_more_asked")),
        sa.UniqueConstraint("assessment_id", name=op.f("uq_more_asked_assessment_id")),
    )
    op.create_table(
        "more_asked_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("more_asked_id", sa.Uuid(), nullable=False),
        sa.Column("question_code", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="for the organisation"),
        sa.CheckConstraint(SAYS.format("reason"), name=op.f("ck_more_asked_questions_has_a_reason")),
        _to("more_asked_questions", "more_asked_id", "more_asked"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_more_asked_questions")),
        sa.UniqueConstraint(
            "more_asked_id", "question_code", name=op.f("uq_more_asked_questions_more_asked_id_question_code")
        ),
    )
    op.create_table(
        "snapshots_before",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=False),
        sa.Column("replaced_by", sa.Uuid(), nullable=True, comment="none: the time was over"),
        _to("snapshots_before", "assessment_id", "assessments"),
        _to("snapshots_before", "replaced_by", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshots_before")),
        sa.UniqueConstraint("assessment_id", name=op.f("uq_snapshots_before_assessment_id")),
    )


def _replies() -> None:
    op.create_table(
        "replies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("question_code", sa.String(length=10), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column(
            "points_to", sa.JSON(), nullable=False, comment="ids of evidence and change records that were sent in"
        ),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint(KIND, name=op.f("ck_replies_kind_is_known")),
        sa.CheckConstraint(f"agrees OR {SAYS.format('words')}", name=op.f("ck_replies_who_disagrees_says_why")),
        sa.CheckConstraint("kind = 'reply' OR NOT agrees", name=op.f("ck_replies_an_appeal_disagrees")),
        _to("replies", "case_id", "cases"),
        _to("replies", "made_by", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
        sa.UniqueConstraint("case_id", "kind", "question_code", name=op.f("uq_replies_case_id_kind_question_code")),
    )
    outside = f"{SAYS.format('outsider_name')} AND {SAYS.format('outsider_role')}"
    op.create_table(
        "reply_decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("question_code", sa.String(length=10), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True, comment="the rating that stood; none: it did not apply"),
        sa.Column("rating", sa.Integer(), nullable=True, comment="the rating that stands now; none: it does not apply"),
        sa.Column("reason", sa.Text(), nullable=False, comment="for the organisation"),
        sa.Column("outsider_name", sa.String(length=200), nullable=False),
        sa.Column("outsider_role", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint(KIND, name=op.f("ck_reply_decisions_kind_is_known")),
        sa.CheckConstraint("rating BETWEEN 0 AND 4", name=op.f("ck_reply_decisions_rating_on_scale")),
        sa.CheckConstraint(SAYS.format("reason"), name=op.f("ck_reply_decisions_has_a_reason")),
        sa.CheckConstraint(
            f"kind = 'reply' OR ({outside})", name=op.f("ck_reply_decisions_an_appeal_has_somebody_from_outside")
        ),
        _to("reply_decisions", "case_id", "cases"),
        _to("reply_decisions", "made_by", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_decisions")),
        sa.UniqueConstraint(
            "case_id", "kind", "question_code", name=op.f("uq_reply_decisions_case_id_kind_question_code")
        ),
    )
    op.create_table(
        "outcomes_before",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False, comment="what took its place: a reply or an appeal"),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=False),
        _to("outcomes_before", "case_id", "cases"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes_before")),
        sa.UniqueConstraint("case_id", "kind", name=op.f("uq_outcomes_before_case_id_kind")),
    )


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _keep() -> None:
    """What is only ever added, the database itself keeps from being changed or removed."""
    for table in APPEND_ONLY:
        _refuse(table, "UPDATE", "DELETE")
    _refuse(NEVER_REMOVED, "DELETE")


def _refuse(table: str, *verbs: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in verbs:
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE {' OR '.join(verbs)} OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION is_append_only()"
    )
