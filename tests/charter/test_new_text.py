"""The text of the charter changes: what was signed stays, leads are asked to sign, and signing takes its place."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from coprod import jobs
from coprod.certificates import making
from coprod.charter import operations, queries
from coprod.database import db
from coprod.framework.library import Library
from coprod.framework.load import load_library
from coprod.framework.queries import LIBRARY, current_charter
from coprod.register import queries as register
from coprod.settings import ROOT
from coprod.transaction import transaction
from tests.support.build import MOMENT, actor, lead_of, organisation, sign_up
from tests.support.client import Client
from tests.support.letters import letters_to
from tests.support.signing import PROMISES, filled

TODAY = MOMENT.date()


@pytest.fixture
def newer(tmp_path: Path) -> Library:
    """What a deployment loads once a second version of the charter was added, as a file."""
    shutil.copytree(ROOT / "frameworks", tmp_path / "frameworks")
    first = (tmp_path / "frameworks" / "charter" / "1.0.yaml").read_text()
    changed = first.replace('version: "1.0"', 'version: "1.1"').replace("We will aim high", "We will always aim high")
    (tmp_path / "frameworks" / "charter" / "1.1.yaml").write_text(changed)
    return load_library(tmp_path / "frameworks")


def test_a_new_text_is_asked_for_once_and_signing_it_takes_the_old_ones_place(
    app: Flask, client: Client, newer: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "make_soon", lambda *_given, **_named: None)
    where = organisation()
    lead = lead_of(where)
    with transaction():
        first = operations.sign(
            where,
            **filled(where).named,
            agreed=True,
            commitments=PROMISES,
            actor=actor(lead.id),
            now=MOMENT,
            today=TODAY,
        )
        operations.keep(first.commitments[2], kept_on=TODAY, actor=actor(lead.id), now=MOMENT, today=TODAY)
    assert first.certificate is not None
    code, old_hash = first.certificate.code, current_charter().sha256
    app.extensions[LIBRARY] = newer
    for _ in range(2):
        jobs.ask_for_new_signatures(MOMENT, TODAY)
    asked = [letter.subject for letter in letters_to(lead.email) if letter.template == "charter_changed"]
    assert asked == ["The charter has a new text: please sign it for Hazel Lane School"]
    assert first.ended_on is None
    assert "Version 1.0" in client.get(f"/verify/{code}").text
    assert where.name in client.get("/signatories").text

    client.sign_in(lead.email)
    client.get(f"/organisations/{where.id}/charter")
    page = client.follow("Sign the new text of the charter")
    assert "Tell families each term what we did" in page.source
    assert "Give two parent carers a vote" not in page.source, "it is kept already"
    client.submit(
        "Sign the charter",
        signatory_role="Head",
        commitment_3="Ask young people too",
        due_3=["1", "9", "2027"],
        agreed="y",
    )
    made = queries.in_force(where.id)
    assert made is not None
    assert (made.charter_version, made.counts_from) == ("1.1", TODAY)
    assert made.charter_hash != old_hash
    db.session.refresh(first)
    assert (first.ended_as, first.ended_on, first.charter_hash) == ("superseded", date(2026, 11, 22), old_hash)
    assert [entry.kind for entry in register.entries()] == ["charter.signed", "charter.superseded", "charter.signed"]
    old = client.get(f"/verify/{code}").text
    assert "Replaced on 22 November 2026" in old
    assert "Version 1.0" in old, "a certificate says for ever what it said when it was issued"


def test_whose_time_is_over_is_not_asked_to_sign_again_before_it_is_told(app: Flask) -> None:
    """Two ticks at once may come to this job before the other one's lapse is written."""
    where = organisation()
    lead = lead_of(where)
    sign_up(where, signed_on=date(2020, 1, 2))  # to a text of its own, that is not today's
    assert list(jobs.ask_for_new_signatures(MOMENT, TODAY)) == []
    list(jobs.let_sign_ups_lapse(MOMENT, TODAY))
    assert [letter.template for letter in letters_to(lead.email)] == ["sign_up_lapsed"]
