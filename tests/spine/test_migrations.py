import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from coprod.database import db, is_described


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
