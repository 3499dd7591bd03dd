"""WRITES: letters to somebody who leaves. Those that wait are not sent, and none is left."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import delete, func, or_

from coprod.database import db
from coprod.mail.models import Letter, Mailbox, Receiver


def forget(person_id: UUID, *, address: str, beginnings: Iterable[str]) -> None:
    """Take away every letter to this person, what they said about reminders, and shared mailboxes at their address.

    Letters to others that wait, and whose subject has one of these `beginnings`, go too: they name the person.
    """
    same = address.lower()
    for words in beginnings:
        db.session.execute(delete(Letter).where(Letter.subject.startswith(words, autoescape=True)))
    db.session.execute(delete(Letter).where(or_(Letter.person_id == person_id, func.lower(Letter.receiver) == same)))
    db.session.execute(delete(Receiver).where(func.lower(Receiver.address) == same))
    db.session.execute(delete(Mailbox).where(func.lower(Mailbox.address) == same))
