from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coprod.certificates import rules
from coprod.certificates.rules import Ending, Kind, Status
from tests.support import certificates as samples

LAST = date(2029, 11, 13)
EVE, AFTER = date(2029, 11, 12), date(2029, 11, 14)


@pytest.mark.parametrize(
    ("kind", "valid_to", "today", "expected"),
    [
        (Kind.AWARD, LAST, EVE, Status.VALID),
        (Kind.AWARD, LAST, LAST, Status.VALID),
        (Kind.AWARD, LAST, AFTER, Status.EXPIRED),
        (Kind.SIGNING, None, AFTER, Status.VALID),
        (Kind.SIGNING, LAST, LAST, Status.VALID),
        (Kind.SIGNING, LAST, AFTER, Status.LAPSED),
    ],
)
def test_a_certificate_is_valid_through_its_last_day(
    kind: Kind, valid_to: date | None, today: date, expected: Status
) -> None:
    assert rules.status(kind=kind, valid_to=valid_to, ended_as=None, today=today) is expected


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("how", Ending)
@pytest.mark.parametrize("today", [EVE, AFTER])
def test_an_ending_says_more_than_a_last_day(kind: Kind, how: Ending, today: date) -> None:
    assert rules.status(kind=kind, valid_to=LAST, ended_as=how.value, today=today) == how.value


def test_every_status_has_words() -> None:
    assert all(status.words for status in Status)
    assert len({status.words for status in Status}) == len(Status)


@given(st.integers(0, (1 << rules.CODE_BITS) - 1))
def test_a_code_is_seven_groups_of_four_and_reads_back(number: int) -> None:
    made = rules.code(number)
    assert [len(group) for group in made.split("-")] == [4] * 7
    assert set(made) <= set(rules.ALPHABET) | {"-"}
    assert rules.read_code(made) == made


@given(st.sets(st.integers(0, (1 << rules.CODE_BITS) - 1), max_size=20))
def test_different_numbers_make_different_codes(numbers: set[int]) -> None:
    assert len({rules.code(number) for number in numbers}) == len(numbers)


def test_a_code_has_at_least_128_bits() -> None:
    assert rules.CODE_BITS >= 128
    for wrong in (-1, 1 << rules.CODE_BITS):
        with pytest.raises(ValueError, match="bits"):
            rules.code(wrong)


CODE = "7Q40-M2PD-W9XA-3RTE-1111-0000-ZZZZ"


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        CODE.lower(),
        CODE.replace("-", ""),
        CODE.replace("-", " "),
        f"  {CODE}\n",
        CODE.replace("-", "\u2013"),
        CODE.replace("-", "\u00a0"),
        CODE.replace("0", "O"),
        CODE.replace("0", "o").lower(),
        CODE.replace("1", "I"),
        CODE.replace("1", "l"),
        f"https://charter.example.org/verify/{CODE}",
        f"charter.example.org/verify/{CODE}/",
    ],
)
def test_a_typed_code_is_read_kindly(typed: str) -> None:
    assert rules.read_code(typed) == CODE


@pytest.mark.parametrize(
    "typed", ["", "-", CODE[:-1], CODE + "0", CODE.replace("Z", "U"), "é" * 28, "²" * 28, "٣" * 28]
)
def test_what_can_not_be_a_code_is_none(typed: str) -> None:
    assert rules.read_code(typed) is None


@given(st.text(max_size=80))
def test_reading_a_code_never_fails(typed: str) -> None:
    read = rules.read_code(typed)
    assert read is None or rules.read_code(read) == read


@pytest.mark.parametrize(
    ("issued", "years", "last"),
    [
        (date(2026, 11, 14), 3, date(2029, 11, 13)),
        (date(2028, 2, 29), 1, date(2029, 2, 27)),
        (date(2027, 3, 1), 1, date(2028, 2, 29)),
        (date(2026, 1, 1), 2, date(2027, 12, 31)),
    ],
)
def test_the_last_day_of_an_award(issued: date, years: int, last: date) -> None:
    assert rules.last_day(issued, years) == last


@pytest.mark.parametrize(
    ("scheme", "value", "parent", "said"),
    [
        ("urn", "012345", None, "URN 012345"),
        ("ods", "RP1", "Example Trust", "ODS code RP1"),
        ("none", None, "Example Council", "Service of Example Council"),
        ("none", None, None, "No official number"),
    ],
)
def test_the_official_code_in_words(scheme: str, value: str | None, parent: str | None, said: str) -> None:
    assert rules.official_code(scheme, value, parent) == said


@pytest.mark.parametrize("made", [samples.award(), samples.signing(), samples.award(demonstration=True)])
def test_facts_are_kept_whole(made: rules.Facts) -> None:
    assert rules.from_json(rules.as_json(made)) == made


@pytest.mark.parametrize(
    ("words", "expected"), [("", 1), ("a" * 10, 1), ("a" * 11, 2), ("A" * 10, 2), ("名" * 10, 2), ("a" * 21, 3)]
)
def test_longer_words_are_printed_smaller(words: str, expected: int) -> None:
    assert rules.size(words, (10, 20)) == expected


def test_the_register_holds_a_hash_and_not_the_code() -> None:
    assert len(rules.digest(CODE)) == 64
    assert rules.digest(CODE) != rules.digest(CODE.replace("7", "8"))


def other(facts: rules.Facts, **changed: Any) -> rules.Facts:
    return rules.from_json({**rules.as_json(facts), **changed})


def test_the_link_is_the_address_and_the_code() -> None:
    made = other(samples.award(), address="https://charter.example.org/verify", code=CODE)
    assert made.link == f"https://charter.example.org/verify/{CODE}"
    assert made.address_words == "charter.example.org/verify"
