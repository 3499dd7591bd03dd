"""The day is England's: what ends on a day holds until midnight there, in summer and winter, and at a year's end."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from coprod.charter import operations, queries
from coprod.register import queries as register
from coprod.transaction import transaction
from coprod.web.clock import day_of
from tests.support import build
from tests.support.build import MOMENT, actor, lead_of, organisation
from tests.support.client import Client
from tests.support.signing import PROMISES, filled

# The last moment of each day in England, in UTC.
MIDNIGHTS = {
    date(2026, 12, 31): datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
    date(2027, 3, 27): datetime(2027, 3, 27, 23, 59, 59, tzinfo=UTC),  # the night before summer time begins
    date(2027, 3, 28): datetime(2027, 3, 28, 22, 59, 59, tzinfo=UTC),
    date(2027, 7, 1): datetime(2027, 7, 1, 22, 59, 59, tzinfo=UTC),
    date(2027, 10, 30): datetime(2027, 10, 30, 22, 59, 59, tzinfo=UTC),  # the night in which it ends
    date(2027, 10, 31): datetime(2027, 10, 31, 23, 59, 59, tzinfo=UTC),
    date(2028, 2, 29): datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC),
}


@pytest.mark.parametrize("last", MIDNIGHTS)
def test_an_award_is_valid_until_midnight_of_its_last_day_in_every_public_place(
    app: Flask, client: Client, last: date
) -> None:
    where = organisation()
    build.sign_up(where, signed_on=last - timedelta(days=30))
    build.award(where, valid_to=last)
    for moment, words in ((MIDNIGHTS[last], "Established"), (MIDNIGHTS[last] + timedelta(seconds=1), "Award expired")):
        app.config["CLOCK"] = lambda moment=moment: moment
        assert words in client.http.get("/signatories").text.split("<h2")[1]
        assert words in client.http.get(f"/signatories/{where.slug}").text
        assert f">{words}</text>" in client.http.get(f"/signatories/{where.slug}/badge.svg").text
        assert {row["status"] for row in client.http.get("/signatories.json").json["signatories"]} == {
            "Has an award" if words == "Established" else words
        }


def test_an_hour_that_comes_twice_and_a_clock_that_goes_back_change_no_order(app: Flask) -> None:
    """Numbers order the register. The moments in it are UTC, in which no hour comes twice."""
    first, second = organisation("First"), organisation("Second")
    people = [actor(lead_of(where, f"Lead of {where.name}").id) for where in (first, second)]
    late = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)  # half past one, for the second time that night
    early = late - timedelta(hours=1)
    for where, who, moment in ((first, people[0], late), (second, people[1], early)):
        with transaction():
            operations.sign(
                where,
                **filled(where).named,
                agreed=True,
                commitments=[one.__class__(one.text, date(2028, 6, 1), True) for one in PROMISES],
                actor=who,
                now=moment,
                today=day_of(moment),
            )
    assert [entry.seq for entry in register.entries()] == [1, 2]
    assert [entry.at[11:13] for entry in register.entries()] == ["01", "00"]
    assert register.verify_database().sound
    for where in (first, second):
        made = queries.in_force(where.id)
        assert made is not None
        assert made.signed_on == date(2027, 10, 31)
    assert early > MOMENT
