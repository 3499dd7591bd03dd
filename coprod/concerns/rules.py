"""THE RULES of concerns: how far one is, and how long it is kept."""

from datetime import timedelta
from enum import StrEnum

from coprod.phrases import N_

LONGEST = 2000
MOST_A_DAY = 20  # about one signatory: more than that is a flood, and no page can be the place for it
ADDRESS_KEPT = timedelta(days=30)  # after it is closed
KEPT = timedelta(days=365)  # after it is closed
KEPT_OPEN = timedelta(days=730)  # after it was sent, whatever became of it
ADDRESS_KEPT_OPEN = timedelta(days=365)


class State(StrEnum):
    NEW = "new"
    LOOKING = "looking"
    CLOSED = "closed"

    @property
    def words(self) -> str:
        return {State.NEW: N_("New"), State.LOOKING: N_("Being looked at"), State.CLOSED: N_("Closed")}[self]


# From where each step may be taken.
MAY_LOOK = frozenset({State.NEW})
MAY_CLOSE = frozenset({State.NEW, State.LOOKING})
