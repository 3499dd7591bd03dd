import time
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from coprod.framework.model import NOT_APPLICABLE, Area, UnknownCode, Voice
from coprod.framework.scoring import (
    Answer,
    Problem,
    ceiling,
    credit_all,
    credited,
    problems,
    score,
    shown,
)
from tests.framework.make import CHANGE, ITEM, TODAY, full

PLAIN_CHANGE = replace(CHANGE, confirmed=0, changed_mind=False, shared=False)
TEAM_CHANGE = replace(PLAIN_CHANGE, area=Area.TEAM)
OTHERS_PAPER = replace(ITEM, kind="public_record", from_families=False)


def counts_as(shipped, code, *, items=(), changes=(), rating=4, on=TODAY, first=False):
    answer = Answer(code, rating, items=tuple(items), changes=tuple(changes))
    return credited(shipped, shipped.question(code), answer, on=on, first=first)


@pytest.mark.parametrize(
    ("items", "changes", "rating", "rule"),
    [
        ([], [], 1, "recent_example"),
        ([OTHERS_PAPER], [], 2, "from_families"),
        ([ITEM], [], 3, "family_confirmed"),
        ([], [PLAIN_CHANGE], 2, "from_families"),
        ([], [replace(PLAIN_CHANGE, complete=False, confirmed=5)], 1, "recent_example"),
        ([ITEM], [PLAIN_CHANGE], 3, "family_confirmed"),
        ([], [CHANGE], 4, None),
        ([OTHERS_PAPER], [CHANGE], 4, None),
    ],
)
def test_an_answer_counts_up_to_what_its_evidence_allows(shipped, items, changes, rating, rule):
    result = counts_as(shipped, "AMB1", items=items, changes=changes)
    assert (result.claimed, result.rating, result.rule and result.rule.id) == (4, rating, rule)


@pytest.mark.parametrize("claimed", range(5))
@pytest.mark.parametrize("allowed", range(1, 5))
def test_evidence_holds_a_rating_down_and_never_lifts_it(shipped, claimed, allowed):
    evidence = {1: {}, 2: {"items": [OTHERS_PAPER]}, 3: {"items": [ITEM]}, 4: {"changes": [CHANGE]}}[allowed]
    assert counts_as(shipped, "AMB1", rating=claimed, **evidence).rating == min(claimed, allowed)
    answer = Answer("AMB1", claimed, **{name: tuple(things) for name, things in evidence.items()})
    assert ceiling(shipped, shipped.question("AMB1"), answer, on=TODAY, first=False) == allowed


def test_the_page_says_what_holds_an_answer_and_what_would_raise_it(shipped):
    held = counts_as(shipped, "AMB1")
    assert held.words == "Counts as Telling for now: no recent evidence is attached yet."
    assert held.next.startswith("Attach one dated example")
    free = counts_as(shipped, "AMB1", rating=1)
    assert free.words == "Counts as Telling."
    assert free.next == "Asking would be: Families are asked to agree them."
    assert counts_as(shipped, "AMB1", changes=[CHANGE]).next == ""


@pytest.mark.parametrize("answer", [Answer("AMB1", None), Answer("AMB1", None, not_applicable=True)])
def test_an_answer_without_a_rating_is_credited_as_it_is(shipped, answer):
    result = credited(shipped, shipped.question("AMB1"), answer, on=TODAY, first=False)
    assert result.rating is result.claimed is answer.claimed
    assert (result.words, result.next) == ("", "")


@pytest.mark.parametrize(
    ("dated", "first", "rating"),
    [
        (date(2024, 11, 22), False, 2),
        (date(2024, 11, 21), False, 1),
        (date(2024, 11, 21), True, 2),
        (date(2023, 11, 22), True, 2),
        (date(2023, 11, 21), True, 1),
        (date(2026, 11, 22), False, 2),
        (date(2026, 11, 23), False, 1),
        (None, True, 1),
    ],
)
def test_evidence_counts_for_24_months_and_for_36_the_first_time(shipped, dated, first, rating):
    """Evidence without a date, or dated after today, does not count."""
    items = [replace(OTHERS_PAPER, dated=dated)]
    assert counts_as(shipped, "AMB1", items=items, first=first).rating == rating


