"""Numbers of certificates can't be guessed, and nothing lists them."""

import random

from flask import Flask
from sqlalchemy import event

from coprod.certificates import making, queries, rules
from coprod.database import db
from tests.certificates.test_certificates_rows import awarded
from tests.support import build
from tests.support.build import MOMENT, organisation
from tests.support.client import Client

TODAY = MOMENT.date()
FEW = 500  # The bench tries a million.


def statements(code: str) -> list[str]:
    """What the database is asked for this number."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert queries.checked(code, today=TODAY) is None
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return asked


def test_no_guess_hits_and_a_near_one_costs_what_a_far_one_does(app: Flask) -> None:
    code, dice = awarded(organisation()).code, random.Random(7)  # noqa: S311  # the same guesses each time
    far = statements(rules.code(dice.getrandbits(rules.CODE_BITS)))
    assert len(far) == 1
    for number in range(FEW):
        place = number % len(code)
        other = dice.choice([sign for sign in rules.ALPHABET if sign != code[place]]) if code[place] != "-" else "0"
        near = code[:place] + other + code[place + 1 :]
        assert statements(near) in ([], far), near  # What can be no number is not looked for.


def test_no_file_page_or_feed_lists_the_numbers_of_certificates(app: Flask, client: Client) -> None:
    """Each stands on its holder's own public page and nowhere else; what is over stands nowhere."""
    where = organisation()
    build.sign_up(where)
    code = awarded(where).code
    making.make_missing(now=MOMENT)
    for address in (
        *("/signatories", "/signatories.csv", "/signatories.json", "/signatories.atom", "/register.jsonl"),
        *("/register/head.json", "/sitemap.xml", "/sitemap-pages.xml", "/sitemap-signatories-1.xml"),
        *("/embed/signatories", "/openapi.json", "/data", "/you-said", "/", f"/signatories/{where.slug}/badge.svg"),
    ):
        answer = client.http.get(address)
        assert answer.status_code == 200, address
        assert code not in answer.text, address
        assert code.replace("-", "") not in answer.text, address
    assert code in client.get(f"/signatories/{where.slug}").source
