"""A family member who reads Polish: every page behind the private link, whole, in one language."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from babel.support import NullTranslations

from coprod.changes import operations
from coprod.changes.models import ChangeRecord
from coprod.database import db
from coprod.transaction import transaction
from coprod.web import languages
from tests.changes.conftest import WHOLE
from tests.support import build
from tests.support.build import MOMENT
from tests.support.client import Client
from tests.support.wording import in_language

MISSING = "\u2047"


class Unknown(NullTranslations):
    """Marks what the catalogue does not have: nothing on these pages may be missing."""

    def gettext(self, message: str) -> str:
        return f"{MISSING}{message}"


@pytest.fixture(autouse=True)
def whole_catalogue(monkeypatch):
    made = languages.read_catalogue("pl")
    made.add_fallback(Unknown())
    monkeypatch.setitem(languages._catalogues.cache, "pl", made)


@pytest.fixture
def secret(write, lead):
    record = write(WHOLE)
    with transaction():
        _, secret = operations.make_link(record, actor=lead, now=MOMENT)
    return secret


@pytest.fixture
def family(app):
    return Client(app)


def only_polish(page):
    """Not one English word outside what the organisation wrote, which says so."""
    assert page.tree.get("lang") == "pl"
    assert MISSING not in page.source
    catalogue = languages.read_catalogue("pl")
    assert not [text for text in in_language(page.tree, "pl") if catalogue.gettext(text) != text]


def test_a_family_reads_and_answers_in_polish(family, secret):
    page = family.get(f"/confirm/{secret}?lang=pl")
    only_polish(page)
    assert page.h1 == "Czy tak było?"
    assert "Możesz odpowiedzieć raz, do dnia 21 stycznia 2027." in page.text
    assert "Kiedy 2 marca 2026" in page.text
    page = family.submit("Wyślij moją odpowiedź", status=422)
    only_polish(page)
    assert page.errors == ["Wybierz: tak, częściowo lub nie Wybierz, kim jesteś"]
    assert page.tree.find("head/title").text.startswith("Błąd: Czy tak było?")
    page = family.submit("Wyślij moją odpowiedź", answer="yes", group="parents_and_carers", comment="Tak było.")
    only_polish(page)
    assert page.address == "/confirm/thank-you?lang=pl"
    assert page.h1 == "Dziękujemy"
    assert [one.answer for one in db.session.query(ChangeRecord).one().confirmations] == ["yes"]


def test_what_the_organisation_wrote_stays_and_says_its_language(family, secret):
    page = family.get(f"/confirm/{secret}?lang=pl")
    marked = {" ".join("".join(e.itertext()).split()) for e in page.tree.iter() if e.get("lang") == "en"}
    for written in (WHOLE.heard, WHOLE.heard_where, WHOLE.decision, WHOLE.why, WHOLE.told_how):
        assert written in marked
    ours = [e.text.strip(" []") for e in page.tree.iter() if e.get("lang") == "pl" and e.tag == "span"]
    assert "nowe:" in ours  # What is read out before new words of the plan is ours again.


def test_the_language_is_changed_by_a_link_and_stays_in_the_address(family, secret):
    page = family.get(f"/confirm/{secret}")
    assert page.tree.get("lang") == "en"
    link = next(e for e in page.tree.iter("a") if e.get("lang") == "pl")
    assert (link.text, link.get("hreflang"), link.get("href")) == ("Polski", "pl", f"/confirm/{secret}?lang=pl")
    page = family.follow("Polski")
    assert page.h1 == "Czy tak było?"
    assert family.follow("English").h1 == "Is this what happened?"


@pytest.mark.parametrize("asked", ["de", "", "pl-PL", "PL", "../../etc", "en"])
def test_any_other_language_is_english(family, secret, asked):
    assert family.get(f"/confirm/{secret}", query_string={"lang": asked}).h1 == "Is this what happened?"


def test_the_next_visitor_reads_english(family, secret):
    family.get(f"/confirm/{secret}?lang=pl")
    assert family.get(f"/confirm/{secret}").h1 == "Is this what happened?"
    assert languages.current() is languages.ENGLISH


def test_pages_that_have_no_polish_stay_english_whole(family, secret):
    page = family.get("/you-said?lang=pl")
    assert page.tree.get("lang") == "en"
    assert "Polski" not in page.links()


def test_personal_data_is_pointed_out_in_polish(family, secret):
    family.get(f"/confirm/{secret}?lang=pl")
    page = family.submit(
        "Wyślij moją odpowiedź", answer="no", group="forum", comment="Mail: a@example.org", status=422
    )
    only_polish(page)
    assert page.errors == [
        "To wygląda na dane osobowe: adres e-mail, „a@example.org” (miejsce: Twój komentarz). "
        "Usuń je albo zaznacz, że są sprawdzone i mają zostać"
    ]
    assert family.submit("Wyślij moją odpowiedź", looked=True).h1 == "Dziękujemy"


def test_a_comment_that_is_too_long_is_explained_in_polish(family, secret):
    family.get(f"/confirm/{secret}?lang=pl")
    page = family.submit("Wyślij moją odpowiedź", answer="no", group="forum", comment="a" * 1001, status=422)
    only_polish(page)
    assert page.errors == ["Wpisz najwyżej 1 000 znaków. Teraz jest ich 1 001."]
    counter = next(e for e in page.tree.iter("div") if e.get("data-module") == "govuk-character-count")
    assert counter.get("data-i18n.characters-over-limit.few") == "O %{count} znaki za dużo"
    assert counter.get("data-i18n.characters-under-limit.many") == "Pozostało %{count} znaków"


def test_words_changed_meanwhile_are_read_again_in_polish(family, secret, lead):
    family.get(f"/confirm/{secret}?lang=pl")
    record = db.session.query(ChangeRecord).one()
    with transaction():
        operations.edit(
            record, facts=replace(WHOLE, why="Another reason."), revision=record.revision, actor=lead, now=MOMENT
        )
    page = family.submit("Wyślij moją odpowiedź", answer="yes", group="forum", status=409)
    only_polish(page)
    assert "Treść zmieniła się, gdy ta strona była u Ciebie otwarta" in page.text


def test_links_that_are_over_say_so_in_polish(family, secret, app):
    family.get(f"/confirm/{secret}?lang=pl")
    family.submit("Wyślij moją odpowiedź", answer="yes", group="forum")
    page = family.get(f"/confirm/{secret}?lang=pl", status=410)
    only_polish(page)
    assert page.h1 == "Ten link został już użyty"
    page = family.get("/confirm/nonsense?lang=pl", status=404)
    only_polish(page)
    assert page.h1 == "Nie możemy znaleźć tego linku"


def test_a_link_that_ran_out_and_one_taken_back(family, write, lead, app):
    record = write(WHOLE)
    with transaction():
        _, old = operations.make_link(record, actor=lead, now=MOMENT - timedelta(days=61))
        link, back = operations.make_link(record, actor=lead, now=MOMENT)
        operations.withdraw_link(link, actor=lead, now=MOMENT)
    for secret, said in ((old, "Ten link stracił ważność"), (back, "Ten link został wycofany")):
        page = family.get(f"/confirm/{secret}?lang=pl", status=410)
        only_polish(page)
        assert page.h1 == said


def test_faults_on_these_pages_are_polish_too(family, secret):
    family.get(f"/confirm/{secret}?lang=pl")
    page = family.post(f"/confirm/{secret}?lang=pl", {"csrf_token": "old"}, status=400)
    only_polish(page)
    assert page.h1 == "Nie udało się"


def test_a_lead_can_send_the_link_in_polish(client, school, write):
    record = write(WHOLE)
    client.sign_in(build.lead_of(school, "Lee Lead").email)
    client.get(f"/changes/{record.id}/ask")
    page = client.submit("Make a private link")
    box = next(e for e in page.tree.iter("div") if e.get("lang") == "pl")
    words = "".join(box.itertext())
    assert words.startswith("Dzień dobry. Rozmawialiśmy o sprawie „A quiet room at lunch”.")
    assert re.search(r"/confirm/[\w-]{43}\?lang=pl", words)
    assert "do dnia 21 stycznia 2027" in words
    assert page.tree.get("lang") == "en"
