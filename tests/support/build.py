"""Ready-made rows for tests. Each builder commits, so that a page sees what it made."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from flask import current_app
from flask_security import hash_password

from coprod.accounts import sessions
from coprod.accounts.guessing import Alert
from coprod.accounts.models import Membership, Person, Role
from coprod.accounts.sessions import PersonSession
from coprod.certificates.models import Certificate
from coprod.changes.models import ChangeRecord
from coprod.charter.models import Commitment, SignUp
from coprod.database import db
from coprod.framework.queries import library
from coprod.mail.models import Letter
from coprod.moderation.models import PracticeRating
from coprod.organisations.models import Organisation
from coprod.permissions import Actor, AreaRole, MemberRole
from coprod.text import folded

MOMENT = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
PASSWORD = "a long enough password"
_hashes: dict[str, str] = {}
_numbers = count(900001)  # Never the same twice in one run.


def person(
    name: str = "Sam Reed",
    *roles: AreaRole,
    email: str | None = None,
    parent_carer: bool = False,
    practised: bool = True,
) -> Person:
    """Somebody who can sign in with PASSWORD. A reviewer has practised, unless the test is about that."""
    how = str(current_app.config["SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS"])  # Made otherwise, it is made anew.
    if how not in _hashes:
        _hashes[how] = hash_password(PASSWORD)
    made = Person(
        email=email or f"{folded(name).replace(' ', '.')}@example.org",
        name=name,
        password=_hashes[how],
        parent_carer=parent_carer,
        created_at=MOMENT,
        roles=[_role(role) for role in roles],
    )
    db.session.add(made)
    db.session.flush()
    if practised and {AreaRole.REVIEWER, AreaRole.LEAD_REVIEWER} & set(roles):
        _practise(made)
    db.session.commit()
    return made


def _practise(reviewer: Person) -> None:
    for (framework, version), practice in library().practices.items():
        for sample in practice.samples:
            db.session.add(
                PracticeRating(
                    person_id=reviewer.id,
                    framework=framework,
                    version=version,
                    round=1,
                    sample=sample.id,
                    rating=sample.agreed,
                    made_at=MOMENT,
                )
            )


def organisation(name: str = "Hazel Lane School", *, kind: str = "primary", value: str | None = None) -> Organisation:
    """An open organisation with a URN of its own."""
    value = value or str(next(_numbers))
    made = Organisation(
        scheme="urn",
        value=value,
        name=name,
        search_name=folded(name),
        slug=f"{folded(name).replace(' ', '-')[:80]}-{value}",
        kind=kind,
        status="open",
        town="Kettering",
        added_at=MOMENT,
    )
    db.session.add(made)
    db.session.commit()
    return made


def membership(who: Person, where: Organisation, role: MemberRole = MemberRole.LEAD) -> Membership:
    """A part in an organisation, in force."""
    made = Membership(person_id=who.id, organisation_id=where.id, role=role.value, asked_at=MOMENT, accepted_at=MOMENT)
    db.session.add(made)
    db.session.commit()
    return made


def session(who: Person, secret: str | None = None, *, device: str = "Firefox on Windows") -> PersonSession:
    """Another browser in which somebody is signed in."""
    made = sessions.begin(who.id, secret=secret or uuid4().hex, device=device, now=MOMENT)
    db.session.commit()
    return made


def alert(about: Person | None = None, kind: str = "account", tries: int = 10) -> Alert:
    made = Alert(at=MOMENT, kind=kind, tries=tries, person_id=about.id if about else None, once=uuid4().hex)
    db.session.add(made)
    db.session.commit()
    return made


def lead_of(where: Organisation, name: str = "Ravi Lead") -> Person:
    who = person(name)
    membership(who, where)
    return who


def actor(person_id: UUID) -> Actor:
    """The person as permissions see them now."""
    db.session.expire_all()
    return db.session.get_one(Person, person_id).actor


def _role(role: AreaRole) -> Role:
    found = db.session.query(Role).filter_by(name=role.value).one_or_none()
    return found or Role(name=role.value)


# What the public sees: signings, awards and published changes, without going through the pages that make them.

PRIVATE = "CANARY"  # Stands in every private field of these rows: no public page may ever hold it.


def sign_up(where: Organisation, signed_on: date = date(2026, 3, 3), **given: Any) -> SignUp:
    """A signing with three commitments, the first of them kept."""
    made = SignUp(
        organisation_id=where.id,
        charter_version="1.0",
        charter_hash="0" * 64,
        senior_lead=f"{PRIVATE} lead",
        family_link=f"{PRIVATE} link",
        signatory_name=f"{PRIVATE} name",
        signatory_role=f"{PRIVATE} role",
        signatory_agreed=True,
        signed_by=_somebody().id,
        signed_on=signed_on,
        signed_at=MOMENT,
        **({"counts_from": signed_on} | given),
    )
    made.commitments = [
        Commitment(position=1, text="Tell families each term what changed", due=date(2026, 10, 1), kept_on=signed_on),
        Commitment(position=2, text="Ask families who are waiting", due=date(2026, 11, 1)),
        Commitment(position=3, text="Plan the open day with young people", due=date(2027, 3, 1)),
    ]
    db.session.add(made)
    db.session.commit()
    return made


def award(
    where: Organisation, level: str = "established", valid_to: date = date(2028, 3, 2), **given: Any
) -> Certificate:
    """An award as it was issued."""
    made = Certificate(
        organisation_id=where.id,
        code=uuid4().hex,
        kind="award",
        level=level,
        facts={},
        file_hash="0" * 64,  # Nothing is printed of it, so no document is to be made.
        inputs={"secret": PRIVATE},
        issued_at=MOMENT,
        valid_to=valid_to,
        **(
            {
                "petals": {"developing": 2, "established": 3, "embedded": 5}.get(level, 0),
                "issued_on": date(2026, 3, 3),
                "ended_why": f"{PRIVATE} reason" if given.get("ended_as") else None,
            }
            | given
        ),
    )
    db.session.add(made)
    db.session.commit()
    return made


def public_change(where: Organisation, title: str = "Quieter ways in", **given: Any) -> ChangeRecord:
    """A change that is published."""
    told: dict[str, Any] = {
        "heard": "The gate is too loud in the morning.",
        "heard_where": f"{PRIVATE} where",
        "before": "One gate for everybody.",
        "after": "A quiet gate from half past eight.",
        "decision": "Open a second gate.",
        "why": "Families told us that the noise hurts.",
        "group": "parents_and_carers",
        "heard_on": date(2026, 9, 1),
        "decided_on": date(2026, 10, 1),
        "status": "done",
        "no_child_named": True,
        "published_at": MOMENT,
        "written_by": _somebody().id,
        "written_at": MOMENT,
    }
    made = ChangeRecord(organisation_id=where.id, title=title, **(told | given))
    db.session.add(made)
    db.session.commit()
    return made


def _somebody() -> Person:
    return db.session.query(Person).first() or person(f"{PRIVATE} person", email=f"{PRIVATE.lower()}@example.org")


def letter(to: str = "sam@example.org", *, essential: bool = True, **given: Any) -> Letter:
    """A letter that waits to be sent."""
    facts = {"subject": "News", "words": "Some news.\n", "html": "<p>Some news.</p>", "queued_at": MOMENT}
    made = Letter(template="news", receiver=to, essential=essential, **{**facts, "due_at": MOMENT, **given})
    db.session.add(made)
    db.session.commit()
    return made
