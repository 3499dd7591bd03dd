"""What the public is told, for every case that dates can make."""

from datetime import date, timedelta
from itertools import product

import pytest

from coprod.calendar import add_months
from coprod.charter import rules as charter
from coprod.directory.day import Day, Limits
from coprod.directory.rules import Award, Happened, Signing, Standing, history, progress, status
from coprod.framework.charter import Lapse

TODAY = date(2026, 11, 22)
LIMITS = Limits()
DAY = Day.of(TODAY, LIMITS)
LAPSE = Lapse(lapses_months=12, check_in_months=12, reminder_days=(60, 14), overdue_days=30, lapse_days=90)
SIGNED = Signing(date(2026, 3, 3), date(2026, 3, 3))
AWARD = Award("Established", 3, date(2026, 3, 3), date(2029, 3, 2), code="abc")
LONG_AGO = date(2025, 11, 22)


def told(*signings: Signing, awards: tuple[Award, ...] = ()) -> tuple[str, str, date, int | None]:
    found = status(signings, awards, DAY)
    assert found is not None
    return found.words, found.sentence, found.on, found.petals


def test_signing_is_a_quiet_tag_without_petals() -> None:
    assert told(SIGNED) == ("Signed up", "Signed the charter on", date(2026, 3, 3), None)


def test_an_award_in_force_says_its_level_with_its_petals() -> None:
    assert told(SIGNED, awards=(AWARD,)) == (
        "Established",
        "Holds the Established award until",
        date(2029, 3, 2),
        3,
    )


@pytest.mark.parametrize(
    ("valid_to", "words"), [(TODAY, "Established"), (TODAY - timedelta(days=1), "Award expired")]
)
def test_an_award_holds_through_the_whole_of_its_last_day(valid_to: date, words: str) -> None:
    assert told(SIGNED, awards=(AWARD._replace(valid_to=valid_to),))[0] == words


@pytest.mark.parametrize(
    ("ended_as", "words"),
    [("withdrawn", "Award withdrawn"), ("revoked", "Award withdrawn"), ("lapsed", "Award lapsed")],
)
def test_an_award_that_was_ended_says_so_for_twelve_months(ended_as: str, words: str) -> None:
    recent = AWARD._replace(ended_as=ended_as, ended_on=LONG_AGO + timedelta(days=1))
    assert told(SIGNED, awards=(recent,))[0] == words
    assert told(SIGNED, awards=(recent._replace(ended_on=LONG_AGO),))[0] == "Signed up"


def test_an_award_that_a_newer_one_replaced_is_not_told() -> None:
    replaced = AWARD._replace(ended_as="superseded", ended_on=TODAY)
    newer = Award("Embedded", 5, TODAY, date(2029, 11, 21))
    assert told(SIGNED, awards=(replaced, newer))[0] == "Embedded"
    assert told(SIGNED, awards=(replaced,))[0] == "Signed up"


def test_the_newest_award_in_force_counts() -> None:
    expired = AWARD._replace(level="Embedded", issued_on=date(2026, 5, 1), valid_to=date(2026, 6, 1))
    assert told(SIGNED, awards=(AWARD, expired))[0] == "Established"


def test_a_late_check_in_is_said_before_an_award() -> None:
    late = SIGNED._replace(counts_from=date(2025, 9, 1), assessed_on=date(2025, 9, 10), checked_in_on=date(2025, 10, 1))
    assert told(late, awards=(AWARD,)) == (
        "Check-in overdue",
        "Its yearly check-in was due by",
        date(2026, 10, 1),
        None,
    )


def test_who_sent_no_assessment_in_time_has_lapsed_even_before_it_is_written_down() -> None:
    late = Signing(date(2025, 11, 21), date(2025, 11, 21))
    assert told(late) == ("Lapsed", "Its signing lapsed on", date(2026, 11, 21), None)
    assert told(late._replace(counts_from=date(2025, 11, 22)))[0] == "Signed up"


@pytest.mark.parametrize(("ended_as", "words"), [("withdrawn", "Withdrawn"), ("lapsed", "Lapsed")])
def test_an_ended_signing_is_told_for_twelve_months(ended_as: str, words: str) -> None:
    ended = SIGNED._replace(ended_as=ended_as, ended_on=LONG_AGO + timedelta(days=1))
    assert told(ended)[0] == words
    assert told(ended._replace(ended_on=LONG_AGO))[0] == "Not signed up now"


