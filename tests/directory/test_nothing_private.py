"""Canary values stand in every private field; no address that anybody can open may hold one."""

import base64
import io
from datetime import date

from flask import Flask
from pypdf import PdfReader

from coprod.accounts.models import Person
from coprod.certificates import making
from coprod.certificates.models import Certificate
from coprod.charter import operations as charter
from coprod.database import db
from coprod.organisations.models import Organisation
from coprod.permissions import AreaRole
from coprod.transaction import transaction
from coprod.web.access import access_of
from tests.certificates.test_certificates_rows import awarded
from tests.charter.test_charter_rows import sign
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


def decided() -> tuple[Certificate, ...]:
    """The same through what people decide, since the register and certificates keep what was true then: no later look
    at the private fields can tell what went in. Answers the certificates, the last of them revoked."""
    where = build.organisation()
    lead = build.person(f"{build.PRIVATE} lead", email="canary.lead@example.org")
    build.membership(lead, where)
    officer = build.person(f"{build.PRIVATE} officer", AreaRole.COORDINATOR, email="canary.officer@example.org")
    named = ("senior_lead", "family_link", "signatory_name", "signatory_role")
    signed = sign(where, build.actor(lead.id), **{name: f"{build.PRIVATE} {name}" for name in named})
    award = awarded(where)
    lapsing = sign(build.organisation("Oak School"), build.actor(_member(lead, "Oak School").id))
    now, today = build.MOMENT, build.MOMENT.date()
    with transaction():
        charter.withdraw(lapsing, why=f"{build.PRIVATE} why", actor=build.actor(lead.id), now=now, today=today)
    making.make_missing(now=now)
    with transaction():
        charter.revoke(award, why=f"{build.PRIVATE} why", actor=build.actor(officer.id), now=now, today=today)
    made = (signed.certificate, lapsing.certificate, award)
    return tuple(each for each in made if each is not None)


def _member(lead: Person, name: str) -> Person:
    build.membership(lead, db.session.query(Organisation).filter_by(name=name).one())
    return lead


def all_of(document: bytes) -> str:
    """The bytes of a PDF, its words, what it says of itself, and the files inside it, tokens opened."""
    reader = PdfReader(io.BytesIO(document))
    inside = [content for files in reader.attachments.values() for content in files]
    opened = [base64.urlsafe_b64decode(part + b"==") for content in inside for part in content.split(b".")[:2]]
    words = [page.extract_text() for page in reader.pages]
    return "".join(map(str, [document, *words, reader.metadata, *inside, *opened]))


def test_what_is_kept_for_ever_holds_nothing_private(app: Flask, client: Client) -> None:
    made = decided()
    assert len(made) == 3
    found = {f"document of {each.code}": all_of(making.document_of(each)) for each in made}
    assert all("Primary" in said or "School" in said for said in found.values())
    addresses = [f"/verify/{each.code}" for each in made] + [f"/verify/{each.code}/credential.jwt" for each in made]
    for address in ("/register.jsonl", "/signatories.atom", "/signatories.json", *addresses):
        answer = client.http.get(address)
        assert answer.status_code == 200, address
        found[address] = answer.get_data(as_text=True)
    parts = [part for name, said in found.items() if name.endswith("jwt") for part in said.split(".")[:2]]
    found["credentials"] = str([base64.urlsafe_b64decode(part + "==") for part in parts])
    for name, said in found.items():
        assert "canary" not in said.lower(), name
