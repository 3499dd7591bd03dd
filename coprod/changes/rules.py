"""THE RULES of a change record: who was heard, when it is complete, what families and the public read of it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum

from coprod.changes.groups import Group
from coprod.framework.model import Area
from coprod.phrases import N_, Phrase
from coprod.text import has_words

EARLIEST = date(2000, 1, 1)
LARGEST_GROUP = 100_000
SMALLEST_PUBLIC_GROUP = 5
LONGEST_TITLE = 200
LONGEST_TEXT = 5000
LONGEST_PLACE = 200
LONGEST_TOLD_HOW = 300


class Status(StrEnum):
    """Where a public record is on its way from being heard to being done."""

    LISTENING = "listening"
    DOING = "doing"
    DONE = "done"
    NOT_POSSIBLE = "not_possible"

    @property
    def words(self) -> str:
        return STATUSES[self][0]

    @property
    def heading(self) -> str:
        """What stands over the organisation's part of "You said, we are doing"."""
        return STATUSES[self][1]

    @property
    def meaning(self) -> str:
        return STATUSES[self][2]


STATUSES: Mapping[Status, tuple[str, str, str]] = {
    Status.LISTENING: (N_("Listening"), N_("We are listening"), N_("You heard this, and nothing is decided yet.")),
    Status.DOING: (N_("Doing"), N_("We are doing"), N_("It is decided, and the work goes on.")),
    Status.DONE: (N_("Done"), N_("We did"), N_("The change has been made.")),
    Status.NOT_POSSIBLE: (N_("Not possible"), N_("We decided"), N_("The answer is no for now, and you say why.")),
}


class Side(StrEnum):
    """Which plan a file shows."""

    BEFORE = "before"
    AFTER = "after"

    @property
    def words(self) -> str:
        return {Side.BEFORE: N_("The plan before"), Side.AFTER: N_("The plan now")}[self]


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """Everything that a person fills in. What is not there yet is empty or None.

    `files` says which of the two plans a file shows that nobody has withdrawn or shut away.
    """

    title: str
    heard: str = ""
    group: Group | None = None
    how_many: int | None = None
    heard_on: date | None = None
    heard_where: str = ""
    before: str = ""
    after: str = ""
    decision: str = ""
    why: str = ""
    decided_on: date | None = None
    told_on: date | None = None
    told_how: str = ""
    better: str = ""
    area: Area | None = None
    changed_mind: bool = False
    files: frozenset[Side] = frozenset()


FIELDS = tuple(field.name for field in fields(ChangeFacts) if field.name != "files")
# What somebody writes freely, and where that is, as the page says it.
WRITTEN: Mapping[str, str] = {
    "title": N_("the title"),
    "heard": N_("what families said"),
    "heard_where": N_("where or how you heard it"),
    "before": N_("the plan before"),
    "after": N_("the plan now"),
    "decision": N_("the decision"),
    "why": N_("why it was decided"),
    "told_how": N_("how you told families"),
    "better": N_("what got better"),
}
# What a family reads and answers about: when any of it changes, it is a new wording.
FAMILY_READS = frozenset(
    {
        "heard",
        "group",
        "heard_on",
        "heard_where",
        "before",
        "after",
        "decision",
        "why",
        "decided_on",
        "told_on",
        "told_how",
    }
)
PUBLIC_READS = frozenset(FIELDS) - {"heard_where", "area"}


@dataclass(frozen=True, slots=True)
class Gap:
    """Something not there yet, or not right yet, and the field where it belongs."""

    field: str
    words: str


def gaps(facts: ChangeFacts) -> tuple[Gap, ...]:
    """What keeps a record from being complete.

    It needs what was heard, from whom and when; a plan before and a different one after, in words or as files; what
    was decided, why and when; and when and how families were told. Each date is the same as or later than the one
    before it.
    """
    found = {
        "heard": "" if has_words(facts.heard) else N_("what families said"),
        "group": "" if facts.group else N_("which group said it"),
        "heard_on": "" if facts.heard_on else N_("when you heard it"),
        "before": "" if has_words(facts.before) or Side.BEFORE in facts.files else N_("what the plan was before"),
        "after": _after_gap(facts),
        "decision": "" if has_words(facts.decision) else N_("what was decided"),
        "why": "" if has_words(facts.why) else N_("why it was decided"),
        "decided_on": _date_gap(
            facts.decided_on, facts.heard_on, N_("when it was decided"), N_("the decision"), N_("you heard it")
        ),
        "told_on": _date_gap(
            facts.told_on,
            facts.decided_on,
            N_("when you told families"),
            N_("the day you told families"),
            N_("the decision"),
        ),
        "told_how": "" if has_words(facts.told_how) else N_("how you told families"),
    }
    return tuple(Gap(field, words) for field, words in found.items() if words)


