"""The list as files: the documented fields and no others, whole, and harmless in a spreadsheet."""

import csv
import io
import json
import tracemalloc
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from coprod.directory import queries
from coprod.directory.downloads import FIELDS, as_csv, fields_of
from coprod.directory.queries import Listed
from coprod.directory.rules import Standing, Status
from coprod.directory.search import Search
from coprod.web.spreadsheets import MARK, safe_cell
from tests.support import build
from tests.support.client import Client

ROW = Listed(
    slug="a",
    name="A",
    kind="Service",
    place="Service",
    scheme="none",
    value=None,
    website="",
    signed_on=date(2026, 3, 3),
    status=Status(Standing.SIGNED, "Signed up", "Signed on", date(2026, 3, 3)),
    award=None,
    commitments=3,
    kept=0,
    changes=0,
)


def rows_of(client: Client, address: str) -> list[dict[str, str]]:
    response = client.get(address).response
    assert response.mimetype == "text/csv"
    assert response.headers["Content-Disposition"] == 'attachment; filename="signatories.csv"'
    text = response.get_data(as_text=True)
    assert text.startswith(MARK)
    return list(csv.DictReader(io.StringIO(text.removeprefix(MARK))))


def test_the_csv_has_the_documented_fields(app: Flask, client: Client) -> None:
    where = build.organisation("Elm School", value="123456")
    build.sign_up(where)
    build.award(where)
    build.public_change(where)
    assert rows_of(client, "/signatories.csv") == [
        {
            "name": "Elm School",
            "kind": "Primary school",
            "place": "Primary school, Kettering",
            "code": "URN 123456",
            "website": "",
            "signed_on": "2026-03-03",
            "status": "Has an award",
            "award": "Established",
            "award_valid_to": "2028-03-02",
            "commitments": "3",
            "commitments_kept": "1",
            "changes": "1",
            "page": f"http://localhost/signatories/{where.slug}",
        }
    ]


def test_the_json_says_what_its_fields_mean_and_has_the_same_rows(app: Flask, client: Client) -> None:
    for name in ("Ash School", "Elm School"):
        build.sign_up(build.organisation(name))
    response = client.get("/signatories.json").response
    assert response.mimetype == "application/json"
    found = json.loads(response.get_data())
    assert found["fields"] == dict(FIELDS)
    assert found["made_on"] == "2026-11-22"
    assert [row["name"] for row in found["signatories"]] == ["Ash School", "Elm School"]
    assert all(list(row) == list(FIELDS) for row in found["signatories"])


def test_with_nobody_signed_the_files_are_still_whole(client: Client) -> None:
    assert rows_of(client, "/signatories.csv") == []
    assert json.loads(client.get("/signatories.json").response.get_data())["signatories"] == []


def test_files_hold_what_the_search_found(app: Flask, client: Client) -> None:
    for name in ("Ash School", "Elm School"):
        build.sign_up(build.organisation(name))
    page = client.get("/signatories?q=elm")
    address = page.link("a spreadsheet (CSV)")
    assert [row["name"] for row in rows_of(client, address)] == ["Elm School"]


def test_every_field_is_explained_on_the_page(client: Client) -> None:
    page = client.get("/signatories")
    assert all(f"{name} {meaning}" in page.text for name, meaning in FIELDS.items())
    assert set(fields_of(ROW, "")) == set(FIELDS)


@pytest.mark.parametrize("first", [*"=+-@\t\r\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", " =", '"=', "\u00a0+", "' @"])
def test_a_cell_that_a_spreadsheet_would_run_stays_text(first: str) -> None:
    assert safe_cell(f"{first}1+1").startswith("'")


@pytest.mark.parametrize("text", ["Elm School", "St Mary's", "", "3 April", "'Oak' School", "a=b", "1-2"])
def test_ordinary_cells_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text


def test_a_formula_in_a_name_leaves_the_csv_as_text(app: Flask, client: Client) -> None:
    build.sign_up(build.organisation("=HYPERLINK(1)"))
    (row,) = rows_of(client, "/signatories.csv")
    assert row["name"] == "'=HYPERLINK(1)"


def test_more_rows_than_are_read_at_once_come_whole_and_in_order(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "CHUNK", 3)
    names = [f"School {number:02}" for number in range(10)]
    for name in names:
        build.sign_up(build.organisation(name))
    assert [row["name"] for row in rows_of(client, "/signatories.csv")] == names
    assert len(list(queries.all_of(Search(), today=date(2026, 11, 22)))) == 10


@pytest.mark.parametrize("address", ["/signatories.csv", "/signatories.json"])
def test_a_download_is_whole_or_it_is_none(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """A list that the database leaves half read would look like the whole list to a program."""
    for number in range(4):
        build.sign_up(build.organisation(f"School {number}"))
    look, read = queries._page, iter(range(10))

    def once(*asked: Any) -> Any:
        if next(read):
            raise OperationalError("SELECT", {}, Exception("gone"))
        return look(*asked)

    monkeypatch.setattr(queries, "CHUNK", 2)
    monkeypatch.setattr(queries, "_page", once)
    assert "School" not in client.get(address, status=503).text
    monkeypatch.setattr(queries, "_page", look)
    assert "School 3" in client.get(address).response.get_data(as_text=True)


def test_memory_stays_flat_however_many_rows_are_written() -> None:
    def most(rows: int) -> int:
        tracemalloc.start()
        for _ in as_csv((ROW for _ in range(rows)), "http://localhost"):
            pass
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return held

    most(10)
    assert most(20_000) < 2 * most(2_000)
