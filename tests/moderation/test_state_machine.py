"""A few random rounds of moderation, beside the pure model. `python -m tests.moderation.rounds` runs thousands."""

import shutil

import pytest

from tests.moderation import rounds

ROUNDS = 8


@pytest.fixture
def stage(tmp_path, empty_database):
    shutil.copy(empty_database, tmp_path / "coprod.sqlite3")
    shutil.copytree(empty_database.parent / "keys", tmp_path / "keys")
    made = rounds.Stage(tmp_path)
    yield made
    made.close()


def test_no_illegal_move_is_made_and_each_legal_one_leaves_its_lines_of_history(stage):
    tally = rounds.go_through(stage, ROUNDS, derandomize=True)
    assert tally["made"] > 60
    assert tally["refused"] > 20
