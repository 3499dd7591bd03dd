from fractions import Fraction
from itertools import product

import pytest

from coprod.framework.awards import AwardFacts, Raise, outcome
from coprod.framework.levels import CoreCheck, EveryValue, OtherChecks, Overall, QuestionAtLeast
from coprod.framework.model import NOT_APPLICABLE
from coprod.framework.scoring import shown
from tests.framework.make import framework, level, question

MODERATED = AwardFacts(
    plan_ready=True,
    evidence_kinds=frozenset({"group_statement"}),
    held={"established": 12},
    evidence_months=0,
    reviewers=2,
    second_look=True,
    panel=True,
)
IN_DRAFT = AwardFacts(plan_ready=True)
WAITS = "It is worked out when every question has an answer."

# The values come to 60, 70, 55, 65 and 75 per cent, with every check and AMB5 high enough for Established.
WORKED_EXAMPLE = {
    **{"LLE1": 2, "LLE2": 2, "LLE3": 3, "LLE4": 3, "LLE5": 2},
    **{"WT1": 3, "WT2": 3, "WT3": 3, "WT4": 3, "WT5": 2},
    **{"AMB1": 2, "AMB2": 2, "AMB3": 2, "AMB4": 2, "AMB5": 3},
    **{"RA1": 3, "RA2": 3, "RA3": 3, "RA4": 2, "RA5": 2},
    **{"HOT1": 3, "HOT2": 3, "HOT3": 3, "HOT4": 3, "HOT5": 3},
}


def condition(result, level_code, kind):
    """How one condition of one level was judged."""
    (found,) = (
        judged
        for each in result.levels
        if each.level.code == level_code
        for judged in each.conditions
        if judged.condition.kind == kind
    )
    return found


def test_the_worked_example_is_established(shipped):
    result = outcome(shipped, WORKED_EXAMPLE, MODERATED)
    assert [value.percent for value in result.score.values] == [60, 70, 55, 65, 75]
    assert shown(result.score.overall) == "65.0"
    assert result.level.code == "established"
    assert not result.provisional


def test_the_worked_example_with_a_core_check_of_2_is_developing_and_says_what_it_needs(shipped):
    """RA2 is one higher here, so that only the core check stands between it and Established."""
    result = outcome(shipped, WORKED_EXAMPLE | {"RA1": 2, "RA2": 4}, MODERATED)
    assert shown(result.score.overall) == "65.0"
    assert result.level.code == "developing"
    core = condition(result, "established", "core_check")
    assert (core.met, core.have, core.need, core.codes) == (False, "2", "3", ("RA1",))
    assert core.words == "“Voice changed the plan” needs Shaping (3). It is Asking (2) now."
    assert result.next.level.code == "established"
    assert result.next.raises == (Raise("RA1", 2, 3),)
    assert (result.next.points, result.next.others) == (1, ())


@pytest.mark.parametrize(
    ("ratings", "facts", "kind", "words"),
    [
        ({"HOT1": 2}, {}, "overall", "The overall score needs 65%. It is 64.0% now."),
        ({"AMB5": 1}, {}, "question", "“Checking this with families” needs Asking (2). It is Telling (1) now."),
        (
            {"AMB5": NOT_APPLICABLE},
            {},
            "question",
            "“Checking this with families” needs Asking (2). It is marked as not applicable.",
        ),
        (
            {"WT1": 1, "HOT4": 1},
            {},
            "other_checks",
            "“Families involved before decisions” needs Asking (2). It is Telling (1) now. "
            "“Families agree with our scores” needs Asking (2). It is Telling (1) now.",
        ),
        ({"AMB1": 0, "AMB5": 2}, {}, "every_value", "Ambitious needs 50%. It is 40.0% now."),
        ({"RA5": None}, {}, "overall", f"The overall score needs 65%. {WAITS}"),
        ({"RA5": None}, {}, "every_value", "Responsive and accountable needs 50%. It has questions to answer."),
        ({"RA1": None}, {}, "core_check", "“Voice changed the plan” needs Shaping (3). It has no answer yet."),
        ({}, {"plan_ready": False}, "improvement_plan", "An improvement plan with dates and owners: not yet."),
        ({}, {"reviewers": 1}, "reviewers", "2 independent reviewers: not yet."),
    ],
)
def test_each_condition_of_established_stands_alone(shipped, ratings, facts, kind, words):
    given = {name: getattr(MODERATED, name) for name in MODERATED.__slots__}
    result = outcome(shipped, WORKED_EXAMPLE | ratings, AwardFacts(**given | facts))
    judged = condition(result, "established", kind)
    assert (judged.met, judged.words) == (False, words)
    assert result.level is None or result.level.code == "developing"


@pytest.mark.parametrize(
    ("facts", "met"),
    [
        ({"reviewers": 1, "second_look": True}, True),
        ({"reviewers": 1, "second_look": False}, False),
        ({"reviewers": 1, "second_look": None}, None),
        ({"reviewers": 2, "second_look": None}, True),
        ({"reviewers": 0, "second_look": True}, False),
        ({"reviewers": None, "second_look": True}, None),
    ],
)
def test_one_reviewer_needs_a_second_look_and_two_are_their_own(shipped, facts, met):
    result = outcome(shipped, WORKED_EXAMPLE, AwardFacts(plan_ready=True, **facts))
    assert condition(result, "developing", "reviewers").met is met


@pytest.mark.parametrize(
    ("held", "months", "met"),
    [({}, 23, False), ({}, 24, True), ({"established": 12}, 0, True), ({"developing": 99}, 0, False)],
)
def test_embedded_takes_a_year_of_established_or_two_of_evidence(shipped, held, months, met):
    ratings = {question.code: 4 for question in shipped.questions}
    facts = AwardFacts(True, frozenset({"group_statement"}), held, months, 2, True, True)
    result = outcome(shipped, ratings, facts)
    assert condition(result, "embedded", "held_or_span").met is met
    assert result.level.code == ("embedded" if met else "established")


