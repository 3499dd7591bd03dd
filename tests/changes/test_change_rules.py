from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coprod.changes import rules
from coprod.changes.groups import Group
from coprod.changes.rules import ChangeFacts, Status
from coprod.framework.model import Area, Voice

TODAY = date(2026, 11, 22)
WHOLE = ChangeFacts(
    title="A quiet room at lunch",
    heard="Lunch is too loud for our children.",
    group=Group.PARENTS_AND_CARERS,
    how_many=12,
    heard_on=date(2026, 3, 2),
    heard_where="Coffee morning",
    before="Everybody eats in the hall.",
    after="Everybody chooses: the hall or a quiet room.",
    decision="The head teacher decided to open a quiet room.",
    why="Families showed us that children went hungry.",
    decided_on=date(2026, 3, 9),
    told_on=date(2026, 3, 12),
    told_how="A letter, and at the next coffee morning",
    better="Nine more children eat lunch.",
    area=Area.ORGANISATION,
    changed_mind=True,
)


def fields_missing(**changed: object) -> list[str]:
    return [gap.field for gap in rules.gaps(replace(WHOLE, **changed))]  # type: ignore[arg-type]


@pytest.mark.parametrize("group", Group)
def test_each_group_has_words_and_a_voice(group):
    assert group.words
    assert group.one_of_them
    assert group.voices


def test_parents_and_children_speak_with_their_own_voices():
    assert {g for g in Group if Voice.PARENTS in g.voices} == {
        Group.PARENTS_AND_CARERS,
        Group.FAMILIES_TOGETHER,
        Group.FORUM,
    }
    assert {g for g in Group if Voice.CHILDREN in g.voices} == {
        Group.YOUNG_PEOPLE,
        Group.CHILDREN,
        Group.FAMILIES_TOGETHER,
    }


def test_a_whole_record_lacks_nothing():
    assert rules.missing(WHOLE) == ()


def test_a_new_record_lacks_everything_and_says_it_in_plain_words():
    assert rules.missing(ChangeFacts("A title")) == (
        "what families said",
        "which group said it",
        "when you heard it",
        "what the plan was before",
        "what the plan is now",
        "what was decided",
        "why it was decided",
        "when it was decided",
        "when you told families",
        "how you told families",
    )


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"heard": ""}, "heard"),
        ({"heard": " \n"}, "heard"),
        ({"heard": "\u200d"}, "heard"),
        ({"group": None}, "group"),
        ({"heard_on": None}, "heard_on"),
        ({"before": ""}, "before"),
        ({"after": ""}, "after"),
        ({"after": WHOLE.before}, "after"),
        ({"after": " everybody  EATS in the hall. "}, "after"),
        ({"decision": ""}, "decision"),
        ({"why": ""}, "why"),
        ({"decided_on": None}, "decided_on"),
        ({"decided_on": WHOLE.heard_on - timedelta(days=1)}, "decided_on"),
        ({"told_on": None}, "told_on"),
        ({"told_on": WHOLE.decided_on - timedelta(days=1)}, "told_on"),
        ({"told_how": ""}, "told_how"),
    ],
)
def test_each_part_is_missed_by_itself(changed, field):
    assert fields_missing(**changed) == [field]


@pytest.mark.parametrize(
    "changed",
    [
        {"how_many": None},
        {"heard_where": ""},
        {"better": ""},
        {"area": None},
        {"changed_mind": False},
        {"decided_on": WHOLE.heard_on},
        {"told_on": WHOLE.decided_on},
    ],
)
def test_the_rest_may_be_left_out(changed):
    assert fields_missing(**changed) == []


def test_dates_that_contradict_each_other_are_named():
    said = rules.missing(replace(WHOLE, decided_on=date(2026, 3, 1)))
    assert said == ("dates that fit together (the decision, 1 March 2026, comes before you heard it, 2 March 2026)",)


days = st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 6))
texts = st.sampled_from(["", " ", "one plan", "another plan"])


@given(
    heard=texts,
    group=st.none() | st.sampled_from(Group),
    before=texts,
    after=texts,
    decision=texts,
    why=texts,
    told_how=texts,
    heard_on=days,
    decided_on=days,
    told_on=days,
)
def test_nothing_is_missing_exactly_when_all_is_there_in_order(**given):
    written = all(given[name].strip() for name in ("heard", "before", "after", "decision", "why", "told_how"))
    dated = given["heard_on"] and given["decided_on"] and given["told_on"]
    whole = (
        written
        and given["group"] is not None
        and given["before"] != given["after"]
        and bool(dated)
        and given["heard_on"] <= given["decided_on"] <= given["told_on"]
    )
    assert (rules.missing(ChangeFacts("Title", **given)) == ()) == whole


BLANK = {
    "heard": "",
    "group": None,
    "heard_on": None,
    "before": "",
    "after": "",
    "decision": "",
    "why": "",
    "decided_on": None,
    "told_on": None,
    "told_how": "",
}
HEARD = {"heard", "group", "heard_on"}
NEEDS = {
    Status.LISTENING: HEARD,
    Status.NOT_POSSIBLE: HEARD | {"decision", "why", "decided_on", "told_on", "told_how"},
    Status.DOING: set(BLANK),
    Status.DONE: set(BLANK),
}


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("field", BLANK)
def test_each_status_needs_its_own_parts_to_be_public(status, field):
    lacking = rules.missing_to_publish(replace(WHOLE, **{field: BLANK[field]}), status)
    assert (lacking != ()) == (field in NEEDS[status])


def test_a_family_is_asked_only_about_what_is_decided_and_told():
    assert rules.missing_to_ask(replace(WHOLE, before="", after="")) == ()
    assert rules.missing_to_ask(replace(WHOLE, why="")) == ("why it was decided",)


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({}, []),
        ({"title": " "}, ["title"]),
        ({"how_many": 0}, ["how_many"]),
        ({"how_many": 1}, []),
        ({"how_many": 100_001}, ["how_many"]),
        ({"heard_on": TODAY}, []),
        ({"heard_on": TODAY + timedelta(days=1)}, ["heard_on"]),
        ({"decided_on": TODAY + timedelta(days=1)}, ["decided_on"]),
        ({"told_on": date(1999, 12, 31)}, ["told_on"]),
        ({"told_on": date(2000, 1, 1)}, []),
        ({"decided_on": date(2026, 1, 1)}, []),
    ],
)
def test_what_can_not_be_true_is_not_kept(changed, fields):
    assert [fault.field for fault in rules.faults(replace(WHOLE, **changed), TODAY)] == fields


@pytest.mark.parametrize(("number", "shown"), [(None, None), (0, None), (1, None), (4, None), (5, 5), (60, 60)])
def test_the_public_learns_nothing_about_fewer_than_five(number, shown):
    assert rules.public_size(number) == shown


def test_families_and_the_public_read_fields_that_exist():
    assert set(rules.FIELDS) >= rules.FAMILY_READS
    assert set(rules.FIELDS) >= rules.PUBLIC_READS
    assert rules.changed_fields(WHOLE, replace(WHOLE, title="Other", why="")) == {"title", "why"}
