"""The pages of a case ask the database a fixed number of questions, however much was sent in."""

import pytest
from sqlalchemy import event

from coprod.database import db
from tests.moderation.test_moderation_operations import Stage
from tests.support import large_case
from tests.support.client import Client

MOST_QUERIES = 15


def asked_for(client: Client, address: str) -> list[str]:
    """The statements behind one page."""
    asked: list[str] = []

    def listen(*told) -> None:
        asked.append(told[2])

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        client.get(address)
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
    return asked


@pytest.mark.parametrize("path", ["/moderation", "/moderation/cases/{}", "/moderation/cases/{}/RA1"])
def test_pages_ask_few_queries(app, path):
    stage = Stage(3)
    stage.seat("ann", "ben")
    stage.rate_all("ben")
    client = Client(app)
    client.sign_in("ann.one@example.org")
    asked = asked_for(client, path.format(stage.case.id))
    assert len(asked) <= MOST_QUERIES, "\n".join(asked)


@pytest.mark.parametrize("path", ["", "/RA1", "/agree", "/agree/RA1"])
def test_a_case_of_25_questions_and_60_items_of_evidence_asks_as_few(app, path):
    case = large_case.made()
    client = Client(app)
    client.sign_in(case.reviewer)
    asked = asked_for(client, f"/moderation/cases/{case.side_by_side if 'agree' in path else case.rating}{path}")
    assert len(asked) <= MOST_QUERIES, "\n".join(asked)
