"""THE RULES: what the public is told about an organisation, worked out from dates that are passed in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple, Self

from coprod.calendar import add_months
from coprod.directory.day import Day
from coprod.phrases import N_, NN_, Counted, Phrase

ACCESSIBILITY_CHECKED = date(2026, 11, 22)  # When somebody last checked the pages, and what their statement says.


class Standing(StrEnum):
    """Where an organisation stands for the public. The value is what an address carries."""

    SIGNED = "signed"
    AWARDED = "awarded"
    OVERDUE = "overdue"
    EXPIRED = "expired"
    AWARD_LAPSED = "award-lapsed"
    AWARD_WITHDRAWN = "award-withdrawn"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    GONE = "gone"

    @property
    def words(self) -> str:
        return WORDS[self]


WORDS = {
    Standing.SIGNED: N_("Signed up"),
    Standing.AWARDED: N_("Has an award"),
    Standing.OVERDUE: N_("Check-in overdue"),
    Standing.EXPIRED: N_("Award expired"),
    Standing.AWARD_LAPSED: N_("Award lapsed"),
    Standing.AWARD_WITHDRAWN: N_("Award withdrawn"),
    Standing.WITHDRAWN: N_("Withdrawn"),
    Standing.LAPSED: N_("Lapsed"),
    Standing.GONE: N_("Not signed up now"),
}
ON_THE_LIST = (
    Standing.AWARDED,
    Standing.SIGNED,
    Standing.OVERDUE,
    Standing.EXPIRED,
    Standing.AWARD_LAPSED,
    Standing.AWARD_WITHDRAWN,
)
ENDINGS = {
    "withdrawn": Standing.AWARD_WITHDRAWN,
    "revoked": Standing.AWARD_WITHDRAWN,
    "lapsed": Standing.AWARD_LAPSED,
}
CHANGES = NN_("change families asked for", "changes families asked for")
TAKEN_BACK = N_("The area took its signing back on")
ENDED = {Standing.LAPSED: N_("Its signing lapsed on"), Standing.WITHDRAWN: N_("Withdrew from the charter on")}
AWARD_ENDED = {
    Standing.AWARD_WITHDRAWN: N_("{level} award was withdrawn"),
    Standing.AWARD_LAPSED: N_("{level} award lapsed"),
}
AWARD_ENDED_ON = {
    Standing.AWARD_WITHDRAWN: N_("Its {level} award was withdrawn on"),
    Standing.AWARD_LAPSED: N_("Its {level} award lapsed on"),
}


class Signing(NamedTuple):
    """One signing of the charter, as far as the public may know it."""

    signed_on: date
    counts_from: date
    assessed_on: date | None = None
    checked_in_on: date | None = None
    ended_as: str | None = None
    ended_on: date | None = None

    def is_overdue(self, day: Day) -> bool:
        """The yearly check-in is late by more than some days."""
        return (self.checked_in_on or self.counts_from) < day.checked_from

    def settled(self, day: Day) -> Self:
        """A signing whose time is over has lapsed, whether or not somebody has written it down yet."""
        if self.ended_on is not None:
            return self
        if self.assessed_on is None:
            if self.counts_from >= day.in_time_from:
                return self
            last = add_months(self.counts_from, day.limits.months_to_assess)
        else:
            checked = self.checked_in_on or self.assessed_on
            if checked >= day.holds_from:
                return self
            due = add_months(checked, day.limits.months_to_check_in)
            last = due + timedelta(days=day.limits.days_until_lapse)
        return self._replace(ended_as="lapsed", ended_on=last)


class Award(NamedTuple):
    """One award. `level` is its name in words, `code` the one that its check page is found by."""

    level: str
    petals: int
    issued_on: date
    valid_to: date
    ended_as: str | None = None
    ended_on: date | None = None
    code: str = ""

    def in_force(self, today: date) -> bool:
        """An award holds through the whole of its last day, unless it was ended before."""
        return self.ended_as is None and self.valid_to >= today


class Status(NamedTuple):
    """What the tag says, and the sentence with its date. Only an award in force has petals."""

    standing: Standing
    words: str
    sentence: str
    on: date
    petals: int | None = None


def progress(*, commitments: int, kept: int, changes: int) -> str:
    """What a line of the list says about deeds: changes that families asked for where there are any, else promises."""
    if changes:
        return Counted(changes, *CHANGES)
    return Phrase("{kept} of {all} commitments kept so far", kept=kept, all=commitments) if commitments else ""


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of an organisation's public history."""

    on: date
    words: str


