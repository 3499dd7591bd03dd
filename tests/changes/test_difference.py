import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coprod.changes.difference import Mark, Piece, difference

K, A, R = Mark.KEPT, Mark.ADDED, Mark.REMOVED
words = st.text(alphabet="ab \n\t", max_size=60) | st.text(max_size=60)


def joined(pieces: tuple[Piece, ...], left_out: Mark) -> str:
    return "".join(piece.words for piece in pieces if piece.mark is not left_out)


@given(words, words)
def test_the_pieces_join_back_to_both_texts(before, after):
    pieces = difference(before, after)
    assert joined(pieces, A) == before
    assert joined(pieces, R) == after
    assert all(piece.words for piece in pieces)


@given(words)
def test_a_text_that_stays_is_kept_whole(text):
    assert {piece.mark for piece in difference(text, text)} <= {K}


@given(words, words)
def test_no_two_pieces_of_one_kind_stand_side_by_side(before, after):
    marks = [piece.mark for piece in difference(before, after)]
    assert all(one is not next_one for one, next_one in pairwise(marks))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        ("", "New plan.", [(A, "New plan.")]),
        ("Old plan.", "", [(R, "Old plan.")]),
        ("Meet at noon.", "Meet at 6pm.", [(K, "Meet at "), (R, "noon."), (A, "6pm.")]),
        ("Meet on Friday.", "Meet on Friday. Bring tea.", [(K, "Meet on Friday."), (A, " Bring tea.")]),
        ("We phone you.", "We phone or text you.", [(K, "We phone "), (A, "or text "), (K, "you.")]),
        (
            "Parents get a letter home.",
            "Parents get one friendly text home.",
            [(K, "Parents get "), (R, "a letter"), (A, "one friendly text"), (K, " home.")],
        ),
    ],
)
def test_what_changed_is_marked_in_phrases(before, after, expected):
    assert [(piece.mark, piece.words) for piece in difference(before, after)] == expected


@pytest.mark.parametrize(("before", "after"), [("a " * 2500, "b a " * 1250), ("a b c " * 833, "c b a " * 833)])
def test_the_longest_texts_are_compared_at_once(before, after):
    began = time.perf_counter()
    difference(before, after)
    assert time.perf_counter() - began < 2
