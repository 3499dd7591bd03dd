"""Canary values stand in every private field; no address that anybody can open may hold one."""

from datetime import date

from flask import Flask

from coprod.database import db
from coprod.web.access import access_of
from tests.support import build
from tests.support.client import Client


def everything() -> dict[str, str]:
    """An organisation with everything, and the values for the addresses that lead to it."""
    where = build.organisation()
    who = build.person(f"{build.PRIVATE} member", email="canary.member@example.org")
    made = build.membership(who, where)
    made.note = f"{build.PRIVATE} note"
    left = build.organisation("Oak School")
    ended = build.sign_up(left, ended_as="withdrawn", ended_on=date(2026, 11, 1), ended_why=f"{build.PRIVATE} why")
    build.sign_up(where)
    award = build.award(where)
    build.award(where, "developing", ended_as="revoked", ended_on=date(2026, 2, 1), issued_on=date(2025, 2, 1))
    build.public_change(where)
    build.public_change(where, f"{build.PRIVATE} draft", published_at=None)
    db.session.commit()
    return {"slug": where.slug, "left": ended.organisation.slug, "code": award.code, "question": "RA1"}


def addresses(app: Flask, known: dict[str, str]) -> set[str]:
    """Every public address that answers GET, filled in with what is there."""
    values = {
        "directory.signatory": ({"slug": known["slug"]}, {"slug": known["left"]}),
        "changes.block": ({"slug": known["slug"]},),
        "directory.badge": ({"slug": known["slug"]}, {"slug": known["left"]}),
        "framework.question": ({"code": known["question"]},),
        "certificates.verify": ({"code": known["code"]},),
    }
    found = set()
    for rule in app.url_map.iter_rules():
        stated = access_of(app, rule.endpoint)
        if stated is None or not stated.anyone or "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        sets = values.get(rule.endpoint, ({},) if not rule.arguments else ())
        adapter = app.url_map.bind("localhost")
        found |= {adapter.build(rule.endpoint, each) for each in sets}
    return found


def test_no_public_address_holds_anything_private(app: Flask, client: Client) -> None:
    opened = addresses(app, everything())
    assert {"/", "/signatories", "/signatories.csv", "/signatories.json"} <= opened
    for address in sorted(opened):
        body = client.http.get(address, follow_redirects=True).get_data(as_text=True)
        assert build.PRIVATE not in body, address
        assert "canary" not in body.lower(), address
        assert "@example.org" not in body.replace("coproduction@example.org", ""), address
