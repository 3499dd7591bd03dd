from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from coprod.accounts.models import Person
from coprod.assessments.models import Answer, Assessment
from coprod.charter.models import SignUp
from coprod.database import Model, db, is_described
from coprod.directory import listings
from coprod.directory import queries as directory
from coprod.directory.search import Search
from coprod.organisations.models import Organisation
from coprod.transaction import transaction
from tests.support import build


@pytest.mark.both_databases
def test_the_migrations_make_the_tables_that_the_models_describe(app):
    with db.engine.connect() as connection:
        opts = {"compare_type": True, "render_as_batch": True, "include_object": is_described}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, db.metadata) == []


@pytest.mark.both_databases
def test_check_constraints_reach_the_database(app):
    """Autogenerate does not compare them, so they are counted here."""
    found = sa.inspect(db.engine)
    for table in db.metadata.sorted_tables:
        described = {c.name for c in table.constraints if isinstance(c, sa.CheckConstraint)}
        made = {c["name"] for c in found.get_check_constraints(table.name)}
        assert described <= made, f"{table.name} lacks {described - made}"


@pytest.mark.both_databases
def test_migrations_go_down_and_up_again(app):
    downgrade(revision="base")
    assert set(sa.inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert set(db.metadata.tables) <= set(sa.inspect(db.engine).get_table_names())


ADDED_TO = ("register_entries", "register_heads", "events", "judgements", "settlements", "answer_versions")


@pytest.mark.on_sqlite
@pytest.mark.parametrize("table", ADDED_TO)
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_what_is_only_ever_added_has_its_triggers(app, table, verb):
    with db.engine.connect() as connection:
        triggers = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (table,)
        ).scalars()
        assert any(f"BEFORE {verb} ON {table}" in sql for sql in triggers)


WHO, WHERE, DRAFT, ANSWER, SIGNED = (UUID(int=number) for number in range(1, 6))
OLD: dict[type[Model], dict[str, object]] = {
    Person: {
        "id": WHO,
        "email": "old@example.org",
        "name": "Old Person",
        "active": True,
        "fs_uniquifier": "old",
        "parent_carer": False,
        "created_at": build.MOMENT,
    },
    Organisation: {
        "id": WHERE,
        "scheme": "urn",
        "value": "123456",
        "name": "Old School",
        "search_name": "old school",
        "slug": "old-school-123456",
        "kind": "primary",
        "status": "open",
        "added_at": build.MOMENT,
        **dict.fromkeys(("type_name", "phase", "la_code", "la_name", "street", "locality", "address3"), ""),
        **dict.fromkeys(("town", "county", "postcode", "website"), ""),
    },
    Assessment: {
        "id": DRAFT,
        "organisation_id": WHERE,
        "framework": "send-coproduction",
        "version": "1.0",
        "framework_hash": "0" * 64,
        "audience": "school",
        "state": "draft",
        "first": True,
        "started_by": WHO,
        "started_at": build.MOMENT,
        "revision": 1,
    },
    Answer: {
        "id": ANSWER,
        "assessment_id": DRAFT,
        "question_code": "RA1",
        "rating": 2,
        "not_applicable": False,
        "reason": "",
        "account": "Written before",
        "saved_by": WHO,
        "saved_at": build.MOMENT,
        "revision": 3,
    },
    SignUp: {
        "id": SIGNED,
        "organisation_id": WHERE,
        "charter_version": "1.0",
        "charter_hash": "0" * 64,
        **dict.fromkeys(("senior_lead", "family_link", "signatory_name", "signatory_role"), "Somebody"),
        "signatory_agreed": True,
        "signed_by": WHO,
        "signed_on": build.MOMENT.date(),
        "signed_at": build.MOMENT,
        "counts_from": build.MOMENT.date(),
    },
}


@pytest.mark.both_databases
def test_what_was_written_on_an_older_version_is_there_on_this_one(app):
    downgrade(revision="base")
    upgrade(revision="0002_append_only")
    with db.engine.begin() as connection:
        for model, row in OLD.items():
            columns = (sa.column(name, model.__table__.c[name].type) for name in row)
            connection.execute(sa.insert(sa.table(model.__tablename__, *columns)).values(row))
    upgrade()
    with transaction():
        listings.mend(today=build.MOMENT.date())
    for model, row in OLD.items():
        found = db.session.get_one(model, row["id"])
        assert {name: getattr(found, name) for name in row} == row
    assert [row.name for row in directory.page(Search(), today=build.MOMENT.date()).rows] == ["Old School"]
