"""The table of permissions, cell by cell: every action, for every kind of person, at home and elsewhere."""

from dataclasses import dataclass
from uuid import uuid4

import pytest

from coprod.errors import NotAllowed
from coprod.permissions import (
    ANONYMOUS,
    POLICY,
    SYSTEM,
    Action,
    Actor,
    AreaRole,
    MemberRole,
    can,
    open_actions,
    require,
    who_may,
)

HOME, ELSEWHERE = uuid4(), uuid4()


@dataclass(frozen=True)
class Subject:
    """A thing that belongs to an organisation; as a case it has its reviewers and those in conflict."""

    organisation_id: object = HOME
    reviewer_ids: frozenset = frozenset()
    conflicted_ids: frozenset = frozenset()
    waived_ids: frozenset = frozenset()
    took_part_ids: frozenset = frozenset()
    contested: str | None = None


@dataclass(frozen=True)
class Owned:
    """Something about one person."""

    person_id: object


def area(*roles: AreaRole, **more) -> Actor:
    return Actor(person_id=uuid4(), roles=frozenset(roles), **more)


def member(role: MemberRole, **more) -> Actor:
    return Actor(person_id=uuid4(), memberships={HOME: role}, **more)


PEOPLE = {
    "public": ANONYMOUS,
    "stranger": Actor(person_id=uuid4()),
    "contributor": member(MemberRole.CONTRIBUTOR),
    "lead": member(MemberRole.LEAD),
    "reviewer": area(AreaRole.REVIEWER),
    "lead_reviewer": area(AreaRole.LEAD_REVIEWER),
    "coordinator": area(AreaRole.COORDINATOR),
}
MEMBERS = {"contributor", "lead"}
REVIEWERS = {"reviewer", "lead_reviewer"}
# Who may do what to a thing of organisation HOME; nobody sits on the case.
EXPECTED = {
    Action.FIND_ORGANISATION: set(PEOPLE) - {"public"},
    Action.ADD_SERVICE: {"coordinator"},
    Action.SEE_ORGANISATION: MEMBERS,
    Action.ACCEPT_MEMBER: {"lead", "coordinator"},
    Action.INVITE_MEMBER: {"lead", "coordinator"},
    Action.TRUST_DOMAIN: {"lead", "coordinator"},
    Action.HAND_OVER: {"lead"},
    Action.TAKE_OVER: MEMBERS,
    Action.INVITE_TO_AREA: {"coordinator"},
    Action.LOOK_AFTER_PEOPLE: {"coordinator"},
    Action.ERASE_PERSON: {"coordinator"},
    Action.KEEP_OWN_SIGN_IN: set(),
    Action.RESET_SECOND_STEP: {"coordinator"},
    Action.RUN_REGISTER: {"coordinator"},
    Action.LINK_SUCCESSOR: {"coordinator"},
    Action.START_ASSESSMENT: {"lead"},
    Action.SEE_ASSESSMENT: MEMBERS,
    Action.ANSWER: MEMBERS,
    Action.SUBMIT: {"lead"},
    Action.WITHDRAW_ASSESSMENT: {"lead"},
    Action.SEE_RESULT: MEMBERS,
    Action.ACCEPT_RESULT: {"lead"},
    Action.RECORD_CHANGE: MEMBERS,
    Action.ASK_FAMILIES: MEMBERS,
    Action.PUBLISH_CHANGE: {"lead"},
    Action.TAKE_DOWN_CHANGE: REVIEWERS | {"coordinator"},
    Action.SIGN_CHARTER: {"lead"},
    Action.ASK_SIGNATORY: {"lead"},
    Action.SEE_WAITING: {"coordinator"},
    Action.APPROVE_SIGNING: {"coordinator"},
    Action.WITHDRAW_SIGN_UP: {"lead"},
    Action.KEEP_COMMITMENT: {"lead"},
    Action.LINK_SEND_REPORT: {"lead"},
    Action.SEE_QUEUE: REVIEWERS,
    Action.PRACTISE: REVIEWERS,
    Action.ALLOCATE: {"lead_reviewer", "coordinator"},
    Action.WAIVE_CONFLICT: {"coordinator"},
    Action.HAND_BACK: set(),
    Action.CARE_FOR_ONESELF: REVIEWERS,
    Action.SEE_AGREEMENT: {"lead_reviewer", "coordinator"},
    Action.DECLARE: REVIEWERS,
    Action.JUDGE: set(),
    Action.READ_EVIDENCE: {"lead_reviewer"},
    Action.REPORT_PERSONAL_DATA: {"lead_reviewer"},
    Action.SETTLE: {"lead_reviewer"},
    Action.PANEL: {"lead_reviewer"},
    Action.ASK_FOR_MORE: set(),
    Action.SEND_MORE: {"lead"},
    Action.REPLY: {"lead"},
    Action.DECIDE_REPLY: REVIEWERS,
    Action.DECIDE_APPEAL: {"lead_reviewer"},
    Action.SEE_ALERTS: {"coordinator"},
    Action.SEE_PROGRESS: {"coordinator"},
    Action.RUN_MAIL: {"coordinator"},
    Action.REVOKE_CERTIFICATE: {"coordinator"},
    Action.SEE_CONCERNS: {"coordinator"},
    Action.LOOK_INTO_CONCERN: {"coordinator"},
    Action.SET_MAILBOX: {"lead"},
    Action.SEE_WORKINGS: {"coordinator"},
    Action.TAKE_ALL_DATA: {"lead"},
}
MEMBERS_ONLY = {action for action, who in EXPECTED.items() if who & MEMBERS and "stranger" not in who}
CASE_ACTIONS = (
    Action.DECLARE,
    Action.JUDGE,
    Action.READ_EVIDENCE,
    Action.REPORT_PERSONAL_DATA,
    Action.SETTLE,
    Action.PANEL,
    Action.ASK_FOR_MORE,
    Action.DECIDE_REPLY,
    Action.DECIDE_APPEAL,
)


