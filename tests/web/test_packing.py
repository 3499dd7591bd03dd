"""What pages load besides themselves travels packed."""

import gzip

import pytest
from flask import Flask

from coprod.settings import ROOT

PACKED = {"Accept-Encoding": "gzip"}
SITE = "/static/css/site.css"


@pytest.mark.parametrize("name", ["css/site.css", "js/keep.js", "vendor/govuk.css", "vendor/govuk.js"])
def test_a_file_travels_packed_and_is_the_same_one(app: Flask, name: str) -> None:
    answer = app.test_client().get(f"/static/{name}", buffered=True, headers=PACKED)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert gzip.decompress(answer.data) == (ROOT / "static" / name).read_bytes()
    assert len(answer.data) < (ROOT / "static" / name).stat().st_size / 2


def test_who_cannot_unpack_gets_it_as_it_is(app: Flask) -> None:
    answer = app.test_client().get(SITE, buffered=True)
    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.data == (ROOT / "static/css/site.css").read_bytes()


def test_who_has_it_already_is_not_sent_it_again(app: Flask) -> None:
    http = app.test_client()
    tag = http.get(SITE, buffered=True, headers=PACKED).headers["ETag"]
    again = http.get(SITE, buffered=True, headers=PACKED | {"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_a_font_is_packed_by_itself_and_left_alone(app: Flask) -> None:
    answer = app.test_client().get("/static/vendor/fonts/atkinson-400.woff2", buffered=True, headers=PACKED)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


def test_a_part_of_a_file_is_a_part_of_it_as_it_is(app: Flask) -> None:
    answer = app.test_client().get(SITE, buffered=True, headers=PACKED | {"Range": "bytes=0-9"})
    assert answer.status_code == 206
    assert answer.data == (ROOT / "static/css/site.css").read_bytes()[:10]


def test_a_page_of_ones_own_is_not_packed(app: Flask) -> None:
    assert "Content-Encoding" not in app.test_client().get("/sign-in", buffered=True, headers=PACKED).headers


@pytest.mark.parametrize("name", ["css/none.css", "../wsgi.py", "%2e%2e/wsgi.py"])
def test_what_is_not_there_is_not_there(app: Flask, name: str) -> None:
    assert app.test_client().get(f"/static/{name}", buffered=True, headers=PACKED).status_code == 404
