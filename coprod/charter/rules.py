"""THE RULES of signing: three dated promises, and how a sign-up stands on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from coprod.calendar import add_months
from coprod.errors import Invalid
from coprod.framework.charter import Lapse, SignUpConditions
from coprod.phrases import N_, Phrase

LONGEST_PROMISE = 300
FURTHEST_MONTHS = 36
LINK_LIVES = timedelta(days=14)
REQUEST_KEPT = timedelta(days=90)  # after it ended, or its link did: names and an address that serve no more


@dataclass(frozen=True, slots=True)
class Promised:
    """One commitment as somebody makes it: what, by when, and whether it is about telling families what happened."""

    text: str
    due: date
    about_feedback: bool = False


class Ending(StrEnum):
    """How a sign-up comes to an end."""

    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    SUPERSEDED = "superseded"


class Request(StrEnum):
    """How far a charter is that was filled in for somebody else to sign, or for the area to look at first."""

    ASKED = "asked"
    AGREED = "agreed"
    HELD = "held"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    SIGNED = "signed"


OPEN_REQUEST = (Request.ASKED.value, Request.AGREED.value, Request.HELD.value)


class Standing(StrEnum):
    """How a sign-up stands on a day."""

    SIGNED_UP = "signed_up"
    CHECK_IN_OVERDUE = "check_in_overdue"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"

    @property
    def words(self) -> str:
        return _WORDS[self]

    @property
    def in_force(self) -> bool:
        return self in {Standing.SIGNED_UP, Standing.CHECK_IN_OVERDUE}


_WORDS = {
    Standing.SIGNED_UP: N_("Signed up"),
    Standing.CHECK_IN_OVERDUE: N_("Check-in overdue"),
    Standing.LAPSED: N_("Lapsed"),
    Standing.WITHDRAWN: N_("Withdrawn"),
    Standing.SUPERSEDED: N_("Signed again since"),
}


# By whether an assessment was ever sent in.
WHY_LAPSED = {False: "no self-assessment was sent in", True: "the yearly check-in did not come"}


def check_in_due(*, counts_from: date, checked_in_on: date | None, lapse: Lapse) -> date:
    """Once a year, from the signing or from the last check-in. Sending in an assessment is a check-in too."""
    return add_months(checked_in_on or counts_from, lapse.check_in_months)


def last_day(*, counts_from: date, assessed_on: date | None, checked_in_on: date | None, lapse: Lapse) -> date:
    """Without an assessment a sign-up has so many months. With one, it lapses when a check-in is very late."""
    if assessed_on is None:
        return add_months(counts_from, lapse.lapses_months)
    due = check_in_due(counts_from=counts_from, checked_in_on=checked_in_on or assessed_on, lapse=lapse)
    return due + timedelta(days=lapse.lapse_days)


def standing(
    *,
    counts_from: date,
    assessed_on: date | None,
    checked_in_on: date | None,
    ended_as: str | None,
    lapse: Lapse,
    today: date,
) -> Standing:
    """An ending says more than dates. The whole of the last day counts."""
    if ended_as is not None:
        return Standing(ended_as)
    if today > last_day(counts_from=counts_from, assessed_on=assessed_on, checked_in_on=checked_in_on, lapse=lapse):
        return Standing.LAPSED
    due = check_in_due(counts_from=counts_from, checked_in_on=checked_in_on, lapse=lapse)
    if today > due + timedelta(days=lapse.overdue_days):
        return Standing.CHECK_IN_OVERDUE
    return Standing.SIGNED_UP


def check(promises: Sequence[Promised], *, conditions: SignUpConditions, today: date) -> None:
    """Exactly as many promises as the charter asks for; each says something and has a day to come.

    At least one is about telling families what happened. Raises Invalid with the field that needs mending.
    """
    wanted = conditions.commitments
    if len(promises) != wanted:
        raise Invalid(
            Phrase("Make {wanted} commitments. There are {promises}.", wanted=wanted, promises=len(promises)),
            field="commitment_1",
        )
    for number, promise in enumerate(promises, 1):
        _check_one(number, promise, today)
    if not any(promise.about_feedback for promise in promises):
        raise Invalid(
            N_("Make at least one commitment about telling families what happened, and tick the box beside it."),
            field="feedback_1",
        )


def link_ends(*, now: datetime, promises: Sequence[Promised]) -> datetime:
    """A signatory's link works for 14 days, and never longer than the first commitment has its day to come."""
    first = datetime.combine(min(promise.due for promise in promises), time.min, tzinfo=UTC)
    return min(now + LINK_LIVES, first)


def _check_one(number: int, promise: Promised, today: date) -> None:
    if not any(character.isalnum() for character in promise.text):
        raise Invalid(Phrase("Say what commitment {number} is", number=number), field=f"commitment_{number}")
    if len(promise.text) > LONGEST_PROMISE:
        raise Invalid(
            Phrase("Use {most} characters or fewer", most=LONGEST_PROMISE),
            field=f"commitment_{number}",
        )
    if promise.due <= today:
        raise Invalid(N_("Choose a date after today"), field=f"due_{number}")
    if promise.due > add_months(today, FURTHEST_MONTHS):
        raise Invalid(N_("Choose a date in the next 3 years"), field=f"due_{number}")
