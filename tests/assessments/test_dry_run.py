"""Before a new version is used: who would be affected, and how. Nothing is changed."""

import shutil

import pytest

from coprod.assessments.dry_run import dry_run
from coprod.cli import commands
from coprod.database import db
from coprod.errors import DomainError
from coprod.framework.library import UnknownVersion
from coprod.settings import ROOT
from tests.support import assessments, build

SLUG = "send-coproduction"


@pytest.fixture
def newer(tmp_path):
    """Version 1.1, in which RA1 asks in other words and Developing asks for more."""
    folder = tmp_path / SLUG / "1.1"
    shutil.copytree(ROOT / "frameworks" / SLUG / "1.0", folder)
    (folder / "practice.yaml").unlink()  # Its samples are for the older version.
    edit(folder / "framework.yaml", 'version: "1.0"', 'version: "1.1"')
    value = folder / "values" / "4-ra.yaml"
    edit(value, "wording_version: 1", "wording_version: 2")
    moves = 'slug: send-coproduction\nolder: "1.0"\nnewer: "1.1"\nmoves:\n'
    moves += "- {code: RA1, became: changed, to: [RA1], why: Parents asked for clearer words.}\n"
    (folder / "from-1.0.yaml").write_text(moves, encoding="utf-8")
    return folder


def edit(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_it_says_what_becomes_of_each_question_and_each_organisation(app, school, lead, newer):
    assessments.answered(school, lead)
    other = build.organisation("Maple School")
    their_lead = build.actor(build.lead_of(other, "Mia Maple").id)
    theirs = assessments.submitted(other, their_lead)
    theirs.state = "final"
    db.session.commit()
    said = dry_run(SLUG, "1.0", str(newer))
    assert said == [
        "From version 1.0 to 1.1 of “SEND co-production standards”:",
        "24 questions: asked in the same words.",
        "1 question: asked in other words.",
        "  RA1 Voice changed the plan: asked in other words. Now: RA1. Parents asked for clearer words.",
        "2 organisations with answers to version 1.0:",
        "  Hazel Lane School (in progress): Stays on version 1.0 until it is finished. Next time 24 answers to check "
        "come over, and 1 of 25 are written anew.",
        "  Maple School (final result): Next time 24 answers to check come over, and 1 of 25 are written anew.",
    ]


def test_a_version_that_is_here_changes_nothing_beside_itself(app):
    assert dry_run(SLUG, "1.0", "1.0") == [
        "From version 1.0 to 1.0 of “SEND co-production standards”:",
        "25 questions: asked in the same words.",
        "0 organisations with answers to version 1.0:",
    ]


def test_a_level_that_asks_for_more_is_named(app, newer):
    before = (newer / "framework.yaml").read_text(encoding="utf-8")
    edit(newer / "framework.yaml", "{kind: overall, at_least: 50}", "{kind: overall, at_least: 55}")
    assert before != (newer / "framework.yaml").read_text(encoding="utf-8")
    assert any("asks for something else:" in line and "55%" in line for line in dry_run(SLUG, "1.0", str(newer)))


def test_the_command_says_it_and_refuses_what_is_not_there(app, newer):
    runner = app.test_cli_runner()
    assert (
        "1 question: asked in other words."
        in runner.invoke(commands, ["frameworks", "dry-run", "1.0", str(newer)]).output
    )
    assert isinstance(runner.invoke(commands, ["frameworks", "dry-run", "1.0", "7.0"]).exception, UnknownVersion)
    (newer / "from-1.0.yaml").write_text("slug: x\n", encoding="utf-8")
    assert isinstance(runner.invoke(commands, ["frameworks", "dry-run", "1.0", str(newer)]).exception, DomainError)
