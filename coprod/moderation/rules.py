"""THE RULES of moderation: what is looked at and why, who may sit, and which ratings are possible.

How two reviewers come to one rating is in `settling`; what the ratings come to is in `results`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from coprod.errors import Invalid
from coprod.framework.model import Framework, NotApplicable, Value
from coprod.moderation.sent import Claim, Given
from coprod.phrases import N_, NN_, Counted, Phrase
from coprod.text import has_words

HIGH = 3  # Every answer that claims this or more is looked at.
CHANGES_THAT_WIDEN = 2
MINUTES_A_QUESTION = 6
HOUR = 60
HOURS, MINUTES = NN_("hour", "hours"), NN_("minute", "minutes")
PLACES = 2
REPLY_WORKING_DAYS = 10
OPEN_CASES = 3  # at a time, where no setting says otherwise
SEEDS = 2**31


class Why(StrEnum):
    """Why a question is on a reviewer's list."""

    CHECK = "check"
    HIGH = "high"
    NOT_APPLICABLE = "not_applicable"
    SAMPLED = "sampled"
    WIDENED = "widened"

    @property
    def words(self) -> str:
        return WHY_WORDS[self]


WHY_WORDS: Mapping[Why, str] = {
    Why.CHECK: N_("It is one of the authenticity checks."),
    Why.HIGH: N_("The organisation rates itself high here."),
    Why.NOT_APPLICABLE: N_("The organisation says that this does not apply."),
    Why.SAMPLED: N_("It was picked by chance, one in each value."),
    Why.WIDENED: N_("You changed two ratings in this value, so all of the value is looked at."),
}


@dataclass(frozen=True, slots=True)
class Look:
    """One question on a reviewer's list, and why it is there."""

    code: str
    why: tuple[Why, ...]


def to_look_at(
    framework: Framework, claims: Mapping[str, Claim], *, seed: int, changed: Collection[str] = ()
) -> tuple[Look, ...]:
    """A reviewer looks at every authenticity check, every claimed 3 or 4, whatever is said not to apply, and one
    other question of each value, picked by chance and the same for ever.

    `changed` are the questions whose rating this reviewer has changed: two in a value widen it to the whole value.
    """
    picked = sampled(framework, claims, seed=seed)
    looks = []
    for value in framework.values:
        widened = _changes_in(value, changed) >= CHANGES_THAT_WIDEN
        for question in value.questions:
            why = _first_reasons(claims[question.code], question.check, question.code in picked)
            if widened and not why:
                why = (Why.WIDENED,)
            if why:
                looks.append(Look(question.code, why))
    return tuple(looks)


def second_look(framework: Framework) -> tuple[Look, ...]:
    """Who takes the second look rates the authenticity checks again, and nothing else."""
    return tuple(Look(check.code, (Why.CHECK,)) for check in framework.checks)


def sampled(framework: Framework, claims: Mapping[str, Claim], *, seed: int) -> frozenset[str]:
    """One question of each value that nothing else puts on the list. The same seed always picks the same ones."""
    picked = set()
    for value in framework.values:
        others = [q.code for q in value.questions if not _first_reasons(claims[q.code], q.check, picked=False)]
        if others:
            drawn = sha256(f"{seed}:{value.code}".encode()).digest()
            picked.add(others[int.from_bytes(drawn) % len(others)])
    return frozenset(picked)


