"""How two reviewers' ratings become one, and what the ratings come to."""

import json
from dataclasses import asdict
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coprod.framework.model import NOT_APPLICABLE
from coprod.moderation import feedback, letter, results, sent, settling
from coprod.moderation.rules import Sitting
from coprod.moderation.settling import Decision, Gap, How, Judged
from coprod.web.languages import SAID, as_stored, speaking
from tests.support.snapshots import snapshot, standards
from tests.support.wording import pseudo

FRAMEWORK = standards()
CODES = [question.code for question in FRAMEWORK.questions]
A, B, LEAD = UUID(int=1), UUID(int=2), UUID(int=3)
ONE = (Sitting(A, 1, False, True, True),)
SECOND = (*ONE, Sitting(B, 2, True, False, True))
TWO = (*ONE, Sitting(B, 2, False, False, True))


def judged(who, rating, code="RA1", reason="Because", note=""):
    return Judged(who, code, rating, reason, note)


def decided(who, rating, how=How.TOGETHER, code="RA1"):
    return Decision(who, code, rating, how, f"{rating} it is")


def was_sent(claimed=None, **how):
    return sent.read(snapshot(FRAMEWORK, claimed, **how), audience="school")


def standing(sittings, judgements, decisions=(), *, code="RA1", claimed=None, **how):
    found = settling.standings(FRAMEWORK, was_sent(claimed, **how).claims, sittings, judgements, decisions)
    return next(one for one in found if one.code == code)


@pytest.mark.parametrize(
    ("one", "other", "gap"),
    [
        (2, 2, Gap.NONE),
        (2, 3, Gap.ONE),
        (3, 2, Gap.ONE),
        (1, 3, Gap.MORE),
        (4, 0, Gap.MORE),
        (NOT_APPLICABLE, NOT_APPLICABLE, Gap.NONE),
        (NOT_APPLICABLE, 0, Gap.MORE),
        (1, NOT_APPLICABLE, Gap.MORE),
    ],
)
def test_how_far_two_ratings_are_apart(one, other, gap):
    assert settling.gap(one, other) is gap


def test_what_nobody_looked_at_stands_as_credited():
    one = standing(TWO, [], claimed={"RA1": 3}, credited={"RA1": 2})
    assert (one.rating, one.how, one.reason) == (2, How.NOT_SAMPLED, "")


def test_one_reviewers_rating_stands_where_nobody_else_looks():
    one = standing(SECOND, [judged(A, 1, code="RA3")], code="RA3")
    assert (one.rating, one.how, one.reason, one.gap) == (1, How.ONE, "Because", Gap.NONE)


def test_equal_ratings_stand_with_the_reasons_of_both():
    one = standing(TWO, [judged(A, 1, reason="No date."), judged(B, 1, reason="It names no plan.")])
    assert (one.rating, one.how) == (1, How.EQUAL)
    assert one.reason == "No date.\n\nIt names no plan."


def test_the_last_thing_a_reviewer_said_counts():
    assert standing(ONE, [judged(A, 0), judged(A, 3)]).rating == 3


def test_the_second_look_counts_for_checks_only():
    assert standing(SECOND, [judged(A, 2), judged(B, 3)]).gap is Gap.ONE
    assert standing(SECOND, [judged(A, 2, code="RA3"), judged(B, 3, code="RA3")], code="RA3").rating == 2


def test_a_reviewer_who_did_not_look_leaves_what_is_credited():
    assert standing(TWO, [judged(A, 2)]).how is How.ONE
    apart = standing(TWO, [judged(A, 3)])
    assert (apart.gap, apart.settled) == (Gap.ONE, False)


