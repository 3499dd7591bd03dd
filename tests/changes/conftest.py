from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from coprod.changes import operations
from coprod.changes.groups import Group
from coprod.changes.models import ChangeRecord
from coprod.changes.rules import ChangeFacts
from coprod.framework.model import Area
from coprod.organisations.models import Organisation
from coprod.permissions import Actor, MemberRole
from coprod.transaction import transaction
from tests.support import build
from tests.support.build import MOMENT

WHOLE = ChangeFacts(
    title="A quiet room at lunch",
    heard="Lunch is too loud for our children.",
    group=Group.PARENTS_AND_CARERS,
    how_many=12,
    heard_on=date(2026, 3, 2),
    heard_where="Coffee morning",
    before="Everybody eats in the hall.",
    after="Everybody eats in the hall or in a quiet room.",
    decision="The head teacher decided to open a quiet room.",
    why="Families showed us that children went hungry.",
    decided_on=date(2026, 3, 9),
    told_on=date(2026, 3, 12),
    told_how="A letter, and the next coffee morning",
    better="Nine more children eat lunch.",
    area=Area.ORGANISATION,
    changed_mind=True,
)


@pytest.fixture
def school(app: Any) -> Organisation:
    return build.organisation()


@pytest.fixture
def lead(school: Organisation) -> Actor:
    return build.actor(build.lead_of(school).id)


@pytest.fixture
def contributor(school: Organisation) -> Actor:
    who = build.person("Cat Contributor")
    build.membership(who, school, MemberRole.CONTRIBUTOR)
    return build.actor(who.id)


@pytest.fixture
def stranger(app: Any) -> Actor:
    return build.actor(build.lead_of(build.organisation("Other School"), "Una Other").id)


@pytest.fixture
def write(school: Organisation, contributor: Actor) -> Callable[..., ChangeRecord]:
    def write(facts: ChangeFacts = WHOLE, where: Organisation | None = None, who: Actor | None = None) -> ChangeRecord:
        with transaction():
            record = operations.write((where or school).id, facts=facts, actor=who or contributor, now=MOMENT)
        return record

    return write