def time_for(looks: Collection[Look]) -> str:
    """About how long it takes to look at these questions: "40 minutes", "2 hours", "2 and a half hours"."""
    minutes = MINUTES_A_QUESTION * len(looks)
    if minutes <= HOUR:
        return Counted(-(-minutes // 10) * 10, *MINUTES)
    halves = -(-minutes // (HOUR // 2))
    if halves % 2 == 0:
        return Counted(halves // 2, *HOURS)
    return Phrase("{hours} and a half hours", hours=halves // 2)


def time_to_sit(framework: Framework, claims: Mapping[str, Claim], *, checks_only: bool) -> str:
    """About how long a place in a case takes. Chance picks which questions are looked at, never how many."""
    return time_for(second_look(framework) if checks_only else to_look_at(framework, claims, seed=0))


@dataclass(frozen=True, slots=True)
class Seats:
    """The reviewers that a case needs: so many who look at the whole list, and perhaps a second look at the checks."""

    full: int
    second_look: bool

    @property
    def places(self) -> int:
        return min(self.full + self.second_look, PLACES)

    def checks_only(self, position: int) -> bool:
        return position > self.full


def seats_needed(framework: Framework, level: str | None) -> Seats:
    """As many as the level that the answers point to asks for. Below every level it is as for the first one."""
    pointed = framework.level(level) if level else framework.levels[0]
    return Seats(full=min(pointed.reviewers, PLACES), second_look=pointed.second_look and pointed.reviewers < PLACES)


@dataclass(frozen=True, slots=True)
class Sitting:
    """Somebody who has a place in a case."""

    person_id: UUID
    position: int
    checks_only: bool
    parent_carer: bool
    finished: bool


def free_position(seats: Seats, sittings: Sequence[Sitting]) -> int | None:
    """The first free place, or None where every place is taken."""
    taken = {sitting.position for sitting in sittings}
    return next((place for place in range(1, seats.places + 1) if place not in taken), None)


ENOUGH_OPEN = N_("You have as many open cases as one person takes at a time. Finish or hand back one first. Thank you.")
FULL = N_("Somebody else has taken the last place in this case. Please choose another one. Thank you for offering.")
KEPT_FOR_A_PARENT_CARER = N_(
    "One of the two reviewers is always a parent carer, and the place that is left is kept for one. "
    "Please choose another case. Thank you for offering."
)


def cannot_sit(seats: Seats, sittings: Sequence[Sitting], *, parent_carer: bool) -> str | None:
    """Why somebody can't take a place here, in kind words; None where they can.

    Of two reviewers at least one is a parent carer, so the last place may have to be kept for one.
    """
    free = seats.places - len(sittings)
    if free <= 0:
        return FULL
    last_of_two = seats.full == PLACES and free == 1
    if last_of_two and not parent_carer and not any(sitting.parent_carer for sitting in sittings):
        return KEPT_FOR_A_PARENT_CARER
    return None


def all_done(seats: Seats, sittings: Sequence[Sitting]) -> bool:
    """Every place is taken and everybody has finished. Until then nobody sees another's ratings."""
    return len(sittings) >= seats.places and all(sitting.finished for sitting in sittings)


def check_rating(framework: Framework, claim: Claim, rating: Given, reason: str) -> None:
    """A rating goes up or down as far as the evidence allows, and one that changes has a reason that says something.

    Only what the organisation said does not apply may be found not to apply.
    """
    check_possible(framework, claim, rating)
    if rating != claim.credited and not has_words(reason):
        raise Invalid(N_("Say why you change the rating. Use the words of the scale."), field="reason")


def check_possible(framework: Framework, claim: Claim, rating: Given) -> None:
    """Raises Invalid for a rating that is not on the scale, or that the evidence does not allow."""
    if isinstance(rating, NotApplicable):
        if claim.applies:
            raise Invalid(N_("The organisation answered this, so it applies. Choose a rating."), field="rating")
        return
    if not 0 <= rating <= framework.top_rating:
        raise Invalid(N_("Choose one of the ratings"), field="rating")
    if rating > claim.ceiling:
        most = framework.rung(claim.ceiling).name
        raise Invalid(
            Phrase(
                "The evidence that was sent in allows “{most}” ({rating}) at most. Choose that or a lower rating.",
                most=most,
                rating=claim.ceiling,
            ),
            field="rating",
        )


def name_of(framework: Framework, rating: Given) -> str:
    """A rating in words, with its number: "Asking (2)"."""
    if isinstance(rating, NotApplicable):
        return Phrase("Does not apply")
    return f"{framework.rung(rating).name} ({rating})"


def _changes_in(value: Value, changed: Collection[str]) -> int:
    return sum(question.code in changed for question in value.questions)


def _first_reasons(claim: Claim, check: bool, picked: bool) -> tuple[Why, ...]:
    reasons = (
        (Why.CHECK, check),
        (Why.HIGH, isinstance(claim.claimed, int) and claim.claimed >= HIGH),
        (Why.NOT_APPLICABLE, not claim.applies),
        (Why.SAMPLED, picked),
    )
    return tuple(why for why, holds in reasons if holds)
