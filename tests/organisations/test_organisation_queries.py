from uuid import uuid4

import pytest

from coprod.database import db
from coprod.errors import NotFound
from coprod.organisations import queries
from coprod.organisations.models import Organisation
from coprod.organisations.rules import Kind, slug_of
from coprod.permissions import Actor, MemberRole
from coprod.text import folded
from tests.support import build


def add(name, *, value=None, town="Kettering", postcode="", status="open", kind=Kind.PRIMARY, parent=None):
    """An organisation; with `value` a school, else a service."""
    made = Organisation(
        scheme="urn" if value else "none",
        value=value,
        name=name,
        search_name=folded(name),
        slug=slug_of(name, value or uuid4().hex[:8]),
        kind=kind.value,
        type_name="Community school" if value else "",
        status=status,
        town=town,
        postcode=postcode,
        parent_id=parent.id if parent else None,
        added_at=build.MOMENT,
    )
    db.session.add(made)
    db.session.commit()
    return made


def names(text, **options):
    return [found.name for found in queries.find(text, **options).rows]


@pytest.fixture
def several(app):
    add("Hazel Lane School", value="121945", town="Kettering", postcode="NN15 6QY")
    add("St Mary's CE Primary", value="121946", town="King's Lynn", postcode="PE30 1AA")
    add("École Dŵr-y-Felin", value="121947", town="Corby", postcode="NN1 2AB")
    add("Hazel Grove Nursery", value="121948", town="Stoke-on-Trent", postcode="ST1 1AA", status="closing")
    add("Old Hazel School", value="121949", status="closed")
    add("New Hazel School", value="121950", status="proposed")
    add("学校 Saturday School", value="121951", town="Corby")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hazel", ["Hazel Grove Nursery", "Hazel Lane School"]),
        ("HAZEL lane", ["Hazel Lane School"]),
        ("lane haz", ["Hazel Lane School"]),
        ("hazel kettering", ["Hazel Lane School"]),
        ("st marys", ["St Mary's CE Primary"]),
        ("St. Mary\u2019s", ["St Mary's CE Primary"]),
        ("Ecole dwr", ["École Dŵr-y-Felin"]),
        ("école", ["École Dŵr-y-Felin"]),
        ("学校", ["学校 Saturday School"]),
        ("corby", ["École Dŵr-y-Felin", "学校 Saturday School"]),
        ("King's Lynn", ["St Mary's CE Primary"]),
        ("stoke on trent", ["Hazel Grove Nursery"]),
        ("121945", ["Hazel Lane School"]),
        (" 121 945 ", ["Hazel Lane School"]),
        ("nn156qy", ["Hazel Lane School"]),
        ("NN15 6QY", ["Hazel Lane School"]),
        ("nn15", ["Hazel Lane School"]),
        ("nn1", ["École Dŵr-y-Felin"]),
        ("121949", []),
        ("old hazel", []),
        ("new hazel", []),
        ("100%", []),
        ("_", []),
        ("%", []),
        ("!" * 60, []),
        ("'; drop table organisations; --", []),
        ("a" * 500, []),
    ],
)
def test_a_search_finds_open_ones_by_name_town_number_and_postcode(several, text, found):
    assert names(text) == found


def test_an_empty_search_lists_all_that_are_open(several):
    assert len(names("")) == len(names("  ")) == 5


def test_the_coordinator_finds_closed_and_planned_ones_too(several):
    found = {row.name: row.status_words for row in queries.listed("hazel").rows}
    assert found["Old Hazel School"] == "Closed"
    assert found["New Hazel School"] == "Not open yet"
    assert found["Hazel Lane School"] == ""


def test_pages_follow_each_other_without_gap_or_repeat(app):
    for number in range(7):
        add("Same Name", value=str(200001 + number))
    seen, after = [], None
    for _ in range(4):
        page = queries.find("same", after=after, limit=3)
        seen += [row.id for row in page.rows]
        after = page.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 7


def test_a_page_after_something_that_is_gone_starts_anew(several):
    assert names("hazel", after=uuid4()) == ["Hazel Grove Nursery", "Hazel Lane School"]


def test_what_is_said_of_a_school_and_of_a_service(app):
    council = add("Hazel Council", kind=Kind.TRUST, town="")
    add("Speech Team", kind=Kind.SERVICE, town="", parent=council)
    add("Hazel School", value="121945", town="Corby")
    said = {row.name: row.lines for row in queries.find("").rows}
    assert said["Speech Team"] == ("Service", "Run by Hazel Council")
    assert said["Hazel School"] == ("Community school, Corby", "URN 121945")


def test_possible_doubles_share_name_and_postcode_and_are_not_closed(app):
    add("Hazel Lane School", value="121945", postcode="NN15 6QY")
    add("Hazel  lane SCHOOL", value="121946", postcode="NN15 6QY", status="proposed")
    add("Hazel Lane School", value="121947", postcode="NN15 6QZ")
    add("Hazel Lane School", value="121948", postcode="NN15 6QY", status="closed")
    add("Speech Team", postcode="")
    add("Speech Team", postcode="")
    [double] = queries.possible_doubles()
    assert (double.postcode, {found.code for found in double.organisations}) == (
        "NN15 6QY",
        {"URN 121945", "URN 121946"},
    )


def test_an_organisation_is_read_by_id(app):
    school = add("Hazel Lane School", value="121945")
    assert queries.get(school.id) is school
    for missing in (lambda: queries.get(uuid4()), lambda: queries.shown(uuid4())):
        with pytest.raises(NotFound):
            missing()


def test_its_own_pages_are_for_members_and_missing_for_everybody_else(app):
    school = add("Hazel Lane School", value="121945")
    own = Actor(uuid4(), memberships={school.id: MemberRole.CONTRIBUTOR})
    assert queries.for_member(school.id, own) is school
    for wrong in ((school.id, Actor(uuid4())), (uuid4(), own)):
        with pytest.raises(NotFound):
            queries.for_member(*wrong)


def test_counts_name_every_status(several):
    assert queries.counts() == (
        ("Open", "4"),
        ("Open, but due to close", "1"),
        ("Not open yet", "1"),
        ("Closed", "1"),
    )
