"""Two people deciding at the same instant, and one person clicking twice, come to one decision, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from coprod.accounts.models import Person
from coprod.assessments.models import Answer, Assessment
from coprod.certificates.models import Certificate
from coprod.database import db
from coprod.errors import Busy, DomainError
from coprod.history import Event
from coprod.moderation import asking, deciding, operations, replying
from coprod.moderation.models import Case, Judgement, Settlement
from coprod.moderation.reply_models import Reply, ReplyDecision
from coprod.moderation.replying import Said
from coprod.permissions import AreaRole
from coprod.transaction import again, transaction
from tests.moderation.test_moderation_operations import NOW, TODAY, WHY, Stage
from tests.support import build

pytestmark = pytest.mark.both_databases
TRIES = 30


def at_once(app: Flask, people: list, decide) -> list[str]:
    """Everybody decides at the same time, each on their own connection. What became of each.

    Whoever is told that the database is busy tries again, as the page says: a slow machine decides nothing here.
    """
    all_there = Barrier(len(people))

    def one(person_id) -> str:
        with app.app_context():
            try:
                actor = db.session.get_one(Person, person_id).actor
                all_there.wait()
                _until_it_is_heard(lambda: again(lambda: decide(actor)))
            except DomainError as refusal:
                return type(refusal).__name__
            else:
                return "done"
            finally:
                db.session.remove()

    db.session.commit()
    with ThreadPoolExecutor(len(people)) as pool:
        found = sorted(pool.map(one, people))
    db.session.expire_all()
    return found


def _until_it_is_heard(press) -> None:
    for _ in range(TRIES - 1):
        try:
            return press()
        except Busy:
            db.session.remove()
    return press()


@pytest.fixture
def stage(app):
    return Stage(3)


def test_six_people_ask_for_two_places(app, stage):
    people = [build.person(f"Parent {n}", AreaRole.REVIEWER, parent_carer=True).id for n in range(6)]
    assessment_id = stage.assessment.id

    def take(actor) -> None:
        with transaction():
            case = operations.open_case(db.session.get_one(Assessment, assessment_id), now=NOW)
            operations.declare(case, conflict=False, actor=actor, now=NOW)
            operations.take_seat(case, actor=actor, now=NOW)

    assert at_once(app, people, take) == ["WrongState"] * 4 + ["done"] * 2
    assert [seat.position for seat in stage.case.seats] == [1, 2]


def test_one_person_sends_one_rating_four_times(app, stage):
    stage.seat("ann")
    case_id, person_id = stage.case.id, stage.people["ann"].id

    def judge(actor) -> None:
        case = db.session.get_one(Case, case_id)
        with transaction():
            operations.judge(
                case, "RA1", rating=2, reason="Why", note="", private_note="", actor=actor, now=NOW
            )

    assert at_once(app, [person_id] * 4, judge) == ["done"] * 4
    assert db.session.scalar(select(func.count()).select_from(Judgement)) == 1


def test_a_result_is_given_and_accepted_once(app, stage):
    stage.done("ann", "ben")
    case_id = stage.case.id

    def give(actor) -> None:
        case = db.session.get_one(Case, case_id)
        with transaction():
            operations.give_result(case, actor=actor, now=NOW, today=TODAY)

    def accept(actor) -> None:
        case = db.session.get_one(Case, case_id)
        with transaction():
            operations.accept_result(case, actor=actor, now=NOW, today=TODAY)

    pair = [stage.people["ann"].id, stage.people["ben"].id]
    lead_id = stage.lead.id
    assert at_once(app, pair * 2, give) == ["done"] * 4
    assert db.session.scalar(select(func.count()).select_from(Settlement)) == 25
    assert at_once(app, [lead_id] * 4, accept) == ["done"] * 4
    assert db.session.scalar(select(func.count()).select_from(Certificate)) == 1


def once(what, case_id, *given, **how):
    """One decision in its own transaction, by whoever is asked."""

    def decide(actor) -> None:
        case = db.session.get_one(Case, case_id)
        with transaction():
            what(case, *given, actor=actor, **({"now": NOW} | how))

    return decide


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def events(what) -> int:
    return db.session.scalar(select(func.count()).select_from(Event).where(Event.what == what))


def test_both_reviewers_finish_at_once_and_twice(app, stage):
    stage.seat("ann", "ben")
    for name in ("ann", "ben"):
        for code in stage.case.assessment.snapshot["answers"]:
            stage.judge(name, code, rating=3)
    pair = [stage.people[name].id for name in ("ann", "ben")]
    assert at_once(app, pair * 2, once(operations.finish, stage.case.id)) == ["done"] * 4
    assert events("case.finished") == 2


@pytest.fixture
def apart(stage):
    """RA1 is one apart, RA2 two."""
    stage.seat("ann", "ben")
    stage.rate_all("ann", RA1=2, RA2=1)
    stage.rate_all("ben")
    stage.people["eve"] = build.person("Eve Lead", AreaRole.LEAD_REVIEWER)
    for name in ("dee", "eve"):
        stage.do(operations.declare, name, conflict=False)
    return stage


def test_two_lead_reviewers_decide_at_once(app, apart):
    """One decision, and the other reads what it was."""
    case_id, refusals = apart.case.id, []

    def decide(actor) -> None:
        rating = 2 if actor.person_id == dee else 3
        try:
            once(operations.settle, case_id, "RA2", rating=rating, reason=f"The words of {rating}.")(actor)
        except DomainError as refusal:
            refusals.append(refusal.message)
            raise

    dee, eve = (apart.people[name].id for name in ("dee", "eve"))
    assert at_once(app, [dee, eve], decide) == ["WrongState", "done"]
    (settled,) = db.session.scalars(select(Settlement))
    assert refusals[0].endswith(f"({settled.rating}). The words of {settled.rating}.")
    assert at_once(app, [settled.made_by] * 2, decide) == ["done"] * 2
    assert count(Settlement) == 1


def test_both_reviewers_put_the_same_rating_forward_at_once(app, apart):
    pair = [apart.people[name].id for name in ("ann", "ben")]
    settle = once(operations.settle, apart.case.id, "RA1", rating=3, reason=WHY)
    found = at_once(app, pair * 2, settle)
    assert found.count("done") >= 2
    assert {*found} <= {"done", "WrongState"}
    assert count(Settlement) == 2
    standing = {s.rating for s in db.session.scalars(select(Settlement))}
    assert standing == {3}


def test_one_reviewer_agrees_twice_while_the_other_puts_something_else_forward(app, apart):
    apart.do(operations.settle, "ann", "RA1", rating=3, reason=WHY)
    ann, ben = (apart.people[name].id for name in ("ann", "ben"))
    other = once(operations.settle, apart.case.id, "RA1", rating=2, reason="The words of 2.")
    agree = once(operations.confirm, apart.case.id, "RA1", rating=3)
    found = at_once(app, [ann, ben, ben], lambda actor: (other if actor.person_id == ann else agree)(actor))
    assert found in (["WrongState", "done", "done"], ["WrongState", "WrongState", "done"])
    assert count(Settlement) == 2


def test_more_is_asked_for_once(app, stage):
    stage.seat("ann", "ben")
    pair = [stage.people[name].id for name in ("ann", "ben")]
    ask = once(asking.ask_for_more, stage.case.id, {"RA1": "Which plan?"}, today=TODAY)
    with transaction():
        db.session.add(
            Answer(
                assessment_id=stage.assessment.id,
                question_code="RA1",
                rating=3,
                saved_by=stage.lead.id,
                saved_at=NOW,
            )
        )
    assert at_once(app, pair, ask) == ["WrongState", "done"]
    assert events("assessment.more_asked") == 1


@pytest.fixture
def replied(stage):
    """A result with RA1 changed, and a reply to it by two leads."""
    stage.seat("ann", "ben")
    for name in ("ann", "ben"):
        stage.rate_all(name, RA1=2)
    stage.give()
    stage.people["second"] = build.lead_of(stage.organisation, "Sue Second")
    return stage


def test_two_leads_reply_at_once_and_two_reviewers_decide_it_at_once(app, replied):
    leads = [replied.lead.id, replied.people["second"].id]
    one, other = ({"RA1": Said(agrees=False, words=words)} for words in ("Look at the survey.", "Look again."))

    def reply(actor) -> None:
        once(replying.reply, case_id, one if actor.person_id == leads[0] else other, today=TODAY)(actor)

    def decide(actor) -> None:
        rating = 2 if actor.person_id == cat else 3
        once(deciding.decide, case_id, "RA1", rating=rating, reason=f"The words of {rating}.", today=TODAY)(actor)

    case_id, cat, dee = replied.case.id, replied.people["cat"].id, replied.people["dee"].id
    assert at_once(app, leads, reply) == ["WrongState", "done"]
    (said,) = db.session.scalars(select(Reply))
    assert at_once(app, [said.made_by] * 2, reply) == ["done"] * 2
    for name in ("cat", "dee"):
        replied.do(operations.declare, name, conflict=False)
    assert at_once(app, [cat, dee], decide) == ["WrongState", "done"]
    (made,) = db.session.scalars(select(ReplyDecision))
    assert at_once(app, [made.made_by] * 2, decide) == ["done"] * 2
    assert events("case.reply_decided") == 1
    assert events("case.result_given_again") == 1


OUTSIDE = {"outsider_name": "Una Outside", "outsider_role": "Lead reviewer in the next county"}


def test_two_leads_appeal_at_once_and_two_lead_reviewers_decide_it_at_once(app, replied):
    leads = [replied.lead.id, replied.people["second"].id]
    case_id, cat, dee = replied.case.id, replied.people["cat"].id, replied.people["dee"].id
    eve = build.person("Eve Lead", AreaRole.LEAD_REVIEWER).id
    replied.people["eve"] = db.session.get_one(Person, eve)
    replied.do(replying.reply, "lead", {"RA1": Said(agrees=False, words="Look again.")}, today=TODAY)
    for name in ("cat", "dee", "eve"):
        replied.do(operations.declare, name, conflict=False)
    replied.do(deciding.decide, "cat", "RA1", rating=2, reason=WHY, today=TODAY)

    def appeal(actor) -> None:
        words = {"RA1": "It is wrong." if actor.person_id == leads[0] else "It is not right."}
        once(replying.appeal, case_id, words, today=TODAY)(actor)

    def decide(actor) -> None:
        rating = 2 if actor.person_id == dee else 3
        given = {"rating": rating, "reason": f"The words of {rating}.", "today": TODAY} | OUTSIDE
        once(deciding.decide, case_id, "RA1", **given)(actor)

    assert at_once(app, leads, appeal) == ["WrongState", "done"]
    (said,) = db.session.scalars(select(Reply).where(Reply.kind == "appeal"))
    assert at_once(app, [said.made_by] * 3, appeal) == ["done"] * 3
    assert (count(Reply), events("case.appealed")) == (2, 1)
    refused = at_once(app, [dee, eve], decide)
    assert refused in (["WrongState", "done"], ["NotAllowed", "done"])
    (made,) = db.session.scalars(select(ReplyDecision).where(ReplyDecision.kind == "appeal"))
    assert at_once(app, [made.made_by] * 3, decide) == ["done"] * 3
    assert [events(f"case.{what}") for what in ("appeal_decided", "closed")] == [1, 1]
    assert count(Certificate) == 1
    assert cat != made.made_by
