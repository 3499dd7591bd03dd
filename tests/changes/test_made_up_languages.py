"""A family's pages in languages that nobody speaks, from left and from right: a word that can't be translated shows."""

import pytest

from coprod.app import create_app
from coprod.changes import operations
from coprod.transaction import transaction
from coprod.web import languages
from tests.changes.conftest import WHOLE
from tests.support.build import MOMENT
from tests.support.client import Client
from tests.support.wording import HERE, MIRRORED, missed, pseudo

# What the area, the forum and the organisation are called, and names of languages and licences.
DATA = (
    *("North Northamptonshire", "the parent carer forum", "Hazel Lane School", "Open Government Licence v3.0"),
    *("English", "Polski", "Mail a@example.org", "a@example.org", "NHS", "UPN"),
)


@pytest.fixture
def spoken(app, monkeypatch):
    """The app with both made-up languages."""
    known = dict(app.extensions[languages.LANGUAGES])
    known |= {HERE: pseudo(), MIRRORED: pseudo(MIRRORED, "rtl")}
    known["pl"] = languages.POLISH
    app.extensions[languages.LANGUAGES].update(known)
    return app


@pytest.fixture
def secret(write, lead):
    with transaction():
        _, secret = operations.make_link(write(WHOLE), actor=lead, now=MOMENT)
    return secret


def button(page):
    return next(e for e in page.tree.iter("button") if e.get("name") == "submit").text.strip()


@pytest.mark.parametrize(("code", "direction"), [(HERE, None), (MIRRORED, "rtl")])
def test_every_word_of_a_familys_pages_can_be_translated(spoken, secret, code, direction):
    family = Client(spoken)
    page = family.get(f"/confirm/{secret}?lang={code}")
    pages = [page]
    pages.append(family.submit(button(page), status=422))
    typed = {"answer": "yes", "group": "forum"}
    pages.append(family.submit(button(page), **typed, comment="Mail a@example.org", status=422))
    pages.append(family.submit(button(page), **typed, comment="x" * 2000, status=422))
    family.get(f"/confirm/{secret}?lang={code}")
    pages.append(family.submit(button(page), **typed))
    pages.append(family.get(f"/confirm/{secret}?lang={code}", status=410))
    pages.append(family.get(f"/confirm/nothing?lang={code}", status=404))
    for page in pages:
        assert page.tree.get("lang") == code
        assert page.tree.find("body").get("dir") == direction
        assert not missed(page.tree, code, (*DATA, "x" * 2000)), page.address


def test_what_is_missed_shows(spoken, secret, monkeypatch):
    monkeypatch.setattr(languages.languages()[HERE].words, "gettext", lambda text: text)
    page = Client(spoken).get(f"/confirm/{secret}?lang={HERE}")
    assert "Is this what happened?" in missed(page.tree, HERE, DATA)


def test_a_deployment_knows_no_made_up_language(settings):
    assert set(create_app(settings).extensions[languages.LANGUAGES]) == {"en", "pl"}
