from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coprod.changes.confirming import Answer, Given, LinkState, Tally, link_state, tally, tally_of_earlier

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
BEFORE, AFTER = NOW - timedelta(seconds=1), NOW + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("expires_at", "used_at", "withdrawn_at", "state"),
    [
        (AFTER, None, None, LinkState.OPEN),
        (NOW, None, None, LinkState.EXPIRED),
        (BEFORE, None, None, LinkState.EXPIRED),
        (AFTER, BEFORE, None, LinkState.USED),
        (BEFORE, BEFORE, None, LinkState.USED),
        (AFTER, None, BEFORE, LinkState.WITHDRAWN),
        (BEFORE, None, BEFORE, LinkState.WITHDRAWN),
    ],
)
def test_a_link_works_once_and_until_it_expires_or_is_withdrawn(expires_at, used_at, withdrawn_at, state):
    assert link_state(expires_at=expires_at, used_at=used_at, withdrawn_at=withdrawn_at, now=NOW) is state


def test_only_a_yes_to_the_words_that_stand_now_agrees():
    given = [
        Given(Answer.YES, 1),
        Given(Answer.NO, 1),
        Given(Answer.YES, 2),
        Given(Answer.YES, 2),
        Given(Answer.PARTLY, 2),
        Given(Answer.NO, 2),
    ]
    assert tally(given, wording=2) == Tally(yes=2, partly=1, no=1)
    assert tally(given, wording=2).families_agree == 2
    assert tally_of_earlier(given, wording=2) == Tally(yes=1, no=1)
    assert tally(given, wording=3) == Tally()


answers = st.lists(st.builds(Given, st.sampled_from(Answer), st.integers(1, 4)), max_size=30)


@given(answers)
def test_no_answer_is_ever_lost(given):
    """Whatever wording stands now, each answer is counted once: for it, or for an earlier one."""
    assert tally(given, wording=4).total + tally_of_earlier(given, wording=4).total == len(given)
