import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coprod.errors import Invalid
from coprod.text import cleaned, folded, has_words


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200f", "\x00", "\x1b", "\x7f", "\ud800"])
def test_characters_that_hide_or_turn_text_are_refused(hidden):
    with pytest.raises(Invalid, match="can't be seen"):
        cleaned(f"Hazel{hidden}Lane")


@pytest.mark.parametrize("name", ["Ysgol Dŵr", "ਸਕੂਲ", "学校", "مدرسة", "👩‍👧", "O\u2019Brien\nand Sons\t2"])
def test_names_of_every_script_are_kept(name):
    assert cleaned(name) == unicodedata.normalize("NFC", name)


@given(st.text())
def test_cleaning_twice_changes_nothing(text):
    try:
        once = cleaned(text)
    except Invalid:
        return
    assert cleaned(once) == once


@pytest.mark.parametrize("nothing", ["", " ", "\n\t", "\u200b", "\u200c\u200d", "\ufeff", "\u00a0", "\u2060", "\u3000"])
def test_white_space_and_characters_without_width_say_nothing(nothing):
    assert not has_words(nothing)


def test_one_letter_says_something():
    assert has_words(" \u200b a")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("St. Mary's", "st marys"),
        ("ST MARY\u2019S", "st marys"),
        ("  Ysgol   Dŵr ", "ysgol dwr"),
        ("A-B/C", "a b c"),
        ("\U0001d50d", "j"),
    ],
)
def test_search_forgives_case_accents_and_punctuation(typed, found):
    assert folded(typed) == found
