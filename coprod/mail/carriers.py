"""Who carries letters: a mail server, or GOV.UK Notify. One small interface, and three ways to fail."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from coprod.mail.faults import Why
from coprod.settings import Settings


class Fault(Exception):
    """The letter did not go. The words are for the coordinator."""

    def __init__(self, why: Why, code: int | str = "") -> None:
        self.words = str(why.words(code))
        super().__init__(self.words)


class Later(Fault):
    """This letter can't go just now; others may."""


class Refused(Fault):
    """This letter will never go as it is: trying again by itself helps nobody."""


class Away(Fault):
    """No letter can go just now."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One letter as it leaves. The same letter always has the same `message_id`, so a second copy can be told."""

    id: UUID
    claim: UUID
    message_id: str
    receiver: str
    subject: str
    words: str
    html: str
    stop: str | None
    written_at: datetime


class Carrier(Protocol):
    def send(self, letter: Envelope) -> None:
        """The letter is taken over for good, or Later, Refused or Away is raised."""

    def close(self) -> None:
        """Nothing more is sent."""


def chosen(settings: Settings) -> Carrier | None:
    """The carrier that the settings name; None where they name none, and letters wait."""
    if settings.notify_key.get_secret_value():
        from coprod.mail.notify import Notify  # Its library is an optional part.

        return Notify(settings)
    if settings.smtp_host:
        from coprod.mail.smtp import Smtp

        return Smtp(settings)
    return None
