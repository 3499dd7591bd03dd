"""The public pages as plain files: whole, without a broken link, and put into place at once."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from coprod.certificates import making, operations
from coprod.certificates.models import Certificate
from coprod.certificates.rules import Ending
from coprod.charter.succession import succeed
from coprod.cli import commands
from coprod.database import db
from coprod.directory import copy_links, export, profile, queries
from coprod.errors import NotFound
from coprod.framework.queries import current_charter
from coprod.organisations.models import Succession
from coprod.permissions import SYSTEM, AreaRole
from coprod.register import queries as register
from coprod.transaction import transaction
from tests.support import build
from tests.support.build import MOMENT
from tests.support.crawling import crawl, served

TODAY = MOMENT.date()


pytestmark = pytest.mark.usefixtures("quick_papers")
whole = export._Copy.make


def copied(app: Flask, folder: Path) -> Path:
    export.export(folder, app)
    return folder


def signed(name: str = "Hazel Lane School", *, listed: bool = True) -> Certificate:
    """A signatory with a certificate that is in the register."""
    where = build.organisation(name)
    with transaction():
        promises = [("Promise", TODAY)]
        charter = current_charter()
        made = operations.issue_signing(
            where, charter=charter, commitments=promises, actor=SYSTEM, now=MOMENT, today=TODAY
        )
    if listed:
        build.sign_up(where, certificate_id=made.id)
    return made


def test_it_stands_anywhere_and_no_link_is_broken(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Certificates that are over keep their pages; a long list and a register in parts are copied whole."""
    monkeypatch.setattr(queries, "PAGE", 2)
    monkeypatch.setattr(queries.page, "__kwdefaults__", queries.page.__kwdefaults__ | {"limit": 2})
    monkeypatch.setattr("coprod.register.views.MOST", 1)
    current, gone = signed(), signed("Maple School", listed=False)
    with transaction():
        operations.end(gone, how=Ending.REVOKED, why="CANARY", actor=SYSTEM, now=MOMENT, today=TODAY)
    making.make_missing(now=MOMENT)
    for number in range(4):
        build.sign_up(build.organisation(f"School {number}"))
    where = current.organisation
    for number in range(11):
        build.public_change(where, f"Change {number}")
    folder = copied(app, tmp_path / "some" / "where")
    with served(tmp_path) as address:
        crawled = crawl(f"{address}/some/where/")
    assert not crawled.broken
    for page in (f"signatories/{where.slug}", f"verify/{current.code}", f"you-said/{where.slug}/pages/2", "data"):
        assert f"{page}/index.html" in crawled.found
    for file in ("signatories.csv", "signatories.json", ".well-known/jwks.json", "you-said.csv", "openapi.json"):
        assert file in crawled.found
    for file in (f"signatories/{where.slug}/badge.svg", "signatories.atom", "static/check_register.py"):
        assert file in crawled.found
    assert {"http://localhost/sign-in", "http://localhost/verify/file"} <= crawled.away
    pages = [content.decode() for name, content in crawled.found.items() if name.endswith(".html")]
    assert len(pages) > 40
    for words in pages:
        assert "<form" not in words
        assert "This is a copy that was made on 22 November 2026." in words

    lists = [folder / "signatories" / each for each in ("index.html", "pages/2/index.html", "pages/3/index.html")]
    assert [len(re.findall("rows__name", each.read_text())) for each in lists] == [2, 2, 1]
    assert 'href="../../index.html" rel="prev"' in lists[1].read_text()

    over = folder / "verify" / gone.code
    assert "Maple School" in (over / "index.html").read_text()
    assert (over / "credential.jwt").read_text() == gone.credential
    assert f"verify/{gone.code}/index.html" not in crawled.found, "nothing leads to it"

    verdict = register.verify_file(folder / "register.jsonl")
    assert (verdict.sound, verdict.entries) == (True, register.last_number()) == (True, 3)
    assert json.loads((folder / "register" / "2.jsonl").read_text())["seq"] == 2
    assert not [each for each in folder.rglob("*") if each.is_file() and b"CANARY" in each.read_bytes()]


