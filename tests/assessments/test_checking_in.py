"""The yearly check-in: who leads, one new change record, and the plan."""

from datetime import date, timedelta

import pytest
from flask import Flask

from coprod.assessments import checking_in
from coprod.changes.models import ChangeRecord
from coprod.charter import queries as charter
from coprod.database import db
from coprod.errors import Invalid, NotAllowed
from coprod.history import Event
from coprod.organisations.models import Organisation
from coprod.permissions import Actor
from coprod.transaction import transaction
from tests.support import assessments, build
from tests.support.build import MOMENT, actor, lead_of, organisation
from tests.support.client import Client

TODAY = MOMENT.date()


def signed(days_ago: int = 300) -> tuple[Organisation, Actor]:
    where = organisation()
    build.sign_up(where, signed_on=TODAY - timedelta(days=days_ago))
    return where, actor(lead_of(where).id)


def check_in(where: Organisation, who: Actor, *, plan: bool = False) -> None:
    with transaction():
        checking_in.check_in(
            charter.needed(where.id),
            senior_lead="New Senior",
            family_link="New Link",
            plan_looked_at=plan,
            actor=who,
            now=MOMENT,
            today=TODAY,
        )


def test_it_takes_one_change_that_was_written_down_after_the_last_one(app: Flask) -> None:
    where, who = signed()
    for written in (None, MOMENT - timedelta(days=301), MOMENT - timedelta(days=300)):
        if written is not None:
            assessments.change(where, who).written_at = written
            db.session.commit()
        with pytest.raises(Invalid, match="one change since last time"):
            check_in(where, who)
    change = assessments.change(where, who)
    check_in(where, who)
    made = charter.needed(where.id)
    assert (made.senior_lead, made.family_link, made.checked_in_on) == ("New Senior", "New Link", TODAY)
    assert db.session.query(Event).filter_by(what="charter.checked_in").one().facts == {"change": str(change.id)}
    with pytest.raises(Invalid, match="one change since last time"):  # The same one does not count twice.
        check_in(where, who)


def test_a_change_of_another_organisation_does_not_count(app: Flask) -> None:
    where, who = signed()
    other = organisation("Other School")
    assessments.change(other, actor(lead_of(other, "Other Lead").id))
    with pytest.raises(Invalid):
        check_in(where, who)
    with pytest.raises(NotAllowed):
        check_in(where, actor(build.person("Nora Body").id))


def test_the_plan_has_to_be_looked_at_where_there_is_one(app: Flask) -> None:
    where, who = signed()
    assessments.change(where, who)
    assessments.started(where, who)
    with pytest.raises(Invalid) as refusal:
        check_in(where, who)
    assert refusal.value.field == "plan_looked_at"
    check_in(where, who, plan=True)
    assert charter.needed(where.id).checked_in_on == TODAY


def test_a_lead_checks_in_on_the_page(app: Flask, client: Client) -> None:
    where, who = signed()
    lead = who.person_id
    assert lead is not None
    assessments.started(where, who)
    client.sign_in("ravi.lead@example.org")
    client.get(f"/organisations/{where.id}/charter")
    page = client.follow("Do your yearly check-in")
    assert "Write a new change record" in page.links()
    assert "Write down one change" in client.submit("Check in for this year", status=422, plan_looked_at="y").text
    assessments.change(where, actor(lead), "Quieter gates")
    assert "Quieter gates" in client.get(page.address).links()
    assert client.submit("Check in for this year", status=422).errors == [
        "Look at your plan, and tick the box when it is up to date"
    ]
    done = client.submit("Check in for this year", plan_looked_at="y", senior_lead="Jo New")
    assert "You have checked in for this year" in done.text
    assert "Jo New" in done.text


def test_the_day_of_a_change_is_the_day_in_england(app: Flask) -> None:
    """Half past midnight of a summer's day in England is the evening before in UTC."""
    where, who = signed()
    change: ChangeRecord = assessments.change(where, who)
    charter.needed(where.id).checked_in_on = date(2026, 7, 1)
    for hour, counts in ((22, False), (23, True)):
        change.written_at = MOMENT.replace(month=7, day=1, hour=hour)
        db.session.commit()
        assert (checking_in.new_change(charter.needed(where.id)) is not None) is counts
