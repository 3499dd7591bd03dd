"""More evidence is asked for once; only what is named reopens; what comes back is rated again, and the rest stands."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError, IntegrityError

from coprod.assessments import answering, forgetting
from coprod.assessments.models import Answer, QuestionAsked
from coprod.assessments.operations import Incomplete
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, WrongState
from coprod.history import Event
from coprod.mail.models import Letter
from coprod.moderation import asking, casework, operations, queries
from coprod.moderation.models import Judgement
from coprod.text import BLANKS
from coprod.transaction import transaction
from tests.moderation.test_moderation_operations import NOW, TODAY, Stage
from tests.support import assessments as make
from tests.support import build

CODE = "RA1"
ASKED = {CODE: "Which plan changed, and when?"}
DUE = date(2026, 12, 18)


class Round(Stage):
    """Answers that can be written again, and what people do when more is asked for."""

    def __init__(self, every=3, **how):
        super().__init__(every, **how)
        with transaction():
            for code in (CODE, "RA2"):
                db.session.add(
                    Answer(
                        assessment_id=self.assessment.id,
                        question_code=code,
                        rating=every,
                        account=f"What we do about {code}.",
                        saved_by=self.lead.id,
                        saved_at=NOW,
                    )
                )

    def ask(self, name="ben", reasons=None, **how):
        return self.do(asking.ask_for_more, name, ASKED if reasons is None else reasons, today=TODAY, **how)

    def save(self, code=CODE, **changed):
        row = db.session.scalar(select(Answer).where(Answer.question_code == code))
        make.save(self.assessment, code, self.actor("lead"), revision=row.revision, **changed)

    def send_back(self, name="lead"):
        self.do(asking.send_back, name, today=TODAY)

    def letters(self, template):
        chosen = select(Letter).where(Letter.template == template).order_by(Letter.receiver)
        return [letter.receiver for letter in db.session.scalars(chosen)]

    def events(self, what):
        return db.session.query(Event).filter_by(what=what).count()


@pytest.fixture
def case(app):
    """Ann has finished; Ben has rated one question."""
    stage = Round()
    stage.seat("ann", "ben")
    stage.rate_all("ann")
    stage.judge("ben", CODE, rating=3)
    return stage


def test_what_is_asked_opens_for_20_working_days_and_nothing_else_does(case):
    asked = case.ask()
    assert (asked.due, asked.reasons, case.assessment.state) == (DUE, ASKED, "more_asked")
    case.save(account="The plan for travel changed in May.")
    with pytest.raises(WrongState):
        case.save("RA2", account="Something else.")
    assert case.letters("more_asked") == [case.lead.email]
    assert case.events("assessment.more_asked") == 1
    words = db.session.query(Letter).filter_by(template="more_asked").one().words
    assert "18 December 2026" in words
    assert "Ben" not in words


def test_days_that_are_closed_do_not_count(case):
    half_term = {TODAY + timedelta(days=days) for days in range(1, 6)}
    assert case.ask(closed=half_term).due == date(2026, 12, 25)


@pytest.mark.parametrize(
    ("reasons", "refusal", "field"),
    [
        ({}, Invalid, "reason_LLE1"),
        ({CODE: " \u00a0\u200b"}, Invalid, "reason_RA1"),
        ({CODE: ""}, Invalid, "reason_RA1"),
        ({"NOPE": "Why?"}, NotFound, None),
    ],
)
def test_a_request_names_questions_of_the_list_with_a_reason(case, reasons, refusal, field):
    with pytest.raises(refusal) as refused:
        case.ask(reasons=reasons)
    assert getattr(refused.value, "field", None) == field
    assert case.assessment.state == "in_moderation"


def test_only_a_seated_reviewer_who_has_not_finished_asks(case):
    for name in ("cat", "dee", "lead", "cora"):
        with pytest.raises(NotAllowed):
            case.ask(name)
    with pytest.raises(WrongState, match="finished"):
        case.ask("ann")


def test_it_is_asked_once_and_a_second_click_is_the_same_request(case):
    first = case.ask()
    assert case.ask().id == first.id
    for name, reasons in (("ben", {"RA2": "More."}), ("ann", ASKED)):
        with pytest.raises(WrongState, match="asked for once"):
            case.ask(name, reasons)
    case.send_back()
    with pytest.raises(WrongState, match="asked for once"):
        case.ask("ben", {"RA2": "More."})
    assert case.events("assessment.more_asked") == 1


@pytest.mark.parametrize("blank", ["", *BLANKS[:4], BLANKS])
def test_the_database_refuses_a_request_without_a_reason(case, blank):
    asked = case.ask()
    db.session.add(QuestionAsked(more_asked_id=asked.id, question_code="RA2", reason=blank))
    with pytest.raises(IntegrityError, match="has_a_reason"):
        db.session.commit()
    db.session.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE more_asked SET due = '2030-01-01'",
        "DELETE FROM more_asked_questions",
        "DELETE FROM snapshots_before",
    ],
)
def test_the_database_keeps_what_was_asked_and_sent(case, statement):
    case.ask()
    case.send_back()
    with pytest.raises(DatabaseError, match="only ever added"):
        db.session.execute(db.text(statement))
    db.session.rollback()


def test_while_it_is_asked_nobody_rates_finishes_or_hands_back(case):
    case.ask()
    for what in (lambda: case.judge("ben", "RA2", rating=3), lambda: case.do(operations.finish, "ben")):
        with pytest.raises((WrongState, Invalid)):
            what()
    page = queries.case_page(queries.case_for(case.case.id, case.actor("ben")), case.actor("ben"))
    assert page.head.reached.more_asked
    assert not page.head.reached.rating


def test_what_comes_back_is_rated_again_and_the_rest_stands(case):
    case.ask()
    case.save(rating=2, account="We were too kind to ourselves.")
    case.send_back()
    work = casework.of(case.case)
    assert case.assessment.state == "in_moderation"
    assert work.sent.claims[CODE].claimed == 2
    assert work.first[CODE].claimed == 3
    assert case.assessment.sent_before.snapshot["answers"][CODE]["claimed"] == 3
    assert {code for code in work.sent.claims if work.sent.claims[code] != work.first[code]} == {CODE}
    ann, ben = (work.sitting_of(case.people[name].id) for name in ("ann", "ben"))
    assert [look.code for look in work.left_to_rate(ann)] == [CODE]
    assert (ann.finished, work.all_done) == (False, False)
    assert CODE in {look.code for look in work.left_to_rate(ben)}
    with pytest.raises(WrongState, match="your ratings stand"):
        case.judge("ann", "RA2", rating=2)
    case.judge("ann", CODE, rating=1)
    case.do(operations.finish, "ann")
    case.rate_all("ben", **{CODE: 1})
    assert casework.of(case.case).all_done
    rounds = db.session.scalars(select(Judgement.round).where(Judgement.question_code == CODE)).all()
    assert sorted(rounds) == [1, 1, 2, 2]
    assert case.events("assessment.taken_up_again") == 1
    assert case.letters("more_added") == ["ann.one@example.org", "ben.two@example.org"]


def test_a_reviewer_sees_what_changed_since(case):
    case.ask()
    backing = make.item(case.organisation, case.actor("lead"), "Minutes of May")
    with transaction():
        answering.attach_evidence(case.assessment, CODE, backing, actor=case.actor("lead"), now=NOW)
    case.save(rating=3, account="The plan for travel changed in May.")
    case.send_back()
    page = queries.rate_page(case.case, CODE, case.actor("ben"))
    assert page.since.reason == ASKED[CODE]
    assert "They wrote something new." in page.since.lines
    assert "New or changed evidence: Minutes of May." in page.since.lines
    assert queries.rate_page(case.case, "RA2", case.actor("ben")).since is None


def test_what_is_shut_away_is_gone_from_what_was_sent_in_first_too(case):
    case.ask()
    case.send_back()
    assert "Parent survey, spring 2026" in str(case.assessment.sent_before.snapshot)
    with transaction():
        forgetting.forget(case.organisation.id, "1", instead=forgetting.SHUT_AWAY)
    for kept in (case.assessment.snapshot, case.assessment.sent_before.snapshot):
        assert "Parent survey, spring 2026" not in str(kept)


def test_only_a_lead_sends_it_back_and_twice_is_once(case):
    case.ask()
    for name in ("ann", "ben", "dee", "cora"):
        with pytest.raises(NotAllowed):
            case.send_back(name)
    case.send_back()
    case.send_back()
    assert case.events("assessment.taken_up_again") == 1
    with pytest.raises(WrongState):
        case.save(account="Too late.")


def test_nothing_is_sent_back_that_was_not_asked_for(case):
    with pytest.raises(NotFound):
        case.send_back()


def test_an_answer_without_a_rating_is_not_sent_back_but_time_goes_on_without_it(case):
    case.ask()
    case.save(rating=None)
    with pytest.raises(Incomplete):
        case.send_back()
    assert case.assessment.state == "more_asked"
    with transaction():
        assert asking.take_up_overdue(now=NOW, today=DUE + timedelta(days=1)) == 1
    assert casework.of(case.case).sent.claims[CODE].claimed == 3


def test_when_time_is_over_the_reviewers_go_on_by_themselves(case):
    case.ask()
    for day, letters in ((date(2026, 12, 10), 0), (date(2026, 12, 11), 1), (DUE, 0)):
        with transaction():
            assert asking.remind(now=NOW, today=day) == letters
    with transaction():
        assert asking.take_up_overdue(now=NOW, today=DUE) == 0
    for taken in (1, 0):
        with transaction():
            assert asking.take_up_overdue(now=NOW, today=DUE + timedelta(days=1)) == taken
    assert case.assessment.sent_before.replaced_by is None
    assert case.letters("more_taken_up") == [case.lead.email]


def test_the_level_that_answers_point_to_is_worked_out_again(app):
    stage = Round(2)
    stage.seat("ann", "ben")
    stage.ask("ann")
    assert casework.of(stage.case).sent.level == "developing"
    stage.save(rating=0)
    stage.send_back()
    assert casework.of(stage.case).sent.level is None
    assert casework.of(stage.case).seats.places == 2


def test_other_organisations_see_nothing_of_it(case):
    case.ask()
    elsewhere = build.lead_of(build.organisation("Ash School"), "Ola Outside")
    with pytest.raises(NotAllowed), transaction():
        asking.send_back(case.case, actor=build.actor(elsewhere.id), now=NOW, today=TODAY)
