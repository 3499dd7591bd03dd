"""READS: everything that is kept about one person, for themselves."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from coprod.accounts import deeds, devices, queries
from coprod.accounts.models import Invitation, Membership, Person
from coprod.accounts.rules import AREA_ROLE_WORDS, ROLE_WORDS
from coprod.accounts.sessions import PersonSession
from coprod.database import db
from coprod.history import Event
from coprod.mail import names
from coprod.mail.models import Letter
from coprod.phrases import N_
from coprod.web.formatting import joined, moment
from coprod.web.languages import translated

MOST = 10_000
SHOWN = 50
TABLES = ("organisations", "invitations", "sign_ins", "letters", "what_you_did")


def of(person: Person) -> dict[str, Any]:
    """What is kept about a person, as plain values: JSON shows it to programs and a page to people."""
    return {
        "person": {
            "id": str(person.id),
            "name": person.name,
            "email": person.email,
            "parent_carer": person.parent_carer,
            "account_made": person.created_at,
            "address_proved": person.address_proved_at,
            "has_password": person.password is not None,
        },
        "parts_for_the_area": [words for role, words in AREA_ROLE_WORDS.items() if role in _roles(person)],
        "organisations": _organisations(person),
        "invitations": _invitations(person),
        "sign_ins": _sign_ins(person),
        "letters": _letters(person),
        "what_you_did": _deeds(person),
    }


def about(data: dict[str, Any]) -> list[tuple[str, str]]:
    """What is kept about the person, as a page lists it."""
    whole = data["person"] | {"parts_for_the_area": joined(tuple(data["parts_for_the_area"])) or N_("None")}
    return [(name, translated(value)) for name, value in _row(whole).items()]


def tables(data: dict[str, Any]) -> tuple[tuple[str, list[dict[str, str]]], ...]:
    """The rest as tables, with headings that people read: of each the latest rows, the last one first."""
    return tuple((_words(name), [_row(row) for row in data[name][: -SHOWN - 1 : -1]]) for name in TABLES)


def _row(row: dict[str, Any]) -> dict[str, str]:
    return {_words(key): IN_WORDS.get(key, _shown)(value) for key, value in row.items() if key not in FOR_PROGRAMS}


def _words(key: str) -> str:
    return HEADINGS.get(key) or key.replace("_", " ").capitalize()


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return moment(value)
    if value is None or isinstance(value, bool):
        return {None: "", True: N_("Yes"), False: N_("No")}[value]
    return value if isinstance(value, str) else str(value)


HEADINGS = {
    "id": N_("Number of the account"),
    "name": N_("Name"),
    "email": N_("E-mail address"),
    "parent_carer": N_("Parent carer"),
    "account_made": N_("Account made"),
    "address_proved": N_("Address proved"),
    "has_password": N_("Has password"),
    "parts_for_the_area": N_("Parts for the area"),
    "organisation": N_("Organisation"),
    "part": N_("Part"),
    "note": N_("Note"),
    "asked": N_("Asked"),
    "accepted": N_("Accepted"),
    "ended": N_("Ended"),
    "sent": N_("Sent"),
    "device": N_("Device"),
    "from": N_("From"),
    "last_seen": N_("Last seen"),
    "kind": N_("Kind"),
    "written": N_("Written"),
    "when": N_("When"),
    "what": N_("What"),
    "why": N_("Why"),
    "organisations": N_("Organisations"),
    "invitations": N_("Invitations"),
    "sign_ins": N_("Sign-ins"),
    "letters": N_("Letters"),
    "what_you_did": N_("What you did"),
}


def _letter(kind: str) -> str:
    """An old letter may be of a kind that is sent no more."""
    return names.NAMES.get(kind) or _words(kind)


IN_WORDS: dict[str, Callable[[Any], str]] = {"kind": _letter, "what": deeds.in_words, "device": devices.in_words}
FOR_PROGRAMS = frozenset({"about"})  # a table and a number in it: nothing that anybody reads


def _organisations(person: Person) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(Membership, queries.organisations.c.name)
        .join(queries.organisations, queries.organisations.c.id == Membership.organisation_id)
        .where(Membership.person_id == person.id)
        .order_by(Membership.asked_at, Membership.id)
        .limit(MOST)
    )
    return [
        {
            "organisation": name,
            "part": ROLE_WORDS[row.role],
            "note": row.note,
            "asked": row.asked_at,
            "accepted": row.accepted_at,
            "ended": row.ended_at,
        }
        for row, name in rows
    ]


def _invitations(person: Person) -> list[dict[str, Any]]:
    rows = db.session.scalars(
        select(Invitation)
        .where(func.lower(Invitation.email) == person.email)
        .order_by(Invitation.sent_at, Invitation.id)
        .limit(MOST)
    )
    words = ROLE_WORDS | AREA_ROLE_WORDS
    return [
        {"part": words[row.role], "sent": row.sent_at, "accepted": row.accepted_at} for row in rows
    ]


def _sign_ins(person: Person) -> list[dict[str, Any]]:
    rows = db.session.scalars(
        select(PersonSession)
        .where(PersonSession.person_id == person.id)
        .order_by(PersonSession.begun_at, PersonSession.id)
        .limit(MOST)
    )
    return [
        {
            "device": row.device,
            "from": row.begun_at,
            "last_seen": row.seen_at,
            "ended": row.ended_at,
        }
        for row in rows
    ]


def _letters(person: Person) -> list[dict[str, Any]]:
    theirs = or_(Letter.person_id == person.id, func.lower(Letter.receiver) == person.email)
    rows = db.session.scalars(select(Letter).where(theirs).order_by(Letter.queued_at, Letter.id).limit(MOST))
    return [{"kind": row.template, "written": row.queued_at, "sent": row.sent_at} for row in rows]


def _deeds(person: Person) -> list[dict[str, Any]]:
    """The codes are those of the history that the product keeps for everybody."""
    rows = db.session.execute(
        select(Event, queries.organisations.c.name)
        .outerjoin(queries.organisations, queries.organisations.c.id == Event.organisation_id)
        .where(Event.actor_id == person.id)
        .order_by(Event.id)
        .limit(MOST)
    )
    return [
        {
            "when": row.at,
            "what": row.what,
            "about": f"{row.thing} {row.thing_id}",
            "organisation": name or "",
            "why": row.why or "",
        }
        for row, name in rows
    ]


def _roles(person: Person) -> set[str]:
    return {role.name for role in person.roles}
