"""From one version of the standards to the next: nothing is carried over but an answer to the same words."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coprod.framework import versions
from coprod.framework.load import FrameworkFaults, load_framework, load_library, load_next
from coprod.framework.model import Framework
from coprod.framework.versions import Became, Move
from tests.framework.conftest import FRAMEWORKS

HERE = Path(__file__).parent
SHIPPED = load_framework(FRAMEWORKS / "send-coproduction" / "1.0")
CODES = [question.code for question in SHIPPED.questions]


def changed(framework: Framework, **words: object) -> Framework:
    """The same standards with other words for RA1."""
    values = tuple(
        replace(value, questions=tuple(replace(q, **words) if q.code == "RA1" else q for q in value.questions))
        for value in framework.values
    )
    return replace(framework, version="1.1", values=values)


def without(framework: Framework, code: str) -> Framework:
    values = tuple(
        replace(value, questions=tuple(q for q in value.questions if q.code != code)) for value in framework.values
    )
    return replace(framework, version="1.1", values=values)


@pytest.fixture
def root(tmp_path):
    """Two versions: in 1.1, AA1 asks in other words, and everything else is as it was."""
    root = Path(shutil.copytree(HERE / "data", tmp_path / "frameworks"))
    newer = Path(shutil.copytree(root / "small" / "1.0", root / "small" / "1.1"))
    edit(newer / "framework.yaml", 'version: "1.0"', 'version: "1.1"')
    edit(newer / "values" / "1-aa.yaml", "wording_version: 1", "wording_version: 2")
    return root


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def say(root: Path, moves: str, *, name: str = "from-1.0.yaml", older: str = "1.0", newer: str = "1.1") -> None:
    head = f'slug: small\nolder: "{older}"\nnewer: "{newer}"\nmoves:\n'
    (root / "small" / "1.1" / name).write_text(head + moves, encoding="utf-8")


def faults(root: Path) -> list[str]:
    with pytest.raises(FrameworkFaults) as refused:
        load_library(root)
    return [str(fault) for fault in refused.value.faults]


def test_a_version_is_the_same_as_itself():
    moves = versions.mapping(SHIPPED, SHIPPED)
    assert list(moves) == CODES
    assert all(move == Move(code, Became.SAME, (code,)) and move.carried for code, move in moves.items())
    assert versions.added(SHIPPED, moves) == ()


@pytest.mark.parametrize(
    "words",
    [
        {"wording_version": 2},
        {"title": "Other"},
        {"plain": "Other"},
        {"descriptors": tuple("abcde")},
        {"help": "Other"},
    ],
    ids=lambda words: next(iter(words)),
)
def test_whatever_somebody_reads_before_answering_makes_it_another_question_when_it_changes(words):
    moves = versions.mapping(SHIPPED, changed(SHIPPED, **words))
    assert moves["RA1"] == Move("RA1", Became.CHANGED, ("RA1",))
    assert not moves["RA1"].carried
    assert [code for code, move in moves.items() if not move.carried] == ["RA1"]


def test_what_is_gone_is_dropped_and_what_is_new_is_added():
    smaller = without(SHIPPED, "HOT5")
    assert versions.mapping(SHIPPED, smaller)["HOT5"] == Move("HOT5", Became.DROPPED)
    assert versions.added(SHIPPED, versions.mapping(smaller, SHIPPED)) == ("HOT5",)


def test_what_people_wrote_down_comes_before_what_the_words_show():
    said = Move("RA1", Became.SPLIT, ("RA1", "RA2"), why="One question asked two things.")
    moves = versions.mapping(SHIPPED, changed(SHIPPED, wording_version=2), [said])
    assert moves["RA1"] is said
    assert versions.came_from(moves)["RA2"] == (said, Move("RA2", Became.SAME, ("RA2",)))


@given(
    st.lists(
        st.builds(
            Move,
            st.sampled_from([*CODES, "ZZ9"]),
            st.sampled_from(Became),
            st.lists(st.sampled_from([*CODES, "ZZ9"]), max_size=3).map(tuple),
        ),
        max_size=4,
    )
)
def test_no_mapping_that_is_borne_out_carries_an_answer_to_other_words(moves):
    """Whatever is written down: an answer is carried only to the same code, in the same words."""
    newer = changed(SHIPPED, wording_version=2)
    if list(versions.disagreements(SHIPPED, newer, moves)):
        return
    for code, move in versions.mapping(SHIPPED, newer, moves).items():
        if move.carried:
            assert move.to == (code,)
            assert code != "RA1"
            assert versions.same_words(SHIPPED.question(code), newer.question(code))


def test_a_library_says_what_became_of_each_question(root):
    say(root, "- {code: AA1, became: changed, to: [AA1], why: Parents found it hard to read.}\n")
    library = load_library(root)
    moves = library.mapping(library.framework("small", "1.0"), library.framework("small", "1.1"))
    assert moves["AA1"] == Move("AA1", Became.CHANGED, ("AA1",), "Parents found it hard to read.")
    assert {code: move.became for code, move in moves.items() if code != "AA1"} == dict.fromkeys(
        [code for code in moves if code != "AA1"], Became.SAME
    )


def test_a_library_without_a_mapping_goes_by_the_words(root):
    library = load_library(root)
    moves = library.mapping(library.framework("small", "1.0"), library.framework("small", "1.1"))
    assert moves["AA1"] == Move("AA1", Became.CHANGED, ("AA1",))


@pytest.mark.parametrize(
    ("moves", "fault"),
    [
        ("- {code: ZZ1, became: dropped}\n", "moves[0]: Version 1.0 has no question ZZ1."),
        ("- {code: AA1, became: changed, to: [ZZ1]}\n", "moves[0]: Version 1.1 has no question ZZ1."),
        ("- {code: AA1, became: same, to: [AA1]}\n", "The words of AA1 are not the same in both versions"),
        ("- {code: AA2, became: same, to: [BB1]}\n", "AA2 can't be the same under another code"),
        ("- {code: AA1, became: changed}\n", "Say in “to” which one question asks AA1 now."),
        ("- {code: AA1, became: split, to: [AA1]}\n", "Say in “to” which two or more questions ask AA1 now."),
        ("- {code: AA1, became: dropped, to: [AA1]}\n", "AA1 is dropped, so leave “to” out."),
        ("- {code: AA1, became: dropped}\n- {code: AA1, became: dropped}\n", "moves[1]: AA1 is listed twice."),
        ("- {code: AA1, became: moved}\n", "Write one of these: 'same', 'changed', 'split' or 'dropped'."),
        ("- {code: AA1, became: dropped, whom: us}\n", "“whom” is not an entry that we know."),
    ],
)
def test_a_mapping_that_is_not_so_is_refused_with_its_file_and_line(root, moves, fault):
    say(root, moves)
    (found,) = faults(root)
    assert found.startswith("small/1.1/from-1.0.yaml, line ")
    assert fault in found


def test_a_mapping_from_a_version_that_is_not_here_is_refused(root):
    say(root, "- {code: AA1, became: dropped}\n", name="from-0.9.yaml", older="0.9")
    assert faults(root) == [
        "small/1.1/from-0.9.yaml, line 1: There is no version 0.9 of “small” here, or it has faults."
    ]


def test_a_mapping_stands_where_its_name_says(root):
    say(root, "- {code: AA1, became: dropped}\n", name="moves.yaml")
    assert faults(root) == ["small/1.1/moves.yaml, line 1: Put this in the folder 1.1, as from-1.0.yaml."]


def test_a_version_that_is_not_in_use_yet_is_read_with_what_becomes_of_the_old_questions(root):
    say(root, "- {code: AA1, became: changed, to: [AA1], why: Clearer.}\n")
    old = load_framework(root / "small" / "1.0")
    new, moves = load_next(root / "small" / "1.1", old)
    assert (new.version, moves["AA1"].why) == ("1.1", "Clearer.")
    say(root, "- {code: AA1, became: same, to: [AA1]}\n")
    with pytest.raises(FrameworkFaults):
        load_next(root / "small" / "1.1", old)
