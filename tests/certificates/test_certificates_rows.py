import io
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from pypdf import PdfReader

from coprod.certificates import making, operations, printed, queries, rules
from coprod.certificates.models import Certificate
from coprod.certificates.rules import Ending
from coprod.errors import WrongState
from coprod.framework.queries import current_charter, current_framework
from coprod.organisations.models import Organisation
from coprod.permissions import SYSTEM
from coprod.register import queries as register
from coprod.transaction import transaction
from coprod.web.deployment import settings
from tests.support.build import MOMENT, lead_of, organisation
from tests.support.client import Client

TODAY = MOMENT.date()
DAY = timedelta(days=1)


def awarded(where: Organisation, *, level: int = 1, today: date = TODAY) -> Certificate:
    framework = current_framework()
    with transaction():
        return operations.issue_award(
            where,
            framework=framework,
            level=framework.levels[level],
            inputs={"ratings": {"RA1": 3}},
            actor=SYSTEM,
            now=MOMENT,
            today=today,
        )


def signed(where: Organisation) -> Certificate:
    with transaction():
        return operations.issue_signing(
            where,
            charter=current_charter(),
            commitments=[(f"Promise {n}", date(2027, n, 1)) for n in (1, 2, 3)],
            actor=SYSTEM,
            now=MOMENT,
            today=TODAY,
        )


def ended(certificate: Certificate, how: Ending, today: date = TODAY) -> None:
    with transaction():
        operations.end(certificate, how=how, why="a private reason", actor=SYSTEM, now=MOMENT, today=today)


def kinds() -> list[str]:
    return [entry.kind for entry in register.entries()]


def test_an_award_is_frozen_with_its_facts_and_stands_in_the_register(app: Flask) -> None:
    where = organisation()
    made = awarded(where)
    facts = rules.from_json(made.facts)
    level = current_framework().levels[1]
    assert (facts.headline, facts.sentence, made.petals) == (level.name, level.sentence, level.petals)
    assert facts.valid_to == made.valid_to == rules.last_day(TODAY, level.valid_years)
    assert facts.organisation == where.name
    assert facts.title == "North Northamptonshire SEND co-production standards"
    assert made.inputs == {"ratings": {"RA1": 3}}
    (entry,) = register.entries()
    assert entry.kind == "award.made"
    assert entry.facts is not None
    assert entry.facts["organisation"] == where.name
    assert entry.facts["level"] == level.code
    assert entry.facts["certificate_sha256"] == rules.digest(made.code)
    assert made.code not in str(entry)
    assert (facts.register_entry, facts.fingerprint) == (entry.seq, entry.entry_hash)
    assert register.verify_database(head=facts.fingerprint).sound


def test_a_signing_has_no_level_and_no_petals(app: Flask) -> None:
    made = signed(organisation())
    facts = rules.from_json(made.facts)
    assert (made.level, made.petals, facts.valid_to) == (None, 0, None)
    assert facts.title == "North Northamptonshire co-production charter"
    assert [promise.text for promise in facts.promises] == ["Promise 1", "Promise 2", "Promise 3"]
    assert kinds() == ["charter.signed"]


def test_a_new_award_takes_the_place_of_the_one_in_force(app: Flask) -> None:
    where = organisation()
    first, second = awarded(where), awarded(where, level=2)
    assert first.ended_as == "superseded"
    assert queries.award_in_force(where.id, TODAY) is second
    assert set(queries.awards_of(where.id)) == {first, second}
    assert kinds() == ["award.made", "award.superseded", "award.made"]


def test_another_organisation_keeps_its_award(app: Flask) -> None:
    mine, theirs = organisation("Mine"), organisation("Theirs")
    held = awarded(theirs)
    awarded(mine)
    assert queries.award_in_force(theirs.id, TODAY) is held


def test_an_award_in_force_is_one_within_its_days(app: Flask) -> None:
    where = organisation()
    made = awarded(where)
    assert made.valid_to is not None
    assert queries.award_in_force(where.id, made.valid_to) is made
    assert queries.award_in_force(where.id, made.valid_to + DAY) is None


@pytest.mark.parametrize("how", Ending)
def test_a_certificate_ends_once_and_the_register_says_how(app: Flask, how: Ending) -> None:
    award, signing = awarded(organisation("One")), signed(organisation("Two"))
    ended(award, how)
    ended(signing, how)
    assert kinds()[2:] == [operations.ENTRY_FOR[rules.Kind(c.kind), how].value for c in (award, signing)]
    assert "private" not in str(list(register.entries()))
    with pytest.raises(WrongState):
        ended(award, Ending.WITHDRAWN)


def test_every_way_to_end_has_its_entry() -> None:
    assert set(operations.ENTRY_FOR) == {(kind, how) for kind in rules.Kind for how in Ending}


def test_an_award_that_ran_out_is_registered_once(app: Flask) -> None:
    made = awarded(organisation())
    signed(organisation("Signatory"))
    assert made.valid_to is not None
    for today, expected in ((made.valid_to, 0), (made.valid_to + DAY, 1), (made.valid_to + 9 * DAY, 0)):
        with transaction():
            assert operations.record_expiries(now=MOMENT, today=today) == expected
    assert kinds() == ["award.made", "charter.signed", "award.expired"]