RA1_STEPS = [
    ([], 1, "ra1_example"),
    ([replace(PLAIN_CHANGE, voices=frozenset({Voice.CHILDREN}))], 1, "ra1_example"),
    ([PLAIN_CHANGE], 2, "ra1_three_this_year"),
    ([CHANGE, CHANGE], 2, "ra1_three_this_year"),
    ([CHANGE, CHANGE, CHANGE], 2, "ra1_two_areas"),
    ([PLAIN_CHANGE, PLAIN_CHANGE, TEAM_CHANGE], 2, "ra1_confirmed"),
    ([PLAIN_CHANGE, PLAIN_CHANGE, replace(TEAM_CHANGE, confirmed=1)], 3, "ra1_changed_mind"),
    ([PLAIN_CHANGE, PLAIN_CHANGE, replace(CHANGE, area=Area.TEAM, shared=False)], 3, "ra1_shared"),
    ([PLAIN_CHANGE, PLAIN_CHANGE, replace(CHANGE, area=Area.TEAM)], 4, None),
    ([PLAIN_CHANGE, PLAIN_CHANGE, replace(CHANGE, area=None)], 2, "ra1_two_areas"),
    ([CHANGE, TEAM_CHANGE, replace(CHANGE, decided_on=date(2025, 11, 21))], 2, "ra1_three_this_year"),
    ([CHANGE, TEAM_CHANGE, replace(CHANGE, decided_on=date(2025, 11, 22))], 4, None),
    ([replace(CHANGE, decided_on=date(2024, 11, 21))] * 3, 1, "ra1_example"),
]


@pytest.mark.parametrize(("changes", "rating", "rule"), RA1_STEPS)
def test_the_core_check_counts_changes_that_parents_voice_made(shipped, changes, rating, rule):
    result = counts_as(shipped, "RA1", items=[ITEM], changes=changes)
    assert (result.rating, result.rule and result.rule.id) == (rating, rule)


@pytest.mark.parametrize(
    ("changes", "rating", "rule"),
    [
        ([], 1, "lle3_example"),
        ([replace(CHANGE, voices=frozenset({Voice.PARENTS}))], 1, "lle3_example"),
        ([CHANGE], 2, "lle3_two_this_year"),
        ([CHANGE, replace(CHANGE, decided_on=date(2025, 11, 21))], 2, "lle3_two_this_year"),
        ([CHANGE, TEAM_CHANGE], 3, "lle3_three_this_year"),
        ([CHANGE, CHANGE, CHANGE], 3, "lle3_beyond_one_child"),
        ([CHANGE, CHANGE, TEAM_CHANGE], 3, "lle3_beyond_one_child"),
        ([PLAIN_CHANGE, PLAIN_CHANGE, replace(TEAM_CHANGE, confirmed=1)], 4, None),
    ],
)
def test_a_childs_voice_check_counts_changes_that_their_voice_made(shipped, changes, rating, rule):
    result = counts_as(shipped, "LLE3", items=[ITEM], changes=changes)
    assert (result.rating, result.rule and result.rule.id) == (rating, rule)


@pytest.mark.parametrize(
    ("changes", "rating", "rule"),
    [
        ([], 1, "ra2_example"),
        ([CHANGE, CHANGE], 2, "ra2_three_this_year"),
        ([CHANGE, CHANGE, replace(CHANGE, decided_on=date(2025, 11, 21))], 2, "ra2_three_this_year"),
        (
            [replace(PLAIN_CHANGE, shared=True), replace(PLAIN_CHANGE, confirmed=1), PLAIN_CHANGE],
            3,
            "ra2_confirmed_and_shared",
        ),
        ([PLAIN_CHANGE, PLAIN_CHANGE, CHANGE], 4, None),
    ],
)
def test_telling_families_what_we_did_counts_changes_too(shipped, changes, rating, rule):
    result = counts_as(shipped, "RA2", items=[ITEM], changes=changes)
    assert (result.rating, result.rule and result.rule.id) == (rating, rule)


def test_a_questions_own_rule_speaks_first_because_meeting_the_common_one_would_not_be_enough(shipped):
    result = counts_as(shipped, "RA1")
    assert [short.rule.id for short in result.unmet] == ["ra1_example", "recent_example"]
    assert result.next == "Link one complete change record that starts from what a parent or carer said."


def test_a_held_answer_lists_how_much_is_there_and_how_much_it_needs(shipped):
    unmet = counts_as(shipped, "RA1", items=[ITEM], changes=[PLAIN_CHANGE]).unmet
    assert [(short.rule.id, short.have, short.need) for short in unmet] == [
        ("ra1_three_this_year", 1, 3),
        ("ra1_two_areas", 1, 2),
        ("ra1_confirmed", 0, 1),
    ]


