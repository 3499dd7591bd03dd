"""The right of reply and the appeal: who says what by when, and who decides it with what in hand."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError, IntegrityError

from coprod.certificates.models import Certificate
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, WrongState
from coprod.history import Event
from coprod.mail.models import Letter
from coprod.moderation import deciding, exhibits, operations, queries, reply_pages, replying
from coprod.moderation.models import PracticeRating
from coprod.moderation.reply_models import OutcomeBefore, Reply, ReplyDecision
from coprod.moderation.replying import Said
from coprod.permissions import AreaRole
from coprod.text import BLANKS
from coprod.transaction import transaction
from tests.moderation.test_moderation_operations import NOW, TODAY, Stage
from tests.support import build
from tests.support.engines import unguard

REPLY_BY = date(2026, 12, 4)
APPEAL_BY = date(2026, 12, 11)
DECIDED_ON = date(2026, 11, 27)
AGREES = Said(agrees=True)
AGAINST = Said(agrees=False, words="Look at the survey again.", points_to=("1",))
OUTSIDE = {"outsider_name": "Una Outside", "outsider_role": "Lead reviewer in the next county"}
REASON = "The survey shows that families shaped it."
SECRET = "Between reviewers only"


class Round(Stage):
    """Two reviewers who are of one mind, changed two ratings of three, and gave the result."""

    def __init__(self, **how):
        super().__init__(3, **how)
        self.seat("ann", "ben")
        for name in ("ann", "ben"):
            self.judge(name, "RA1", rating=2, private_note=SECRET)
            self.rate_all(name, RA2=2)
        self.give()
        self.people["finn"] = build.person("Finn Fresh", AreaRole.LEAD_REVIEWER)

    def reply(self, name="lead", today=TODAY, **said):
        self.do(replying.reply, name, said or {"RA1": AGAINST, "RA2": AGREES}, today=today)

    def declared(self, *names):
        for name in names:
            self.do(operations.declare, name, conflict=False)

    def decide(self, name="cat", code="RA1", rating=3, reason=REASON, today=DECIDED_ON, **outside):
        return self.do(deciding.decide, name, code, rating=rating, reason=reason, today=today, **outside)

    def decided(self, rating=2):
        self.reply()
        self.declared("cat")
        self.decide(rating=rating)

    def appeal(self, name="lead", today=DECIDED_ON, **words):
        self.do(replying.appeal, name, words or {"RA1": "It is still wrong."}, today=today)

    def appealed(self):
        self.decided()
        self.appeal()
        self.declared("dee", "finn")

    def page(self):
        return queries.result_page(self.assessment.id, self.actor("lead"))

    def rating(self, code="RA1"):
        return self.case.outcome["questions"][code]["rating"]


def events(*names):
    return [db.session.query(Event).filter_by(what=name).count() for name in names]


def receivers(template):
    return sorted(db.session.scalars(select(Letter.receiver).where(Letter.template == template)))


@pytest.fixture
def case(app):
    return Round()


# The reply


def test_a_reply_is_about_each_rating_that_was_changed_or_held(app):
    stage = Round(credited={"LLE1": 2}, ceilings={"LLE1": 2})
    assert set(replying.contestable(stage.case)) == {"LLE1", "RA1", "RA2"}
    with pytest.raises(Invalid, match="LLE1"):
        stage.reply()
    stage.reply(RA1=AGAINST, RA2=AGREES, LLE1=AGREES)


@pytest.mark.parametrize(
    ("said", "refusal", "field"),
    [
        ({"RA1": AGAINST}, Invalid, "agree_RA2"),
        ({"RA1": Said(agrees=False, words=" \u200b"), "RA2": AGREES}, Invalid, "words_RA1"),
        ({"RA1": AGAINST, "RA2": AGREES, "RA3": AGAINST}, NotFound, None),
        ({"RA1": Said(agrees=False, words="Why.", points_to=("new",)), "RA2": AGREES}, NotFound, None),
    ],
)
def test_a_reply_is_whole_has_words_and_points_to_nothing_new(case, said, refusal, field):
    with pytest.raises(refusal) as refused:
        case.reply(**said)
    assert getattr(refused.value, "field", None) == field
    assert db.session.query(Reply).count() == 0


@pytest.mark.parametrize("name", ["ann", "cat", "dee", "cora"])
def test_only_a_lead_replies_and_appeals(case, name):
    with pytest.raises(NotAllowed):
        case.reply(name)
    case.decided()
    with pytest.raises(NotAllowed):
        case.appeal(name)


def test_a_reply_is_sent_once_and_in_time(case):
    with pytest.raises(WrongState, match="over"):
        case.reply(today=REPLY_BY + timedelta(days=1))
    case.reply(today=REPLY_BY)
    case.reply(today=REPLY_BY)
    with pytest.raises(WrongState, match="sent already"):
        case.reply(RA1=AGREES, RA2=AGREES)
    assert events("case.replied") == [1]
    assert receivers("reply_to_decide") == ["dee.lead@example.org", "finn.fresh@example.org"]


def test_nothing_is_replied_before_the_result_or_once_it_is_final(small_case):
    with pytest.raises(NotFound):
        small_case.do(replying.reply, "lead", {"RA1": AGREES}, today=TODAY)
    small_case.done("ann", "ben")
    small_case.give()
    with pytest.raises(WrongState, match="nothing to reply to"):
        small_case.do(replying.reply, "lead", {}, today=TODAY)
    small_case.accept()
    with pytest.raises(WrongState):
        small_case.do(replying.reply, "lead", {}, today=TODAY)


@pytest.fixture
def small_case(app):
    return Stage(2)


def test_to_agree_with_everything_is_to_accept(case):
    case.reply(RA1=AGREES, RA2=AGREES)
    assert case.assessment.state == "final"
    assert db.session.query(Certificate).count() == 1
    assert events("case.replied", "case.closed", "assessment.final") == [1, 1, 1]


def test_a_reply_stops_the_clock_and_its_acceptance(case):
    case.reply()
    with transaction():
        assert operations.close_unanswered(now=NOW, today=REPLY_BY + timedelta(days=400)) == 0
    with pytest.raises(WrongState, match="took no part"):
        case.accept()
    page = case.page()
    assert (page.contested, page.may_accept, page.may_reply, page.may_appeal) == ("reply", False, False, False)


# The decision


@pytest.mark.parametrize("name", ["ann", "ben", "lead", "cora"])
def test_nobody_decides_who_took_part_or_is_no_reviewer(case, name):
    case.reply()
    with pytest.raises(NotAllowed):
        case.decide(name)
    assert db.session.query(ReplyDecision).count() == 0


def test_whoever_settled_signed_or_gave_the_result_took_part(app):
    stage = Stage(3)
    stage.seat("ann", "ben")
    stage.rate_all("ann", RA1=1)
    stage.rate_all("ben")
    stage.do(operations.declare, "dee", conflict=False)
    stage.do(operations.settle, "dee", "RA1", rating=2, reason=REASON)
    stage.give("ann")
    stage.do(replying.reply, "lead", {"RA1": AGAINST}, today=TODAY)
    with pytest.raises(NotAllowed):
        stage.do(deciding.decide, "dee", "RA1", rating=3, reason=REASON, today=TODAY)


def test_who_gave_the_result_took_part(app):
    stage = Stage(3)
    stage.seat("ann", "ben")
    for name in ("ann", "ben"):
        stage.rate_all(name, RA1=2)
    stage.do(operations.declare, "dee", conflict=False)
    stage.give("dee")
    stage.do(replying.reply, "lead", {"RA1": AGAINST}, today=TODAY)
    with pytest.raises(NotAllowed):
        stage.do(deciding.decide, "dee", "RA1", rating=3, reason=REASON, today=TODAY)


def test_who_decides_says_first_that_there_is_no_conflict(case):
    case.reply()
    with pytest.raises(NotAllowed, match="conflict"):
        case.decide()
    case.do(operations.declare, "cat", conflict=True)
    with pytest.raises(NotAllowed):
        case.decide()
    assert queries.queue(case.actor("cat"), today=TODAY).to_decide == ()


def test_who_decides_has_practised_before_they_read_anything(case):
    case.reply()
    case.declared("cat")
    assert [one.words for one in queries.queue(case.actor("cat"), today=TODAY).to_decide] == ["A reply to decide"]
    unguard("practice_ratings", "delete")
    db.session.query(PracticeRating).filter_by(person_id=case.people["cat"].id).delete()
    db.session.commit()
    assert queries.queue(case.actor("cat"), today=TODAY).to_decide == ()
    for page in (lambda: reply_pages.to_decide_page(case.case, case.actor("cat")), read_ra1(case, "cat"), case.decide):
        with pytest.raises(WrongState, match="Practise"):
            page()


def read_ra1(case, name):
    return lambda: reply_pages.decide_page(case.case, "RA1", case.actor(name))


@pytest.mark.parametrize(
    ("given", "field"),
    [({"reason": "\u00a0"}, "reason"), ({"rating": 5}, "rating"), ({"rating": -1}, "rating")],
)
def test_a_decision_keeps_to_the_scale_and_has_a_reason(case, given, field):
    case.reply()
    case.declared("cat")
    with pytest.raises(Invalid) as refusal:
        case.decide(**given)
    assert refusal.value.field == field


def test_a_decision_goes_no_higher_than_the_evidence_allows(app):
    stage = Round(ceilings={"RA1": 3})
    stage.reply()
    stage.declared("cat")
    with pytest.raises(Invalid, match="at most"):
        stage.decide(rating=4)


def test_only_what_is_disagreed_with_is_decided_and_once(case):
    case.reply(RA1=AGAINST, RA2=AGAINST)
    case.declared("cat", "dee")
    with pytest.raises(NotFound):
        case.decide(code="RA3")
    first = case.decide()
    assert case.decide().id == first.id
    with pytest.raises(WrongState, match="decided already"):
        case.decide("dee", rating=2)
    assert case.case.appeal_by is None
    case.decide(code="RA2", rating=2)
    assert case.decide(code="RA2", rating=2).rating == 2
    with pytest.raises((WrongState, NotAllowed)):
        case.decide("dee", code="RA2", rating=1)
    assert events("case.reply_decided", "case.result_given_again") == [2, 1]


@pytest.mark.parametrize("rating", [1, 2, 3])
def test_a_decision_may_keep_raise_or_lower_and_the_level_is_computed_again(case, rating):
    was = case.case.outcome
    case.decided(rating)
    assert case.rating() == rating
    assert case.case.outcome["questions"]["RA1"]["how"] == "reply"
    made = db.session.query(ReplyDecision).one()
    assert (made.before, made.rating, made.reason) == (2, rating, REASON)
    assert db.session.query(OutcomeBefore).one().outcome == was
    assert case.case.appeal_by == APPEAL_BY
    assert receivers("reply_decided") == [case.lead.email]
    page = case.page()
    assert (page.contested, page.may_accept, page.may_appeal) == (None, True, True)
    shown = page.said[0]
    assert (shown.words, shown.points_to, shown.decision.reason) == (
        AGAINST.words,
        ("Parent survey, spring 2026",),
        REASON,
    )


def test_a_decided_reply_is_final_unless_somebody_appeals_in_time(case):
    case.decided()
    for today, closed in ((APPEAL_BY, 0), (APPEAL_BY + timedelta(days=1), 1), (APPEAL_BY + timedelta(days=1), 0)):
        with transaction():
            assert operations.close_unanswered(now=NOW, today=today) == closed
    with pytest.raises(WrongState):
        case.appeal()


def test_a_decided_reply_can_be_accepted(case):
    case.decided(3)
    assert case.accept() is not None
    assert case.assessment.state == "final"


def test_who_decides_sees_what_was_said_and_no_private_note_and_nobody_who_rated(case):
    case.reply()
    case.declared("cat", "dee")
    for name in ("cat", "dee"):
        actor = case.actor(name)
        assert [one.words for one in queries.queue(actor, today=TODAY).to_decide] == ["A reply to decide"]
        page = reply_pages.decide_page(queries.case_for(case.case.id, actor), "RA1", actor)
        assert page.said[0].words == AGAINST.words
        for hidden in (SECRET, "Ann One", "Ben Two", str(case.people["ann"].id)):
            assert hidden not in repr(page)
        with pytest.raises(NotFound):
            queries.agree_page(case.case, actor)
        with pytest.raises(NotFound):
            reply_pages.decide_page(case.case, "RA2", actor)


def test_who_took_part_sees_nothing_to_decide(case):
    case.reply()
    for name in ("ann", "ben"):
        actor = case.actor(name)
        assert queries.queue(actor, today=TODAY).to_decide == ()
        with pytest.raises(NotFound):
            reply_pages.to_decide_page(case.case, actor)


def test_evidence_is_open_to_who_decides_only_while_there_is_something_to_decide(case):
    cat = case.actor("cat")
    with pytest.raises(NotAllowed):
        exhibits.open_file(case.case, "RA1", uuid4(), actor=cat, now=NOW)
    case.reply()
    case.declared("cat")
    with pytest.raises(NotFound):
        exhibits.open_file(case.case, "RA1", uuid4(), actor=cat, now=NOW)


# The appeal


def test_an_appeal_needs_a_decided_reply_words_and_time(case):
    with pytest.raises(NotFound):
        case.appeal()
    case.reply()
    with pytest.raises(NotFound):
        case.appeal()
    case.declared("cat")
    case.decide(rating=2)
    for words, refusal in (({"RA1": " "}, Invalid), ({"RA2": "It was agreed."}, NotFound), ({"NOPE": "x"}, NotFound)):
        with pytest.raises(refusal):
            case.appeal(**words)
    with pytest.raises(WrongState, match="over"):
        case.appeal(today=APPEAL_BY + timedelta(days=1))
    case.appeal(today=APPEAL_BY)
    case.appeal(today=APPEAL_BY)
    with pytest.raises(WrongState, match="sent already"):
        case.appeal(RA1="Something else.")
    assert events("case.appealed") == [1]
    with transaction():
        assert operations.close_unanswered(now=NOW, today=APPEAL_BY + timedelta(days=400)) == 0


def test_a_lead_reviewer_who_took_no_part_and_somebody_from_outside_decide_an_appeal(case):
    case.appealed()
    for name in ("ann", "ben", "cat"):
        with pytest.raises(NotAllowed):
            case.decide(name, **OUTSIDE)
    for missing in OUTSIDE:
        with pytest.raises(Invalid) as refusal:
            case.decide("dee", **(OUTSIDE | {missing: " "}))
        assert refusal.value.field == missing
    assert [one.words for one in queries.queue(case.actor("dee"), today=TODAY).to_decide] == ["An appeal to decide"]
    case.decide("dee", **OUTSIDE)
    case.decide("dee", **OUTSIDE)
    assert (case.rating(), case.assessment.state) == (3, "final")
    assert events("case.appeal_decided", "case.closed", "assessment.final") == [1, 1, 1]
    assert db.session.query(OutcomeBefore).count() == 2
    with pytest.raises(WrongState):
        case.appeal(RA1="Again.")
    page = case.page()
    assert page.final_at is not None
    assert "Una Outside" not in repr(page.said)
    assert page.said[-1].decision.outsider == OUTSIDE["outsider_role"]


def test_who_decided_the_reply_does_not_decide_the_appeal(case):
    case.reply()
    case.declared("dee")
    case.decide("dee", rating=2)
    case.appeal()
    with pytest.raises(NotAllowed):
        case.decide("dee", **OUTSIDE)


# What the database keeps


@pytest.mark.parametrize("table", ["replies", "reply_decisions", "outcomes_before"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET kind = 'appeal'"])
def test_the_database_keeps_what_was_said_and_decided(case, table, statement):
    case.decided()
    with pytest.raises(DatabaseError, match="only ever added"):
        db.session.execute(db.text(statement.format(table)))
    db.session.rollback()


@pytest.mark.parametrize("blank", ["", BLANKS])
def test_the_database_refuses_what_has_no_words(case, blank):
    who = {"case_id": case.case.id, "question_code": "RA1", "made_by": case.lead.id, "made_at": NOW}
    for row in (
        Reply(kind="reply", agrees=False, words=blank, points_to=[], **who),
        Reply(kind="appeal", agrees=True, words="x", points_to=[], **who),
        ReplyDecision(kind="reply", before=2, rating=3, reason=blank, **who),
        ReplyDecision(kind="appeal", before=2, rating=3, reason="x", outsider_name=blank, outsider_role="x", **who),
        ReplyDecision(kind="reply", before=2, rating=5, reason="x", **who),
    ):
        db.session.add(row)
        with pytest.raises(IntegrityError, match=r"(?i)check"):
            db.session.commit()
        db.session.rollback()
