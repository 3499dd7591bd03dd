"""The numbers beside the filters are kept with each change, and are always what counting would say."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from threading import Event, Thread

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from coprod.database import db
from coprod.directory import counting, listings, numbers, queries
from coprod.directory.day import Day
from coprod.directory.models import ListedNumber
from coprod.directory.search import Search
from tests.directory.test_search import TODAY, signed
from tests.support import build

pytestmark = pytest.mark.both_databases


def kept(today: date = TODAY) -> dict[counting.Cell, int]:
    return counting.kept(Day.of(today, queries.limits()))


@contextmanager
def statements() -> Iterator[list[str]]:
    asked: list[str] = []

    def note(*told: object) -> None:
        asked.append(str(told[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_each_change_moves_the_numbers_that_it_alters(app: Flask) -> None:
    trust, school, other = (build.organisation(name) for name in ("Example Trust", "Ash School", "Oak School"))
    school.parent_id = trust.id
    signings = [build.sign_up(where) for where in (trust, school, other)]
    assert sum(kept().values()) == 3
    assert kept() == numbers.counted(today=TODAY)
    build.award(school)
    db.session.commit()
    assert kept() == numbers.counted(today=TODAY)
    assert {cell.level for cell in kept()} == {None, "established"}
    other.town, trust.name = "Oundle", "Another Trust"
    db.session.commit()
    assert kept() == numbers.counted(today=TODAY)
    assert "Oundle" in {cell.town for cell in kept()}
    signings[2].ended_as, signings[2].ended_on = "withdrawn", TODAY
    db.session.commit()
    assert kept() == numbers.counted(today=TODAY)
    assert "Oundle" not in {cell.town for cell in kept()}
    assert db.session.scalars(select(ListedNumber.number).where(ListedNumber.number < 1)).all() == []


def test_a_change_that_is_undone_moves_nothing(app: Flask) -> None:
    signed("Ash School")
    before = kept()
    where = db.session.scalars(select(build.Organisation)).one()
    where.town = "Oundle"
    db.session.flush()
    db.session.rollback()
    assert kept() == before


def test_a_page_needs_no_counting(app: Flask) -> None:
    signed("Ash School", "Oak School")
    with statements() as asked:
        assert queries.page(Search(), today=TODAY).total == 2
    assert len(asked) == len([each for each in asked if "count(" not in each])


def test_numbers_of_another_day_are_not_taken(app: Flask) -> None:
    """Until the next change, pages count by themselves; that change counts everybody anew."""
    signed("Ash School", "Oak School")
    later = TODAY + timedelta(days=400)  # By then both have lapsed.
    assert kept(later) == {}
    assert queries.page(Search(), today=later).total == 0
    db.session.execute(update(ListedNumber).values(of="another day", number=7))
    db.session.commit()
    assert queries.page(Search(), today=TODAY).total == 2
    signed("Elm School")
    assert kept() == numbers.counted(today=TODAY)
    assert queries.page(Search(), today=TODAY).total == 3


def test_wrong_numbers_are_put_right(app: Flask) -> None:
    signed("Ash School", "Oak School")
    db.session.connection().execute(update(ListedNumber).values(number=99))
    db.session.commit()
    listings.mend(today=TODAY)
    db.session.commit()
    assert kept() == numbers.counted(today=TODAY)


def test_a_misspelt_word_is_asked_about_once_and_again_after_each_change(app: Flask) -> None:
    signed("Hazel School", town="Corby")
    asked = Search("hazle corby")
    assert queries.page(asked, today=TODAY).instead == "hazel corby"
    with statements() as said:
        assert [row.name for row in queries.page(asked, today=TODAY).rows] == ["Hazel School"]
    assert len(said) == 1, "and no transaction round it"
    signed("Hazle School", town="Corby")
    assert [row.name for row in queries.page(asked, today=TODAY).rows] == ["Hazle School"]
    assert queries.page(asked, today=TODAY).instead == ""


def test_the_index_of_words_is_put_together(app: Flask, engine: str) -> None:
    for number in range(6):
        signed(f"Ash School {number}")
    pieces = "SELECT count(DISTINCT segid) FROM listing_search_idx"
    if engine == "sqlite":
        assert db.session.connection().exec_driver_sql(pieces).scalar() > 1
    listings.put_together()
    db.session.commit()
    if engine == "sqlite":
        assert db.session.connection().exec_driver_sql(pieces).scalar() == 1
    assert queries.page(Search("school ash"), today=TODAY).total == 6


def test_what_many_ask_at_once_is_worked_out_once(app: Flask) -> None:
    signed("Ash School")
    begun, go_on = Event(), Event()
    worked: list[int] = []

    def work() -> int:
        worked.append(1)
        begun.set()
        go_on.wait(30)
        return 42

    answers: list[int] = []

    def ask() -> None:
        with app.app_context():
            answers.append(counting.once("anything", work, of=(1, TODAY)))

    threads = [Thread(target=ask) for _ in range(5)]
    threads[0].start()
    assert begun.wait(30)
    for thread in threads[1:]:
        thread.start()
    go_on.set()
    for thread in threads:
        thread.join()
    assert answers == [42] * 5
    assert worked == [1]


def test_work_that_fails_is_done_by_the_next_who_asks(app: Flask) -> None:
    def fail() -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        counting.once("anything", fail, of=(1, TODAY))
    assert counting.once("anything", lambda: 7, of=(1, TODAY)) == 7
