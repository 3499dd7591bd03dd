from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coprod.evidence.screening import UPN_LETTERS, What, is_nhs_number, is_pupil_number, signs

TODAY = date(2026, 11, 22)


def found(text: str) -> list[What]:
    return [sign.what for sign in signs([("here", text)], today=TODAY)]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Sam Reed, dob 12/03/2015", What.BIRTH),
        ("Sam Reed (born 3rd May 2015)", What.BIRTH),
        ("D.O.B: 2015-05-03", What.BIRTH),
        ("Sam Reed 03.05.2015", What.BIRTH),
        ("NHS number 943 476 5919", What.NHS),
        ("9434765919", What.NHS),
        ("Write to sam.reed@example.org today", What.EMAIL),
        ("Ring 01536 400123", What.PHONE),
        ("Ring 07700 900 123", What.PHONE),
        ("Ring +44 (0)7700 900123", What.PHONE),
        ("12 High Street, NN16 0AP", What.POSTCODE),
        ("nn160ap", What.POSTCODE),
    ],
)
def test_what_is_likely_to_be_about_a_person_is_pointed_out(text, what):
    assert found(text) == [what]


@pytest.mark.parametrize(
    "text",
    [
        "41 of 60 parents said yes on 27 March 2026.",
        "The group met on 3 May 2026",
        "943 476 5918",  # The check digit is wrong.
        "1111111111",
        "Minutes of 2026-03-27, item 12, page 3 of 10",
        "Order 123456789012345",
        "We moved to 9 o'clock. 19 came, up from 12.",
        "",
    ],
)
def test_ordinary_words_are_left_alone(text):
    assert found(text) == []


def test_a_pupil_number_has_its_check_letter():
    digits = "80120000100"
    letter = UPN_LETTERS[sum(int(d) * w for w, d in enumerate(digits + "1", start=2)) % 23]
    upn = f"{letter}{digits}1"
    assert is_pupil_number(upn)
    assert found(f"Pupil {upn} came") == [What.UPN]
    other = UPN_LETTERS[(UPN_LETTERS.index(letter) + 1) % 23]
    assert not is_pupil_number(other + upn[1:])
    assert found(f"Pupil {other}{upn[1:]} came") == []


@given(st.integers(min_value=100_000_000, max_value=999_999_999))
def test_at_most_one_last_digit_makes_an_nhs_number(first_nine):
    assert sum(is_nhs_number(f"{first_nine}{last}") for last in range(10)) <= 1


def test_each_is_said_once_with_where_it_stands():
    pieces = [("page 1", "a@b.org"), ("page 2", "a@b.org and c@d.org")]
    assert [(sign.words, sign.where) for sign in signs(pieces, today=TODAY)] == [
        ("a@b.org", "page 1"),
        ("c@d.org", "page 2"),
    ]


@given(st.text(max_size=400))
def test_no_text_breaks_the_reading(text):
    found(text)


def test_long_odd_texts_are_read_in_no_time():
    """Each of these once took patterns like ours minutes; the run would hang here."""
    for odd in ("a" * 50_000 + "@", "0" * 50_000, "Aa " * 20_000, "1/" * 30_000, "a." * 30_000 + "@" + "b." * 30_000):
        found(odd)