def test_the_document_is_for_members_only_and_others_can_not_tell_that_it_is_there(app: Flask, client: Client) -> None:
    mine, theirs = organisation("Mine"), organisation("Theirs")
    who, made = lead_of(mine), awarded(theirs)
    address = f"/certificates/{made.id}.pdf"
    assert client.http.get(address).status_code == 302
    client.sign_in(who.email)
    seen, missing = client.http.get(address), client.http.get(f"/certificates/{uuid4()}.pdf")
    assert seen.status_code == missing.status_code == 404
    assert seen.text == missing.text


def checked(client: Client, made: Certificate, status: int = 200) -> Any:
    return client.get(f"/verify/{made.code}", status=status)


def test_the_check_page_repeats_everything_printed(app: Flask, client: Client) -> None:
    made = awarded(organisation("Hazel Lane School"))
    facts = rules.from_json(made.facts)
    making.make_missing(now=MOMENT)
    paper = PdfReader(io.BytesIO(making.document_of(made))).pages[0].extract_text()
    shown = checked(client, made).text
    printed_words = "".join(paper.split())
    said = [facts.title, facts.headline, facts.organisation, facts.official_code, facts.sentence, *facts.values]
    for words in (*said, *(part for row in printed.rows(facts) for part in row)):
        assert words in shown
        assert "".join(words.split()) in printed_words
        printed_words = printed_words.replace("".join(words.split()), "", 1)
    assert printed_words == "", "the paper says more than the page"
    assert "Valid" in shown
    assert "If the paper says something else" in shown
    assert f"entry {facts.register_entry}" in shown


def test_the_check_page_of_a_signing_names_its_promises_and_nobody(app: Flask, client: Client) -> None:
    made = signed(organisation())
    shown = checked(client, made).text
    assert "Promise 1 (by 1 January 2027)" in shown
    assert "It is a promise, not an award" in shown


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (Ending.WITHDRAWN, "Withdrawn on 22 November 2026"),
        (Ending.LAPSED, "Lapsed on 22 November 2026"),
        (Ending.REVOKED, "Revoked on 22 November 2026"),
        (Ending.SUPERSEDED, "Replaced on 22 November 2026"),
    ],
)
def test_the_check_page_says_how_it_ended_and_never_why(
    app: Flask, client: Client, how: Ending, words: str
) -> None:
    made = awarded(organisation())
    ended(made, how)
    shown = checked(client, made)
    assert words in shown.text
    assert "a private reason" not in shown.source


def test_the_check_page_names_what_took_its_place(app: Flask, client: Client) -> None:
    where = organisation()
    first = awarded(where, today=TODAY - DAY)
    awarded(where, level=2)
    assert "superseded by the award “Embedded” of 22 November 2026" in checked(client, first).text


def test_the_check_page_says_that_an_award_ran_out(app: Flask, client: Client) -> None:
    made = awarded(organisation(), today=date(2020, 3, 1))
    assert "Expired on 28 February 2023" in checked(client, made).text


def test_the_check_page_needs_no_sign_in_and_is_kept_nowhere(app: Flask, client: Client) -> None:
    made = signed(organisation())
    answer = client.http.get(f"/verify/{made.code}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_demonstration_says_so_on_the_check_page(app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    real = signed(organisation("Real"))
    assert "Demonstration: invented" not in checked(client, real).text
    monkeypatch.setattr(operations, "settings", lambda: settings().model_copy(update={"mode": "demonstration"}))
    invented = signed(organisation("Invented"))
    assert "Demonstration: invented" in checked(client, invented).text


def test_an_unknown_code_gets_a_kind_page_with_its_own_status(app: Flask, client: Client) -> None:
    made = signed(organisation())
    unknown = made.code[:-1] + ("0" if made.code[-1] != "0" else "1")
    for code in (unknown, "nonsense", "<script>alert(1)", "é" * 300):
        shown = client.get(f"/verify/{code}", status=404)
        assert shown.h1 == "We do not know this certificate"
        assert made.organisation.name not in shown.text


def test_a_typed_code_leads_to_its_page(app: Flask, client: Client) -> None:
    made = signed(organisation("Hazel Lane School"))
    client.get("/verify")
    shown = client.submit("Check", code=made.code.lower().replace("-", " "))
    assert shown.h1 == "Hazel Lane School"
    assert shown.address == f"/verify/{made.code}"


@pytest.mark.parametrize(("typed", "words"), [("", "Enter the number"), ("12", "28 letters and numbers")])
def test_what_can_not_be_a_code_is_explained(app: Flask, client: Client, typed: str, words: str) -> None:
    client.get("/verify")
    shown = client.submit("Check", code=typed, status=422)
    assert words in " ".join(shown.errors)


def test_facts_on_the_page_are_those_of_the_issue_whatever_changes_later(app: Flask, client: Client) -> None:
    where = organisation("Hazel Lane School")
    made = awarded(where)
    with transaction():
        where.name = "Another Name"
    assert checked(client, made).h1 == "Hazel Lane School"
    assert replace(rules.from_json(made.facts)).organisation == "Hazel Lane School"
