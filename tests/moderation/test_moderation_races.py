"""Two people deciding at the same instant, and one person clicking twice, come to one decision."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from coprod.accounts.models import Person
from coprod.assessments.models import Assessment
from coprod.certificates.models import Certificate
from coprod.database import db
from coprod.errors import DomainError
from coprod.moderation import operations
from coprod.moderation.models import Case, Judgement, Settlement
from coprod.permissions import AreaRole
from coprod.transaction import transaction
from tests.moderation.test_moderation_operations import NOW, TODAY, Stage
from tests.support import build
from tests.support.client import Client

MOST_QUERIES = 15


def at_once(app: Flask, people: list, decide) -> list[str]:
    """Everybody decides at the same time, each on their own connection. What became of each."""

    def one(person_id) -> str:
        with app.app_context():
            try:
                decide(db.session.get_one(Person, person_id).actor)
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


@pytest.mark.parametrize("path", ["/moderation", "/moderation/cases/{}", "/moderation/cases/{}/RA1"])
def test_pages_ask_few_queries(app, stage, path):
    stage.seat("ann", "ben")
    stage.rate_all("ben")
    client = Client(app)
    client.sign_in("ann.one@example.org")
    address = path.format(stage.case.id)
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    client.get(address)
    assert len(asked) <= MOST_QUERIES, "\n".join(asked)