def test_full_evidence_credits_every_claim(shipped):
    answers = {question.code: full(question.code, 4) for question in shipped.questions}
    results = credit_all(shipped, answers, on=TODAY, first=False)
    assert {result.rating for result in results.values()} == {4}
    assert list(results) == [question.code for question in shipped.questions]
    assert credit_all(shipped, {}, on=TODAY, first=False)["RA1"].rating is None


def test_a_value_waits_for_its_last_answer_and_shows_how_far_it_is(shipped):
    result = score(shipped, {"LLE1": 3, "LLE2": 2})
    lle = result.values[0]
    assert (lle.points, lle.possible, lle.applicable, lle.answered) == (5, 20, 5, 2)
    assert (lle.percent, lle.so_far) == (None, Fraction(125, 2))
    assert (result.overall, result.so_far) == (None, Fraction(125, 2))
    assert (result.answered, result.applicable) == (2, 25)


def test_nothing_answered_has_no_percentage(shipped):
    result = score(shipped, {})
    assert (result.overall, result.so_far, result.answered) == (None, None, 0)


def test_not_applicable_leaves_the_denominator_and_does_not_tilt_the_overall(shipped):
    ratings = {question.code: 2 for question in shipped.questions} | {"WT3": NOT_APPLICABLE, "WT4": 4}
    result = score(shipped, ratings)
    assert [value.possible for value in result.values] == [20, 16, 20, 20, 20]
    assert result.values[1].percent == Fraction(1000, 16)
    assert result.overall == Fraction(4 * 50 * 16 + 1000, 16 * 5)


@pytest.mark.parametrize("ratings", [{"ZZ1": 2}, {"RA1": 5}, {"RA1": -1}])
def test_an_unknown_question_or_rating_is_refused(shipped, ratings):
    with pytest.raises(UnknownCode):
        score(shipped, ratings)


def test_a_claim_off_the_scale_is_refused(shipped):
    with pytest.raises(UnknownCode):
        counts_as(shipped, "RA1", rating=5)


@pytest.mark.parametrize(
    ("percent", "text"),
    [
        (Fraction(6496, 100), "64.9"),
        (Fraction(65), "65.0"),
        (Fraction(649_999_999, 10_000_000), "64.9"),
        (Fraction(200, 3), "66.6"),
        (Fraction(0), "0.0"),
        (Fraction(100), "100.0"),
    ],
)
def test_percentages_are_shown_with_one_decimal_rounded_down(percent, text):
    assert shown(percent) == text


def test_blanks_keep_an_assessment_from_being_sent(shipped):
    answers = {question.code: Answer(question.code, 0) for question in shipped.questions}
    assert problems(shipped, answers) == ()
    del answers["LLE2"]
    answers["RA4"] = Answer("RA4", None)
    assert problems(shipped, answers) == (
        Problem("LLE2", "LLE2 has no answer yet."),
        Problem("RA4", "RA4 has no answer yet."),
    )


def test_not_applicable_is_once_in_a_value_with_a_reason_and_never_on_a_check(shipped):
    answers = {question.code: Answer(question.code, 0) for question in shipped.questions}
    answers["LLE2"] = Answer("LLE2", None, not_applicable=True, reason="We have no pupils yet.")
    assert problems(shipped, answers) == ()
    answers["LLE1"] = Answer("LLE1", None, not_applicable=True, reason=" ")
    answers["RA1"] = Answer("RA1", None, not_applicable=True, reason="We would rather not.")
    many = "Learning from lived experience has 2 questions marked as not applicable, and can have 1."
    assert problems(shipped, answers) == (
        Problem("LLE1", "Say why LLE1 does not apply."),
        Problem("LLE1", f"{many} Choose a rating for LLE1, or for another of them."),
        Problem("LLE2", f"{many} Choose a rating for LLE2, or for another of them."),
        Problem("RA1", "RA1 is an authenticity check, so it always applies. Choose a rating."),
    )


def test_scoring_is_cheap(shipped):
    """Well under a millisecond for 25 answers, so that every page can show the one true result."""
    ratings = {question.code: 3 for question in shipped.questions}
    started = time.perf_counter()
    for _ in range(100):
        score(shipped, ratings)
    assert (time.perf_counter() - started) / 100 < 0.001
