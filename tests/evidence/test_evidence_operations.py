from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, WrongState
from coprod.evidence import operations, queries
from coprod.evidence.models import Evidence
from coprod.framework.scoring import Item
from coprod.history import Event
from coprod.permissions import ANONYMOUS, MemberRole
from coprod.transaction import transaction
from tests.support import build
from tests.support.build import MOMENT

TODAY = date(2026, 11, 22)
SOUND = {
    "kind": "family_voice",
    "title": "Parent survey",
    "url": "https://www.example.org/survey",
    "statement": "",
    "dated": date(2026, 3, 27),
    "shows": "41 of 60 parents say meetings are at better times",
    "from_families": True,
    "no_child_named": True,
}


@pytest.fixture
def school(app):
    return build.organisation()


@pytest.fixture
def member(school):
    who = build.person("Cat Contributor")
    build.membership(who, school, MemberRole.CONTRIBUTOR)
    return build.actor(who.id)


def add(organisation_id, actor, **changed):
    with transaction():
        item = operations.add(organisation_id, **(SOUND | changed), actor=actor, now=MOMENT, today=TODAY)
    return item


def withdraw(item, actor):
    with transaction():
        operations.withdraw(item, actor=actor, now=MOMENT)


def test_a_member_adds_an_item_and_history_says_so(school, member):
    item = add(school.id, member)
    assert queries.of_organisation(school.id) == [item]
    event = db.session.scalars(select(Event).where(Event.thing_id == str(item.id))).one()
    assert (event.what, event.actor_id, event.organisation_id) == ("evidence.added", member.person_id, school.id)
    assert event.facts == {"kind": "family_voice"}


def test_somebody_else_can_neither_add_nor_withdraw(school, member):
    other = build.actor(build.lead_of(build.organisation("Other School")).id)
    item = add(school.id, member)
    for actor in (other, ANONYMOUS):
        with pytest.raises(NotAllowed):
            add(school.id, actor)
        with pytest.raises(NotAllowed):
            withdraw(item, actor)
    assert queries.of_organisation(school.id) == [item]


def test_nothing_is_added_to_an_organisation_that_is_not_there(app, member):
    with pytest.raises(NotFound):
        add(uuid4(), member)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "made_up"}, "kind"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"dated": TODAY + timedelta(days=1)}, "dated"),
        ({"no_child_named": False}, "no_child_named"),
        ({"kind": "public_record"}, "from_families"),
    ],
)
def test_what_breaks_a_rule_is_not_kept(school, member, changed, field):
    with pytest.raises(Invalid) as refusal:
        add(school.id, member, **changed)
    assert refusal.value.field == field
    assert db.session.scalars(select(Evidence)).all() == []


def test_a_withdrawn_item_is_kept_but_counts_for_nothing(school, member):
    item = add(school.id, member)
    assert queries.counted(item) == Item(date(2026, 3, 27), "family_voice", from_families=True)
    withdraw(item, member)
    assert queries.of_organisation(school.id) == []
    assert queries.page_of(school.id).items == [item]
    assert queries.counted(item).dated is None
    with pytest.raises(WrongState):
        withdraw(item, member)


def test_a_query_for_one_item_answers_members_only(school, member):
    item = add(school.id, member)
    assert queries.for_member(item.id, member) is item
    for wrong in ((item.id, ANONYMOUS), (uuid4(), member)):
        with pytest.raises(NotFound):
            queries.for_member(*wrong)


def test_pages_go_through_every_item_once_newest_first(school, member):
    added = [add(school.id, member, title=f"Item {n}") for n in range(5)]
    seen, after = [], None
    while True:
        page = queries.page_of(school.id, after=after, limit=2)
        seen += page.items
        after = page.more_after
        if after is None:
            break
    assert len(seen) == 5
    assert {item.id for item in seen} == {item.id for item in added}