def test_old_addresses_of_a_school_lead_to_the_academy(app: Flask, tmp_path: Path) -> None:
    school, academy = build.organisation("Hazel Lane School"), build.organisation("Hazel Lane Academy")
    build.sign_up(school)
    unlisted, nowhere = build.organisation("Maple School"), build.organisation("Maple Academy")
    boss = build.actor(build.person("Cora Ordinator", AreaRole.COORDINATOR).id)
    old, new, gone = school.slug, academy.slug, unlisted.slug
    with transaction():
        succeed(school, academy, actor=boss, now=MOMENT, today=TODAY)
        db.session.add(Succession(id=unlisted.id, successor_id=nowhere.id, linked_on=TODAY))
    folder = copied(app, tmp_path / "copy") / "signatories"
    page = (folder / old / "index.html").read_text()
    assert f'<meta http-equiv="refresh" content="0; url=../{new}/index.html">' in page
    assert "Hazel Lane Academy" in (folder / new / "index.html").read_text()
    assert (folder / old / "badge.svg").read_bytes() == (folder / new / "badge.svg").read_bytes()
    assert not (folder / gone).exists()
    with served(tmp_path) as address:
        assert not crawl(f"{address}/copy/signatories/{old}/index.html").broken


Writes = Callable[[str], None]


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> Writes:
    """What a copy will hold: one file with these words."""

    def say(words: str) -> None:
        def make(copy: export._Copy) -> None:
            copy.folder.mkdir()
            (copy.folder / "index.html").write_text(words)

        monkeypatch.setattr(export._Copy, "make", make)

    say("first")
    return say


def hidden(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir() if each.name.startswith(".")]


def test_an_older_copy_is_replaced(app: Flask, tmp_path: Path, writes: Writes) -> None:
    folder = tmp_path / "copy"
    folder.mkdir()
    copied(app, folder)
    writes("second")
    copied(app, folder)
    assert (folder / "index.html").read_text() == "second"
    assert not hidden(tmp_path)


def test_where_two_folders_can_not_change_places_it_is_done_in_two_steps(
    app: Flask, tmp_path: Path, writes: Writes, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copied(app, tmp_path / "copy")
    writes("second")
    monkeypatch.setattr(export.ctypes, "CDLL", lambda _name: object())
    copied(app, folder)
    assert (folder / "index.html").read_text() == "second"
    assert not hidden(tmp_path)


def test_a_folder_with_anything_else_in_it_is_refused(app: Flask, tmp_path: Path, writes: Writes) -> None:
    folder = copied(app, tmp_path / "copy")
    other = tmp_path / "other"
    other.mkdir()
    for each, words in ((folder, "besides an older copy"), (other, "holds other files")):
        (each / "mine.txt").write_text("mine")
        with pytest.raises(export.NotOurs, match=words):
            copied(app, each)
        assert (each / "mine.txt").read_text() == "mine"
    assert not hidden(tmp_path)


def test_what_is_not_whole_is_not_put_into_place(
    app: Flask, tmp_path: Path, writes: Writes, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = build.organisation()
    build.sign_up(where)
    folder = copied(app, tmp_path / "copy")
    monkeypatch.setattr(export._Copy, "make", whole)
    monkeypatch.setattr(export, "FIRST", (f"/signatories/{where.slug}/badge.svg",))

    def missing(*_given: object, **_more: object) -> None:
        raise NotFound

    monkeypatch.setattr(profile, "badge", missing)
    with pytest.raises(export.NotWhole, match=r"badge\.svg answered 404, so nothing was copied"):
        copied(app, folder)
    assert (folder / "index.html").read_text() == "first"
    assert not hidden(tmp_path)


def test_a_change_meanwhile_makes_it_begin_anew(
    app: Flask, tmp_path: Path, writes: Writes, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = export._Copy.make
    changes = iter(["Maple School"])

    def make(copy: export._Copy) -> None:
        once(copy)
        for name in changes:
            with app.app_context():
                build.organisation(name)
            (copy.folder / "of before").touch()

    monkeypatch.setattr(export._Copy, "make", make)
    folder = copied(app, tmp_path / "copy")
    assert not (folder / "of before").exists()
    states = iter(range(9))
    monkeypatch.setattr(export, "_state", lambda _app: next(states))
    with pytest.raises(export.NotWhole, match="changed while it was copied"):
        copied(app, folder)


NO_FILE = (
    *("/signatories/../../etc", "/signatories/%2e%2e", "/nothing"),
    *("/sign-in", "/start", "/verify/file", "/health/live"),
)


@pytest.mark.parametrize("address", NO_FILE)
def test_what_is_no_public_page_has_no_file(app: Flask, address: str) -> None:
    assert copy_links.Links(app, "http://localhost").file_of(address) is None


def test_the_command_says_what_it_made(app: Flask, tmp_path: Path, writes: Writes) -> None:
    said = app.test_cli_runner().invoke(commands, ["export-site", str(tmp_path / "copy")])
    assert re.search(r"copy holds 1 file, \d+\.\d MB", said.output), said.output
