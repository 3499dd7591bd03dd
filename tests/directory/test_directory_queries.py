"""The list as the database finds it: the right rows, in order, for a fixed number of queries."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import event

from coprod.database import db
from coprod.directory import profile, queries
from coprod.directory.day import Day
from coprod.directory.rules import ON_THE_LIST, Standing, status
from coprod.directory.search import Search
from coprod.organisations.models import Organisation
from tests.support import build

TODAY = date(2026, 11, 22)


def names(asked: Search | None = None, **options: object) -> list[str]:
    return [row.name for row in queries.page(asked or Search(), today=TODAY, **options).rows]  # type: ignore[arg-type]


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    asked: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement != "BEGIN":
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    yield asked
    event.remove(db.engine, "before_cursor_execute", hear)


def signed(*all_names: str) -> None:
    for name in all_names:
        build.sign_up(build.organisation(name))


def test_the_list_is_a_to_z_and_has_only_who_has_signed(app: Flask) -> None:
    signed("Oak School", "Étoile Nursery", "ash school")
    build.organisation("Never Signed School")
    assert names() == ["ash school", "Étoile Nursery", "Oak School"]


def test_who_withdraws_leaves_at_once(app: Flask) -> None:
    sign_up = build.sign_up(build.organisation())
    assert names() == ["Hazel Lane School"]
    sign_up.ended_as, sign_up.ended_on = "withdrawn", TODAY
    db.session.commit()
    assert names() == []
    assert queries.page(Search(), today=TODAY).total == 0


def test_who_lapsed_by_date_is_not_on_the_list_any_more(app: Flask) -> None:
    build.sign_up(build.organisation(), signed_on=date(2025, 11, 22))
    assert names() == ["Hazel Lane School"]
    assert queries.page(Search(), today=TODAY + timedelta(days=1)).rows == ()


def test_pages_follow_each_other_both_ways_without_a_gap(app: Flask) -> None:
    everyone = [f"School {number:02}" for number in range(11)]
    signed(*reversed(everyone), "School 05")  # The same name twice: the id decides.
    forwards, after, befores = [], "", []
    while True:
        page = queries.page(Search(), today=TODAY, after=after, limit=5)
        forwards += [row.slug for row in page.rows]
        befores.append(page.before)
        assert page.total == 12
        if page.after is None:
            break
        after = page.after
    assert len(forwards) == len(set(forwards)) == 12
    assert befores[0] is None
    back = queries.page(Search(), today=TODAY, before=befores[2] or "", limit=5)
    assert [row.slug for row in back.rows] == forwards[5:10]
    first = queries.page(Search(), today=TODAY, before=back.before or "", limit=5)
    assert [row.slug for row in first.rows] == forwards[:5]
    assert first.before is None
    assert first.after == forwards[4]


def test_an_address_that_leads_nowhere_finds_nothing_and_does_not_fail(app: Flask) -> None:
    signed("Oak School")
    assert names(after="no-such-school") == []
    assert names(before="no-such-school") == []


@pytest.mark.parametrize(
    "text", ["mary's", "MARYS", "st marys", "marys st", "kings lynn", "King's Lynn", "NN16 8AB", "nn168ab", "123456"]
)
def test_search_forgives_case_accents_marks_and_the_order_of_words(app: Flask, text: str) -> None:
    found = build.organisation("St Mary\u2019s School", value="123456")
    found.town, found.postcode = "King's Lynn", "NN16 8AB"
    db.session.commit()
    build.sign_up(found)
    signed("Oak School")
    assert names(Search(text)) == ["St Mary\u2019s School"]


@pytest.mark.parametrize("text", ["%", "_", "' OR 1=1 --", "\\", "\0"])
def test_what_is_typed_is_never_a_pattern_or_part_of_a_statement(app: Flask, text: str) -> None:
    signed("Oak School")
    assert all(word.isalnum() for (word,) in Search(text).words)
    assert names(Search(text)) == ([] if Search(text).words else ["Oak School"])


def test_search_finds_the_services_of_an_organisation_by_its_name(app: Flask) -> None:
    trust = build.organisation("Example Health Trust", kind="trust")
    service = build.organisation("Speech Team", kind="service")
    service.parent_id = trust.id
    db.session.commit()
    build.sign_up(service)
    page = queries.page(Search("example speech"), today=TODAY)
    assert [row.place for row in page.rows] == ["Service of Example Health Trust"]


def test_filters_by_kind_and_by_award_level(app: Flask) -> None:
    for name, kind, level in (
        ("Ash School", "primary", "developing"),
        ("Elm School", "special", "embedded"),
        ("Oak School", "special", None),
    ):
        where = build.organisation(name, kind=kind)
        build.sign_up(where)
        if level:
            build.award(where, level)
    assert names(Search(kind="special")) == ["Elm School", "Oak School"]
    assert names(Search(level="embedded")) == ["Elm School"]
    assert names(Search(kind="primary", level="embedded")) == []
    assert [row.tag for row in queries.page(Search(), today=TODAY).rows] == [
        ("Developing", 2),
        ("Embedded", 5),
        ("Signed up", None),
    ]


ENDINGS = (None, "superseded", "withdrawn", "revoked", "lapsed")
DATES = (TODAY - timedelta(days=400), TODAY - timedelta(days=1), TODAY)


def every_case() -> None:
    """Organisations with every pair of awards, at every stage of a signing."""
    signings = (
        {"counts_from": date(2026, 1, 1)},
        {"counts_from": date(2025, 6, 1), "assessed_on": date(2025, 9, 1), "checked_in_on": date(2025, 10, 1)},
        {"counts_from": date(2025, 6, 1), "assessed_on": date(2025, 9, 1), "checked_in_on": date(2026, 10, 1)},
    )
    one = [None, *product(ENDINGS, DATES)]
    for number, (signing, first, second) in enumerate(product(signings, one, one)):
        where = build.organisation(f"School {number:04}")
        build.sign_up(where, signed_on=date(2025, 6, 1), **signing)
        for issued_on, award in ((date(2025, 7, 1), first), (date(2025, 8, 1), second)):
            if award:
                ended_as, day = award
                ended_on = day if ended_as else None
                build.award(where, valid_to=day, issued_on=issued_on, ended_as=ended_as, ended_on=ended_on)


def test_the_list_its_filter_and_an_organisations_own_page_all_say_what_the_rule_says(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db.session, "commit", db.session.flush)  # One commit for all: it is much quicker.
    every_case()
    monkeypatch.undo()
    db.session.commit()
    everyone = list(queries.all_of(Search(), today=TODAY))
    assert len(everyone) == 3 * 16 * 16
    for standing in ON_THE_LIST:
        found = {row.slug for row in queries.all_of(Search(standing=standing), today=TODAY)}
        assert found == {row.slug for row in everyone if row.status.standing is standing}, standing
        assert queries.page(Search(standing=standing), today=TODAY).total == len(found)
        assert found, f"no case of {standing}"
    for row in everyone[::7]:
        assert profile.profile(row.slug, today=TODAY).status == row.status


@pytest.mark.parametrize("asked", [Search(), Search("school", "primary", "established", Standing.AWARDED)])
def test_a_page_costs_the_same_few_queries_whatever_the_number_of_rows(app: Flask, asked: Search) -> None:
    def cost() -> int:
        with counted_queries() as statements:
            queries.page(asked, today=TODAY)
        return len(statements)

    for number in range(3):
        where = build.organisation(f"School {number}")
        build.sign_up(where)
        build.award(where)
        build.public_change(where)
    few = cost()
    for number in range(3, 60):
        build.sign_up(build.organisation(f"School {number}"))
    assert cost() == few <= 3
    assert cost() <= 1, "the count is remembered while nothing changes"


def test_counts_follow_every_change(app: Flask) -> None:
    signed("Oak School")
    assert queries.page(Search("oak"), today=TODAY).total == 1
    signed("Oak Nursery")
    assert queries.page(Search("oak"), today=TODAY).total == 2


def test_changes_and_commitments_are_counted(app: Flask) -> None:
    where = build.organisation()
    build.sign_up(where)
    build.public_change(where)
    build.public_change(where, published_at=None)
    (row,) = queries.page(Search(), today=TODAY).rows
    assert (row.commitments, row.kept, row.changes) == (3, 1, 1)


def test_the_newest_come_first(app: Flask) -> None:
    for day in (1, 3, 2):
        build.sign_up(build.organisation(f"School {day}"), signed_on=date(2026, 5, day))
    assert [one.name for one in queries.newest(today=TODAY)] == ["School 3", "School 2", "School 1"]


def test_no_row_of_the_public_has_a_private_field(app: Flask) -> None:
    build.sign_up(build.organisation())
    (row,) = queries.page(Search(), today=TODAY).rows
    assert build.PRIVATE not in repr(row)
    assert db.session.query(Organisation).count() == 1
    assert status([], [], Day.of(TODAY, queries.limits())) is None
