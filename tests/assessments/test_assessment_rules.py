from datetime import date

import pytest

from coprod.assessments import rules
from coprod.assessments.rules import TRANSITIONS, Action, Award, Progress, State, Written
from coprod.errors import Invalid, WrongState
from coprod.framework.load import load_library
from coprod.settings import ROOT

FRAMEWORK = load_library(ROOT / "frameworks").latest("send-coproduction")
CHECK, PLAIN, OTHER = FRAMEWORK.question("RA1"), FRAMEWORK.question("LLE1"), FRAMEWORK.question("LLE2")

POSSIBLE = {
    (State.DRAFT, Action.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Action.BEGIN_MODERATION): State.IN_MODERATION,
    (State.IN_MODERATION, Action.ASK_FOR_MORE): State.MORE_ASKED,
    (State.MORE_ASKED, Action.TAKE_UP_AGAIN): State.IN_MODERATION,
    (State.IN_MODERATION, Action.GIVE_PROVISIONAL): State.PROVISIONAL,
    (State.PROVISIONAL, Action.MAKE_FINAL): State.FINAL,
    (State.DRAFT, Action.WITHDRAW): State.WITHDRAWN,
    (State.SUBMITTED, Action.WITHDRAW): State.WITHDRAWN,
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_only_listed_moves_are_possible(state, action):
    if (state, action) in POSSIBLE:
        assert rules.moved(state, TRANSITIONS[action], reason="Two dates are missing.") is POSSIBLE[state, action]
    else:
        with pytest.raises(WrongState, match=state.words):
            rules.moved(state, TRANSITIONS[action], reason="Two dates are missing.")


@pytest.mark.parametrize("action", Action)
def test_asking_for_more_needs_a_reason_and_nothing_else_does(action):
    move = TRANSITIONS[action]
    state = sorted(move.from_states)[0]
    if action is Action.ASK_FOR_MORE:
        with pytest.raises(Invalid, match="Say why"):
            rules.moved(state, move, reason="  ")
    else:
        assert rules.moved(state, move) is move.to


@pytest.mark.parametrize("state", State)
def test_answers_change_only_in_a_draft(state):
    if state is State.DRAFT:
        rules.check_writable(state)
    else:
        with pytest.raises(WrongState):
            rules.check_writable(state)


@pytest.mark.parametrize("state", State)
def test_every_state_has_words_and_all_but_the_last_two_are_open(state):
    assert state.words
    assert state.open == (state not in {State.FINAL, State.WITHDRAWN})


@pytest.mark.parametrize(
    ("rating", "not_applicable", "begun", "expected"),
    [
        (None, False, False, Progress.NOT_STARTED),
        (None, False, True, Progress.IN_PROGRESS),
        (0, False, False, Progress.ANSWERED),
        (3, False, True, Progress.ANSWERED),
        (None, True, True, Progress.ANSWERED),
    ],
)
def test_a_question_is_answered_once_it_has_a_rating_or_does_not_apply(rating, not_applicable, begun, expected):
    assert rules.progress(rating=rating, not_applicable=not_applicable, begun=begun) is expected


A, B, BLANK = Written(rating=2, account="a"), Written(rating=3, account="b"), Written()


@pytest.mark.parametrize(
    ("given", "revision", "new", "stands", "stale"),
    [
        (2, 2, A, B, False),  # Nobody saved in between.
        (1, 2, A, B, True),  # Somebody did.
        (None, 2, A, B, True),  # The form was opened before the first save.
        (1, 2, A, A, False),  # The same once more: a double click.
        (None, 1, A, BLANK, False),  # So far the answer has only evidence.
        (None, None, A, BLANK, False),  # The first save.
    ],
)
def test_a_save_is_stale_where_somebody_saved_something_else_in_between(given, revision, new, stands, stale):
    assert rules.is_stale(given, revision=revision, new=new, stands=stands) is stale


def choice_fault(question, new, marked=()):
    with pytest.raises(Invalid) as refused:
        rules.check_choice(FRAMEWORK, question, new, set(marked))
    return refused.value


@pytest.mark.parametrize("rating", [None, 0, 1, 2, 3, 4])
def test_every_rating_of_the_scale_and_none_yet_can_be_kept(rating):
    rules.check_choice(FRAMEWORK, CHECK, Written(rating=rating), set())


@pytest.mark.parametrize("rating", [-1, 5, 99])
def test_a_rating_that_is_not_on_the_scale_is_refused(rating):
    assert choice_fault(PLAIN, Written(rating=rating)).field == "rating"


@pytest.mark.parametrize("question", FRAMEWORK.checks, ids=lambda question: question.code)
def test_an_authenticity_check_always_applies(question):
    fault = choice_fault(question, Written(not_applicable=True, reason="We are too small."))
    assert fault.field == "rating"
    assert "always applies" in fault.message


def test_one_question_of_a_value_may_not_apply_and_the_refusal_names_the_other():
    new = Written(not_applicable=True, reason="We have no waiting list.")
    rules.check_choice(FRAMEWORK, PLAIN, new, {PLAIN.code, "HOT1"})  # Its own mark, and another value's.
    fault = choice_fault(PLAIN, new, {OTHER.code})
    assert OTHER.short in fault.message
    assert fault.field == "rating"


@pytest.mark.parametrize("reason", ["", "   "])
def test_not_applying_needs_a_reason(reason):
    assert choice_fault(PLAIN, Written(not_applicable=True, reason=reason)).field == "reason"


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2026, 1, 15), date(2026, 1, 15), 0),
        (date(2026, 1, 15), date(2026, 2, 14), 0),
        (date(2026, 1, 15), date(2026, 2, 15), 1),
        (date(2024, 2, 29), date(2025, 2, 28), 12),
        (date(2024, 1, 31), date(2024, 2, 29), 1),
        (date(2024, 11, 22), date(2026, 11, 21), 23),
        (date(2024, 11, 22), date(2026, 11, 22), 24),
    ],
)
def test_months_are_whole(first, last, months):
    assert rules.months_between(first, last) == months


