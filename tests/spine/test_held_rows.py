"""A row that is held is read once under the lock, and anew in the next transaction."""

import pytest
from sqlalchemy import event, text

from coprod.accounts.models import Person
from coprod.database import db
from coprod.transaction import held, hold, transaction
from tests.support import build


@pytest.fixture
def sam(app):
    return build.person("Sam Reed")


@pytest.fixture
def asked(app):
    """The statements that read people."""
    found = []

    def note(_connection, _cursor, statement, *_rest):
        if "FROM people" in statement:
            found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield found
    event.remove(db.engine, "before_cursor_execute", note)


def rename(words: str) -> None:
    """Somebody else changes the row."""
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE people SET name = :words"), {"words": words})


def test_what_is_read_under_the_lock_is_not_read_again(sam, asked):
    who = sam.id
    db.session.rollback()
    with transaction():
        row = held(Person, who)
        assert row is sam
        assert asked
        asked.clear()
        hold(row)
    assert not asked


def test_what_is_held_is_what_stands_now(sam):
    assert sam.name == "Sam Reed"
    db.session.rollback()
    rename("Sam Cole")
    with transaction():
        hold(sam)
        assert sam.name == "Sam Cole"
    rename("Sam Hale")
    with transaction():
        hold(sam)
        assert sam.name == "Sam Hale"


def test_holding_again_keeps_what_was_changed_meanwhile(sam):
    with transaction():
        assert held(Person, sam.id) is sam
        sam.name = "Sam Ward"
        hold(sam)
        assert sam.name == "Sam Ward"
    assert db.session.get_one(Person, sam.id).name == "Sam Ward"


def test_what_was_held_in_a_transaction_that_failed_is_read_again(sam):
    def fail() -> None:
        with transaction():
            hold(sam)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    rename("Sam Cole")
    with transaction():
        hold(sam)
        assert sam.name == "Sam Cole"
