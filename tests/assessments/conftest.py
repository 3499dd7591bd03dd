import pytest

from coprod.permissions import MemberRole
from tests.support import build


@pytest.fixture
def school(app):
    return build.organisation("Hazel Lane School")


@pytest.fixture
def lead(school):
    """Who leads the school's self-assessment, as permissions see them."""
    return build.actor(build.lead_of(school, "Ravi Lead").id)


@pytest.fixture
def contributor(school):
    who = build.person("Cat Contributor")
    build.membership(who, school, MemberRole.CONTRIBUTOR)
    return build.actor(who.id)


@pytest.fixture
def stranger(app):
    """A lead of another organisation."""
    return build.actor(build.lead_of(build.organisation("Other School"), "Olga Other").id)