def status(signings: Sequence[Signing], awards: Sequence[Award], day: Day) -> Status | None:
    """The one status that the public sees; None for who never signed and holds nothing.

    A signing in force comes first, with what stands on it. A signing that has ended is told for some months: of two
    of one day the later one, which stands behind the other.
    """
    settled = [signing.settled(day) for signing in reversed(signings)]
    signing = max(settled, key=lambda s: (s.ended_on is None, s.signed_on), default=None)
    if signing is not None and signing.ended_on is None:
        return status_of_signatory(signing, awards, day)
    if signing is not None and signing.ended_on is not None and signing.ended_on > day.told_after:
        standing = Standing.LAPSED if signing.ended_as == "lapsed" else Standing.WITHDRAWN
        return _said(standing, TAKEN_BACK if signing.ended_as == "revoked" else ENDED[standing], signing.ended_on)
    award = award_in_force(awards, day.today)
    if award is not None:
        return _awarded(award)
    return _said(Standing.GONE, N_("Last signed the charter on"), signing.signed_on) if signing else None


def status_of_signatory(signing: Signing, awards: Sequence[Award], day: Day) -> Status:
    """A check-in that is overdue, else an award in force, else an award that has ended, else the signing itself."""
    if signing.is_overdue(day):
        due = add_months(signing.checked_in_on or signing.counts_from, day.limits.months_to_check_in)
        return _said(Standing.OVERDUE, N_("Its yearly check-in was due by"), due)
    if not awards:
        return _signed(signing)
    award = award_in_force(awards, day.today)
    if award is not None:
        return _awarded(award)
    return _ended_award(awards, day) or _signed(signing)


def award_in_force(awards: Sequence[Award], today: date) -> Award | None:
    return _newest(award for award in awards if award.in_force(today))


def history(signings: Sequence[Signing], awards: Sequence[Award], *, today: date) -> tuple[Happened, ...]:
    """What happened, newest first. A signing that a newer one replaced is told by the newer one."""
    happened: list[Happened] = []
    for place, signing in enumerate(sorted(signings, key=lambda s: s.signed_on)):
        happened.append(
            Happened(signing.signed_on, N_("Signed the charter again") if place else N_("Signed the charter"))
        )
        if signing.ended_on and signing.ended_as == "withdrawn":
            happened.append(Happened(signing.ended_on, N_("Withdrew from the charter")))
        if signing.ended_on and signing.ended_as == "revoked":
            happened.append(Happened(signing.ended_on, N_("The area took its signing back")))
        if signing.ended_on and signing.ended_as == "lapsed":
            happened.append(Happened(signing.ended_on, N_("Its signing lapsed")))
    for award in sorted(awards, key=lambda a: a.issued_on):
        happened.append(Happened(award.issued_on, Phrase("Awarded {level}", level=award.level)))
        if award.ended_as in ENDINGS and award.ended_on:
            happened.append(Happened(award.ended_on, Phrase(AWARD_ENDED[ENDINGS[award.ended_as]], level=award.level)))
        if award.ended_as is None and award.valid_to < today:
            happened.append(Happened(award.valid_to, Phrase("{level} award expired", level=award.level)))
    newest_first = happened[::-1]
    newest_first.sort(key=lambda h: h.on, reverse=True)
    return tuple(newest_first)


def _signed(signing: Signing) -> Status:
    return _said(Standing.SIGNED, N_("Signed the charter on"), signing.signed_on)


def _awarded(award: Award) -> Status:
    words = Phrase("Holds the {level} award until", level=award.level)
    return Status(Standing.AWARDED, award.level, words, award.valid_to, award.petals)


def _ended_award(awards: Sequence[Award], day: Day) -> Status | None:
    """The last award, where it is over. Expired is said until something newer; an ending for some months."""
    award = _newest(award for award in awards if award.ended_as != "superseded")
    if award is None:
        return None
    if award.ended_as is None or award.ended_on is None:
        return _said(Standing.EXPIRED, Phrase("Its {level} award expired on", level=award.level), award.valid_to)
    if award.ended_on <= day.told_after:
        return None
    standing = ENDINGS[award.ended_as]
    return _said(standing, Phrase(AWARD_ENDED_ON[standing], level=award.level), award.ended_on)


def _newest(awards: Iterable[Award]) -> Award | None:
    return max(awards, key=lambda a: (a.issued_on, a.valid_to), default=None)


def _said(standing: Standing, sentence: str, on: date) -> Status:
    return Status(standing, standing.words, sentence, on)
