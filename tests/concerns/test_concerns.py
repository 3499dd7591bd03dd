"""Anybody reports a concern about a signatory; the coordinator alone reads it, and time erases it."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from coprod import jobs
from coprod.accounts import leaving
from coprod.concerns import operations, queries, rules
from coprod.concerns.models import Concern
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, WrongState
from coprod.history import Event
from coprod.mail.models import Letter
from coprod.organisations.models import Organisation
from coprod.permissions import AreaRole, MemberRole
from coprod.transaction import transaction
from tests.support import build
from tests.support.build import MOMENT, actor, lead_of, organisation, person
from tests.support.client import Client

DAY = timedelta(days=1)
WORDS = "Canary: they never told us what came of the meeting."
ADDRESS = "canary.parent@example.org"


@pytest.fixture
def school(app: Flask) -> Organisation:
    where = organisation()
    build.sign_up(where, signed_on=date(2026, 3, 3))
    return where


def send(where: Organisation, **changed: Any) -> Concern:
    with transaction():
        return operations.send(where.id, **({"words": WORDS, "address": ADDRESS, "now": MOMENT} | changed))


def test_somebody_without_an_account_reports_it_from_the_public_page(school: Organisation, client: Client) -> None:
    boss = person("Cora Ordinator", AreaRole.COORDINATOR)
    client.get(f"/signatories/{school.slug}")
    client.follow("Report a concern about Hazel Lane School")
    refused = client.submit("Send to the coordinator", status=422, words=" ", address="nobody")
    assert refused.errors == ["Say what you are concerned about"]
    wrong = client.submit("Send to the coordinator", status=422, words=WORDS, address="nobody")
    assert wrong.errors == ["Enter an e-mail address, such as name@example.org"]
    assert WORDS in wrong.source
    assert client.submit("Send to the coordinator", address=ADDRESS).h1 == "Thank you for telling us"
    letter = db.session.query(Letter).filter_by(receiver=boss.email).one()
    assert "Canary" not in (letter.words or "")

    client.sign_in(boss.email)
    client.follow("Concerns")
    page = client.follow("Hazel Lane School")
    assert WORDS in page.text
    assert ADDRESS in page.text
    assert "I am looking into it" in page.source
    assert "Being looked at, Cora Ordinator" in client.submit("I am looking into it").text
    assert client.submit("Close this concern", status=422).errors == ["Say what came of it"]
    assert "Closed" in client.submit("Close this concern", note="We spoke with the head.").text
    page = client.follow("Hazel Lane School")
    assert "We spoke with the head." in page.text
    assert "Close this concern" not in page.source


def test_nobody_else_ever_reads_it(school: Organisation, client: Client) -> None:
    made = send(school)
    lead = lead_of(school)
    for who in (lead, person("A Reviewer", AreaRole.REVIEWER)):
        with pytest.raises(NotFound):
            queries.one(made.id, actor(who.id))
        with pytest.raises(NotAllowed):
            operations.look(made, actor=actor(who.id), now=MOMENT)
    lists = [f"/signatories{ending}" for ending in ("", ".json", ".csv", ".atom", f"/{school.slug}")]
    assert "Canary" not in "".join(client.http.get(page).text for page in (*lists, "/register.jsonl"))
    client.sign_in(lead.email)
    for page in ("", "/charter", "/people"):
        assert "oncern" not in client.get(f"/organisations/{school.id}{page}").text


def test_a_coordinator_does_not_read_what_is_said_of_their_own_organisation(school: Organisation) -> None:
    made = send(school)
    own = person("Own Coordinator", AreaRole.COORDINATOR)
    build.membership(own, school, MemberRole.CONTRIBUTOR)
    assert list(queries.listed(actor(own.id))) == []
    with pytest.raises(NotFound):
        queries.one(made.id, actor(own.id))
    with pytest.raises(NotAllowed):
        operations.close(made, note="Nothing", actor=actor(own.id), now=MOMENT)
    assert db.session.query(Letter).count() == 0


def test_its_story_says_who_did_what_and_moves_go_one_way(school: Organisation) -> None:
    made, boss = send(school), actor(person("Cora Ordinator", AreaRole.COORDINATOR).id)
    with transaction():
        operations.close(made, note="It was a mistake.", actor=boss, now=MOMENT + DAY)
    told = [(step.words, step.who) for step in queries.story(made)]
    assert told == [("Sent", ""), ("Closed", "Cora Ordinator")]
    assert "Canary" not in str([(event.facts, event.why) for event in db.session.query(Event)])
    for again in (
        lambda: operations.look(made, actor=boss, now=MOMENT),
        lambda: operations.close(made, note="Again", actor=boss, now=MOMENT),
    ):
        with pytest.raises(WrongState), transaction():
            again()


def test_a_flood_is_held_back_and_fills_nobodys_mailbox(school: Organisation) -> None:
    person("Cora Ordinator", AreaRole.COORDINATOR)
    for _ in range(rules.MOST_A_DAY):
        send(school)
    with pytest.raises(Invalid, match="takes no more"):
        send(school)
    assert db.session.query(Letter).count() == 1
    send(school, now=MOMENT + DAY)
    assert db.session.query(Letter).count() == 2


@pytest.mark.parametrize("words", ["", " \u200b", "x" * (rules.LONGEST + 1)])
def test_it_says_something_and_not_too_much(school: Organisation, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        send(school, words=words)
    assert refusal.value.field == "words"


def test_who_never_signed_has_no_such_page(app: Flask, client: Client) -> None:
    client.get(f"/signatories/{organisation().slug}/concern", status=404)


def test_time_erases_the_address_and_then_the_rest(school: Organisation) -> None:
    boss = actor(person("Cora Ordinator", AreaRole.COORDINATOR).id)
    closed, left = send(school), send(school)
    with transaction():
        operations.close(closed, note="Done", actor=boss, now=MOMENT)
    kept = []
    for days in (29, 30, 364, 365, 729, 730):
        moment = MOMENT + days * DAY
        jobs.forget_concerns(moment, moment.date())
        kept.append(sorted((one.id == left.id, one.address is not None) for one in db.session.query(Concern)))
    whole, emptied = [(False, True), (True, True)], [(False, False), (True, True)]
    assert kept == [whole, emptied, emptied, [(True, False)], [(True, False)], []]


def test_the_address_of_somebody_who_leaves_goes_at_once(school: Organisation) -> None:
    made, who = send(school), person("Canary Parent", email=ADDRESS)
    with transaction():
        leaving.erase(who, actor=who.actor, now=MOMENT)
    db.session.refresh(made)
    assert made.address is None