def missing(facts: ChangeFacts) -> tuple[str, ...]:
    """What is not there yet, in plain words. Empty means that the record is complete."""
    return tuple(gap.words for gap in gaps(facts))


_HEARD = frozenset({"heard", "group", "heard_on"})
_TOLD = _HEARD | {"decision", "why", "decided_on", "told_on", "told_how"}
NEEDED_TO_PUBLISH: Mapping[Status, frozenset[str]] = {
    Status.LISTENING: _HEARD,
    Status.NOT_POSSIBLE: _TOLD,
    Status.DOING: frozenset(FIELDS),
    Status.DONE: frozenset(FIELDS),
}


def missing_to_publish(facts: ChangeFacts, status: Status) -> tuple[str, ...]:
    """What is not there yet for this status to be public.

    Doing and done need a complete record, both plans in words: the public sees no files. While listening there is no
    decision to tell yet. What is not possible leaves the plan as it was, but needs the decision, the reason, and
    families told.
    """
    in_words = replace(facts, files=frozenset())
    return tuple(gap.words for gap in gaps(in_words) if gap.field in NEEDED_TO_PUBLISH[status])


def missing_to_ask(facts: ChangeFacts) -> tuple[str, ...]:
    """What is not there yet before a family can be asked "is this what happened?"."""
    return missing_to_publish(facts, Status.NOT_POSSIBLE)


PROMISES = frozenset({Status.LISTENING, Status.DOING})  # what has a day by which there is to be more


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that can't be kept at all, in plain words, and the field that it is about."""

    field: str
    words: str


def faults(facts: ChangeFacts, today: date) -> tuple[Fault, ...]:
    """A record has a title; it tells of what has happened, so no date is in the future; a group is at least one."""
    found = [Fault("title", N_("Enter a title"))] if not has_words(facts.title) else []
    if facts.how_many is not None and not 1 <= facts.how_many <= LARGEST_GROUP:
        found.append(
            Fault(
                "how_many",
                Phrase(
                    "Enter a number of people from 1 to {largest_group:,}, or leave this empty",
                    largest_group=LARGEST_GROUP,
                ),
            )
        )
    for field in ("heard_on", "decided_on", "told_on"):
        day: date | None = getattr(facts, field)
        if day is not None and day > today:
            found.append(Fault(field, N_("This date can't be in the future: write down what has happened")))
        elif day is not None and day < EARLIEST:
            found.append(Fault(field, Phrase("This date must be in {year} or later", year=EARLIEST.year)))
    return tuple(found)


def changed_fields(one: ChangeFacts, other: ChangeFacts) -> frozenset[str]:
    return frozenset(field for field in FIELDS if getattr(one, field) != getattr(other, field))


def public_size(how_many: int | None) -> int | None:
    """How many people spoke, as the public may know it: nothing about fewer than five."""
    return how_many if how_many is not None and how_many >= SMALLEST_PUBLIC_GROUP else None


def is_overdue(status: Status, due_on: date | None, today: date) -> bool:
    """A promise is overdue from the day after its own, until it is done or said not to be possible."""
    return due_on is not None and status in PROMISES and due_on < today


def _after_gap(facts: ChangeFacts) -> str:
    if Side.AFTER in facts.files:
        return ""
    if not has_words(facts.after):
        return N_("what the plan is now")
    if " ".join(facts.before.split()).casefold() == " ".join(facts.after.split()).casefold():
        return N_("what changed (the plan before and the plan now say the same)")
    return ""


def _date_gap(day: date | None, not_before: date | None, absent: str, this: str, that: str) -> str:
    if day is None:
        return absent
    if not_before is not None and day < not_before:
        return Phrase(
            "dates that fit together ({this}, {day:%-d %B %Y}, comes before {that}, {earlier:%-d %B %Y})",
            this=Phrase(this),
            day=day,
            that=Phrase(that),
            earlier=not_before,
        )
    return ""
