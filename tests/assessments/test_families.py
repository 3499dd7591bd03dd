"""What families chose and said at a meeting: counts, never names, beside the organisation's own answer."""

from datetime import date

import pytest

from coprod.assessments import families_page, meeting_queries, meetings, operations, queries
from coprod.assessments.family_view import Chosen, Heard, beside
from coprod.assessments.meetings import StaleViews, Typed
from coprod.assessments.models import FamilyMeeting
from coprod.database import db
from coprod.errors import DomainError, Invalid, NotAllowed
from coprod.framework.model import NOT_APPLICABLE, Voice
from coprod.framework.queries import current_framework
from coprod.moderation import sent as moderation
from coprod.transaction import transaction
from tests.support import assessments
from tests.support.assessments import MOMENT, TODAY
from tests.support.client import Client

P, C = Voice.PARENTS, Voice.CHILDREN
RA1 = Typed({(P, 1): 5, (P, 2): 2, (P, 3): 1, (C, 2): 3}, "We were told, not asked.")


@pytest.fixture
def draft(school, lead):
    return assessments.answered(school, lead, 3)


def met(draft, actor, **changed) -> FamilyMeeting:
    given = {"held_on": date(2026, 11, 1), "parents": 8, "young_people": 3}
    with transaction():
        return meetings.add_meeting(draft, actor=actor, now=MOMENT, today=TODAY, **(given | changed))


def type_in(draft, meeting, actor, views, stood=None) -> None:
    with transaction():
        meetings.record_views(draft, meeting, views=views, stood=stood or {}, actor=actor, now=MOMENT)


@pytest.mark.parametrize(
    ("numbers", "middle"),
    [((0, 0, 0, 0, 0), None), ((1, 0, 0, 0, 0), 0), ((0, 1, 0, 1, 0), 1), ((0, 1, 1, 1, 0), 2), ((4, 0, 0, 0, 5), 4)],
)
def test_the_middle_of_a_group_is_the_lower_one_where_they_stand_equal(numbers, middle):
    assert Chosen(P, numbers).middle == middle


@pytest.mark.parametrize(
    ("own", "apart", "words"),
    [
        (3, 2, "They see it 2 steps lower than you: in the middle of them is Telling. 7 of 8 chose lower than you"),
        (1, 0, "They see it the same way as you. 0 of 8 chose lower than you, 5 the same and 3 higher."),
        (0, -1, "They see it 1 step higher than you: in the middle of them is Telling."),
        (None, 0, "In the middle of them: Telling."),
        (NOT_APPLICABLE, 0, "In the middle of them: Telling."),
    ],
)
def test_the_gap_is_said_in_words(app, own, apart, words):
    (found,) = beside(current_framework(), Heard((Chosen(P, (0, 5, 2, 1, 0)),)), own)
    assert found.apart == apart
    assert words in found.gap


def test_meetings_add_up(draft, lead):
    for _ in range(2):
        type_in(draft, met(draft, lead), lead, {"RA1": RA1})
    heard = meeting_queries.view_of(draft).to("RA1")
    assert heard.chosen == (Chosen(P, (0, 10, 4, 2, 0)), Chosen(C, (0, 0, 6, 0, 0)))
    assert heard.words == (RA1.words, RA1.words)
    assert meeting_queries.view_of(draft, "RA1").to("RA1") == heard
    assert not meeting_queries.view_of(draft, "RA2").heard


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"parents": 0, "young_people": 0}, "parents"),
        ({"parents": -1}, "parents"),
        ({"young_people": 1001}, "young_people"),
        ({"held_on": date(2026, 11, 23)}, "held_on"),
        ({"held_on": date(1999, 1, 1)}, "held_on"),
    ],
)
def test_a_meeting_was_on_a_day_and_somebody_took_part(draft, lead, changed, field):
    with pytest.raises(Invalid) as refused:
        met(draft, lead, **changed)
    assert refused.value.field == field


def test_no_more_people_choose_than_took_part(draft, lead):
    meeting = met(draft, lead)
    with pytest.raises(Invalid, match="these come to 9, and 8 took part") as refused:
        type_in(draft, meeting, lead, {"RA1": Typed({(P, 1): 5, (P, 3): 4})})
    assert refused.value.field == "parents-RA1-1"
    type_in(draft, meeting, lead, {"RA1": RA1})
    with pytest.raises(Invalid, match="you typed in 8"), transaction():
        meetings.change_meeting(
            draft,
            meeting,
            held_on=date(2026, 11, 1),
            parents=7,
            young_people=3,
            actor=lead,
            now=MOMENT,
            today=TODAY,
        )


