import re
import shutil
from pathlib import Path

import pytest

from coprod.framework.load import FrameworkFaults, check, load_library
from coprod.framework.practice import attempt
from tests.framework.test_load import SHIPPED

SLUG, VERSION = "send-coproduction", "1.0"


@pytest.fixture(scope="module")
def library():
    return load_library(SHIPPED)


@pytest.fixture(scope="module")
def practice(library):
    found = library.practice(SLUG, VERSION)
    assert found is not None
    return found


def test_every_shipped_version_has_a_practice_set(library):
    assert set(library.practices) == set(library.frameworks)


def test_the_set_asks_for_ratings_up_and_down_and_for_the_core_check(practice, library):
    apart = [sample.agreed - sample.claimed for sample in practice.samples]
    assert min(apart) < 0 < max(apart)
    assert 0 in apart
    core = next(q.code for q in library.framework(SLUG, VERSION).questions if q.core)
    assert core in {sample.question for sample in practice.samples}


def test_who_rates_everything_as_agreed_passes(practice):
    assert attempt(practice, {sample.id: sample.agreed for sample in practice.samples}).passed


def test_who_believes_every_claim_does_not_pass(practice):
    assert not attempt(practice, {sample.id: sample.claimed for sample in practice.samples}).passed


def test_nobody_passes_before_the_end(practice):
    most = {sample.id: sample.agreed for sample in practice.samples[:-1]}
    done = attempt(practice, most)
    assert (done.rated, done.complete, done.passed) == (len(practice.samples) - 1, False, False)


@pytest.mark.parametrize(
    ("exact", "near", "passed"),
    [(4, 3, True), (4, 2, False), (3, 5, False), (8, 0, True)],
)
def test_so_many_must_be_the_same_and_so_many_at_most_one_apart(practice, exact, near, passed):
    """The shipped mark: of 8 samples 4 the same, and 7 the same or one apart."""
    ratings = {}
    for number, sample in enumerate(practice.samples):
        one_apart = sample.agreed - 1 if sample.agreed else 1
        far = 4 if sample.agreed <= 2 else 0
        ratings[sample.id] = sample.agreed if number < exact else one_apart if number < exact + near else far
    assert attempt(practice, ratings).passed is passed


BROKEN = {
    "a question that there is not": ("question: LLE1", "question: LLE9", "There is no question LLE9."),
    "an audience that there is not": ("audience: service", "audience: everybody", "There is no audience everybody."),
    "a kind that there is not": ("kind: feedback", "kind: gossip", "There is no kind of evidence called gossip."),
    "two of one name": ("id: looks-small", "id: three-changes", "Two samples are called three-changes."),
    "a mark nobody reaches": ("within_one: 7", "within_one: 9", "Ask for no more within one than there are samples"),
    "another version": ('version: "1.0"', 'version: "1.1"', "These samples are for send-coproduction 1.0."),
    "a rating off the scale": ("agreed: 2", "agreed: 5", "4"),
    "an entry nobody knows": ("to_pass:", "colour: red\nto_pass:", "colour"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_set_is_refused_with_its_place(case, tmp_path: Path):
    shutil.copytree(SHIPPED, tmp_path / "all")
    file = tmp_path / "all" / SLUG / VERSION / "practice.yaml"
    old, new, words = BROKEN[case]
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    faults = check(tmp_path / "all").faults
    assert any(re.search(re.escape(words), str(fault)) and "practice.yaml" in str(fault) for fault in faults), faults
    with pytest.raises(FrameworkFaults):
        load_library(tmp_path / "all")
