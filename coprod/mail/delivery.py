"""Delivering: a letter is claimed in one transaction, handed over with none open, and settled in another.

So two who deliver at once never send the same letter, a mail server that hangs holds no lock, and a letter whose
deliverer died is due again when its claim has run out, with the Message-ID that it had.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import structlog
from sqlalchemy import or_, select

from coprod.database import db
from coprod.errors import Busy
from coprod.mail import carriers, rules
from coprod.mail.carriers import Away, Carrier, Envelope, Fault, Later, Refused
from coprod.mail.faults import Why
from coprod.mail.models import Letter, Receiver
from coprod.transaction import again, transaction
from coprod.web import deployment

MOST_AT_ONCE = 500
TRIES_TO_NOTE = 5

log = structlog.get_logger()


@dataclass(slots=True)
class Delivered:
    """What one round of delivering came to."""

    sent: int = 0
    later: int = 0
    given_up: int = 0

    def count(self, came_to: str | None) -> None:
        if came_to:
            setattr(self, came_to, getattr(self, came_to) + 1)


def deliver(*, now: Callable[[], datetime], stop: Callable[[], bool] = lambda: False) -> Delivered:
    """Send what is due. Where no carrier is set, letters wait."""
    done = Delivered()
    carrier = carriers.chosen(deployment.settings())
    if carrier is None:
        return done
    try:
        for _ in range(MOST_AT_ONCE):
            letter = None if stop() else again(lambda: _claimed(now()))
            if letter is None or not _carry(carrier, letter, done, now):
                break
    finally:
        carrier.close()
    return done


def _claimed(now: datetime) -> Envelope | None:
    """The next letter, as ours: who asks at the same moment gets another one."""
    with transaction():
        while letter := _next_due(now):
            if _may_go(letter, now):
                letter.claim = uuid4()
                letter.tries += 1
                letter.due_at = now + rules.LEASE
                return _envelope(letter, letter.claim)
            db.session.flush()
    return None


def _next_due(now: datetime) -> Letter | None:
    """Essential ones first. On PostgreSQL others' claims are stepped over; on SQLite whoever writes is alone.

    What is due later than any letter can be was put off by a clock that ran ahead.
    """
    due = or_(Letter.due_at <= now, Letter.due_at > now + rules.FARTHEST)
    return db.session.scalar(
        select(Letter)
        .where(Letter.closed_at.is_(None), due)
        .order_by(Letter.essential.desc(), Letter.due_at, Letter.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _may_go(letter: Letter, now: datetime) -> bool:
    """An essential letter always may. A reminder is dropped where it is not wanted, and waits where there were many."""
    if letter.essential:
        return True
    receiver = _receiver(letter)
    if receiver is not None and receiver.stopped_at is not None:
        _close(letter, now, stopped_at=now)
        return False
    waits_until = rules.may_go_at(_lately_sent(letter, now), most=deployment.settings().reminders_a_week, now=now)
    if waits_until == now:
        return True
    letter.due_at = waits_until
    if waits_until > letter.queued_at + rules.STALE_AFTER:
        _close(letter, now, stopped_at=now)
    return False


def _receiver(letter: Letter) -> Receiver | None:
    """Read under a lock, so that two reminders to one person are not both counted as the last one allowed."""
    return db.session.get(Receiver, letter.receiver.casefold(), with_for_update=True)


def _lately_sent(letter: Letter, now: datetime) -> list[datetime]:
    """When reminders went to the same address. One on its way counts as sent now."""
    rows = db.session.execute(
        select(Letter.sent_at)
        .where(
            Letter.receiver == letter.receiver,
            Letter.essential.is_(False),
            Letter.id != letter.id,
            (Letter.sent_at > now - rules.WEEK) | (Letter.claim.is_not(None) & Letter.closed_at.is_(None)),
        )
        .order_by(Letter.sent_at, Letter.id)
    )
    return [sent_at or now for (sent_at,) in rows]


def _envelope(letter: Letter, claim: UUID) -> Envelope:
    receiver = None if letter.essential else _receiver(letter)
    return Envelope(
        id=letter.id,
        claim=claim,
        message_id=f"<{letter.id}@{urlsplit(deployment.settings().base_url).hostname}>",
        receiver=letter.receiver,
        subject=letter.subject,
        words=letter.words,
        html=letter.html,
        stop=deployment.address("mail.stop", secret=receiver.secret) if receiver else None,
        written_at=letter.queued_at,
    )


def _carry(carrier: Carrier, letter: Envelope, done: Delivered, now: Callable[[], datetime]) -> bool:
    """Hand one letter over, and note what came of it. False where no other letter can go just now either."""
    fault: Fault | None = None
    try:
        carrier.send(letter)
    except Fault as met:
        fault = met
    except Exception:  # One letter that can't even be written must not keep the others.
        log.exception("letter", letter=str(letter.id))
        fault = Later(Why.OURS)
        carrier.close()
    _note(letter, fault, done, now())
    log.info("letter", letter=str(letter.id), fault=fault.words if fault else None)
    return not isinstance(fault, Away)


def _note(letter: Envelope, fault: Fault | None, done: Delivered, now: datetime) -> None:
    """What went out must be noted, or it goes out again: a database that is busy is asked more than once."""
    for left in reversed(range(TRIES_TO_NOTE)):
        try:
            came_to = again(lambda: _settle(letter, fault, now))
        except Busy:
            if not left:
                raise
        else:
            done.count(came_to)
            return


def _settle(letter: Envelope, fault: Fault | None, now: datetime) -> str | None:
    """Note it, and answer what it came to. None where somebody else has noted it."""
    with transaction():
        row = db.session.get(Letter, letter.id, with_for_update=True)
        if row is None or row.closed_at is not None:
            return None
        if fault is None:
            _close(row, now, sent_at=now)
            return "sent"
        if row.claim != letter.claim:
            return None
        row.claim, row.fault = None, fault.words
        next_try = None if isinstance(fault, Refused) else rules.next_try(row.tries, now=now)
        if next_try is None:
            row.gave_up_at = row.closed_at = now
            return "given_up"
        row.due_at = next_try
        return "later"


def _close(letter: Letter, now: datetime, **how: datetime) -> None:
    """The letter is over, so what it said is wiped."""
    letter.claim, letter.fault, letter.closed_at = None, "", now
    letter.subject = letter.words = letter.html = ""
    for name, moment in how.items():
        setattr(letter, name, moment)
