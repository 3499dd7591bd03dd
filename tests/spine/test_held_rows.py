"""A row that is held is read under the lock, in each transaction anew."""

import pytest
from sqlalchemy import text

from coprod.database import db
from coprod.transaction import hold, transaction
from tests.support import build


@pytest.fixture
def sam(app):
    return build.person("Sam Reed")


def rename(words: str) -> None:
    """Somebody else changes the row."""
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE people SET name = :words"), {"words": words})


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
