"""The style page, and an area's own colours on every page."""

import shutil
from pathlib import Path

import pytest
from flask import Flask

from coprod.app import create_app
from coprod.colours import DARK, LIGHT
from coprod.permissions import AreaRole
from tests.conftest import MOMENT, QUICK, made
from tests.support import build
from tests.support.client import Client


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.sign_in(build.person("Alex Morgan", AreaRole.COORDINATOR).email)
    return client


def test_a_coordinator_sees_every_part_and_colour(coordinator: Client) -> None:
    page = coordinator.get("/style")
    assert page.h1 == "How pages look"
    for name in (*LIGHT, *DARK):
        if name not in {"tint", "page"}:
            assert name in page.text
    assert "14.7" in page.text
    assert "Learning from lived experience: 90.0%" in page.text


def test_nobody_else_finds_it(client: Client) -> None:
    client.sign_in(build.person("Grace Obi", AreaRole.REVIEWER).email)
    client.get("/style", status=404)


def test_usual_colours_need_no_stylesheet_of_their_own(client: Client) -> None:
    assert "colours.css" not in client.get("/").source


def test_an_areas_colours_are_on_every_page(tmp_path: Path, app: Flask, empty_database: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    shutil.copy(empty_database, folder)
    shutil.copytree(empty_database.parent / "keys", folder / "keys")
    settings = made(folder, colour="#7a0019", colour_accent="#ffd24d")
    own = create_app(settings, **QUICK, KEEP_PAGES=False, CLOCK=lambda: MOMENT, RATELIMIT_ENABLED=False)
    with own.app_context():
        client = Client(own)
        page = client.get("/")
        href = next(link.get("href") for link in page.tree.iter("link") if "colours.css" in (link.get("href") or ""))
        assert '<meta name="theme-color" content="#7a0019">' in page.source
        answer = client.http.get(href)
    assert answer.mimetype == "text/css"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "--heading: #7a0019;" in answer.text
    assert "--marigold: #ffd24d;" in answer.text
