"""Named refusals. Each says in kind words what happened and what to do; pages show the words as they are."""

from datetime import timedelta
from math import ceil

from coprod.phrases import N_, Phrase


class DomainError(Exception):
    """A refusal by a rule of the product: never a fault of the program."""

    message = N_("That can't be done.")
    status = 422

    def __init__(self, message: str | None = None) -> None:
        if message is not None:
            self.message = message
        super().__init__(self.message)


class NotFound(DomainError):
    """The thing is missing, or is somebody else's: both answer alike."""

    message = N_("We can't find that page. Check the address, or go back and try another link.")
    status = 404


class NotAllowed(DomainError):
    """The person may see the thing, but this is not theirs to do."""

    message = N_("You can't do this. Ask your organisation's lead, or the area's coordinator.")
    status = 403


class WrongState(DomainError):
    """The thing has moved on since the page was opened, or has not got that far yet."""

    message = N_("This has moved on since you opened the page. Open it again to see where it is.")
    status = 409


class Stale(DomainError):
    """Somebody else saved first. The page shows both versions; nothing typed is lost."""

    message = N_("Somebody else saved this while you had it open.")
    status = 409


class Invalid(DomainError):
    """What was typed breaks a rule. `field` names the form field to show the words beside, where there is one."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class TooSoon(DomainError):
    """Tried too often: the next try is let through after `wait`. Nobody is locked out."""

    status = 429

    def __init__(self, wait: timedelta) -> None:
        self.seconds = max(1, ceil(wait.total_seconds()))
        long = Phrase("1 second") if self.seconds == 1 else Phrase("{number} seconds", number=self.seconds)
        super().__init__(
            Phrase("You have tried this several times. Wait {long}, then go back and try again.", long=long)
        )


class Busy(DomainError):
    """The database or the disk can't take a change just now. Reading goes on."""

    message = N_("We can't save anything just now. Nothing you typed is lost: wait a minute and try again.")
    status = 503
