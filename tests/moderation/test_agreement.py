from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from coprod.moderation.agreement import ENOUGH_FOR_KAPPA, ENOUGH_TO_SHOW, Pair, agreement, weighted_kappa
from coprod.permissions import AreaRole
from tests.support import build
from tests.support.client import Client

RATING = st.integers(0, 4)
PAIRS = st.lists(st.tuples(RATING, RATING), min_size=2, max_size=80)


def pairs(rows) -> list[Pair]:
    return [Pair("RA1", first, second) for first, second in rows]


@given(PAIRS)
def test_weighted_kappa_is_what_a_statistics_library_says(rows):
    ours = weighted_kappa(pairs(rows))
    first, second = zip(*rows, strict=True)
    if ours is None:
        assert len({*first, *second}) == 1
        return
    theirs = cohen_kappa_score(first, second, labels=range(5), weights="linear")
    assert float(ours) == pytest.approx(theirs, abs=1e-9)


def test_the_worked_example_of_cohen_1968_comes_out():
    """Psychological Bulletin 70(4): 200 patients, three diagnoses, two raters; kappa .492 and weighted kappa .348."""
    table = {(1, 1): 88, (1, 2): 14, (1, 3): 18, (2, 1): 10, (2, 2): 40, (2, 3): 10, (3, 1): 2, (3, 2): 6, (3, 3): 12}
    costs = {frozenset({1, 2}): 1, frozenset({1, 3}): 3, frozenset({2, 3}): 6}
    rows = pairs([each for each, many in table.items() for _ in range(many)])
    assert round(float(weighted_kappa(rows, lambda a, b: costs.get(frozenset({a, b}), 0))), 3) == 0.348
    assert round(float(weighted_kappa(rows, lambda a, b: int(a != b))), 3) == 0.492


@given(PAIRS)
def test_which_of_the_two_is_named_first_makes_no_difference(rows):
    turned = [(second, first) for first, second in rows]
    assert weighted_kappa(pairs(rows)) == weighted_kappa(pairs(turned))
    assert agreement(pairs(rows)) == agreement(pairs(turned))


def test_shares_are_exact():
    found = agreement(pairs([(3, 3), (3, 2), (2, 3), (0, 4), (1, 1), (2, 2)]))
    assert (found.pairs, found.exact, found.within_one) == (6, Fraction(1, 2), Fraction(5, 6))
    assert found.confused == (2, 3, 2)


def test_too_few_pairs_say_nothing():
    assert agreement(pairs([(1, 1)] * (ENOUGH_TO_SHOW - 1))) is None
    assert agreement(pairs([(1, 1), (2, 3)] * (ENOUGH_FOR_KAPPA // 2 - 1))).kappa is None
    assert agreement(pairs([(1, 1), (2, 3)] * (ENOUGH_FOR_KAPPA // 2))).kappa is not None


def test_before_anything_was_rated_the_page_says_what_will_stand_there(client: Client):
    client.sign_in(build.person("Alex Morgan", AreaRole.COORDINATOR).email)
    page = client.get("/moderation/agreement")
    assert "Nothing to compare yet" in page.text
    assert not list(page.tree.iter("table"))
