"""First tables"""

import sqlalchemy as sa
from alembic import op

import coprod.database

revision = "0001_first_tables"
down_revision = None


BLANKS = (
    " \t\n\v\f\r\u0085\u00a0\u00ad\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)


def upgrade() -> None:
    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scheme", sa.String(length=10), nullable=False),
        sa.Column(
            "value",
            sa.String(length=20),
            nullable=True,
            comment="the official code, as text: zeros in front count",
        ),
        sa.Column("ukprn", sa.String(length=8), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "search_name",
            sa.String(length=200),
            nullable=False,
            comment="the name as text.folded() makes it",
        ),
        sa.Column("slug", sa.String(length=120), nullable=False, comment="its public address; never changes"),
        sa.Column("kind", sa.String(length=20), nullable=False, comment="rules.Kind"),
        sa.Column("type_name", sa.String(length=100), nullable=False, comment="the register's own words"),
        sa.Column("phase", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("la_code", sa.String(length=3), nullable=False),
        sa.Column("la_name", sa.String(length=80), nullable=False),
        sa.Column("street", sa.String(length=120), nullable=False),
        sa.Column("locality", sa.String(length=120), nullable=False),
        sa.Column("address3", sa.String(length=120), nullable=False),
        sa.Column("town", sa.String(length=80), nullable=False),
        sa.Column("county", sa.String(length=80), nullable=False),
        sa.Column("postcode", sa.String(length=10), nullable=False),
        sa.Column("website", sa.String(length=300), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("imported_at", coprod.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("added_at", coprod.database.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(scheme = 'none') = (value IS NULL)", name=op.f("ck_organisations_value_belongs_to_scheme")
        ),
        sa.CheckConstraint(
            "scheme IN ('urn', 'ukprn', 'ods', 'cqc', 'charity', 'none')",
            name=op.f("ck_organisations_scheme_is_known"),
        ),
        sa.CheckConstraint(
            "status IN ('open', 'closing', 'proposed', 'closed')",
            name=op.f("ck_organisations_status_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organisations.id"], name=op.f("fk_organisations_parent_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("parent_id", "search_name", name="uq_organisations_service"),
        sa.UniqueConstraint("scheme", "value", name=op.f("uq_organisations_scheme_value")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisations_slug")),
    )
    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.create_index("ix_organisations_la_code", ["la_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_organisations_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_organisations_postcode"), ["postcode"], unique=False)
        batch_op.create_index("ix_organisations_search_name", ["search_name", "id", "town", "status"], unique=False)

    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("parent_carer", sa.Boolean(), nullable=False, comment="a reviewer who is a parent carer"),
        sa.Column("created_at", coprod.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_people_fs_uniquifier")),
    )
    op.create_table(
        "deployment_facts",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_deployment_facts")),
    )
    op.create_table(
        "public_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_state")),
    )
    op.create_table(
        "roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
        sa.UniqueConstraint("name", name=op.f("uq_roles_name")),
    )
    op.create_table(
        "assessments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("framework", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("framework_hash", sa.String(length=64), nullable=False),
        sa.Column("audience", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column(
            "first", sa.Boolean(), nullable=False, comment="an organisation's first may use older evidence"
        ),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        sa.Column("started_at", coprod.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", coprod.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("snapshot", sa.JSON(), nullable=True, comment="everything as it was sent in"),
        sa.Column("final_at", coprod.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "audience IN ('school', 'service')", name=op.f("ck_assessments_audience_is_known")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'in_moderation', 'more_asked', 'provisional', 'final', 'withdrawn')",
            name=op.f("ck_assessments_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_assessments_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(["started_by"], ["people.id"], name=op.f("fk_assessments_started_by_people")),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["people.id"], name=op.f("fk_assessments_submitted_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
    )
    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessments_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(
            "uq_assessments_open",
            ["organisation_id"],
            unique=True,
            sqlite_where=sa.text("(state NOT IN ('final', 'withdrawn'))"),
            postgresql_where=sa.text("(state NOT IN ('final', 'withdrawn'))"),
        )

    op.create_table(
        "certificates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False, comment="at least 128 random bits"),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=True, comment="the level's code in its framework"),
        sa.Column("petals", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False, comment="everything printed, as printed"),
        sa.Column("inputs", sa.JSON(), nullable=False, comment="what an award was computed from"),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column(
            "valid_to", sa.Date(), nullable=True, comment="its last day; a signing's moves with what is done"
        ),
        sa.Column("issued_at", coprod.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=True, comment="the document in storage"),
        sa.Column(
            "expiry_entry",
            sa.Integer(),
            nullable=True,
            comment="the register entry that says an award ran out",
        ),
        sa.Column("ended_as", sa.String(length=12), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True, comment="private"),
        sa.CheckConstraint(
            "(kind = 'award') = (level IS NOT NULL)", name=op.f("ck_certificates_only_awards_have_a_level")
        ),
        sa.CheckConstraint(
            "ended_as IS NULL OR ended_as IN ('withdrawn', 'superseded', 'lapsed', 'revoked')",
            name=op.f("ck_certificates_ending_is_known"),
        ),
        sa.CheckConstraint("kind IN ('signing', 'award')", name=op.f("ck_certificates_kind_is_known")),
        sa.CheckConstraint(
            "(ended_as IS NULL) = (ended_on IS NULL)", name=op.f("ck_certificates_an_ending_has_its_date")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_certificates_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("code", name=op.f("uq_certificates_code")),
    )
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.create_index(
            "ix_certificates_holder", ["organisation_id", "kind", "issued_on"], unique=False
        )

    op.create_table(
        "change_records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "wording",
            sa.Integer(),
            nullable=False,
            comment="moves when the words that families read change",
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("heard", sa.Text(), nullable=False, comment="what was said"),
        sa.Column("group", sa.String(length=40), nullable=False, comment="rules.Group; never a person"),
        sa.Column("how_many", sa.Integer(), nullable=True),
        sa.Column("heard_on", sa.Date(), nullable=True),
        sa.Column("heard_where", sa.String(length=200), nullable=False),
        sa.Column("before", sa.Text(), nullable=False, comment="what the plan was"),
        sa.Column("after", sa.Text(), nullable=False, comment="what the plan is now"),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("told_how", sa.String(length=300), nullable=False),
        sa.Column("better", sa.Text(), nullable=False, comment="what got better"),
        sa.Column("area", sa.String(length=20), nullable=True),
        sa.Column("changed_mind", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("no_child_named", sa.Boolean(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", coprod.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("published_at", coprod.database.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "area IS NULL OR area IN ('child', 'team', 'organisation')",
            name=op.f("ck_change_records_area_is_known"),
        ),
        sa.CheckConstraint(
            "status IN ('listening', 'doing', 'done', 'not_possible')",
            name=op.f("ck_change_records_status_is_known"),
        ),
        sa.CheckConstraint(
            "published_at IS NULL OR no_child_named",
            name=op.f("ck_change_records_public_means_nobody_is_named"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_change_records_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["people.id"], name=op.f("fk_change_records_written_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_records")),
    )
    with op.batch_alter_table("change_records", schema=None) as batch_op:
        batch_op.create_index(
            "ix_change_records_organisation_id", ["organisation_id", "published_at"], unique=False
        )
        batch_op.create_index("ix_change_records_public", ["published_at", "organisation_id"], unique=False)

    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", coprod.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("what", sa.String(length=60), nullable=False),
        sa.Column(
            "thing", sa.String(length=40), nullable=False, comment="the table of the thing decided about"
        ),
        sa.Column("thing_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False, comment="codes and ids only, no names"),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name=op.f("fk_events_actor_id_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_events_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_events_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_events_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_events_thing_id"), ["thing_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False, comment="a kind that the framework names"),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False, comment="the date of the evidence itself"),
        sa.Column("shows", sa.String(length=500), nullable=False),
        sa.Column("from_families", sa.Boolean(), nullable=False),
        sa.Column(
            "no_child_named",
            sa.Boolean(),
            nullable=False,
            comment="somebody confirmed that no child can be identified",
        ),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", coprod.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", coprod.database.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("url <> '' OR statement <> ''", name=op.f("ck_evidence_something_is_there")),
        sa.CheckConstraint("no_child_named", name=op.f("ck_evidence_nobody_can_be_identified")),
        sa.ForeignKeyConstraint(["added_by"], ["people.id"], name=op.f("fk_evidence_added_by_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_evidence_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "memberships",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False, comment="said when asking to join"),
        sa.Column("asked_at", coprod.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", coprod.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", coprod.database.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('lead', 'contributor')", name=op.f("ck_memberships_role_is_known")),
        sa.ForeignKeyConstraint(
            ["accepted_by"], ["people.id"], name=op.f("fk_memberships_accepted_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_memberships_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_memberships_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_memberships_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_memberships_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_memberships_open",
            ["person_id", "organisation_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "person_roles",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_person_roles_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["roles.id"], name=op.f("fk_person_roles_role_id_roles"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "role_id", name=op.f("pk_person_roles")),
    )
    op.create_table(
        "register_entries",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", coprod.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "payload_hash",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 of salt and canonical payload",
        ),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("entry_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(entry_hash) = 64", name=op.f("ck_register_entries_entry_hash_is_whole")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_register_entries_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_register_entries")),
        sa.UniqueConstraint("entry_hash", name=op.f("uq_register_entries_entry_hash")),
    )
    with op.batch_alter_table("register_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_register_entries_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("question_code", sa.String(length=10), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("not_applicable", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="why the question does not apply"),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.Column("saved_at", coprod.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "NOT (not_applicable AND rating IS NOT NULL)", name=op.f("ck_answers_rated_or_not_applicable")
        ),
        sa.CheckConstraint("rating BETWEEN 0 AND 4", name=op.f("ck_answers_rating_on_scale")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_answers_assessment_id_assessments")
        ),
        sa.ForeignKeyConstraint(["saved_by"], ["people.id"], name=op.f("fk_answers_saved_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.UniqueConstraint(
            "assessment_id", "question_code", name=op.f("uq_answers_assessment_id_question_code")
        ),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "seats_needed", sa.Integer(), nullable=False, comment="reviewers that the claimed level asks for"
        ),
        sa.Column(
            "seed", sa.Integer(), nullable=False, comment="picks the sampled questions, the same for ever"
        ),
        sa.Column("opened_at", coprod.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("panel_by", sa.Uuid(), nullable=True),
        sa.Column("panel_on", sa.Date(), nullable=True),
        sa.Column("provisional_at", coprod.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reply_by", sa.Date(), nullable=True, comment="the last day of the right of reply"),
        sa.Column("outcome", sa.JSON(), nullable=True, comment="the final score and level, with its inputs"),
        sa.Column("closed_at", coprod.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("certificate_id", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_cases_assessment_id_assessments")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_cases_certificate_id_certificates")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_cases_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["panel_by"], ["people.id"], name=op.f("fk_cases_panel_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("assessment_id", name=op.f("uq_cases_assessment_id")),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cases_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "confirmation_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", coprod.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", coprod.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", coprod.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("used_at", coprod.database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["change_id"], ["change_records.id"], name=op.f("fk_confirmation_links_change_id_change_records")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["people.id"], name=op.f("fk_confirmation_links_made_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation_links")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_confirmation_links_secret_hash")),
    )
    with op.batch_alter_table("confirmation_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_confirmation_links_change_id"), ["change_id"], unique=False)

    op.create_table(
        "plan_actions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("question_code", sa.String(length=10), nullable=True),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", coprod.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "trim(what) <> '' AND trim(owner) <> ''", name=op.f("ck_plan_actions_says_what_and_who")
        ),
        sa.ForeignKeyConstraint(["added_by"], ["people.id"], name=op.f("fk_plan_actions_added_by_people")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_plan_actions_assessment_id_assessments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_actions")),
    )
    with op.batch_alter_table("plan_actions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_actions_assessment_id"), ["assessment_id"], unique=False)

    op.create_table(
        "register_payloads",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["seq"], ["register_entries.seq"], name=op.f("fk_register_payloads_seq_register_entries")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_register_payloads")),
    )
    op.create_table(
        "sign_ups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("charter_version", sa.String(length=20), nullable=False),
        sa.Column(
            "charter_hash",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 of the text that was signed",
        ),
        sa.Column("senior_lead", sa.String(length=200), nullable=False, comment="private"),
        sa.Column("family_link", sa.String(length=200), nullable=False, comment="private"),
        sa.Column("signatory_name", sa.String(length=200), nullable=False, comment="private"),
        sa.Column("signatory_role", sa.String(length=100), nullable=False, comment="private"),
        sa.Column("signatory_agreed", sa.Boolean(), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("signed_at", coprod.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "counts_from", sa.Date(), nullable=False, comment="the months to an assessment run from here"
        ),
        sa.Column(
            "assessed_on", sa.Date(), nullable=True, comment="when an assessment was first sent in under it"
        ),
        sa.Column(
            "checked_in_on", sa.Date(), nullable=True, comment="the last check-in, or assessment sent in"
        ),
        sa.Column("ended_as", sa.String(length=12), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True, comment="private"),
        sa.Column("certificate_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "ended_as IS NULL OR ended_as IN ('withdrawn', 'lapsed', 'superseded')",
            name=op.f("ck_sign_ups_ending_is_known"),
        ),
        sa.CheckConstraint(
            "trim(signatory_name) <> '' AND trim(signatory_role) <> ''",
            name=op.f("ck_sign_ups_signatory_is_named"),
        ),
        sa.CheckConstraint(
            "(ended_as IS NULL) = (ended_on IS NULL)", name=op.f("ck_sign_ups_an_ending_has_its_date")
        ),
        sa.CheckConstraint("signatory_agreed", name=op.f("ck_sign_ups_signatory_agreed")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_sign_ups_certificate_id_certificates")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_sign_ups_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["signed_by"], ["people.id"], name=op.f("fk_sign_ups_signed_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ups")),
    )
    with op.batch_alter_table("sign_ups", schema=None) as batch_op:
        batch_op.create_index(
            "ix_sign_ups_listed",
            [
                "organisation_id",
                "signed_on",
                "counts_from",
                "assessed_on",
                "checked_in_on",
                "id",
                "ended_on",
            ],
            unique=False,
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_sign_ups_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(
            "uq_sign_ups_in_force",
            ["organisation_id"],
            unique=True,
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        )

    op.create_table(
        "answer_changes",
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answers.id"], name=op.f("fk_answer_changes_answer_id_answers")
        ),
        sa.ForeignKeyConstraint(
            ["change_id"], ["change_records.id"], name=op.f("fk_answer_changes_change_id_change_records")
        ),
        sa.PrimaryKeyConstraint("answer_id", "change_id", name=op.f("pk_answer_changes")),
    )
    with op.batch_alter_table("answer_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_changes_change_id"), ["change_id"], unique=False)

    op.create_table(
        "answer_evidence",
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answers.id"], name=op.f("fk_answer_evidence_answer_id_answers")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_answer_evidence_evidence_id_evidence")
        ),
        sa.PrimaryKeyConstraint("answer_id", "evidence_id", name=op.f("pk_answer_evidence")),
    )
    with op.batch_alter_table("answer_evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_evidence_evidence_id"), ["evidence_id"], unique=False)

    op.create_table(
        "answer_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column(
            "stood",
            sa.Boolean(),
            nullable=False,
            comment="false: written while somebody else saved, and put aside",
        ),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("not_applicable", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.Column("saved_at", coprod.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answers.id"], name=op.f("fk_answer_versions_answer_id_answers")
        ),
        sa.ForeignKeyConstraint(["saved_by"], ["people.id"], name=op.f("fk_answer_versions_saved_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_versions")),
    )
    with op.batch_alter_table("answer_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_versions_answer_id"), ["answer_id"], unique=False)

    op.create_table(
        "commitments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sign_up_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("about_feedback", sa.Boolean(), nullable=False),
        sa.Column("kept_on", sa.Date(), nullable=True),
        sa.CheckConstraint("trim(text) <> ''", name=op.f("ck_commitments_says_something")),
        sa.ForeignKeyConstraint(
            ["sign_up_id"], ["sign_ups.id"], name=op.f("fk_commitments_sign_up_id_sign_ups")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitments")),
        sa.UniqueConstraint("sign_up_id", "position", name=op.f("uq_commitments_sign_up_id_position")),
    )
    with op.batch_alter_table("commitments", schema=None) as batch_op:
        batch_op.create_index("ix_commitments_kept", ["sign_up_id", "kept_on"], unique=False)

    op.create_table(
        "confirmations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column(
            "change_revision",
            sa.Integer(),
            nullable=False,
            comment="the record's `wording` that the family read",
        ),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("group", sa.String(length=40), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column(
            "comment_shared", sa.Boolean(), nullable=False, comment="the family lets the provider read it"
        ),
        sa.Column("answered_at", coprod.database.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "answer IN ('yes', 'partly', 'no')", name=op.f("ck_confirmations_answer_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["change_id"], ["change_records.id"], name=op.f("fk_confirmations_change_id_change_records")
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["confirmation_links.id"], name=op.f("fk_confirmations_link_id_confirmation_links")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
        sa.UniqueConstraint("link_id", name=op.f("uq_confirmations_link_id")),
    )
    with op.batch_alter_table("confirmations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_confirmations_change_id"), ["change_id"], unique=False)

    op.create_table(
        "declarations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("conflict", sa.Boolean(), nullable=False),
        sa.Column("made_at", coprod.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_declarations_case_id_cases")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_declarations_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declarations")),
        sa.UniqueConstraint("case_id", "person_id", name=op.f("uq_declarations_case_id_person_id")),
    )
    op.create_table(
        "judgements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="its place among the case's judgements"),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("question_code", sa.String(length=10), nullable=False),
        sa.Column(
            "credited",
            sa.Integer(),
            nullable=True,
            comment="none: the organisation says that it does not apply",
        ),
        sa.Column(
            "rating", sa.Integer(), nullable=True, comment="none: the reviewer agrees that it does not apply"
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False, comment="for the organisation"),
        sa.Column("private_note", sa.Text(), nullable=False),
        sa.Column("made_at", coprod.database.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            f"coalesce(rating, -1) = coalesce(credited, -1) OR trim(reason, '{BLANKS}') <> ''",
            name=op.f("ck_judgements_a_change_has_a_reason"),
        ),
        sa.CheckConstraint(
            "rating IS NOT NULL OR credited IS NULL",
            name=op.f("ck_judgements_only_what_was_claimed_not_to_apply"),
        ),
        sa.CheckConstraint("rating BETWEEN 0 AND 4", name=op.f("ck_judgements_rating_on_scale")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_judgements_case_id_cases")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_judgements_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgements")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_judgements_case_id_number")),
    )
    with op.batch_alter_table("judgements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_judgements_case_id"), ["case_id"], unique=False)

    op.create_table(
        "seats",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "checks_only", sa.Boolean(), nullable=False, comment="a second look at the authenticity checks"
        ),
        sa.Column("parent_carer", sa.Boolean(), nullable=False),
        sa.Column("taken_at", coprod.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", coprod.database.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("position IN (1, 2)", name=op.f("ck_seats_two_seats")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_seats_case_id_cases")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_seats_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seats")),
        sa.UniqueConstraint("case_id", "person_id", name=op.f("uq_seats_case_id_person_id")),
        sa.UniqueConstraint("case_id", "position", name=op.f("uq_seats_case_id_position")),
    )
    with op.batch_alter_table("seats", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seats_person_id"), ["person_id"], unique=False)

    op.create_table(
        "settlements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="its place among the case's settlements"),
        sa.Column("question_code", sa.String(length=10), nullable=False),
        sa.Column("credited", sa.Integer(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="for the organisation"),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", coprod.database.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "how IN ('not_sampled', 'one', 'equal', 'together', 'lead')", name=op.f("ck_settlements_way_is_known")
        ),
        sa.CheckConstraint(
            f"coalesce(rating, -1) = coalesce(credited, -1) OR trim(reason, '{BLANKS}') <> ''",
            name=op.f("ck_settlements_a_change_has_a_reason"),
        ),
        sa.CheckConstraint(
            "rating IS NOT NULL OR credited IS NULL",
            name=op.f("ck_settlements_only_what_was_claimed_not_to_apply"),
        ),
        sa.CheckConstraint(
            f"how NOT IN ('together', 'lead') OR trim(reason, '{BLANKS}') <> ''",
            name=op.f("ck_settlements_a_decision_has_a_reason"),
        ),
        sa.CheckConstraint("rating BETWEEN 0 AND 4", name=op.f("ck_settlements_rating_on_scale")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_settlements_case_id_cases")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_settlements_made_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlements")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_settlements_case_id_number")),
    )
    with op.batch_alter_table("settlements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlements_case_id"), ["case_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("settlements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlements_case_id"))

    op.drop_table("settlements")
    with op.batch_alter_table("seats", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seats_person_id"))

    op.drop_table("seats")
    with op.batch_alter_table("judgements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_judgements_case_id"))

    op.drop_table("judgements")
    op.drop_table("declarations")
    with op.batch_alter_table("confirmations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_confirmations_change_id"))

    op.drop_table("confirmations")
    with op.batch_alter_table("commitments", schema=None) as batch_op:
        batch_op.drop_index("ix_commitments_kept")

    op.drop_table("commitments")
    with op.batch_alter_table("answer_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_evidence_evidence_id"))

    op.drop_table("answer_evidence")
    with op.batch_alter_table("answer_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_versions_answer_id"))

    op.drop_table("answer_versions")
    with op.batch_alter_table("answer_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_changes_change_id"))

    op.drop_table("answer_changes")
    with op.batch_alter_table("sign_ups", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_sign_ups_in_force",
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_sign_ups_organisation_id"))
        batch_op.drop_index(
            "ix_sign_ups_listed",
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        )

    op.drop_table("sign_ups")
    op.drop_table("register_payloads")
    with op.batch_alter_table("plan_actions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_actions_assessment_id"))

    op.drop_table("plan_actions")
    with op.batch_alter_table("confirmation_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_confirmation_links_change_id"))

    op.drop_table("confirmation_links")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cases_organisation_id"))

    op.drop_table("cases")
    op.drop_table("answers")
    with op.batch_alter_table("register_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_register_entries_organisation_id"))

    op.drop_table("register_entries")
    op.drop_table("person_roles")
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_memberships_open",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_memberships_person_id"))
        batch_op.drop_index(batch_op.f("ix_memberships_organisation_id"))

    op.drop_table("memberships")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_organisation_id"))

    op.drop_table("evidence")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_events_thing_id"))
        batch_op.drop_index(batch_op.f("ix_events_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_events_actor_id"))

    op.drop_table("events")
    with op.batch_alter_table("change_records", schema=None) as batch_op:
        batch_op.drop_index("ix_change_records_public")
        batch_op.drop_index("ix_change_records_organisation_id")

    op.drop_table("change_records")
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.drop_index("ix_certificates_holder")

    op.drop_table("certificates")
    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_assessments_open",
            sqlite_where=sa.text("(state NOT IN ('final', 'withdrawn'))"),
            postgresql_where=sa.text("(state NOT IN ('final', 'withdrawn'))"),
        )
        batch_op.drop_index(batch_op.f("ix_assessments_organisation_id"))

    op.drop_table("assessments")
    op.drop_table("roles")
    op.drop_table("public_state")
    op.drop_table("deployment_facts")
    op.drop_table("people")
    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.drop_index("ix_organisations_search_name")
        batch_op.drop_index(batch_op.f("ix_organisations_postcode"))
        batch_op.drop_index(batch_op.f("ix_organisations_parent_id"))
        batch_op.drop_index("ix_organisations_la_code")

    op.drop_table("organisations")
