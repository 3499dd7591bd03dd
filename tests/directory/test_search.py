"""The search forgives accents, spelling and the order of words; both databases find the same, in the same order."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, update

from coprod.database import db
from coprod.directory import listings, queries
from coprod.directory.models import ListedWord, Listing
from coprod.directory.search import Search
from coprod.directory.spelling import asked_words, meant
from tests.support import build

TODAY = date(2026, 11, 22)


pytestmark = pytest.mark.both_databases


def names(asked: Search, **options: object) -> list[str]:
    return [row.name for row in queries.page(asked, today=TODAY, **options).rows]  # type: ignore[arg-type]


def found(text: str) -> list[str]:
    return names(Search(text))


def signed(*all_names: str, **facts: str) -> None:
    for name in all_names:
        where = build.organisation(name)
        for fact, value in facts.items():
            setattr(where, fact, value)
        build.sign_up(where)


@pytest.mark.parametrize(
    "text",
    [
        "st mary", "mary st", "MARY\u2019S saint", "st marys", "saint mary's", "marys kings lynn", "King's Lynn",
        "NN16 8AB", "nn168ab", "nn16", "123456", "1234", "the st mary's and school", "mary schoool", "kigns lynn",
        "skole", "saint mayrs",
    ],
)  # fmt: skip
def test_one_school_is_found_however_it_is_asked_for(app: Flask, text: str) -> None:
    school = build.organisation("St Mary\u2019s Skøle School", value="123456")
    school.town, school.postcode = "King's Lynn", "NN16 8AB"
    build.sign_up(school)
    signed("Oak Nursery")
    assert found(text) == ["St Mary\u2019s Skøle School"]


def test_accents_are_forgiven_both_ways(app: Flask) -> None:
    signed("École Élan", "Ecole Elan", "Łódź House", "Straße School")
    assert set(found("élan ecole")) == set(found("elan école")) == {"École Élan", "Ecole Elan"}
    assert found("lodz") == ["Łódź House"]
    assert found("strasse") == ["Straße School"]


def test_every_word_has_to_be_there(app: Flask) -> None:
    signed("Hazel Lane School", "Hazel Bank Nursery", "Oak Lane Nursery")
    assert found("hazel nursery") == ["Hazel Bank Nursery"]
    assert found("hazel oak") == []


@pytest.mark.parametrize(
    ("typed", "listed"),
    [
        ("thrapstn", "Thrapston School"),
        ("thrappston", "Thrapston School"),
        ("thraptson", "Thrapston School"),
        ("welingborogh", "Wellingborough School"),
        ("cobry", "Corby School"),
        ("field", "Meadowfield School"),
    ],
)
def test_a_word_that_nobody_has_stands_for_the_words_it_is_most_like(app: Flask, typed: str, listed: str) -> None:
    signed("Thrapston School", "Wellingborough School", "Corby School", "Meadowfield School")
    page = queries.page(Search(f"{typed} school"), today=TODAY)
    assert [row.name for row in page.rows] == [listed]
    assert page.total == 1
    assert page.instead.split()[-1] == "school"
    assert [row.name for row in queries.all_of(Search(f"{typed} school"), today=TODAY)] == [listed]


@pytest.mark.parametrize("typed", ["zzzzzzz", "123457", "oka", "corbyshire", "kettering zebra"])
def test_nothing_is_found_where_nothing_is_near(app: Flask, typed: str) -> None:
    signed("Kettering School", "Corby School", "Oak School")
    page = queries.page(Search(typed), today=TODAY)
    assert (page.rows, page.total, page.instead) == ((), 0, "")


def test_a_word_that_somebody_has_is_never_taken_for_another(app: Flask) -> None:
    signed("Ashby School", "Ashly School")
    assert found("ashby") == ["Ashby School"]


def test_who_left_is_not_what_a_misspelt_word_leads_to(app: Flask) -> None:
    signed("Kettering School")
    sign_up = build.sign_up(build.organisation("Ketterung School"))
    sign_up.ended_as, sign_up.ended_on = "withdrawn", TODAY
    db.session.commit()
    assert found("ketterong") == ["Kettering School"]


def test_the_order_is_a_to_z_by_the_folded_name_in_both(app: Flask) -> None:
    everybody = ["1st School", "Ångström School", "ash school", "Ash-School 1", "Ash School 2", "Étoile School"]
    signed(*reversed(everybody))
    assert found("") == everybody
    assert found("school") == everybody
    assert names(Search("school"), limit=3) == everybody[:3]
    page = queries.page(Search("school"), today=TODAY, limit=3)
    after = queries.page(Search("school"), today=TODAY, limit=3, after=page.after or "")
    assert [row.name for row in after.rows] == everybody[3:6]
    before = queries.page(Search("school"), today=TODAY, limit=3, before=after.before or "")
    assert [row.name for row in before.rows] == everybody[:3]


def test_paging_goes_on_from_somebody_who_left_meanwhile(app: Flask) -> None:
    signed("Ash School", "Birch School", "Cedar School")
    page = queries.page(Search(), today=TODAY, limit=2)
    sign_up = db.session.query(build.SignUp).join(build.Organisation).filter_by(name="Birch School").one()
    sign_up.ended_as, sign_up.ended_on = "withdrawn", TODAY
    db.session.commit()
    assert names(Search(), after=page.after) == ["Cedar School"]
    assert names(Search(), before=page.after) == ["Ash School"]


def test_places_are_found_and_counted_however_they_are_written(app: Flask) -> None:
    signed("Ash School", town="St Neots")
    signed("Oak School", town="Saint Neots")
    signed("Elm School", town="Corby")
    page = queries.page(Search(place="st-neots"), today=TODAY)
    assert [row.name for row in page.rows] == ["Ash School", "Oak School"]
    assert page.total == 2
    assert page.tallies.places == {"st-neots": 2, "corby": 1}


HOSTILE = ("%", "_", "' OR 1=1 --", '"', "a:* | b", "NEAR(a b)", "\\", "\0", "ਪੰਜਾਬੀ", "🌼", "-a")


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_typed_is_never_part_of_a_statement(app: Flask, text: str) -> None:
    signed("Oak School", "ਪੰਜਾਬੀ ਸਕੂਲ")
    expected = {"": ["Oak School", "ਪੰਜਾਬੀ ਸਕੂਲ"], "ਪੰਜਾਬੀ": ["ਪੰਜਾਬੀ ਸਕੂਲ"]}
    assert found(text) == expected.get(text if Search(text).words else "", [])


def test_the_rows_of_the_list_are_what_they_are_worked_out_from(app: Flask) -> None:
    """Whatever changes, and however: the rows are compared with what they should be."""
    trust, school = build.organisation("Example Trust", kind="trust"), build.organisation("Ash School")
    school.parent_id = trust.id
    for where in (trust, school):
        build.sign_up(where)
    build.award(school)
    build.public_change(school)
    trust.name = "Another Trust"
    db.session.commit()
    assert listings.differing(today=TODAY) == set()
    assert found("another ash") == ["Ash School"]
    db.session.execute(build.Organisation.__table__.update().values(town="Oundle", search_name="zebra"))
    db.session.commit()
    assert listings.differing(today=TODAY) == set()
    assert found("oundle ash") == ["Ash School"]


def test_a_row_that_is_wrong_is_named_and_put_right(app: Flask) -> None:
    signed("Ash School", "Oak School", "Elm School")
    connection = db.session.connection()
    connection.exec_driver_sql("DELETE FROM listings WHERE name = 'Oak School'")
    connection.exec_driver_sql("UPDATE listings SET changes = 7, words = 'nonsense' WHERE name = 'Ash School'")
    connection.exec_driver_sql("DELETE FROM listed_words")
    db.session.commit()
    assert len(listings.differing(today=TODAY)) == 2
    before = queries.public_version()
    assert listings.mend(today=TODAY) == 2
    db.session.commit()
    assert listings.differing(today=TODAY) == set()
    assert found("aash") == ["Ash School"]
    assert db.session.query(ListedWord).filter_by(word="ash").count() == 3
    assert queries.public_version() != before, "or pages that are kept would go on with the old rows"
    before = queries.public_version()
    assert listings.mend(today=TODAY) == 0
    assert queries.public_version() == before


def test_numbers_that_were_put_right_show_at_once(app: Flask) -> None:
    signed("Ash School")
    db.session.connection().exec_driver_sql("UPDATE listed_numbers SET number = 99")
    db.session.commit()
    before = queries.public_version()
    listings.mend(today=TODAY)
    db.session.commit()
    assert queries.public_version() != before


def test_when_there_is_no_room_between_two_everybody_gets_a_new_place(app: Flask) -> None:
    signed("Ash School", "Cedar School")
    for position, name in enumerate(("Ash School", "Cedar School"), 1):
        db.session.connection().execute(update(Listing).where(Listing.name == name).values(position=position))
    db.session.commit()
    signed("Birch School")
    assert found("") == found("school") == ["Ash School", "Birch School", "Cedar School"]
    assert listings.differing(today=TODAY) == set()


def test_small_words_do_not_count_beside_others() -> None:
    assert asked_words("The School of the Arts", most=6) == ("school", "arts")
    assert asked_words("the", most=6) == ("the",)


def test_a_slip_is_a_letter_more_less_other_or_swapped() -> None:
    for typed in ("corbyy", "cory", "conby", "cobry"):
        assert meant(typed, ["corby"]) == ("corby",)
    assert meant("cnbry", ["corby"]) == ()
    assert meant("kxttxring", ["kettering"]) == ("kettering",)
    assert meant("kxttxrxng", ["kettering"]) == ()
    assert meant("wellngboro", ["wellingborough"]) == ("wellingborough",)


def test_words_are_looked_up_and_rows_not_gone_through(app: Flask, engine: str) -> None:
    """PostgreSQL thought that to take the words of all rows apart costs less; it takes ten times as long."""
    signed("Hazel School", "Oak Nursery")
    asked: list[tuple[str, Any]] = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _cursor, *said: asked.append(said[:2]))
    assert found("hazel") == ["Hazel School"]
    statement, values = next(said for said in asked if "listings.slug" in said[0])
    on_server = engine == "postgresql"
    how = "EXPLAIN" if on_server else "EXPLAIN QUERY PLAN"
    plan = db.session.connection().exec_driver_sql(f"{how} {statement}", values).all()
    assert ("ix_listings_words" if on_server else "VIRTUAL TABLE INDEX") in str(plan)
