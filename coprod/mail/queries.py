"""READS: letters that are stuck, an organisation's mailbox, and the letters of a demonstration."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, String, Uuid, and_, column, func, or_, select, table

from coprod.database import db
from coprod.errors import NotFound
from coprod.mail import faults, rules
from coprod.mail.models import Letter, Mailbox, Receiver
from coprod.permissions import Action, Actor, can, require
from coprod.web import deployment

MOST = 200

# What letters are about, as far as this floor knows of it.
organisations = table("organisations", column("id", Uuid()), column("name", String()))
facts = table("deployment_facts", column("name", String()), column("value", String()))


@dataclass(frozen=True, slots=True)
class Stuck:
    """A letter that has not gone, for the coordinator: whom it is for and what it is about, never what it says."""

    id: UUID
    receiver: str
    subject: str
    queued_at: datetime
    fault: str
    next_try: datetime | None


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation whose shared mailbox somebody looks after."""

    organisation_id: UUID
    name: str
    mailbox: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter of a demonstration, as its receiver would have it."""

    id: UUID
    receiver: str
    subject: str
    queued_at: datetime
    paragraphs: tuple[tuple[str, ...], ...]


def stuck(*, now: datetime) -> tuple[Stuck, ...]:
    """What has not gone and should have, the longest wait first."""
    return tuple(
        Stuck(
            id=letter.id,
            receiver=letter.receiver,
            subject=letter.subject,
            queued_at=letter.queued_at,
            fault=faults.in_words(letter.fault),
            next_try=None if letter.gave_up_at else letter.due_at,
        )
        for letter in stuck_letters(now=now)
    )


def stuck_letters(*, now: datetime) -> Sequence[Letter]:
    return db.session.scalars(select(Letter).where(_stuck(now)).order_by(Letter.queued_at, Letter.id).limit(MOST)).all()


def how_many_stuck(*, now: datetime) -> int:
    return db.session.scalar(select(func.count()).select_from(Letter).where(_stuck(now))) or 0


def how_many_stuck_for(actor: Actor, *, now: datetime) -> int:
    """The same for the start page of somebody who can do something about it; elsewhere 0."""
    return how_many_stuck(now=now) if can(actor, Action.RUN_MAIL) and not are_shown() else 0


def how_many_wait() -> int:
    """Letters that are still to go, stuck or not."""
    return db.session.scalar(select(func.count()).select_from(Letter).where(Letter.closed_at.is_(None))) or 0


def receiver_with(secret: str) -> Receiver:
    """Whose link this is. Raises NotFound where it is nobody's."""
    found = db.session.scalar(select(Receiver).where(Receiver.secret == secret)) if secret.isprintable() else None
    if found is None:  # PostgreSQL can't be asked for NUL.
        raise NotFound
    return found


def mailbox_of(organisation_id: UUID) -> str:
    """The shared mailbox of an organisation; empty where it has none."""
    found = mailbox_row(organisation_id)
    return found.address if found else ""


def mailbox_row(organisation_id: UUID) -> Mailbox | None:
    return db.session.scalar(select(Mailbox).where(Mailbox.organisation_id == organisation_id))


def place_of(organisation_id: UUID, actor: Actor) -> Place:
    """The actor's own organisation, with its mailbox. Others' raise NotFound, as a missing one does."""
    name = db.session.scalar(select(organisations.c.name).where(organisations.c.id == organisation_id))
    place = Place(organisation_id, name or "", mailbox_of(organisation_id))
    if name is None or not can(actor, Action.SEE_ORGANISATION, place):
        raise NotFound
    require(actor, Action.SET_MAILBOX, place)
    return place


def shown(limit: int = MOST) -> tuple[Shown, ...]:
    """The letters of a demonstration, the newest first."""
    rows = db.session.scalars(
        select(Letter).where(Letter.words != "").order_by(Letter.queued_at.desc(), Letter.id).limit(limit)
    )
    return tuple(_shown(letter) for letter in rows)


def shown_letter(letter_id: UUID) -> Shown:
    letter = db.session.get(Letter, letter_id)
    if letter is None or not letter.words:
        raise NotFound
    return _shown(letter)


def are_shown() -> bool:
    """True in a demonstration without a mail server, where both its settings and its database say that it is one."""
    settings = deployment.settings()
    if not settings.demonstration or settings.sends_letters:
        return False
    return db.session.scalar(select(facts.c.value).where(facts.c.name == "kind")) == "demonstration"


def _shown(letter: Letter) -> Shown:
    paragraphs = tuple(tuple(part.split("\n")) for part in letter.words.strip().split("\n\n"))
    return Shown(letter.id, letter.receiver, letter.subject, letter.queued_at, paragraphs)


def _stuck(now: datetime) -> ColumnElement[bool]:
    """Given up and still to be read, failing again and again, or waiting although nothing holds it back."""
    waits = and_(
        Letter.closed_at.is_(None),
        or_(Letter.tries >= rules.STUCK_TRIES, Letter.due_at < now - rules.STUCK_AFTER),
    )
    return or_(waits, and_(Letter.gave_up_at.is_not(None), Letter.words != ""))