def test_embedded_needs_a_statement_and_a_panel(shipped):
    ratings = {question.code: 4 for question in shipped.questions}
    assert outcome(shipped, ratings, MODERATED).level.code == "embedded"
    assert outcome(shipped, ratings, MODERATED).next is None
    facts = AwardFacts(plan_ready=True, evidence_months=24, reviewers=2, second_look=True, panel=False)
    result = outcome(shipped, ratings, facts)
    assert result.level.code == "established"
    assert [judged.condition.kind for judged in result.next.others] == ["evidence_of_kind", "panel"]
    assert (result.next.raises, result.next.points) == ((), 0)


def test_a_draft_points_to_a_level_and_claims_nothing_that_moderation_decides(shipped):
    result = outcome(shipped, WORKED_EXAMPLE, IN_DRAFT)
    assert result.level.code == "established"
    assert result.provisional
    reviewers = condition(result, "established", "reviewers")
    assert reviewers.met is None
    assert reviewers.words == "2 independent reviewers: decided in moderation."
    assert reviewers.beside_its_mark == "2 independent reviewers."


def test_nothing_answered_is_working_towards_with_every_question_to_answer(shipped):
    result = outcome(shipped, {}, AwardFacts())
    assert result.level is None
    assert result.next.level.code == "developing"
    assert len(result.next.unanswered) == 25
    assert {step.from_rating for step in result.next.raises} == {0}
    assert result.next.points == 50
    assert [judged.condition.kind for judged in result.next.others] == ["improvement_plan"]


def test_what_a_question_marked_not_applicable_blocks_is_said_and_not_raised(shipped):
    result = outcome(shipped, WORKED_EXAMPLE | {"AMB5": NOT_APPLICABLE, "HOT1": 4}, MODERATED)
    assert result.level.code == "developing"
    assert "AMB5" not in [step.code for step in result.next.raises]
    assert [judged.codes for judged in result.next.others] == [("AMB5",)]


def test_the_core_check_is_not_one_of_the_other_checks():
    made = framework(
        level("first", CoreCheck(1), OtherChecks(3)),
        values=((question("A1", core=True), question("A2", check=True)),),
    )
    assert outcome(made, {"A1": 1, "A2": 3}, AwardFacts()).level.code == "first"
    assert outcome(made, {"A1": 1, "A2": 2}, AwardFacts()).next.raises == (Raise("A2", 2, 3),)


def test_lowest_ratings_are_raised_first_and_ties_go_in_order():
    made = framework(level("first", Overall(50)), values=((question("A1", core=True), question("A2"), question("A3")),))
    result = outcome(made, {"A1": 1, "A2": 0, "A3": 1}, AwardFacts())
    assert result.next.raises == (Raise("A1", 1, 2), Raise("A2", 0, 2), Raise("A3", 1, 2))


TINY = framework(
    level("first", Overall(40), EveryValue(25), CoreCheck(1)),
    level("second", Overall(70), EveryValue(50), CoreCheck(3), OtherChecks(2), QuestionAtLeast("B2", 1)),
    values=(
        (question("A1", core=True), question("A2"), question("A3")),
        (question("B1", check=True), question("B2")),
    ),
)
ALL_TINY = [dict(zip(["A1", "A2", "A3", "B1", "B2"], each, strict=True)) for each in product(range(5), repeat=5)]


def reaches(ratings, level_code):
    """Whether the rating conditions of a level of TINY hold, written out by hand."""
    applies = {code: rating for code, rating in ratings.items() if rating is not NOT_APPLICABLE}
    values = [[rating for code, rating in applies.items() if code[0] == name] for name in "AB"]
    percents = [Fraction(100 * sum(points), 4 * len(points)) for points in values]
    overall, lowest = sum(percents) / 2, min(percents)
    if level_code == "first":
        return overall >= 40 and lowest >= 25 and applies["A1"] >= 1
    return overall >= 70 and lowest >= 50 and applies["A1"] >= 3 and applies["B1"] >= 2 and applies["B2"] >= 1


@pytest.mark.parametrize("without", [None, "A2", "A3"])
@pytest.mark.parametrize("start", [(0, 0, 0, 0, 0), (1, 0, 4, 0, 4), (2, 4, 4, 4, 0), (3, 1, 0, 2, 0), (0, 4, 4, 4, 4)])
def test_no_smaller_step_reaches_the_next_level(start, without):
    """Against every combination of ratings that is at least the one we start from."""
    ratings = dict(zip(["A1", "A2", "A3", "B1", "B2"], start, strict=True))
    if without:
        ratings[without] = NOT_APPLICABLE
    result = outcome(TINY, ratings, AwardFacts())
    if result.next is None:
        assert reaches(ratings, "second")
        return
    code = result.next.level.code
    after = ratings | {step.code: step.to_rating for step in result.next.raises}
    assert reaches(after, code)
    fewest = min(
        sum(try_out[c] - ratings[c] for c in ratings if c != without)
        for try_out in ALL_TINY
        if all(try_out[c] >= ratings[c] for c in ratings if c != without)
        and reaches({c: NOT_APPLICABLE if c == without else rating for c, rating in try_out.items()}, code)
    )
    assert result.next.points == fewest


def test_the_level_is_the_highest_whose_conditions_hold():
    for ratings in ALL_TINY:
        code = "second" if reaches(ratings, "second") else "first" if reaches(ratings, "first") else None
        level_reached = outcome(TINY, ratings, AwardFacts()).level
        assert (level_reached and level_reached.code) == code
