"""A reviewer reads beside each answer what stood last time, as far as the question is the same."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coprod.database import db
from coprod.framework.queries import LIBRARY
from coprod.moderation import operations
from coprod.moderation.last_time import last_time
from coprod.transaction import transaction
from tests.moderation.test_moderation_operations import NOW, WHY, Stage
from tests.support.client import Client
from tests.support.snapshots import sent_in


@pytest.fixture
def again(app):
    """A school with a final result in which RA1 was changed, and its next assessment with the reviewers."""
    stage = Stage(2)
    stage.seat("ann", "ben")
    for name in ("ann", "ben"):
        stage.judge(name, "RA1", rating=3)
        stage.rate_all(name)
    stage.give()
    assert last_time(stage.case, "RA1") is None
    stage.accept()
    assessment = sent_in(stage.organisation, stage.lead.id)
    assessment.started_at += timedelta(days=400)
    db.session.commit()
    with transaction():
        stage.case = operations.open_case(assessment, now=NOW)
    return stage


def test_last_times_result_stands_beside_what_is_sent_in(client: Client, again):
    again.seat("cat")
    client.sign_in("cat.three@example.org")
    page = client.get(f"/moderation/cases/{again.case.id}/RA1")
    assert f"The result of 22 November 2026 was Shaping (3). {WHY}" in page.text


def test_what_asks_something_else_now_is_not_compared(app, again):
    library = app.extensions[LIBRARY]
    ((key, old),) = library.frameworks.items()
    versions = {"RA1": 2}
    values = tuple(
        replace(value, questions=tuple(replace(q, wording_version=versions.get(q.code, 1)) for q in value.questions))
        for value in old.values
    )
    new = replace(old, version="1.1", values=values)
    app.extensions[LIBRARY] = replace(library, frameworks={key: old, ("send-coproduction", "1.1"): new})
    with transaction():
        again.case.assessment.version = "1.1"
    assert last_time(again.case, "RA1").why_not
    assert last_time(again.case, "RA2").rating == "Asking (2)"