def test_what_somebody_else_typed_meanwhile_is_shown_and_not_written_over(draft, lead):
    meeting = met(draft, lead)
    type_in(draft, meeting, lead, {"RA1": RA1, "RA2": Typed()})
    other = Typed({(P, 0): 8})
    with pytest.raises(StaleViews) as stale:
        type_in(draft, meeting, lead, {"RA1": other})
    assert stale.value.theirs == {"RA1": RA1}
    assert meetings.typed_in(meeting) == {"RA1": RA1}
    type_in(draft, meeting, lead, {"RA1": other}, stood={"RA1": RA1})
    assert meetings.typed_in(meeting) == {"RA1": other}
    type_in(draft, meeting, lead, {"RA1": other, "RA2": Typed({}, "Words")}, stood={})
    assert set(meetings.typed_in(meeting)) == {"RA1", "RA2"}


def test_only_members_type_in_and_only_while_it_is_a_draft(school, lead, stranger):
    draft = assessments.answered(school, lead)
    meeting = met(draft, lead)
    with pytest.raises(NotAllowed):
        met(draft, stranger)
    with transaction():
        operations.submit(draft, declared=True, actor=lead, now=MOMENT, today=TODAY)
    for late in (lambda: met(draft, lead), lambda: type_in(draft, meeting, lead, {"RA1": RA1})):
        with pytest.raises(DomainError, match="can't be changed"):
            late()


def test_it_goes_to_the_reviewers_whatever_it_says(draft, lead):
    type_in(draft, met(draft, lead), lead, {"RA1": RA1})
    with transaction():
        operations.submit(draft, declared=True, actor=lead, now=MOMENT, today=TODAY)
    assert draft.snapshot["families"] == [{"held_on": "2026-11-01", "parents": 8, "young_people": 3}]
    claims = moderation.read(draft.snapshot, audience="school").claims
    assert claims["RA1"].families == Heard(
        (Chosen(P, (0, 5, 2, 1, 0)), Chosen(C, (0, 0, 3, 0, 0))), ("We were told, not asked.",)
    )
    assert claims["RA2"].families == Heard()
    older = {
        **draft.snapshot,
        "answers": {c: {k: v for k, v in a.items() if k != "families"} for c, a in draft.snapshot["answers"].items()},
    }
    assert moderation.read(older, audience="school").claims["RA1"].families == Heard()


def test_from_the_task_list_to_the_gap_on_the_question_page(draft, lead, client: Client):
    client.sign_in("ravi.lead@example.org")
    client.get(f"/assessments/{draft.id}")
    client.follow("What families say")
    client.follow("Add a meeting")
    page = client.submit("Save and go on", status=422, parents="8")
    assert page.errors == ["Enter the date of the meeting"]
    client.submit("Save and go on", held_on=["1", "11", "2026"], parents="8", young_people="3")
    client.follow("Responsive and accountable")
    page = client.submit("Save", status=422, **{"parents-RA1-1": "many"})
    assert "Enter a whole number, such as 12" in page.errors
    page = client.submit("Save", status=422, **{"parents-RA1-1": "9"})
    assert page.errors == ["RA1: these come to 9, and 8 took part. Check the numbers."]
    typed = {"parents-RA1-1": "7", "children-RA1-3": "3", "words-RA1": "We were told."}
    page = client.submit("Save", **typed)
    assert "1 of 5 questions typed in" in page.text
    for address in ("questions/RA1", "families", "score"):
        said = client.get(f"/assessments/{draft.id}/{address}").text
        assert "They see it 2 steps lower than you: in the middle of them is Telling." in said, address
    assert "We were told." in client.get(f"/assessments/{draft.id}/questions/RA1").text


def test_two_people_type_in_the_same_value(draft, lead, client: Client, app):
    meeting = met(draft, lead)
    client.sign_in("ravi.lead@example.org")
    client.get(f"/assessments/{draft.id}/families/{meeting.id}/RA")
    type_in(draft, meeting, lead, {"RA1": RA1})
    page = client.submit("Save", status=409, **{"parents-RA1-4": "8"})
    assert "RA1, theirs: Young people, Asking: 3; Parents and carers, Telling: 5" in page.text
    client.submit("Save")
    db.session.expire_all()
    assert meetings.typed_in(meeting)["RA1"] == Typed({(P, 4): 8})


def test_a_meeting_typed_in_by_mistake_is_taken_out(draft, lead, client: Client):
    meeting = met(draft, lead)
    type_in(draft, meeting, lead, {"RA1": RA1})
    client.sign_in("ravi.lead@example.org")
    client.get(f"/assessments/{draft.id}/families/{meeting.id}")
    client.submit("Remove this meeting")
    assert not meeting_queries.view_of(draft).heard
    assert not meeting_queries.meetings_of(draft)


def test_the_widest_gap_comes_first(draft, lead):
    meeting = met(draft, lead)
    type_in(draft, meeting, lead, {"LLE1": Typed({(P, 2): 8}), "RA1": Typed({(P, 0): 8}), "RA2": Typed({(P, 3): 8})})
    framework = queries.framework_of(draft)
    view, own = meeting_queries.view_of(draft), families_page.own_ratings(draft)
    assert [line.code for line in families_page.gaps(framework, view, own)] == ["RA1", "LLE1"]