@pytest.mark.parametrize(
    ("decisions", "rating", "how"),
    [
        ([], None, None),
        ([decided(A, 2)], None, None),
        ([decided(A, 2), decided(B, 3)], None, None),
        ([decided(A, 2), decided(B, 2)], 2, How.TOGETHER),
        ([decided(A, 2), decided(B, 3), decided(A, 3)], 3, How.TOGETHER),
        ([decided(A, 2), decided(A, 2)], None, None),
        ([decided(A, 2), decided(LEAD, 2)], None, None),
        ([decided(LEAD, 3, How.LEAD)], 3, How.LEAD),
        ([decided(A, 2), decided(B, 2), decided(LEAD, 3, How.LEAD)], 3, How.LEAD),
        ([decided(LEAD, 3, How.LEAD), decided(LEAD, 2, How.LEAD)], 2, How.LEAD),
    ],
)
def test_one_apart_stands_when_both_agree_or_the_lead_decides(decisions, rating, how):
    one = standing(TWO, [judged(A, 2), judged(B, 3)], decisions)
    assert (one.rating, one.how) == (rating, how)


@pytest.mark.parametrize(
    ("decisions", "rating"),
    [([], None), ([decided(A, 3), decided(B, 3)], None), ([decided(LEAD, 3, How.LEAD)], 3)],
)
def test_two_or_more_apart_is_for_the_lead_alone(decisions, rating):
    one = standing(TWO, [judged(A, 1), judged(B, 4)], decisions)
    assert (one.gap, one.rating) == (Gap.MORE, rating)


def test_a_note_goes_with_the_rating_it_was_written_for():
    views = [judged(A, 2, note="Nearly there."), judged(B, 3, note="Lovely work.")]
    one = standing(TWO, views, [decided(LEAD, 3, How.LEAD)])
    assert one.notes == ("Lovely work.",)


GIVEN = st.fixed_dictionaries({code: st.integers(0, 4) for code in CODES})


@settings(max_examples=60, deadline=None)
@given(claimed=GIVEN, ceilings=GIVEN, first=GIVEN, second=GIVEN, by_lead=GIVEN)
def test_a_final_rating_is_never_above_what_the_evidence_allows(claimed, ceilings, first, second, by_lead):
    credited = {code: min(claimed[code], ceilings[code]) for code in CODES}
    allowed = [{code: min(one[code], ceilings[code]) for code in CODES} for one in (first, second, by_lead)]
    found = settling.standings(
        FRAMEWORK,
        was_sent(claimed, credited=credited, ceilings=ceilings).claims,
        TWO,
        [judged(who, one[code], code) for who, one in zip((A, B), allowed, strict=False) for code in CODES],
        [decided(LEAD, allowed[2][code], How.LEAD, code) for code in CODES],
    )
    for one in found:
        assert one.settled
        assert 0 <= one.rating <= ceilings[one.code]
        assert one.rating in {given[one.code] for given in allowed}


def outcome(level_ratings, sittings, *, panel=False):
    ratings = dict.fromkeys(CODES, level_ratings) if isinstance(level_ratings, int) else level_ratings
    return results.outcome(FRAMEWORK, was_sent(ratings), ratings, sittings, panel=panel).level


@pytest.mark.parametrize(
    ("rating", "sittings", "panel", "level"),
    [
        (1, TWO, True, None),
        (2, (), False, None),
        (2, ONE, False, None),
        (2, SECOND, False, "developing"),
        (2, TWO, False, "developing"),
        (3, SECOND, False, "developing"),
        (3, TWO, False, "established"),
        (4, SECOND, True, "developing"),
        (4, TWO, False, "established"),
        (4, TWO, True, "embedded"),
    ],
)
def test_the_level_is_never_more_than_moderation_allows(rating, sittings, panel, level):
    reached = outcome(rating, sittings, panel=panel)
    assert (reached.code if reached else None) == level


def test_who_has_not_finished_does_not_count():
    busy = (TWO[0], Sitting(B, 2, False, False, False))
    assert outcome(3, busy) is None


@settings(max_examples=100, deadline=None)
@given(GIVEN, st.sampled_from([(), ONE, SECOND, TWO]), st.booleans())
def test_every_condition_of_the_level_reached_is_met(ratings, sittings, panel):
    found = results.outcome(FRAMEWORK, was_sent(ratings), ratings, sittings, panel=panel)
    assert not found.provisional
    if found.level:
        mine = next(result for result in found.levels if result.level == found.level)
        assert all(condition.met for condition in mine.conditions)


