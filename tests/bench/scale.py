"""20,000 organisations and 500,000 answers on PostgreSQL: pages beside those of few, and saving by more processes."""

import http.client
import os
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import insert, select, text

from coprod.accounts.models import Person
from coprod.assessments.models import Answer, AnswerVersion, Assessment
from coprod.database import db
from coprod.framework.model import Framework
from coprod.framework.queries import current_framework
from coprod.organisations.models import Organisation
from tests.bench import data, harness, serving
from tests.bench.harness import Figure
from tests.rigs import stage
from tests.rigs.hands import Ledger, Worker
from tests.support import postgres

FEW, MANY = 500, 20_000
PROCESSES = 4
COUNTS = (1, 2, PROCESSES)
PEOPLE = 8
AT_MOST = 1.5
OPTIONS = "-c max_connections=200 -c shared_buffers=512MB"
PUBLIC = {
    "the list": "/signatories",
    "searched for two words": "/signatories?q=hazel+corby",
    "filtered by award": "/signatories?award=established",
}


@dataclass
class Site:
    """A deployment with so many organisations, and people who are signed in to it."""

    environment: dict[str, str]
    desks: list[stage.Desk]


def figures(folder: Path, *, quick: bool) -> Iterable[Figure]:
    programs = postgres.programs()
    if programs is None:
        raise RuntimeError(postgres.NOT_HERE)
    many = 4 * FEW if quick else MANY
    with postgres.served(programs, OPTIONS) as server:
        sites = [_site(folder / str(size), server.folder, size) for size in (FEW, many)]
        yield from _pages(sites, many, times=20 if quick else 200)
        yield from _saving(sites[1], seconds=3 if quick else 15)


def _pages(sites: list[Site], many: int, *, times: int) -> Iterator[Figure]:
    with ExitStack() as servers:
        ports = [servers.enter_context(_served(site, PROCESSES)) for site in sites]
        for name in (*PUBLIC, "a question", "an assessment"):
            asks = [servers.enter_context(_asking(port, site, name)) for port, site in zip(ports, sites, strict=True)]
            few, more = harness.alternately(times, *asks)
            title = f"{name}: {many:,} organisations, {25 * many:,} answers, beside {FEW}"
            yield harness.slower(title, more, few, at_most=AT_MOST)


def _saving(site: Site, *, seconds: float) -> Iterator[Figure]:
    """Eight people who save as fast as they are answered, by more and more processes, until the machine is full."""
    alone = None
    for processes in COUNTS:
        with _served(site, processes) as port:
            idle, began = harness.idle_seconds(), time.monotonic()
            rate = _saved(site.desks, port, seconds) / seconds
            spare = (harness.idle_seconds() - idle) / (time.monotonic() - began) / (os.cpu_count() or 1)
        alone = alone or rate
        yield Figure(
            f"answers saved, server processes: {processes}",
            f"{rate:,.0f}/s",
            f"{alone:,.0f}/s",
            f"{rate / alone:.2f} x",
            f"machine {1 - spare:.0%} full",
        )


def _saved(desks: list[stage.Desk], port: int, seconds: float) -> int:
    ledger, up, over = Ledger(), threading.Event(), threading.Event()
    people = [_Writer(desk, port, ledger, up, over) for desk in desks]
    for person in people:
        person.revisions = dict.fromkeys(person.desk.codes)
        person.start()
    up.set()
    time.sleep(seconds)
    over.set()
    for person in people:
        person.join()
    return len(ledger.saved)


class _Writer(Worker):
    """Only saves."""

    def _next(self) -> Callable[[], None]:
        return self.save


@contextmanager
def _served(site: Site, processes: int) -> Iterator[int]:
    with serving.served("tests.bench.uncached:app", site.environment, processes) as port:
        yield port


@contextmanager
def _asking(port: int, site: Site, name: str) -> Iterator[Callable[[], object]]:
    desk = site.desks[0]
    own = {"a question": f"/assessments/{desk.writes}/questions/{desk.codes[0]}"}
    address = PUBLIC.get(name) or own.get(name, f"/assessments/{desk.writes}")
    headers = {} if name in PUBLIC else {"Cookie": f"coprod_session={desk.cookie}"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask() -> None:
        connection.request("GET", address, headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{address} answered {answer.status}")

    yield ask
    connection.close()


def _site(folder: Path, server: Path, size: int) -> Site:
    folder.mkdir()
    chosen = stage.settings(folder, postgres.make_database(server, f"size_{size}"))
    app = stage.opened(chosen)
    with app.app_context():
        upgrade()
    data.fill(app, size)
    _answer(app)
    return Site(stage.environment(chosen), stage.set_up(app, each=0, leads=PEOPLE, cases=0)[:PEOPLE])


def _answer(app: Flask) -> None:
    """A draft for each organisation, with every question answered once."""
    made = random.Random(20261122)  # noqa: S311  # the same rows each time; nothing secret
    with app.app_context():
        framework = current_framework()
        person = db.session.scalars(select(Person.id)).one()
        places = db.session.scalars(select(Organisation.id).order_by(Organisation.value)).all()
        for start in range(0, len(places), data.CHUNK // 4):
            rows = [_draft(made, where, person, framework) for where in places[start : start + data.CHUNK // 4]]
            for model in (Assessment, Answer, AnswerVersion):
                db.session.execute(insert(model), [row for each in rows for row in each[model]])
            db.session.commit()
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        db.session.remove()


def _draft(made: random.Random, where: UUID, person: UUID, framework: Framework) -> dict[type, list[dict[str, Any]]]:
    draft = UUID(int=made.getrandbits(128), version=4)
    written = {"rating": 2, "not_applicable": False, "reason": "", "saved_by": person, "saved_at": data.MOMENT}
    answers = [
        {
            **written,
            "id": UUID(int=made.getrandbits(128), version=4),
            "assessment_id": draft,
            "question_code": question.code,
            "account": "We asked forty families what would help, and moved the meetings.",
            "revision": 1,
        }
        for question in framework.questions
    ]
    assessment = {
        "id": draft,
        "organisation_id": where,
        "framework": framework.slug,
        "version": framework.version,
        "framework_hash": framework.sha256,
        "audience": "school",
        "state": "draft",
        "first": True,
        "started_by": person,
        "started_at": data.MOMENT,
        "revision": 1,
    }
    versions = [written | {"answer_id": each["id"], "stood": True, "account": each["account"]} for each in answers]
    return {Assessment: [assessment], Answer: answers, AnswerVersion: versions}
