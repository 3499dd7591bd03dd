"""Fixed data for the figures, written in bulk into a folder of its own: the same rows each time."""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from flask_migrate import upgrade
from pydantic import SecretStr
from sqlalchemy import insert, text

from coprod.accounts.models import Person
from coprod.app import create_app
from coprod.certificates.models import Certificate
from coprod.changes.models import ChangeRecord
from coprod.charter.models import Commitment, SignUp
from coprod.database import WRITING, db
from coprod.organisations.models import Organisation
from coprod.settings import Settings
from coprod.text import folded

MOMENT = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
TODAY = MOMENT.date()
KEY = "a key for figures only, and long enough to be one"
FIRST = ("Ash", "Beech", "Birch", "Brook", "Cedar", "Elm", "Hazel", "Holly", "Maple", "Meadow", "Oak", "Rowan")
SECOND = ("Bank", "Bridge", "Court", "Dale", "End", "Field", "Ford", "Gate", "Grove", "Heath", "Lane", "Park", "View")
KINDS = {
    "early_years": "Nursery",
    "primary": "Primary School",
    "secondary": "Academy",
    "special": "Special School",
    "service": "Family Support Team",
}
TOWNS = ("Kettering", "Corby", "Wellingborough", "Rushden", "Thrapston", "Oundle", "Desborough")
LEVELS = (("developing", 2), ("established", 3), ("embedded", 5))
CHUNK = 2000


def settings(folder: Path) -> Settings:
    return Settings(
        instance=folder, secret_key=SecretStr(KEY), base_url="http://127.0.0.1", trusted_hosts=("localhost",)
    )


def app_with_tables(folder: Path, **config: object) -> Flask:
    app = create_app(settings(folder), TESTING=True, RATELIMIT_ENABLED=False, CLOCK=lambda: MOMENT, **config)
    with app.app_context():
        upgrade()
    return app


def fill(app: Flask, signatories: int) -> None:
    """So many signatories with three commitments each; every third has an award, every second public changes."""
    made = random.Random(20261122)  # noqa: S311  # the same rows each time; nothing secret
    with app.app_context():
        person = Person(id=_id(made), email="a@example.org", name="A", created_at=MOMENT)
        db.session.add(person)
        db.session.commit()
        db.session.rollback()
        db.session.connection(execution_options={WRITING: True})
        for start in range(0, signatories, CHUNK):
            numbers = range(start, min(start + CHUNK, signatories))
            _insert([_signatory(made, number, person.id) for number in numbers])
        db.session.commit()
        db.session.execute(text("ANALYZE"))
        db.session.commit()


def _insert(signatories: list[dict[type, list[dict[str, Any]]]]) -> None:
    for table in (Organisation, Certificate, SignUp, Commitment, ChangeRecord):
        rows = [row for signatory in signatories for row in signatory.get(table, ())]
        if rows:
            db.session.execute(insert(table), rows)


def _signatory(made: random.Random, number: int, person_id: UUID) -> dict[type, list[dict[str, Any]]]:
    kind = made.choice(list(KINDS))
    name = f"{made.choice(FIRST)} {made.choice(SECOND)} {KINDS[kind]} {number}"
    organisation_id, sign_up_id = _id(made), _id(made)
    signed_on = TODAY - timedelta(days=made.randrange(1, 360))
    return {
        Organisation: [_organisation(organisation_id, number, name, kind, made.choice(TOWNS))],
        Certificate: [_award(made, organisation_id, signed_on)] if number % 3 == 0 else [],
        SignUp: [_sign_up(sign_up_id, organisation_id, person_id, signed_on)],
        Commitment: [_commitment(_id(made), sign_up_id, place, signed_on) for place in range(1, 4)],
        ChangeRecord: [
            _change(_id(made), organisation_id, person_id) for _ in range(made.randrange(1, 5) if number % 2 else 0)
        ],
    }


def _organisation(organisation_id: UUID, number: int, name: str, kind: str, town: str) -> dict[str, Any]:
    return {
        "id": organisation_id,
        "scheme": "urn",
        "value": str(200_000 + number),
        "name": name,
        "search_name": folded(name),
        "slug": f"{folded(name).replace(' ', '-')}-{200_000 + number}",
        "kind": kind,
        "town": town,
        "postcode": f"NN{number % 18 + 1} {number % 9 + 1}AB",
        "website": "https://www.example.org",
        "added_at": MOMENT,
    }


def _sign_up(sign_up_id: UUID, organisation_id: UUID, person_id: UUID, signed_on: date) -> dict[str, Any]:
    private = dict.fromkeys(("senior_lead", "family_link", "signatory_name", "signatory_role"), "Private")
    return private | {
        "id": sign_up_id,
        "organisation_id": organisation_id,
        "charter_version": "1.0",
        "charter_hash": "0" * 64,
        "signatory_agreed": True,
        "signed_by": person_id,
        "signed_on": signed_on,
        "counts_from": signed_on,
        "signed_at": MOMENT,
    }


def _commitment(commitment_id: UUID, sign_up_id: UUID, place: int, signed_on: date) -> dict[str, Any]:
    return {
        "id": commitment_id,
        "sign_up_id": sign_up_id,
        "position": place,
        "text": "Tell families each term what changed because of what they said",
        "due": signed_on + timedelta(days=100 * place),
        "kept_on": signed_on + timedelta(days=90) if place == 1 else None,
    }


def _award(made: random.Random, organisation_id: UUID, issued_on: date) -> dict[str, Any]:
    level, petals = made.choice(LEVELS)
    return {
        "id": _id(made),
        "code": _id(made).hex,
        "kind": "award",
        "organisation_id": organisation_id,
        "level": level,
        "petals": petals,
        "facts": {},
        "inputs": {},
        "issued_on": issued_on,
        "valid_to": issued_on + timedelta(days=730 if made.random() > 0.1 else 1),
        "issued_at": MOMENT,
    }


def _change(change_id: UUID, organisation_id: UUID, person_id: UUID) -> dict[str, Any]:
    return {
        "id": change_id,
        "organisation_id": organisation_id,
        "title": "Quieter ways in",
        "heard": "The gate is too loud in the morning.",
        "group": "parents_and_carers",
        "heard_on": TODAY - timedelta(days=60),
        "before": "One gate for all.",
        "after": "A quiet gate from 8.30.",
        "decision": "Open a second gate.",
        "why": "Families asked.",
        "decided_on": TODAY - timedelta(days=30),
        "status": "done",
        "no_child_named": True,
        "written_by": person_id,
        "written_at": MOMENT,
        "published_at": MOMENT - timedelta(seconds=change_id.int % 10**7),
    }


def _id(made: random.Random) -> UUID:
    return UUID(int=made.getrandbits(128), version=4)
