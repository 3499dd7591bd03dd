"""Leaving: what is kept about somebody, given to them; and erased, so that only ids are left of them.

Rows that others rely on keep the person's id: what was decided stays true and the register stays whole. Where their
name stood, pages say that it was somebody who has left.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import current_app
from flask.sansio.app import App
from sqlalchemy import Table, delete, func, select, update

from coprod import history
from coprod.accounts import queries, sessions
from coprod.accounts.models import AccountRequest, HandOver, Invitation, Person
from coprod.accounts.people import LAST, is_last_coordinator
from coprod.accounts.rules import GONE
from coprod.database import Base, db
from coprod.errors import WrongState
from coprod.mail import forgetting
from coprod.mail.outbox import one_line
from coprod.permissions import Action, Actor, AreaRole, MemberRole, require
from coprod.phrases import Phrase

FORGET = "coprod.forget_person"
Forget = Callable[[Person], None]


def also_forgets(app: App, forget: Forget) -> None:
    """A room above keeps a person's name in its own rows too: `forget` takes it out, before the person's own goes."""
    app.extensions.setdefault(FORGET, []).append(forget)


def in_the_way(person: Person, actor: Actor) -> tuple[str, ...]:
    """What has to be done before this person can be erased, in words. Empty means that nothing stands against it.

    The last lead hands over first; a coordinator may erase them all the same, and let in somebody new.
    """
    said = [LAST] if is_last_coordinator(person) else []
    if AreaRole.COORDINATOR not in actor.roles or actor.person_id == person.id:
        said += [
            Phrase(
                "You are the only lead of {place}. Hand over to a colleague first.", place=queries.name_of_place(place)
            )
            for place, role in person.actor.memberships.items()
            if role is MemberRole.LEAD and queries.how_many_lead(place) == 1
        ]
    return tuple(said)


def erase(person: Person, *, actor: Actor, now: datetime) -> None:
    """Erase what is kept about a person, at once. Erasing twice is erasing once; it can't be undone."""
    require(actor, Action.ERASE_PERSON, person)
    if person.erased_at is not None:
        return
    stands_against = in_the_way(person, actor)
    if stands_against:
        raise WrongState(" ".join(stands_against))
    history.record("person.erased", person, actor=actor, now=now)
    sessions.end_all(person, why="erased", now=now)
    for forget in current_app.extensions.get(FORGET, ()):
        forget(person)
    said = one_line(person.name)
    beginnings = (f"{said} invites you to ", f"{said} asks you to take over ")
    forgetting.forget(person.id, address=person.email, beginnings=beginnings)
    _end_parts(person, now)
    _forget_invitations(person, now)
    _delete_what_is_theirs_alone(person)
    _empty(person, now)


def _end_parts(person: Person, now: datetime) -> None:
    for membership in person.memberships:
        membership.note = ""
        membership.ended_at = membership.ended_at or now
    ids = [membership.id for membership in person.memberships]
    offers = update(HandOver).where(HandOver.ended_at.is_(None), HandOver.from_id.in_(ids) | HandOver.to_id.in_(ids))
    db.session.execute(offers.values(ended_at=now))


def _forget_invitations(person: Person, now: datetime) -> None:
    """Those sent to them lose the address; those sent by them and not yet used end."""
    theirs = db.session.scalars(
        select(Invitation).where((func.lower(Invitation.email) == person.email) | (Invitation.accepted_by == person.id))
    )
    for invitation in theirs.all():
        invitation.email = _address_of_nobody()
        if invitation.accepted_at is None:
            invitation.withdrawn_at = invitation.withdrawn_at or now
    sent = update(Invitation).where(Invitation.sent_by == person.id, Invitation.accepted_at.is_(None))
    db.session.execute(sent.where(Invitation.withdrawn_at.is_(None)).values(withdrawn_at=now))
    db.session.execute(delete(AccountRequest).where(AccountRequest.email == person.email))


def _delete_what_is_theirs_alone(person: Person) -> None:
    """Second steps, sessions, parts for the area: rows that the database deletes with a person, by its own rules."""
    db.session.flush()
    for table in Base.metadata.sorted_tables:
        for column in _owners(table):
            db.session.execute(delete(table).where(table.c[column] == person.id))


def _owners(table: Table) -> list[str]:
    keys = [key for key in table.foreign_keys if key.ondelete == "CASCADE" and key.column.table.name == "people"]
    return [key.parent.name for key in keys]


def _empty(person: Person, now: datetime) -> None:
    facts: dict[str, Any] = {
        "email": _address_of_nobody(),
        "name": GONE,
        "password": None,
        "active": False,
        "parent_carer": False,
        "address_proved_at": None,
        "fs_uniquifier": uuid4().hex,
        "erased_at": now,
    }
    for name, value in facts.items():
        setattr(person, name, value)
    db.session.flush()
    db.session.expire(person)


def _address_of_nobody() -> str:
    """An address of its own that no letter can reach."""
    return f"{uuid4().hex}@erased.invalid"
