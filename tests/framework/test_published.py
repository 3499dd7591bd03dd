"""What is shipped stays as it is."""

import time

import pytest

from coprod.framework.load import load_library
from coprod.framework.model import Area, Audience, FromFamilies, UnknownCode
from tests.framework.conftest import FRAMEWORKS

# If this no longer matches, leave the hash alone: a correction is a new version, in a folder or file of its own.
PUBLISHED = {
    ("send-coproduction", "1.0"): "3262060a31a95d93d29f350278d045dffa6842d5c8f2aea23b42521ca9d6583c",
    ("charter", "1.0"): "17fa7342833710b4920f1fd7c207c2de8ad4157223dda1bbd1c9095b985775ee",
}


@pytest.fixture(scope="module")
def library():
    return load_library(FRAMEWORKS)


def test_a_shipped_version_never_changes(library):
    shipped = {**library.frameworks, **library.charters}
    assert {key: version.sha256 for key, version in shipped.items()} == PUBLISHED


def test_there_are_five_values_of_five_questions_and_six_checks(shipped):
    assert [value.code for value in shipped.values] == ["LLE", "WT", "AMB", "RA", "HOT"]
    for value in shipped.values:
        assert [question.code for question in value.questions] == [f"{value.code}{n}" for n in range(1, 6)]
        assert all(shipped.value_of(question.code) is value for question in value.questions)
        assert any(question.check for question in value.questions)
    assert [check.code for check in shipped.checks] == ["LLE3", "WT1", "WT2", "AMB4", "RA1", "HOT4"]
    assert shipped.core_check.code == "RA1"
    assert shipped.core_check.title == "Can we evidence where parent voice changed the plan?"


def test_every_question_has_all_its_words(shipped):
    for question in shipped.questions:
        assert set(question.wording) == set(Audience)
        assert len(question.descriptors) == len(shipped.scale) == 5
        assert all([question.plain, question.help, question.prompts, question.scope])
        assert len(question.short.split()) <= 5
        assert set(question.scope) <= set(Area)


def test_the_words_are_kind_and_calm(library, shipped):
    """No exclamation marks, and nobody has ever failed."""
    for file in FRAMEWORKS.rglob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        assert "!" not in text
        assert "fail" not in text.lower()


def test_plain_words_are_short_sentences(shipped):
    for thing in (*shipped.values, *shipped.questions):
        sentences = thing.plain.replace("?", ".").split(".")
        assert all(len(sentence.split()) <= 14 for sentence in sentences), thing.code


def test_levels_are_those_that_the_area_will_see(shipped):
    table = [(each.code, each.name, each.petals, each.valid_years, each.reviewers) for each in shipped.levels]
    assert table == [
        ("developing", "Developing", 2, 2, 1),
        ("established", "Established", 3, 3, 2),
        ("embedded", "Embedded", 5, 3, 2),
    ]
    assert [each.second_look for each in shipped.levels] == [True, False, False]


def test_look_ups_answer_for_what_is_there_and_name_what_is_not(shipped):
    assert shipped.question("RA1").short == "Voice changed the plan"
    assert shipped.value("HOT").name == "Honest, open and transparent"
    assert shipped.level("embedded").petals == 5
    assert shipped.rung(4).name == "Sharing decisions"
    assert shipped.evidence_kind("family_voice").from_families is FromFamilies.YES
    for look_up, code in (
        (shipped.question, "ZZ1"),
        (shipped.value, "ZZ"),
        (shipped.value_of, "ZZ1"),
        (shipped.level, "gold"),
        (shipped.evidence_kind, "film"),
        (shipped.rules_for, "ZZ1"),
        (shipped.rung, 5),
        (shipped.rung, -1),
    ):
        with pytest.raises(UnknownCode, match=str(code)):
            look_up(code)


def test_the_charter_is_a_promise_with_a_place_for_the_areas_own_words(library, shipped):
    charter = library.latest_charter()
    assert [value.name for value in charter.values] == [value.name for value in shipped.values]
    assert charter.commitments.awaited
    assert charter.commitments.placeholder
    assert charter.conditions.commitments == 3
    assert charter.conditions.at_least_one_about == "feedback"
    assert charter.lapse.reminder_days == (60, 14)
    assert "not an award" in charter.declaration


def test_loading_is_quick():
    started = time.perf_counter()
    load_library(FRAMEWORKS)
    assert time.perf_counter() - started < 0.15
