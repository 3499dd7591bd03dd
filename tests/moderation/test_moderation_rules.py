"""What reviewers look at, who may sit, and which ratings are possible."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coprod.errors import Invalid
from coprod.framework.model import NOT_APPLICABLE
from coprod.moderation import rules, sent
from coprod.moderation.rules import Seats, Sitting, Why
from coprod.moderation.sent import Claim
from tests.support.snapshots import snapshot, standards

FRAMEWORK = standards()
CODES = [question.code for question in FRAMEWORK.questions]
CHECKS = {check.code for check in FRAMEWORK.checks}
RATINGS = st.fixed_dictionaries({code: st.integers(0, 4) for code in CODES})
SEEDS = st.integers(0, rules.SEEDS - 1)


def claims(claimed=None, **how):
    return sent.read(snapshot(FRAMEWORK, claimed, **how), audience="school").claims


def looks(claimed=None, *, seed=7, changed=(), **how):
    found = rules.to_look_at(FRAMEWORK, claims(claimed, **how), seed=seed, changed=changed)
    return {look.code: look.why for look in found}


def claim(credited=2, ceiling=4):
    return Claim("RA1", credited, credited, ceiling, None, "", "", (), ())


def test_all_checks_and_one_other_of_each_value_are_always_looked_at():
    found = looks()
    assert {code for code, why in found.items() if Why.CHECK in why} == CHECKS
    sampled = [code for code, why in found.items() if why == (Why.SAMPLED,)]
    assert {FRAMEWORK.value_of(code).code for code in sampled} == {value.code for value in FRAMEWORK.values}
    assert len(found) == len(CHECKS) + len(FRAMEWORK.values)


@pytest.mark.parametrize("rating", [0, 1, 2])
def test_a_low_claim_is_on_the_list_only_by_chance(rating):
    assert len(looks(every=rating)) == len(CHECKS) + len(FRAMEWORK.values)


@pytest.mark.parametrize("rating", [3, 4])
def test_every_3_and_4_is_looked_at(rating):
    assert looks({"LLE1": rating})["LLE1"] == (Why.HIGH,)
    assert set(looks(every=rating)) == set(CODES)


def test_what_was_claimed_counts_even_where_less_is_credited():
    assert Why.HIGH in looks({"LLE1": 4}, credited={"LLE1": 1})["LLE1"]


def test_what_is_said_not_to_apply_is_looked_at():
    assert looks({"LLE1": "not_applicable"})["LLE1"] == (Why.NOT_APPLICABLE,)


@given(RATINGS, SEEDS)
def test_the_sample_never_changes(ratings, seed):
    picked = rules.sampled(FRAMEWORK, claims(ratings), seed=seed)
    assert picked == rules.sampled(FRAMEWORK, claims(ratings), seed=seed)
    for value in FRAMEWORK.values:
        others = {q.code for q in value.questions if not q.check and ratings[q.code] < 3}
        assert len(picked & others) == bool(others)
        assert picked & {q.code for q in value.questions} <= others


def test_seeds_pick_differently():
    assert len({rules.sampled(FRAMEWORK, claims(), seed=seed) for seed in range(50)}) > 20


def test_the_pick_of_one_seed_is_what_it_was_on_the_first_day():
    assert rules.sampled(FRAMEWORK, claims(), seed=7) == {"AMB2", "HOT2", "LLE5", "RA2", "WT3"}


@given(SEEDS)
def test_answers_of_one_value_never_move_the_pick_of_another(seed):
    one = rules.sampled(FRAMEWORK, claims(), seed=seed)
    other = rules.sampled(FRAMEWORK, claims({"LLE1": 3, "LLE2": 4}), seed=seed)
    assert {c for c in one if not c.startswith("LLE")} == {c for c in other if not c.startswith("LLE")}


def test_two_changes_in_a_value_widen_it_to_the_whole_value():
    value = FRAMEWORK.value("RA")
    codes = [question.code for question in value.questions]
    assert not set(codes) <= set(looks(changed=codes[:1]))
    wide = looks(changed=codes[:2])
    assert set(codes) <= set(wide)
    assert Why.WIDENED in {why for code in codes for why in wide[code]}
    assert {c for c in wide if c not in codes} == {c for c in looks() if c not in codes}


def test_changes_in_two_values_widen_neither():
    assert looks(changed=["RA1", "WT1"]) == looks()


def test_a_second_look_is_at_the_checks_and_nothing_else():
    assert {look.code for look in rules.second_look(FRAMEWORK)} == CHECKS


@pytest.mark.parametrize("why", Why)
def test_each_reason_to_look_has_words(why):
    assert why.words.endswith(".")


@pytest.mark.parametrize(
    ("level", "full", "second"),
    [(None, 1, True), ("developing", 1, True), ("established", 2, False), ("embedded", 2, False)],
)
def test_how_many_reviewers_a_case_needs(level, full, second):
    assert rules.seats_needed(FRAMEWORK, level) == Seats(full, second)


def sitting(position, *, parent_carer=False, finished=False, checks_only=False):
    return Sitting(UUID(int=position), position, checks_only, parent_carer, finished)


ONE_AND_SECOND = Seats(1, True)
TWO = Seats(2, False)


@pytest.mark.parametrize(
    ("seats", "taken", "parent_carer", "words"),
    [
        (TWO, [], False, None),
        (TWO, [], True, None),
        (TWO, [sitting(1)], True, None),
        (TWO, [sitting(1)], False, rules.KEPT_FOR_A_PARENT_CARER),
        (TWO, [sitting(2)], False, rules.KEPT_FOR_A_PARENT_CARER),
        (TWO, [sitting(1, parent_carer=True)], False, None),
        (TWO, [sitting(1, parent_carer=True), sitting(2)], True, rules.FULL),
        (ONE_AND_SECOND, [sitting(1)], False, None),
        (ONE_AND_SECOND, [sitting(1), sitting(2)], True, rules.FULL),
        (Seats(1, False), [sitting(1)], True, rules.FULL),
    ],
)
def test_who_can_take_the_next_place(seats, taken, parent_carer, words):
    assert rules.cannot_sit(seats, taken, parent_carer=parent_carer) == words


@pytest.mark.parametrize(
    ("seats", "taken", "free"),
    [(TWO, [], 1), (TWO, [1], 2), (TWO, [2], 1), (TWO, [1, 2], None), (Seats(1, False), [1], None)],
)
def test_the_first_free_place(seats, taken, free):
    assert rules.free_position(seats, [sitting(place) for place in taken]) == free


def test_the_second_place_of_a_small_case_is_the_second_look():
    assert [ONE_AND_SECOND.checks_only(place) for place in (1, 2)] == [False, True]
    assert [TWO.checks_only(place) for place in (1, 2)] == [False, False]


@pytest.mark.parametrize(
    ("taken", "done"),
    [
        ([], False),
        ([sitting(1, finished=True)], False),
        ([sitting(1, finished=True), sitting(2)], False),
        ([sitting(1, finished=True), sitting(2, finished=True)], True),
    ],
)
def test_all_are_done_when_every_place_is_taken_and_finished(taken, done):
    assert rules.all_done(TWO, taken) is done


@pytest.mark.parametrize("ceiling", range(5))
@pytest.mark.parametrize("rating", range(-1, 7))
def test_a_rating_goes_up_or_down_as_far_as_the_evidence_allows(rating, ceiling):
    given = claim(credited=min(1, ceiling), ceiling=ceiling)
    if 0 <= rating <= ceiling:
        rules.check_rating(FRAMEWORK, given, rating, "Because two examples are there.")
    else:
        with pytest.raises(Invalid) as refusal:
            rules.check_rating(FRAMEWORK, given, rating, "Because")
        assert refusal.value.field == "rating"


@pytest.mark.parametrize("blank", ["", " ", "\n\t", "\u00a0", "\u200b", "\u2060\ufeff", "\u2003\u3000"])
def test_a_changed_rating_needs_a_reason_that_says_something(blank):
    rules.check_rating(FRAMEWORK, claim(2), 2, blank)
    with pytest.raises(Invalid) as refusal:
        rules.check_rating(FRAMEWORK, claim(2), 1, blank)
    assert refusal.value.field == "reason"


def test_only_what_was_said_not_to_apply_may_be_found_not_to_apply():
    with pytest.raises(Invalid):
        rules.check_rating(FRAMEWORK, claim(2), NOT_APPLICABLE, "It does not apply.")
    rules.check_rating(FRAMEWORK, claim(NOT_APPLICABLE), NOT_APPLICABLE, "")
    rules.check_rating(FRAMEWORK, claim(NOT_APPLICABLE, ceiling=2), 2, "It applies: they have such pupils.")
    with pytest.raises(Invalid):
        rules.check_rating(FRAMEWORK, claim(NOT_APPLICABLE, ceiling=2), 3, "It applies.")


def test_ratings_in_words():
    assert rules.name_of(FRAMEWORK, 2) == "Asking (2)"
    assert rules.name_of(FRAMEWORK, NOT_APPLICABLE) == "Does not apply"


@pytest.mark.parametrize(
    ("questions", "words"),
    [
        (1, "10 minutes"),
        (6, "40 minutes"),
        (10, "60 minutes"),
        (11, "1 and a half hours"),
        (20, "2 hours"),
        (25, "2 and a half hours"),
    ],
)
def test_about_how_long_it_takes(questions, words):
    assert rules.time_for([rules.Look("RA1", ())] * questions) == words
