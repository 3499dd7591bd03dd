"""What must hold for every answer that anyone could give."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor

from hypothesis import given, settings
from hypothesis import strategies as st

from coprod.framework.awards import AwardFacts, outcome
from coprod.framework.load import load_framework
from coprod.framework.model import NOT_APPLICABLE, Area, Voice
from coprod.framework.scoring import Answer, Change, Item, ceiling, credited, score, shown
from tests.framework.conftest import FRAMEWORKS
from tests.framework.make import TODAY

SHIPPED = load_framework(FRAMEWORKS / "send-coproduction" / "1.0")
CODES = [question.code for question in SHIPPED.questions]
PLACE = {None: -1} | {level.code: place for place, level in enumerate(SHIPPED.levels)}

days = st.none() | st.integers(-100, 1500).map(lambda ago: TODAY - timedelta(days=ago))
items = st.builds(
    Item,
    dated=days,
    kind=st.sampled_from([kind.code for kind in SHIPPED.evidence_kinds]),
    from_families=st.booleans(),
)
changes = st.builds(
    Change,
    complete=st.booleans(),
    decided_on=days,
    area=st.none() | st.sampled_from(Area),
    voices=st.frozensets(st.sampled_from(Voice)),
    confirmed=st.integers(0, 3),
    changed_mind=st.booleans(),
    shared=st.booleans(),
)
answers = st.builds(
    Answer,
    code=st.sampled_from(["RA1", "LLE3", "RA2", "AMB1"]),
    rating=st.integers(0, 4),
    items=st.lists(items, max_size=4).map(tuple),
    changes=st.lists(changes, max_size=6).map(tuple),
)
whole = st.one_of(st.fixed_dictionaries(dict.fromkeys(CODES, st.integers(least, 4))) for least in range(4))
partial = whole | st.fixed_dictionaries(dict.fromkeys(CODES, st.none() | st.just(NOT_APPLICABLE) | st.integers(0, 4)))
facts = st.builds(
    AwardFacts,
    plan_ready=st.booleans(),
    evidence_kinds=st.sampled_from([frozenset(), frozenset({"group_statement"})]),
    held=st.dictionaries(st.sampled_from(["developing", "established"]), st.integers(0, 40)),
    evidence_months=st.integers(0, 40),
    reviewers=st.none() | st.integers(0, 2),
    second_look=st.none() | st.booleans(),
    panel=st.none() | st.booleans(),
)


def counted(answer, *, first=False):
    return credited(SHIPPED, SHIPPED.question(answer.code), answer, on=TODAY, first=first)


def level_of(result):
    return PLACE[result.level and result.level.code]


@given(answers, st.booleans())
def test_a_credited_rating_is_never_above_the_claim_or_the_ceiling(answer, first):
    result = counted(answer, first=first)
    allowed = ceiling(SHIPPED, SHIPPED.question(answer.code), answer, on=TODAY, first=first)
    assert result.rating == min(answer.rating, allowed)
    assert (result.rule is None) == (result.rating == answer.rating)


@given(answers, items, changes)
def test_more_evidence_never_lowers_what_an_answer_counts_as(answer, item, change):
    more = replace(answer, items=(*answer.items, item), changes=(*answer.changes, change))
    assert counted(more).rating >= counted(answer).rating


@given(answers)
def test_a_first_assessment_never_counts_for_less(answer):
    assert counted(answer, first=True).rating >= counted(answer).rating


@given(answers, changes)
def test_a_higher_claim_never_counts_for_less(answer, change):
    higher = replace(answer, rating=min(4, answer.rating + 1))
    assert counted(higher).rating >= counted(answer).rating


@given(answers)
def test_a_confirmed_finished_or_shared_change_never_counts_for_less(answer):
    better = tuple(
        replace(change, complete=True, confirmed=change.confirmed + 1, shared=True, changed_mind=True)
        for change in answer.changes
    )
    assert counted(replace(answer, changes=better)).rating >= counted(answer).rating


@settings(max_examples=60)
@given(whole, facts, st.sampled_from(CODES))
def test_a_better_answer_never_lowers_a_value_the_overall_or_the_level(ratings, known, code):
    before = outcome(SHIPPED, ratings, known)
    after = outcome(SHIPPED, ratings | {code: min(4, ratings[code] + 1)}, known)
    assert all(a.percent >= b.percent for a, b in zip(after.score.values, before.score.values, strict=True))
    assert after.score.overall >= before.score.overall
    assert level_of(after) >= level_of(before)


@settings(max_examples=60)
@given(partial, facts)
def test_a_level_is_reached_only_with_every_condition_met_and_no_higher_one_could_be(ratings, known):
    result = outcome(SHIPPED, ratings, known)
    for place, each in enumerate(result.levels):
        assert each.met == all(judged.met is not False for judged in each.conditions)
        if place == level_of(result):
            assert each.met
        if place > level_of(result):
            assert not each.met


@settings(max_examples=60)
@given(partial, facts)
def test_the_next_step_reaches_the_next_level_but_for_what_it_says_is_left(ratings, known):
    result = outcome(SHIPPED, ratings, known)
    if result.next is None:
        assert result.level is SHIPPED.levels[-1]
        return
    done = ratings | dict.fromkeys(result.next.unanswered, 0)
    done |= {step.code: step.to_rating for step in result.next.raises}
    after = outcome(SHIPPED, done, known)
    (reached,) = (each for each in after.levels if each.level is result.next.level)
    assert [judged for judged in reached.conditions if judged.met is False] == list(result.next.others)
    assert all(0 <= step.from_rating < step.to_rating <= 4 for step in result.next.raises)
    if NOT_APPLICABLE not in ratings.values():
        kinds = {judged.condition.kind for judged in result.next.others}
        assert kinds <= {"improvement_plan", "evidence_of_kind", "held_or_span", "reviewers", "panel"}


@settings(max_examples=60)
@given(whole, st.sets(st.sampled_from(CODES), max_size=8))
def test_what_does_not_apply_leaves_the_denominator(ratings, away):
    result = score(SHIPPED, ratings | dict.fromkeys(away, NOT_APPLICABLE))
    for value, scored in zip(SHIPPED.values, result.values, strict=True):
        left = [ratings[question.code] for question in value.questions if question.code not in away]
        assert (scored.applicable, scored.possible) == (len(left), 4 * len(left))
        assert scored.percent == (Fraction(100 * sum(left), 4 * len(left)) if left else None)


@given(st.fractions(0, 100))
def test_a_shown_percentage_is_never_above_the_true_one(percent):
    text = Fraction(Decimal(shown(percent)))
    assert percent - Fraction(1, 10) < text <= percent
    assert shown(percent).count(".") == 1
    assert floor(text) == floor(percent)
