from dataclasses import replace
from datetime import date, timedelta

import pytest

from coprod.charter.rules import Ending, Promised, Standing, check, check_in_due, last_day, standing
from coprod.errors import Invalid
from coprod.framework.charter import Lapse, SignUpConditions

LAPSE = Lapse(lapses_months=12, check_in_months=12, reminder_days=(60, 14), overdue_days=30, lapse_days=90)
WANTED = SignUpConditions(senior_lead=True, family_link=True, commitments=3, at_least_one_about="feedback")
SIGNED = date(2026, 3, 1)
YEAR = date(2027, 3, 1)
DAY = timedelta(days=1)


def stands(
    today: date, *, assessed: date | None = None, checked: date | None = None, ended: str | None = None
) -> Standing:
    return standing(
        counts_from=SIGNED, assessed_on=assessed, checked_in_on=checked, ended_as=ended, lapse=LAPSE, today=today
    )


@pytest.mark.parametrize(
    ("today", "expected"),
    [(SIGNED, Standing.SIGNED_UP), (YEAR, Standing.SIGNED_UP), (YEAR + DAY, Standing.LAPSED)],
)
def test_without_an_assessment_a_sign_up_has_twelve_months(today: date, expected: Standing) -> None:
    assert stands(today) is expected


def test_checking_in_does_not_stand_in_for_an_assessment() -> None:
    assert stands(YEAR + DAY, checked=date(2027, 2, 1)) is Standing.LAPSED


SENT = date(2026, 9, 10)
DUE = date(2027, 9, 10)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (YEAR + DAY, Standing.SIGNED_UP),
        (DUE, Standing.SIGNED_UP),
        (DUE + 30 * DAY, Standing.SIGNED_UP),
        (DUE + 31 * DAY, Standing.CHECK_IN_OVERDUE),
        (DUE + 90 * DAY, Standing.CHECK_IN_OVERDUE),
        (DUE + 91 * DAY, Standing.LAPSED),
    ],
)
def test_with_an_assessment_a_check_in_is_due_every_year(today: date, expected: Standing) -> None:
    assert stands(today, assessed=SENT, checked=SENT) is expected


def test_each_check_in_moves_the_next_one() -> None:
    assert stands(DUE + 200 * DAY, assessed=SENT, checked=DUE) is Standing.SIGNED_UP


@pytest.mark.parametrize("how", Ending)
@pytest.mark.parametrize("today", [SIGNED, YEAR + DAY])
def test_an_ending_says_more_than_dates(how: Ending, today: date) -> None:
    assert stands(today, ended=how.value) == how.value


def test_only_two_standings_are_in_force_and_each_has_words() -> None:
    assert [each for each in Standing if each.in_force] == [Standing.SIGNED_UP, Standing.CHECK_IN_OVERDUE]
    assert all(each.words for each in Standing)


def test_the_twenty_ninth_of_february_has_a_year_too() -> None:
    leap = date(2028, 2, 29)
    assert last_day(counts_from=leap, assessed_on=None, checked_in_on=None, lapse=LAPSE) == date(2029, 2, 28)
    assert check_in_due(counts_from=leap, checked_in_on=None, lapse=LAPSE) == date(2029, 2, 28)


def test_the_months_are_those_of_the_charter() -> None:
    longer = replace(LAPSE, lapses_months=18)
    assert last_day(counts_from=SIGNED, assessed_on=None, checked_in_on=None, lapse=longer) == date(2027, 9, 1)


GOOD = (
    Promised("Tell families what we did", SIGNED + 30 * DAY, about_feedback=True),
    Promised("Ask more families", SIGNED + 60 * DAY),
    Promised("Share a decision", SIGNED + DAY),
)


def test_three_dated_promises_with_one_about_feedback_are_what_is_asked() -> None:
    check(GOOD, conditions=WANTED, today=SIGNED)


@pytest.mark.parametrize(
    ("promises", "field"),
    [
        (GOOD[:2], "commitment_1"),
        ((*GOOD, GOOD[0]), "commitment_1"),
        ((), "commitment_1"),
        ((GOOD[0], replace(GOOD[1], text=" \u200b "), GOOD[2]), "commitment_2"),
        ((GOOD[0], GOOD[1], replace(GOOD[2], text="…!")), "commitment_3"),
        ((GOOD[0], GOOD[1], replace(GOOD[2], text="x" * 301)), "commitment_3"),
        ((replace(GOOD[0], due=SIGNED), GOOD[1], GOOD[2]), "due_1"),
        ((GOOD[0], replace(GOOD[1], due=SIGNED - DAY), GOOD[2]), "due_2"),
        ((GOOD[0], GOOD[1], replace(GOOD[2], due=date(2029, 3, 2))), "due_3"),
        ((replace(GOOD[0], about_feedback=False), GOOD[1], GOOD[2]), "feedback_1"),
    ],
)
def test_what_is_missing_is_named_with_its_field(promises: tuple[Promised, ...], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check(promises, conditions=WANTED, today=SIGNED)
    assert refusal.value.field == field


def test_the_longest_and_furthest_promise_is_fine() -> None:
    last = replace(GOOD[2], text="x" * 300, due=date(2029, 3, 1))
    check((*GOOD[:2], last), conditions=WANTED, today=SIGNED)
