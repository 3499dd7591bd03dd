"""A server's process makes some pages before it lets anybody in, and starts where it can't, too."""

from pathlib import Path

from flask import Flask
from sqlalchemy import text

from coprod.app import create_app
from coprod.database import db
from coprod.running import warming
from coprod.settings import Settings
from coprod.web.page_cache import PageCache
from tests.conftest import MOMENT, QUICK, made
from tests.support import build


def test_the_pages_that_most_come_for_are_ready(app: Flask, settings: Settings) -> None:
    build.sign_up(build.organisation())
    served = create_app(settings, **QUICK, CLOCK=lambda: MOMENT)
    warming.warm(served)
    kept = served.wsgi_app
    assert isinstance(kept, PageCache)
    assert len(kept.pages) == len(warming.PAGES)
    assert {key[1] for key in kept.pages} == {"/", "/signatories"}


def test_a_process_starts_where_the_database_has_no_tables(tmp_path: Path) -> None:
    bare = create_app(made(tmp_path), **QUICK)
    warming.warm(bare)
    with bare.app_context():
        assert db.session.connection().execute(text("SELECT 1")).scalar() == 1