def test_evidence_spans_from_its_earliest_to_its_latest_date_and_not_into_the_future():
    on = date(2026, 11, 22)
    days = [date(2026, 5, 1), None, date(2025, 3, 1), date(2027, 1, 1)]
    assert rules.months_spanned(days, on=on) == 14
    assert rules.months_spanned([None, date(2027, 1, 1)], on=on) == 0
    assert rules.months_spanned([], on=on) == 0


TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("awards", "developing", "established"),
    [
        ([], 0, 0),
        ([Award("established", date(2025, 11, 22), date(2028, 11, 22))], 12, 12),
        ([Award("embedded", date(2025, 5, 22), date(2028, 5, 22))], 18, 18),  # A higher level holds the lower too.
        ([Award("developing", date(2025, 11, 22), date(2027, 11, 22))], 12, 0),
        ([Award("established", date(2022, 1, 1), date(2025, 1, 1))], 0, 0),  # It ran out.
        (  # A renewal continues what it renews.
            [
                Award("established", date(2023, 5, 22), date(2026, 5, 22)),
                Award("established", date(2026, 5, 23), date(2029, 5, 22)),
            ],
            42,
            42,
        ),
        (  # A gap begins again.
            [
                Award("established", date(2020, 1, 1), date(2023, 1, 1)),
                Award("established", date(2026, 5, 22), date(2029, 5, 22)),
            ],
            6,
            6,
        ),
        (  # The step up does not break the lower level.
            [
                Award("developing", date(2024, 11, 22), date(2026, 5, 22)),
                Award("established", date(2026, 5, 22), date(2029, 5, 22)),
            ],
            24,
            6,
        ),
    ],
)
def test_a_level_is_held_for_the_unbroken_run_of_awards_up_to_today(awards, developing, established):
    for order in (awards, awards[::-1]):
        held = rules.months_held(FRAMEWORK, order, today=TODAY)
        assert (held["developing"], held["established"]) == (developing, established)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"what": " "}, "what"),
        ({"owner": ""}, "owner"),
        ({"due": date(2026, 11, 21)}, "due"),
        ({"existing": rules.PLAN_LIMIT}, None),
    ],
)
def test_a_step_of_the_plan_says_what_who_and_when(given, field):
    good = {"what": "Ask about times", "owner": "SENCO", "due": TODAY, "existing": 0}
    rules.check_action(today=TODAY, **good)
    with pytest.raises(Invalid) as refused:
        rules.check_action(today=TODAY, **(good | given))
    assert refused.value.field == field