def test_every_action_has_its_row():
    assert set(POLICY) == set(Action) == set(EXPECTED)


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("action", Action)
def test_each_person_may_do_exactly_what_the_table_says(action, who):
    assert can(PEOPLE[who], action, Subject()) is (who in EXPECTED[action])


@pytest.mark.parametrize("who", sorted(MEMBERS))
@pytest.mark.parametrize("action", sorted(MEMBERS_ONLY))
def test_a_member_may_do_nothing_to_somebody_elses_thing(action, who):
    assert not can(PEOPLE[who], action, Subject(organisation_id=ELSEWHERE))


@pytest.mark.parametrize("action", sorted(MEMBERS_ONLY))
def test_a_member_may_do_nothing_to_no_thing_at_all(action):
    assert not can(PEOPLE["lead"], action, None)
    assert not can(PEOPLE["lead"], action, Subject(organisation_id=None))


@pytest.mark.parametrize("action", CASE_ACTIONS)
def test_nobody_moderates_where_they_belong_or_belonged_or_have_a_conflict(action):
    everything = (AreaRole.REVIEWER, AreaRole.LEAD_REVIEWER)
    free = area(*everything)
    seats = frozenset({free.person_id})
    assert can(free, action, Subject(reviewer_ids=seats))
    for dependent in (
        Actor(free.person_id, free.roles, memberships={HOME: MemberRole.CONTRIBUTOR}),
        Actor(free.person_id, free.roles, past=frozenset({HOME})),
        Actor(free.person_id, free.roles, near=frozenset({HOME})),
    ):
        assert not can(dependent, action, Subject(reviewer_ids=seats))
    assert not can(free, action, Subject(reviewer_ids=seats, conflicted_ids=seats))


@pytest.mark.parametrize("action", CASE_ACTIONS)
def test_a_waiver_lifts_a_conflict_but_never_for_ones_own_organisation(action):
    free = area(AreaRole.REVIEWER, AreaRole.LEAD_REVIEWER)
    one = frozenset({free.person_id})
    waived = Subject(reviewer_ids=one, conflicted_ids=one, waived_ids=one)
    assert can(free, action, waived)
    assert can(Actor(free.person_id, free.roles, past=frozenset({HOME})), action, waived)
    assert can(Actor(free.person_id, free.roles, near=frozenset({HOME})), action, waived)
    assert not can(Actor(free.person_id, free.roles, memberships={HOME: MemberRole.LEAD}), action, waived)
    assert not can(free, action, Subject(reviewer_ids=one, conflicted_ids=one, waived_ids=frozenset({uuid4()})))


@pytest.mark.parametrize("action", [Action.ALLOCATE, Action.WAIVE_CONFLICT])
def test_a_coordinator_does_not_choose_the_reviewers_of_their_own_organisation(action):
    who = area(AreaRole.COORDINATOR)
    assert can(who, action, Subject())
    for mine in ({"memberships": {HOME: MemberRole.LEAD}}, {"past": frozenset({HOME})}, {"near": frozenset({HOME})}):
        assert not can(Actor(who.person_id, who.roles, **mine), action, Subject())


def test_people_erase_what_is_kept_about_themselves_and_nobody_else():
    who = area()
    assert can(who, Action.ERASE_PERSON, Owned(who.person_id))
    assert not can(who, Action.ERASE_PERSON, Owned(uuid4()))
    assert not can(ANONYMOUS, Action.ERASE_PERSON, Owned(None))


def test_only_a_seated_reviewer_judges():
    seated = area(AreaRole.REVIEWER)
    case = Subject(reviewer_ids=frozenset({seated.person_id}))
    assert can(seated, Action.JUDGE, case)
    assert not can(area(AreaRole.REVIEWER), Action.JUDGE, case)


def test_a_coordinator_never_judges_or_settles():
    who = area(AreaRole.COORDINATOR)
    case = Subject(reviewer_ids=frozenset({who.person_id}))
    assert not open_actions(who, case, CASE_ACTIONS)


@pytest.mark.parametrize("action", Action)
def test_time_itself_is_given_no_permission(action):
    assert not can(SYSTEM, action, Subject())


def test_what_is_not_in_the_table_is_refused(monkeypatch):
    monkeypatch.setattr("coprod.permissions.POLICY", {})
    with pytest.raises(NotAllowed):
        require(PEOPLE["lead"], Action.SUBMIT, Subject())


def test_a_page_offers_what_may_be_done_and_nothing_else():
    offered = open_actions(PEOPLE["contributor"], Subject(), (Action.ANSWER, Action.SUBMIT))
    assert offered == {Action.ANSWER}


@pytest.mark.parametrize("action", Action)
def test_the_table_can_be_said_in_words(action):
    assert len(who_may(action)) > 5


def test_words_name_each_of_those_who_may():
    assert who_may(Action.ACCEPT_MEMBER) == "the organisation's own leads; coordinators"
