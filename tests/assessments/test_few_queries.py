"""No page asks more than 12 queries, nor more where there is more: every page of the self-assessment, none left out."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from coprod.assessments import meetings, operations, together
from coprod.assessments.meetings import Typed
from coprod.assessments.models import Assessment, FamilyMeeting
from coprod.database import db
from coprod.framework.model import Voice
from coprod.framework.queries import current_framework
from coprod.organisations.models import Organisation
from coprod.permissions import Actor
from coprod.transaction import transaction
from tests.support import assessments as make
from tests.support.client import Client

MOST_QUERIES = 12
ASKED = ("SELECT", "INSERT", "UPDATE", "DELETE")
LATER = {  # These pages are there only after something that a draft does not have yet.
    "assessments.check_in": "a charter that was signed a year ago",
    "assessments.describe_file": "a file that was sent and not described",
    "assessments.submitted": "a draft that was sent in",
}


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    asked: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(ASKED):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", count)


@pytest.fixture
def draft(school: Organisation, lead: Actor) -> Assessment:
    return make.started(school, lead)


def test_no_page_asks_many_queries_nor_more_where_there_is_more(
    app: Flask, client: Client, draft: Assessment, lead: Actor
) -> None:
    draft_id = draft.id
    client.sign_in("ravi.lead@example.org")
    _more(draft_id, lead, range(3))
    pages = _pages(app, draft_id)
    few = {name: _asked(client, path) for name, path in pages.items()}
    few |= _saves(client, draft_id)
    _more(draft_id, lead, range(3, 9))
    many = {name: _asked(client, path) for name, path in pages.items()} | _saves(client, draft_id)
    assert {name: (few[name], many[name]) for name in many if few[name] != many[name]} == {}
    assert {name: number for name, number in many.items() if number > MOST_QUERIES} == {}


def _pages(app: Flask, draft_id: object) -> dict[str, str]:
    """The address of every page of this room that a draft has, with every part that an address can name."""
    draft = db.session.get_one(Assessment, draft_id)
    named = {
        "assessment_id": draft.id,
        "organisation_id": draft.organisation_id,
        "code": "RA1",
        "about": "RA1",
        "value": "RA",
        "layout": "several-on-a-page",
        "meeting_id": db.session.scalars(db.select(FamilyMeeting.id)).first(),
        "action_id": draft.plan[0].id,
    }
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("assessments.")]
    found = {
        rule.endpoint: rule.build({name: named[name] for name in rule.arguments})[1]
        for rule in rules
        if "GET" in (rule.methods or ()) and rule.endpoint not in LATER
    }
    return found


def _saves(client: Client, draft_id: object) -> dict[str, int]:
    """An answer saved by its button, and one kept while it is written."""
    found, address = {}, f"/assessments/{draft_id}/questions/RA1"
    for name, to, status in (("save", address, 302), ("keep", f"{address}/keep", 200)):
        fields = client.get(address).tree.iter("input")
        revision = next(field.get("value") for field in fields if field.get("name") == "revision")
        data = {"rating": "2", "account": f"By {name}, after {revision}.", "revision": revision}
        with counted_queries() as asked:
            client.post(to, data, status=status, follow_redirects=False)
        found[name] = len(asked)
    return found


def _asked(client: Client, path: str) -> int:
    db.session.remove()
    with counted_queries() as asked:
        client.get(path)
    return len(asked)


def _more(draft_id: object, lead: Actor, numbers: Iterable[int]) -> None:
    """For each number one more answer, with its own evidence, change, meeting, colleague, note and step of the plan."""
    draft = db.session.get_one(Assessment, draft_id)
    where = db.session.get_one(Organisation, draft.organisation_id)
    for number in numbers:
        code = current_framework().questions[number].code
        item = make.item(where, lead, f"Item {number}")
        record = make.change(where, lead, f"Change {number}", confirmed=True)
        make.item(where, lead, f"Spare {number}")
        make.change(where, lead, f"Spare change {number}", confirmed=True)
        make.save(draft, code, lead, account=f"Version {number}.")
        make.noted(draft, lead, text=f"Note {number}")
        meeting = make.met(draft, lead)
        for linked in (code, "RA1"):
            with transaction():
                operations.attach_evidence(draft, linked, item, actor=lead, now=make.MOMENT)
                operations.attach_change(draft, linked, record, actor=lead, now=make.MOMENT)
        with transaction():
            said = {each: Typed({(Voice.PARENTS, 1): 5, (Voice.CHILDREN, 2): 3}, "Told.") for each in (code, "RA1")}
            meetings.record_views(draft, meeting, views=said, stood={}, actor=lead, now=make.MOMENT)
            _plan(draft, code, number, lead)


def _plan(draft: Assessment, code: str, number: int, lead: Actor) -> None:
    due = make.TODAY + timedelta(days=30)
    given = {"actor": lead, "now": make.MOMENT, "today": make.TODAY}
    operations.add_action(draft, what=f"Step {number}", owner="SENCO", due=due, question_code=code, **given)
    together.assign(draft, code, person_id=lead.person_id, due=due, **given)
