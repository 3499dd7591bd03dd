"""The standards change while somebody answers: who has begun stays on theirs, and whoever begins takes the new ones."""

import shutil
from pathlib import Path

from flask import Flask

from coprod.assessments import queries
from coprod.certificates import document
from coprod.certificates.rules import from_json
from coprod.framework.load import load_library
from coprod.framework.model import Framework
from coprod.framework.queries import LIBRARY, current_framework
from coprod.settings import ROOT
from tests.certificates.test_certificates_rows import awarded
from tests.support import assessments
from tests.support.build import actor, lead_of, organisation
from tests.support.client import Client

NEW = "Brand new words"


def test_a_draft_stays_on_the_version_that_it_was_begun_on(app: Flask, tmp_path: Path) -> None:
    first, second = organisation("First"), organisation("Second")
    people = [lead_of(where, f"Lead of {where.name}") for where in (first, second)]
    begun = assessments.started(first, actor(people[0].id))
    old = current_framework()
    assert (begun.version, begun.framework_hash) == (old.version, old.sha256)

    said = old.question("RA1").short
    change_the_standards(app, tmp_path, old, said)
    assert current_framework().version == "1.1"

    other = assessments.started(second, actor(people[1].id))
    assert (queries.framework_of(begun).sha256, other.version) == (old.sha256, "1.1")
    assert queries.framework_of(other).sha256 == current_framework().sha256 != old.sha256
    for email, assessment, words in ((people[0].email, begun, said), (people[1].email, other, NEW)):
        client = Client(app)
        client.sign_in(email)
        assert words in client.get(f"/assessments/{assessment.id}/questions/RA1").text
    assessments.save(begun, "RA1", actor(people[0].id))
    assert queries.rows_of(begun)["RA1"].rating == 2


def test_a_certificate_stays_as_it_was_issued(app: Flask, tmp_path: Path) -> None:
    old = current_framework()
    award = awarded(organisation())
    credential = award.credential or ""
    before = document.render(from_json(award.facts), credential)
    change_the_standards(app, tmp_path, old, old.levels[1].name)
    assert current_framework().levels[1].name == NEW
    assert document.render(from_json(award.facts), credential) == before
    page = Client(app).get(f"/verify/{award.code}").text
    assert "Version 1.0" in page
    assert "Version 1.1" not in page
    assert NEW not in page


def change_the_standards(app: Flask, tmp_path: Path, old: Framework, said: str) -> None:
    """Version 1.1 of the standards, with new words in the place of `said`."""
    folder = tmp_path / "frameworks"
    shutil.copytree(ROOT / "frameworks", folder)
    newer = folder / old.slug / "1.1"
    shutil.copytree(folder / old.slug / "1.0", newer)
    for file in newer.glob("*.yaml"):
        file.write_text(file.read_text().replace('version: "1.0"', 'version: "1.1"'))
    for file in newer.rglob("*.yaml"):
        file.write_text(file.read_text().replace(said, NEW))
    app.extensions[LIBRARY] = load_library(folder)
