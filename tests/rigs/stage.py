"""A deployment for the rigs: people who are signed in, and enough work for each of them."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import inspect, select

from coprod.app import create_app
from coprod.assessments.models import Answer, AnswerChange, AnswerEvidence, Assessment, PlanAction
from coprod.database import db
from coprod.framework.queries import current_framework
from coprod.moderation import casework, operations
from coprod.organisations.models import Organisation
from coprod.permissions import AreaRole
from coprod.settings import Settings
from coprod.transaction import transaction
from tests.conftest import KEY, QUICK
from tests.support import assessments, build, snapshots
from tests.support.client import Browser, Client

HERE = "http://localhost"
REVIEWERS = 2


@dataclass
class Desk:
    """Where somebody works: their cookie and token, and what there is for them to do."""

    name: str
    cookie: str = ""
    token: str = ""
    codes: tuple[str, ...] = ()
    writes: UUID | None = None
    home: UUID | None = None
    to_sign: list[UUID] = field(default_factory=list)
    to_submit: list[UUID] = field(default_factory=list)
    cases: list[tuple[UUID, tuple[str, ...]]] = field(default_factory=list)


def settings(folder: Path, database: str = "") -> Settings:
    return Settings(
        instance=folder,
        secret_key=KEY,  # type: ignore[arg-type]  # pydantic takes a text for a secret
        base_url=HERE,
        trusted_hosts=("127.0.0.1",),
        database_url=database,
        open_cases=50,
    )


def environment(chosen: Settings) -> dict[str, str]:
    """The same settings for a process of its own."""
    return {
        "COPROD_INSTANCE": str(chosen.instance),
        "COPROD_SECRET_KEY": KEY,
        "COPROD_BASE_URL": HERE,
        "COPROD_TRUSTED_HOSTS": '["127.0.0.1"]',
        "COPROD_DATABASE_URL": chosen.database_url,
        "COPROD_OPEN_CASES": str(chosen.open_cases),
    }


def set_up(app: Flask, *, each: int, leads: int = 6, cases: int = 8) -> list[Desk]:
    """Leads, each with a draft to write in and `each` places to sign for and to send in; two reviewers of all cases."""
    with app.app_context():
        upgrade()
        desks = [_lead(number) for number in range(leads)]
        template = _template()
        for number, desk in enumerate(desks):
            lead = db.session.get_one(build.Person, desk.home)
            places = [_place(f"Place {number} {n}", lead) for n in range(2 * each + 1)]
            desk.home = places[0]
            desk.writes = assessments.started(db.session.get_one(Organisation, places[0]), build.actor(lead.id)).id
            desk.to_sign = places[1 : each + 1]
            desk.to_submit = [_copy(template, place) for place in places[each + 1 :]]
        desks += _reviewers(cases)
        for desk in desks:
            _sign_in(app, desk)
        db.session.remove()
        db.engine.dispose()
    return desks


def opened(chosen: Settings) -> Flask:
    app = create_app(chosen, **QUICK, RATELIMIT_ENABLED=False, KEEP_PAGES=False)
    app.test_client_class = Browser
    return app


def _lead(number: int) -> Desk:
    who = build.person(f"Lead {number}")
    return Desk(who.email, codes=tuple(q.code for q in current_framework().questions), home=who.id)


def _place(name: str, lead: build.Person) -> UUID:
    where = build.organisation(name)
    build.membership(lead, where)
    return where.id


def _template() -> Assessment:
    """One assessment that can be sent in; others are copies of it."""
    where = build.organisation("Template School")
    lead = build.lead_of(where, "Template Lead")
    return assessments.answered(where, build.actor(lead.id))


def _copy(template: Assessment, where: UUID) -> UUID:
    made = uuid4()
    with transaction():
        db.session.execute(_again(Assessment, template, id=made, organisation_id=where))
        for step in template.plan:
            db.session.execute(_again(PlanAction, step, id=uuid4(), assessment_id=made))
        for answer in db.session.scalars(select(Answer).where(Answer.assessment_id == template.id)).all():
            same = uuid4()
            db.session.execute(_again(Answer, answer, id=same, assessment_id=made))
            for link in answer.evidence:
                db.session.execute(_again(AnswerEvidence, link, answer_id=same))
            for change in answer.changes:
                db.session.execute(_again(AnswerChange, change, answer_id=same))
    return made


def _again(model: type[Any], row: Any, **changed: object) -> Any:
    """An insert of a row that is like another."""
    kept = {column.key: getattr(row, column.key) for column in inspect(model).column_attrs}
    return model.__table__.insert().values(
        {name: value for name, value in (kept | changed).items() if value is not None}
    )


def _reviewers(cases: int) -> list[Desk]:
    people = [build.person(f"Reviewer {n}", AreaRole.REVIEWER, parent_carer=n == 0).id for n in range(REVIEWERS)]
    now = datetime.now(UTC)
    sent = [_sent_in(f"Case {number}") for number in range(cases)]
    desks = []
    for person_id in people:
        desk = Desk(db.session.get_one(build.Person, person_id).email)
        for assessment_id in sent:
            actor = build.actor(person_id)
            with transaction():
                case = operations.open_case(db.session.get_one(Assessment, assessment_id), now=now)
                operations.declare(case, conflict=False, actor=actor, now=now)
                operations.take_seat(case, actor=actor, now=now, most_open=50)
            work = casework.of(case)
            looks = work.looks_of(work.sitting_of(person_id))
            desk.cases.append((case.id, tuple(look.code for look in looks)))
        desks.append(desk)
    return desks


def _sent_in(name: str) -> UUID:
    where = build.organisation(name)
    return snapshots.sent_in(where, build.lead_of(where, f"Lead of {name}").id).id


def _sign_in(app: Flask, desk: Desk) -> None:
    client = Client(app)
    client.sign_in(desk.name)
    cookie = client.http.get_cookie("coprod_session")
    assert cookie
    assert client.page
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.page.source)
    assert found, client.page.text
    desk.cookie, desk.token = cookie.value, found[1]
