from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coprod.calendar import add_months, add_working_days, bank_holidays, days_in, is_working_day
from coprod.errors import DomainError

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def test_english_bank_holidays_are_known_without_a_network():
    known = bank_holidays()
    assert {date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1), date(2026, 4, 6)} <= known
    assert date(2026, 11, 30) not in known, "St Andrew's day is Scotland's"


def test_ten_working_days_over_christmas_skip_weekends_and_bank_holidays():
    assert add_working_days(date(2026, 12, 18), 10, bank_holidays()) == date(2027, 1, 6)


def test_school_holidays_are_skipped_where_the_area_names_them():
    half_term = {date(2027, 2, day) for day in range(15, 20)}
    assert add_working_days(date(2027, 2, 12), 1, half_term) == date(2027, 2, 22)


def test_days_count_forward_only():
    with pytest.raises(ValueError, match="forward"):
        add_working_days(date(2026, 1, 1), -1, ())


@given(DAYS, st.integers(1, 40))
def test_the_last_day_is_a_working_day_and_so_many_lie_between(start, days):
    end = add_working_days(start, days, bank_holidays())
    between = [date.fromordinal(n) for n in range(start.toordinal() + 1, end.toordinal() + 1)]
    assert is_working_day(end, bank_holidays())
    assert sum(is_working_day(day, bank_holidays()) for day in between) == days


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 11, 22), 36, date(2029, 11, 22)),
        (date(2024, 2, 29), -12, date(2023, 2, 28)),
        (date(2023, 2, 28), -12, date(2022, 2, 28)),
        (date(2028, 2, 29), -48, date(2024, 2, 29)),
        (date(2026, 1, 31), -2, date(2025, 11, 30)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 1), -1, date(2025, 12, 1)),
        (date(2026, 12, 31), -36, date(2023, 12, 31)),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day, months, later):
    assert add_months(day, months) == later


@given(DAYS, st.integers(-60, 60))
def test_months_never_spill_into_another_month(day, months):
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months


def test_school_holidays_come_from_a_file_with_a_date_a_line(tmp_path):
    file = tmp_path / "holidays.txt"
    file.write_text("# Autumn\n2026-10-26\n\n2026-10-27  # inset day\n")
    assert days_in(file) == {date(2026, 10, 26), date(2026, 10, 27)}


def test_a_day_that_can_not_be_read_is_named_with_its_line(tmp_path):
    file = tmp_path / "holidays.txt"
    file.write_text("2026-10-26\n27 October\n")
    with pytest.raises(DomainError, match="line 2: '27 October' is not a date"):
        days_in(file)
