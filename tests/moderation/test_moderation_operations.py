"""Who may decide what about a case, in which order, and what is kept of it."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError, IntegrityError

from coprod.certificates.models import Certificate
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, WrongState
from coprod.framework.model import NOT_APPLICABLE
from coprod.history import Event
from coprod.moderation import casework, operations, queries
from coprod.moderation.models import Case, Declaration, Judgement, PracticeRating, Seat, Settlement
from coprod.permissions import ANONYMOUS, AreaRole, MemberRole
from coprod.register.models import RegisterEntry
from coprod.text import BLANKS
from coprod.transaction import transaction
from tests.conftest import MOMENT
from tests.support import build
from tests.support.engines import unguard
from tests.support.snapshots import sent_in

NOW = MOMENT
TODAY = date(2026, 11, 22)
WHY = "Two dated examples are there."


class Stage:
    """One organisation, its assessment, and the people around it."""

    def __init__(self, every=2, claimed=None, **how):
        self.organisation = build.organisation()
        self.lead = build.lead_of(self.organisation)
        self.assessment = sent_in(self.organisation, self.lead.id, claimed, every=every, **how)
        self.people = {
            "ann": build.person("Ann One", AreaRole.REVIEWER, parent_carer=True),
            "ben": build.person("Ben Two", AreaRole.REVIEWER),
            "cat": build.person("Cat Three", AreaRole.REVIEWER, parent_carer=True),
            "dee": build.person("Dee Lead", AreaRole.LEAD_REVIEWER),
            "lead": self.lead,
            "cora": build.person("Cora Ordinator", AreaRole.COORDINATOR),
        }
        with transaction():
            self.case = operations.open_case(self.assessment, now=NOW)

    def actor(self, name):
        return build.actor(self.people[name].id)

    def do(self, what, name, *args, **how):
        """One operation by one person, in its own transaction."""
        actor = self.actor(name)
        with transaction():
            return what(self.case, *args, actor=actor, **({"now": NOW} | how))

    def seat(self, *names):
        for name in names:
            self.do(operations.declare, name, conflict=False)
            self.do(operations.take_seat, name)

    def judge(self, name, code="RA1", rating=2, reason=WHY, note="", private_note=""):
        return self.do(
            operations.judge, name, code, rating=rating, reason=reason, note=note, private_note=private_note
        )

    def rate_all(self, name, **ratings):
        """Rate everything on the list: what is credited, unless said."""
        while True:
            work = casework.of(self.case)
            left = work.left_to_rate(work.sitting_of(self.people[name].id))
            if not left:
                break
            for look in left:
                given = ratings.get(look.code, work.sent.claims[look.code].credited)
                self.judge(name, look.code, rating=given)
        self.do(operations.finish, name)

    def give(self, name="ann"):
        return self.do(operations.give_result, name, today=TODAY)

    def accept(self, name="lead"):
        return self.do(operations.accept_result, name, today=TODAY)

    def done(self, *names, **ratings):
        self.seat(*names)
        for name in names:
            self.rate_all(name, **ratings)


@pytest.fixture
def small(app):
    """Answers that point to Developing: one reviewer, and a second look."""
    return Stage(2)


@pytest.fixture
def large(app):
    """Answers that point to Established: two reviewers."""
    return Stage(3)


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


# Opening and declaring


def test_a_case_is_opened_once(small):
    with transaction():
        again = operations.open_case(small.assessment, now=NOW)
    assert again.id == small.case.id
    assert count(Case) == 1
    assert small.case.seats_needed == 1


def test_a_draft_has_no_case(app):
    organisation = build.organisation()
    draft = sent_in(organisation, build.lead_of(organisation).id)
    draft.state = "draft"
    db.session.commit()
    with pytest.raises(WrongState), transaction():
        operations.open_case(draft, now=NOW)


@pytest.mark.parametrize("name", ["cora", "lead"])
def test_only_reviewers_declare(small, name):
    with pytest.raises(NotAllowed):
        small.do(operations.declare, name, conflict=False)


def test_nobody_who_is_not_signed_in_declares(small):
    with pytest.raises(NotAllowed), transaction():
        operations.declare(small.case, conflict=False, actor=ANONYMOUS, now=NOW)


def test_declaring_twice_is_one_declaration(small):
    first = small.do(operations.declare, "ann", conflict=True)
    assert small.do(operations.declare, "ann", conflict=True).id == first.id
    assert count(Declaration) == 1


def test_a_declared_conflict_shuts_every_door(small):
    small.do(operations.declare, "ann", conflict=True)
    for refused in (
        lambda: small.do(operations.take_seat, "ann"),
        lambda: small.judge("ann"),
        lambda: small.do(operations.declare, "ann", conflict=False),
    ):
        with pytest.raises(NotAllowed):
            refused()
    with pytest.raises(NotFound):
        queries.case_for(small.case.id, small.actor("ann"))
    with pytest.raises(NotFound):
        queries.to_declare(small.assessment.id, small.actor("ann"))
    assert queries.queue(small.actor("ann"), today=TODAY).waiting == ()


@pytest.mark.parametrize("ended", [None, MOMENT - timedelta(days=300)])
def test_the_system_finds_who_belongs_to_the_organisation_or_left_it_lately(small, ended):
    joined = build.membership(small.people["ann"], small.organisation, MemberRole.CONTRIBUTOR)
    joined.ended_at = ended
    db.session.commit()
    with pytest.raises(NotAllowed):
        small.do(operations.declare, "ann", conflict=False)
    with pytest.raises(NotFound):
        queries.to_declare(small.assessment.id, small.actor("ann"))
    assert queries.queue(small.actor("ann"), today=TODAY).waiting == ()


def test_who_left_more_than_24_months_ago_is_independent_again(small):
    build.membership(small.people["ann"], small.organisation).ended_at = MOMENT - timedelta(days=900)
    db.session.commit()
    small.do(operations.declare, "ann", conflict=False)


def test_who_joins_the_organisation_later_rates_no_more(small):
    small.seat("ann")
    build.membership(small.people["ann"], small.organisation)
    with pytest.raises(NotAllowed):
        small.judge("ann")


def test_a_conflict_found_later_frees_the_place_and_its_ratings_count_no_more(small):
    small.seat("ann")
    small.judge("ann", rating=1)
    small.do(operations.declare, "ann", conflict=True)
    assert count(Seat) == 0
    assert count(Judgement) == 1
    small.seat("ben")
    assert small.case.seats[0].position == 1
    assert casework.of(small.case).judged_by(small.people["ben"].id) == {}


def test_a_conflict_is_not_in_the_history_of_the_organisation(small):
    small.do(operations.declare, "ann", conflict=True)
    told = db.session.scalars(select(Event).where(Event.what == "case.declared")).one()
    assert told.organisation_id is None


# Places


def test_nobody_sits_before_they_declare(small):
    with pytest.raises(NotAllowed):
        small.do(operations.take_seat, "ann")


def test_the_first_seat_begins_moderation_and_a_second_click_changes_nothing(small):
    small.seat("ann")
    assert small.assessment.state == "in_moderation"
    small.do(operations.take_seat, "ann")
    assert [(s.position, s.checks_only) for s in small.case.seats] == [(1, False)]


def test_a_small_case_has_a_full_review_and_a_second_look(small):
    small.seat("ben", "ann")
    assert [(s.position, s.checks_only) for s in small.case.seats] == [(1, False), (2, True)]
    small.do(operations.declare, "cat", conflict=False)
    with pytest.raises(WrongState):
        small.do(operations.take_seat, "cat")


def test_one_of_two_reviewers_is_a_parent_carer(large):
    large.seat("ben")
    large.do(operations.declare, "dee", conflict=False)
    with pytest.raises(WrongState, match="parent carer"):
        large.do(operations.take_seat, "dee")
    large.seat("ann")
    assert [(s.position, s.checks_only, s.parent_carer) for s in large.case.seats] == [
        (1, False, False),
        (2, False, True),
    ]


# Rating


def test_only_who_sits_rates(small):
    small.do(operations.declare, "ann", conflict=False)
    for name in ("ann", "ben", "dee", "cora", "lead"):
        with pytest.raises(NotAllowed):
            small.judge(name)


def test_only_questions_of_the_list_are_rated(small):
    small.seat("ann", "ben")
    listed = {look.code for look in casework.of(small.case).looks_of(casework.of(small.case).sittings[0])}
    other = next(q.code for q in casework.of(small.case).framework.questions if q.code not in listed)
    for code in (other, "NOPE"):
        with pytest.raises(NotFound):
            small.judge("ann", code)
    sampled = next(code for code in listed if not casework.of(small.case).framework.question(code).check)
    small.judge("ann", sampled)
    with pytest.raises(NotFound):
        small.judge("ben", sampled)


def test_a_rating_is_only_ever_added(small):
    small.seat("ann")
    small.judge("ann", rating=3)
    small.judge("ann", rating=1)
    small.judge("ann", rating=1)
    assert [j.rating for j in small.case.judgements] == [3, 1]
    assert casework.of(small.case).judged_by(small.people["ann"].id)["RA1"].rating == 1


@pytest.mark.parametrize("statement", ["UPDATE judgements SET rating = 4", "DELETE FROM judgements"])
def test_the_database_keeps_ratings_as_they_were_given(small, statement):
    small.seat("ann")
    small.judge("ann")
    with pytest.raises(DatabaseError, match="only ever added"), db.engine.begin() as connection:
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize(("rating", "reason", "field"), [(4, WHY, "rating"), (1, " \u200b", "reason")])
def test_a_rating_the_rules_refuse_is_not_kept(app, rating, reason, field):
    stage = Stage(2, ceilings={"RA1": 3})
    stage.seat("ann")
    with pytest.raises(Invalid) as refusal:
        stage.judge("ann", rating=rating, reason=reason)
    assert refusal.value.field == field
    assert count(Judgement) == 0


def row(stage, model, **values):
    return model(
        **(
            {
                "case_id": stage.case.id,
                "number": 900,
                "question_code": "RA1",
                "credited": 2,
                "rating": 2,
                "made_at": NOW,
                "reason": "",
            }
            | values
        )
    )


@pytest.mark.parametrize("blank", ["", *BLANKS, BLANKS])
def test_the_database_refuses_a_change_without_a_reason(small, blank):
    for changed in ({"rating": 3}, {"rating": 0, "credited": None}):
        db.session.add(row(small, Judgement, person_id=small.people["ann"].id, reason=blank, **changed))
        with pytest.raises(IntegrityError, match="a_change_has_a_reason"):
            db.session.commit()
        db.session.rollback()


@pytest.mark.parametrize(
    ("model", "values", "rule"),
    [
        (Settlement, {"how": "lead", "reason": "\u00a0"}, "a_decision_has_a_reason"),
        (Settlement, {"how": "equal", "rating": 3}, "a_change_has_a_reason"),
        (Settlement, {"how": "by_chance"}, "way_is_known"),
        (Settlement, {"how": "equal", "rating": None, "reason": "x"}, "only_what_was_claimed"),
        (Settlement, {"how": "lead", "rating": 5, "reason": "x"}, "rating_on_scale"),
    ],
)
def test_the_database_refuses_settlements_that_break_the_rules(small, model, values, rule):
    db.session.add(row(small, model, **values))
    with pytest.raises(IntegrityError, match=rule):
        db.session.commit()
    db.session.rollback()


def test_the_database_takes_what_the_rules_take(small):
    db.session.add(row(small, Judgement, person_id=small.people["ann"].id))
    db.session.add(row(small, Settlement, how="lead", rating=3, reason="A reason."))
    db.session.add(row(small, Settlement, number=901, how="not_sampled", credited=None, rating=None))
    db.session.commit()
    assert (count(Judgement), count(Settlement)) == (1, 2)


def test_two_changes_widen_the_list_and_it_never_shrinks(small):
    small.seat("ann")
    whole = {q.code for q in casework.of(small.case).framework.value("RA").questions}

    def listed():
        work = casework.of(small.case)
        return {look.code for look in work.looks_of(work.sittings[0])}

    second = next(code for code in listed() & whole if code != "RA1")
    assert not whole <= listed()
    small.judge("ann", "RA1", rating=1)
    small.judge("ann", second, rating=1)
    assert whole <= listed()
    small.judge("ann", "RA1", rating=2)
    assert whole <= listed()


def test_finishing_needs_every_question_and_then_ratings_stand(small):
    small.seat("ann")
    small.judge("ann")
    with pytest.raises(Invalid, match="LLE3"):
        small.do(operations.finish, "ann")
    small.rate_all("ann")
    assert small.do(operations.finish, "ann").finished_at == NOW
    with pytest.raises(WrongState):
        small.judge("ann", rating=3)


def test_what_does_not_apply_can_be_agreed_or_found_to_apply(app):
    stage = Stage(2, {"LLE1": "not_applicable", "HOT1": "not_applicable"})
    stage.done("ann", "ben", HOT1=1)
    stage.give()
    kept = stage.case.outcome["questions"]
    assert (kept["LLE1"]["rating"], kept["HOT1"]["rating"]) == ("not_applicable", 1)
    assert {s.question_code: s.rating for s in stage.case.settlements}["LLE1"] is None
    assert casework.of(stage.case).standing("LLE1").rating == NOT_APPLICABLE


# Blind until both are done


def test_nobody_sees_the_others_ratings_before_both_are_done(large):
    large.seat("ann", "ben")
    large.rate_all("ann", RA1=1)
    for name in ("ann", "ben"):
        with pytest.raises(WrongState):
            queries.agree_page(queries.case_for(large.case.id, large.actor(name)), large.actor(name))
        with pytest.raises(WrongState):
            queries.settle_page(queries.case_for(large.case.id, large.actor(name)), "RA1", large.actor(name))
        with pytest.raises(WrongState):
            large.do(operations.settle, name, "RA1", rating=2, reason=WHY)
    page = queries.rate_page(queries.case_for(large.case.id, large.actor("ben")), "RA1", large.actor("ben"))
    assert page.mine is None
    assert "1" not in {row.rated for row in page.rows}
    large.rate_all("ben")
    assert queries.agree_page(queries.case_for(large.case.id, large.actor("ben")), large.actor("ben")).apart


def test_a_free_place_keeps_the_first_reviewers_ratings_hidden(large):
    large.seat("ann")
    large.rate_all("ann")
    with pytest.raises(WrongState):
        large.do(operations.settle, "ann", "RA1", rating=2, reason=WHY)
    with pytest.raises(WrongState):
        large.give()


# Settling


@pytest.fixture
def apart(large):
    """One apart on RA1, two apart on LLE3, everything else the same."""
    large.seat("ann", "ben")
    large.rate_all("ann", RA1=2, LLE3=1)
    large.rate_all("ben")
    large.do(operations.declare, "dee", conflict=False)
    large.do(operations.declare, "cat", conflict=False)
    return large


def test_one_apart_is_put_forward_by_one_and_confirmed_by_the_other(apart):
    apart.do(operations.settle, "ann", "RA1", rating=3, reason=WHY)
    assert not casework.of(apart.case).standing("RA1").settled
    with pytest.raises(WrongState):
        apart.do(operations.confirm, "ann", "RA1", rating=3)
    with pytest.raises(WrongState):
        apart.do(operations.confirm, "ben", "RA1", rating=2)
    agreed = apart.do(operations.confirm, "ben", "RA1", rating=3)
    assert casework.of(apart.case).standing("RA1").rating == 3
    assert apart.do(operations.confirm, "ben", "RA1", rating=3).id == agreed.id
    with pytest.raises(WrongState):
        apart.do(operations.settle, "ann", "RA1", rating=2, reason=WHY)
    assert count(Settlement) == 2


def test_the_same_thing_put_forward_twice_is_kept_once(apart):
    apart.do(operations.settle, "ann", "RA1", rating=3, reason=WHY)
    apart.do(operations.settle, "ann", "RA1", rating=3, reason=WHY)
    assert count(Settlement) == 1


def test_two_apart_is_decided_by_a_lead_reviewer_who_is_not_one_of_the_two(apart):
    for name in ("ann", "ben"):
        with pytest.raises(NotAllowed):
            apart.do(operations.settle, name, "LLE3", rating=2, reason=WHY)
    for name in ("cat", "cora", "lead"):
        with pytest.raises(NotAllowed):
            apart.do(operations.settle, name, "LLE3", rating=2, reason=WHY)
    apart.do(operations.settle, "dee", "LLE3", rating=2, reason=WHY)
    assert casework.of(apart.case).standing("LLE3").rating == 2


def test_a_lead_reviewer_practises_before_deciding(apart):
    unguard("practice_ratings", "delete")
    db.session.query(PracticeRating).filter_by(person_id=apart.people["dee"].id).delete()
    db.session.commit()
    with pytest.raises(WrongState, match="Practise"):
        apart.do(operations.settle, "dee", "LLE3", rating=2, reason=WHY)


def test_a_lead_reviewer_declares_before_deciding(large):
    large.done("ann", "ben")
    with pytest.raises(NotAllowed):
        large.give("dee")
    large.do(operations.declare, "dee", conflict=True)
    with pytest.raises(NotAllowed):
        large.do(operations.settle, "dee", "RA1", rating=2, reason=WHY)


def test_a_lead_reviewer_who_has_said_nothing_of_conflicts_decides_nothing(apart):
    apart.people["eve"] = build.person("Eve Lead", AreaRole.LEAD_REVIEWER)
    with pytest.raises(NotAllowed, match="conflict"):
        apart.do(operations.settle, "eve", "LLE3", rating=2, reason=WHY)
    with pytest.raises(NotAllowed, match="conflict"):
        apart.do(operations.sign_panel, "eve", today=TODAY)
    apart.do(operations.declare, "eve", conflict=False)
    apart.do(operations.settle, "eve", "LLE3", rating=2, reason=WHY)


@pytest.mark.parametrize(("rating", "reason", "field"), [(9, WHY, "rating"), (2, "\u2060", "reason")])
def test_a_settlement_keeps_the_rules_too(apart, rating, reason, field):
    with pytest.raises(Invalid) as refusal:
        apart.do(operations.settle, "dee", "LLE3", rating=rating, reason=reason)
    assert refusal.value.field == field


def test_what_is_equal_is_not_settled_again(apart):
    with pytest.raises(NotFound):
        apart.do(operations.settle, "ann", "HOT4", rating=2, reason=WHY)


def test_no_result_while_something_is_open(apart):
    with pytest.raises(WrongState, match="LLE3, RA1"):
        apart.give()


# The result


def test_a_result_writes_down_a_line_for_every_question(apart):
    apart.do(operations.settle, "dee", "LLE3", rating=2, reason=WHY)
    apart.do(operations.settle, "ann", "RA1", rating=3, reason=WHY)
    apart.do(operations.confirm, "ben", "RA1", rating=3)
    apart.give()
    ways = {s.question_code: s.how for s in apart.case.settlements}
    assert len(ways) == 25
    assert (ways["LLE3"], ways["RA1"], ways["HOT4"]) == ("lead", "together", "equal")
    assert apart.assessment.state == "provisional"
    assert apart.case.outcome["level"] == "established"


def test_the_time_to_reply_is_ten_working_days(small):
    small.done("ann", "ben")
    small.give()
    assert small.case.reply_by == date(2026, 12, 4)


def test_days_that_are_closed_do_not_count(small):
    small.done("ann", "ben")
    small.do(operations.give_result, "ann", today=TODAY, closed={date(2026, 11, 23), date(2026, 11, 24)})
    assert small.case.reply_by == date(2026, 12, 8)


def test_a_result_is_given_once_and_nothing_is_rated_after_it(small):
    small.done("ann", "ben")
    small.give()
    given = small.case.outcome
    small.give("ben")
    assert small.case.outcome == given
    small.do(operations.declare, "ann", conflict=False)
    with pytest.raises(WrongState):
        small.do(operations.declare, "cat", conflict=False)
    assert count(Settlement) == 25


def test_what_is_not_looked_at_keeps_what_was_credited(app):
    stage = Stage(2, {"LLE1": 2}, credited={"LLE1": 1})
    stage.done("ann", "ben")
    stage.give()
    assert {q["how"] for q in stage.case.outcome["questions"].values()} >= {"not_sampled", "one", "equal"}
    assert stage.case.outcome["questions"]["LLE1"]["rating"] == 1


def test_an_accepted_result_is_an_award_in_the_register(small):
    small.done("ann", "ben")
    small.give()
    for name in ("ann", "cora"):
        with pytest.raises(NotAllowed):
            small.accept(name)
    award = small.accept()
    assert (award.level, award.inputs) == ("developing", small.case.outcome)
    assert small.assessment.state == "final"
    assert small.accept().id == award.id
    assert count(Certificate) == 1
    kinds = db.session.scalars(select(RegisterEntry.kind)).all()
    assert kinds == ["award.made"]


def test_working_towards_is_final_without_an_award(app):
    stage = Stage(1)
    stage.done("ann", "ben")
    stage.give()
    assert stage.accept() is None
    assert stage.assessment.state == "final"
    assert (count(Certificate), count(RegisterEntry)) == (0, 0)


def test_nothing_is_accepted_before_it_is_given(small):
    with pytest.raises(NotFound):
        small.accept()


def test_what_nobody_answers_becomes_final_by_itself(small):
    small.done("ann", "ben")
    small.give()

    def close(day):
        with transaction():
            return operations.close_unanswered(now=NOW, today=day)

    assert close(small.case.reply_by) == 0
    assert close(small.case.reply_by + timedelta(days=1)) == 1
    assert close(small.case.reply_by + timedelta(days=2)) == 0
    assert small.assessment.state == "final"
    assert count(Certificate) == 1


def test_one_reviewer_is_not_enough_for_a_higher_level(app):
    """Answers that pointed to Developing and were raised to all Shaping reach Developing still."""
    stage = Stage(2)
    every = {q.code: 3 for q in casework.of(stage.case).framework.questions}
    stage.done("ann", "ben", **every)
    stage.give()
    assert {q["rating"] for q in stage.case.outcome["questions"].values()} == {3}
    assert stage.case.outcome["level"] == "developing"


# The panel


@pytest.fixture
def top(app):
    stage = Stage(4)
    stage.done("ann", "ben")
    return stage


def test_a_lead_reviewer_signs_for_the_panel_where_the_level_needs_it(top):
    with pytest.raises(NotAllowed):
        top.do(operations.sign_panel, "ann", today=TODAY)
    with pytest.raises(NotAllowed, match="conflict"):
        top.do(operations.sign_panel, "dee", today=TODAY)
    with pytest.raises(WrongState, match="panel"):
        top.give()
    top.do(operations.declare, "dee", conflict=False)
    top.do(operations.sign_panel, "dee", today=TODAY)
    top.do(operations.sign_panel, "dee", today=TODAY)
    top.give()
    assert top.case.outcome["level"] == "embedded"
    assert len(db.session.scalars(select(Event).where(Event.what == "case.panel_signed")).all()) == 1


def test_without_the_panel_a_lead_reviewer_can_give_a_lower_level(top):
    top.do(operations.declare, "dee", conflict=False)
    top.give("dee")
    assert top.case.outcome["level"] == "established"


def test_nobody_signs_for_the_panel_on_their_own_ratings(app):
    stage = Stage(4)
    stage.seat("ann")
    stage.seat("dee")
    stage.rate_all("ann")
    stage.rate_all("dee")
    with pytest.raises(NotAllowed):
        stage.do(operations.sign_panel, "dee", today=TODAY)


def test_the_panel_is_not_asked_where_the_level_needs_none(large):
    large.done("ann", "ben")
    large.do(operations.declare, "dee", conflict=False)
    with pytest.raises(WrongState):
        large.do(operations.sign_panel, "dee", today=TODAY)


# History, and who sees what


def test_every_decision_is_in_the_history_once(small):
    small.done("ann", "ben")
    small.give()
    small.accept()
    told = db.session.execute(
        select(Event.what, func.count()).where(Event.what.startswith("case.")).group_by(Event.what)
    ).all()
    assert dict(map(tuple, told)) == {
        "case.opened": 1,
        "case.declared": 2,
        "case.seat_taken": 2,
        "case.judged": count(Judgement),
        "case.finished": 2,
        "case.result_given": 1,
        "case.closed": 1,
    }


def test_a_missing_case_and_somebody_elses_answer_alike(small):
    for case_id in (uuid4(), small.case.id):
        with pytest.raises(NotFound) as refusal:
            queries.case_for(case_id, small.actor("ben"))
        assert refusal.value.message == NotFound.message
    for name in ("ann", "cora", "dee"):
        with pytest.raises(NotFound):
            queries.result_page(small.assessment.id, small.actor(name))
    with pytest.raises(NotFound):
        queries.result_page(small.assessment.id, small.actor("lead"))


def test_the_queue_names_nobody_before_they_declare(small):
    waiting = queries.queue(small.actor("ann"), today=TODAY).waiting
    assert [(w.kind, w.level, w.days, w.second_look, w.time) for w in waiting] == [
        ("Primary school", "Developing", 20, False, "1 and a half hours")
    ]
    assert small.organisation.name not in repr(waiting)
    small.seat("ann")
    found = queries.queue(small.actor("ann"), today=TODAY)
    assert found.waiting == ()
    assert [(one.name, one.words) for one in found.mine] == [(small.organisation.name, "0 of 11 rated")]
    second = queries.queue(small.actor("ben"), today=TODAY).waiting
    assert [(w.second_look, w.time) for w in second] == [(True, "40 minutes")]


def test_a_place_kept_for_a_parent_carer_is_not_offered_to_others(large):
    large.seat("ben")
    assert queries.queue(large.actor("dee"), today=TODAY).waiting == ()
    assert len(queries.queue(large.actor("cat"), today=TODAY).waiting) == 1


def test_a_lead_reviewer_sees_what_only_they_can_decide_unnamed_until_they_declare(apart):
    apart.do(operations.settle, "ann", "RA1", rating=3, reason=WHY)
    apart.do(operations.confirm, "ben", "RA1", rating=3)
    found = queries.queue(apart.actor("dee"), today=TODAY).for_the_lead
    assert [(one.name, one.declared) for one in found] == [(apart.organisation.name, True)]
    other = build.person("Eve Lead", AreaRole.LEAD_REVIEWER)
    apart.people["eve"] = other
    found = queries.queue(apart.actor("eve"), today=TODAY).for_the_lead
    assert [(one.name, one.declared) for one in found] == [("Primary school", False)]
    assert queries.queue(apart.actor("cat"), today=TODAY).for_the_lead == ()


def test_progress_is_states_and_ages_by_name(small):
    first = build.organisation("Ash School")
    sent_in(first, build.lead_of(first, "Ola Lead").id)
    page = queries.states(after=None, today=TODAY)
    assert [(row.organisation, row.state, row.days, row.seats) for row in page.rows] == [
        ("Ash School", "Sent in, waiting for reviewers", 20, "0 of 2"),
        ("Hazel Lane School", "Sent in, waiting for reviewers", 20, "0 of 2"),
    ]
    rest = queries.states(after=first.id, today=TODAY)
    assert [row.organisation for row in rest.rows] == ["Hazel Lane School"]