def test_of_two_signings_of_one_day_the_later_one_is_told() -> None:
    left = SIGNED._replace(ended_as="withdrawn", ended_on=TODAY)
    assert told(left, left._replace(ended_as="revoked"))[1] == "The area took its signing back on"
    assert told(left._replace(ended_as="revoked"), left)[1] == "Withdrew from the charter on"


def test_who_left_is_withdrawn_whatever_award_they_hold() -> None:
    left = SIGNED._replace(ended_as="withdrawn", ended_on=TODAY)
    assert told(left, awards=(AWARD,)) == ("Withdrawn", "Withdrew from the charter on", TODAY, None)


def test_who_signed_again_is_signed_up() -> None:
    before = Signing(date(2024, 1, 1), date(2024, 1, 1), ended_as="withdrawn", ended_on=date(2026, 1, 1))
    assert told(before, SIGNED)[0] == "Signed up"


def test_who_never_signed_and_holds_nothing_has_no_status() -> None:
    assert status([], [], DAY) is None
    assert told(awards=(AWARD,))[0] == "Established"


DAYS = [date(2023, 12, 1) + timedelta(days=n) for n in range(0, 500)]


@pytest.mark.parametrize(
    "today", [date(2025, 2, 28), date(2024, 2, 29), date(2025, 3, 1), TODAY, date(2025, 12, 31), date(2025, 3, 30)]
)
def test_a_signing_stands_as_the_charters_own_rules_say(today: date) -> None:
    """The same answer for every day that a signing can begin, with and without an assessment and a check-in."""
    day = Day.of(today, LIMITS)
    for start, assessed, checked in product(DAYS, (None, 0, 100), (None, 0, 200)):
        began = add_months(start, -6)
        dates = {
            "counts_from": began,
            "assessed_on": None if assessed is None else began + timedelta(days=assessed),
            "checked_in_on": None if checked is None else began + timedelta(days=checked),
        }
        signing = Signing(signed_on=began, **dates)
        said = charter.standing(**dates, ended_as=None, lapse=LAPSE, today=today)
        lapsed = signing.settled(day)
        assert (lapsed.ended_as == "lapsed") == (said is charter.Standing.LAPSED), (today, dates)
        if lapsed.ended_on:
            assert lapsed.ended_on == charter.last_day(**dates, lapse=LAPSE)
        else:
            assert signing.is_overdue(day) == (said is charter.Standing.CHECK_IN_OVERDUE), (today, dates)


def test_history_is_told_newest_first() -> None:
    signings = [
        Signing(date(2023, 1, 1), date(2023, 1, 1), ended_as="withdrawn", ended_on=date(2024, 1, 1)),
        Signing(date(2025, 1, 1), date(2025, 1, 1), ended_as="superseded", ended_on=date(2025, 6, 1)),
        Signing(date(2025, 6, 1), date(2025, 6, 1)),
    ]
    awards = [
        Award("Developing", 2, date(2023, 2, 1), date(2023, 12, 31)),
        Award("Developing", 2, date(2025, 7, 1), date(2027, 7, 1), "superseded", date(2026, 2, 1)),
        Award("Established", 3, date(2026, 2, 1), date(2029, 2, 1), "revoked", date(2026, 5, 1)),
    ]
    assert history(signings, awards, today=TODAY) == (
        Happened(date(2026, 5, 1), "Established award was withdrawn"),
        Happened(date(2026, 2, 1), "Awarded Established"),
        Happened(date(2025, 7, 1), "Awarded Developing"),
        Happened(date(2025, 6, 1), "Signed the charter again"),
        Happened(date(2025, 1, 1), "Signed the charter again"),
        Happened(date(2024, 1, 1), "Withdrew from the charter"),
        Happened(date(2023, 12, 31), "Developing award expired"),
        Happened(date(2023, 2, 1), "Awarded Developing"),
        Happened(date(2023, 1, 1), "Signed the charter"),
    )


@pytest.mark.parametrize(
    ("commitments", "kept", "changes", "words"),
    [
        (3, 2, 0, "2 of 3 commitments kept so far"),
        (3, 2, 1, "1 change families asked for"),
        (3, 0, 1200, "1,200 changes families asked for"),
        (0, 0, 0, ""),
    ],
)
def test_a_line_of_the_list_says_what_came_of_signing(commitments: int, kept: int, changes: int, words: str) -> None:
    assert progress(commitments=commitments, kept=kept, changes=changes) == words


def test_every_standing_has_words() -> None:
    assert all(standing.words for standing in Standing)
