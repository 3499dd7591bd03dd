"""What SQLite promises depends on how each connection is opened."""

import pytest
import sqlalchemy as sa
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from coprod.accounts.models import Membership, Person
from coprod.database import FIXED_WAL, db
from coprod.errors import Busy
from coprod.transaction import transaction
from tests.support import build


def pragma(name: str) -> object:
    with db.engine.connect() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


@pytest.mark.on_sqlite
def test_the_sqlite_in_use_is_one_without_the_bug_that_can_corrupt_a_wal_database(app):
    with db.engine.connect() as connection:
        version = connection.exec_driver_sql("SELECT sqlite_version()").scalar()
    assert tuple(int(part) for part in version.split(".")) >= FIXED_WAL
    assert pragma("journal_mode") == "wal"


@pytest.mark.on_sqlite
@pytest.mark.parametrize(("name", "value"), [("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 5000)])
def test_every_connection_is_told_its_rules(app, name, value):
    assert pragma(name) == value


def test_a_row_that_points_nowhere_is_refused(app):
    nowhere = Membership(person_id=build.UUID(int=1), organisation_id=build.UUID(int=2), asked_at=build.MOMENT)
    db.session.add(nowhere)
    with pytest.raises(IntegrityError):
        db.session.flush()


@pytest.fixture
def begun(app):
    """Each BEGIN that SQLite is told."""
    seen = []
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection  # The only one: it serves the test too.
    driver.set_trace_callback(lambda statement: seen.append(statement) if statement.startswith("BEGIN") else None)
    yield seen
    driver.set_trace_callback(None)


@pytest.mark.on_sqlite
def test_a_write_takes_its_lock_at_the_start_and_a_read_takes_none(app, begun):
    db.session.execute(text("SELECT 1"))
    with transaction():
        db.session.execute(text("SELECT 1"))
    assert begun == ["BEGIN", "BEGIN IMMEDIATE"]


def test_rows_read_before_are_read_again_under_the_lock(app):
    person = build.person("Old Name")
    assert person.name == "Old Name"
    with db.engine.begin() as other:
        other.execute(sa.update(Person).values(name="New Name"))
    with transaction():
        assert person.name == "New Name"


def test_a_refused_decision_leaves_nothing_behind(app):
    person = build.person("Sam Reed")

    def half_done() -> None:
        with transaction():
            person.name = "Half done"
            db.session.flush()
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        half_done()
    assert person.name == "Sam Reed"


def test_a_change_outside_the_transaction_is_a_fault_of_the_program(app):
    person = build.person()
    person.name = "Changed too early"
    with pytest.raises(RuntimeError, match="outside the transaction"), transaction():
        raise AssertionError("not reached")
    db.session.rollback()


@pytest.mark.on_sqlite
def test_a_locked_database_is_busy_in_plain_words_and_heals(app):
    person = build.person()
    with db.engine.connect() as other:
        other.exec_driver_sql("PRAGMA busy_timeout = 0")
    with db.engine.connect().execution_options(coprod_writing=True) as holder:
        holder.execute(text("SELECT 1"))
        for connection in (db.session.connection(),):
            connection.exec_driver_sql("PRAGMA busy_timeout = 10")
        with pytest.raises(Busy, match="Nothing you typed is lost"), transaction():
            raise AssertionError("not reached")
    with transaction():
        person.name = "Saved after all"
    assert db.session.get_one(Person, person.id).name == "Saved after all"