@pytest.mark.parametrize(("rating", "decides"), [(2, False), (3, False), (4, True)])
def test_the_panel_decides_only_where_it_makes_a_level_higher(rating, decides):
    ratings = dict.fromkeys(CODES, rating)
    assert results.panel_decides(FRAMEWORK, was_sent(ratings), ratings, TWO) is decides


def frozen(judgements=(), claimed=None, sittings=TWO, **how):
    given = was_sent(claimed, **how)
    found = settling.standings(FRAMEWORK, given.claims, sittings, judgements, ())
    return results.frozen(FRAMEWORK, given, found, sittings, panel=False)


def test_a_result_is_not_frozen_while_a_question_is_open():
    with pytest.raises(ValueError, match="RA1"):
        frozen([judged(A, 1), judged(B, 4)])


def test_a_frozen_result_says_everything_it_was_computed_from():
    kept = frozen([judged(A, 3, "RA3"), judged(B, 3, "RA3")], {"HOT1": "not_applicable"})
    assert kept["questions"]["RA3"] == {
        "claimed": 2,
        "credited": 2,
        "rating": 3,
        "how": "equal",
        "reason": "Because",
        "notes": [],
    }
    assert kept["questions"]["HOT1"]["rating"] == "not_applicable"
    assert kept["score"]["values"]["RA"] == "55.0"
    assert kept["score"]["overall"] == "51.0"
    assert kept["score"]["exact"] == "51"
    assert kept["level"] == "developing"
    assert kept["facts"]["reviewers"] == 2
    assert all(condition["met"] for condition in kept["levels"][0]["conditions"])
    assert not all(condition["met"] for condition in kept["levels"][1]["conditions"])


def test_a_frozen_result_reads_back_the_same():
    kept = frozen([judged(A, 3, "RA3", note="Well done."), judged(B, 3, "RA3")])
    read = feedback.read(kept)
    assert read.level == "developing"
    assert [(q.code, q.rating, q.notes) for q in read.changed] == [("RA3", 3, ("Well done.",))]
    assert feedback.proud_of(read)[0].code == "RA3"


def test_feedback_is_proud_of_what_is_asked_or_better_and_names_one_step():
    low = feedback.read(frozen(claimed=dict.fromkeys(CODES, 1)))
    assert feedback.proud_of(low) == ()
    step = feedback.next_step(low)
    assert (step.from_rating, step.to_rating) == (1, 2)
    top = feedback.read(frozen(claimed=dict.fromkeys(CODES, 4)))
    assert len(feedback.proud_of(top)) == feedback.PROUD_OF
    assert feedback.next_step(top) is None


def test_the_letter_never_says_failed_and_lists_what_is_needed():
    low = letter.letter(FRAMEWORK, frozen(claimed=dict.fromkeys(CODES, 1)))
    assert low.level == "Working towards"
    assert low.next_level == "Developing"
    assert any("50%" in words for words in low.needed)
    assert low.petals is None


def conditions(levels):
    return [condition.words for level in levels for condition in level.conditions]


@pytest.mark.parametrize("rating", [1, 2, 3, 4])
def test_a_frozen_result_stays_as_it_is_and_each_condition_of_it_can_be_said_in_another_language(rating):
    kept = json.dumps(frozen([judged(A, 3), judged(B, 3)], dict.fromkeys(CODES, rating)))
    read = json.loads(kept)
    shown = letter.letter(FRAMEWORK, read)
    assert json.dumps(read) == kept
    assert conditions(shown.levels) == conditions(feedback.read(read).levels)
    assert not [words for words in (*conditions(shown.levels), *shown.needed) if not isinstance(words, SAID)]
    assert asdict(shown)["levels"] == tuple(asdict(level) for level in feedback.read(read).levels)


def test_what_a_result_said_stays_where_it_would_be_said_otherwise_today(app):
    kept, old = frozen(), "Words of another version."
    kept["levels"][1]["conditions"][0]["words"] = old
    shown = letter.letter(FRAMEWORK, kept)
    assert shown.levels[1].conditions[0].words == old
    with app.test_request_context(), speaking(pseudo()):
        assert as_stored(old) == f'<span lang="en">{old}</span>'
        assert as_stored(shown.levels[0].conditions[0].words) != shown.levels[0].conditions[0].words
