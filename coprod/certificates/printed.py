"""What a certificate says, row by row: the same on paper and on the page where it is checked."""

from dataclasses import dataclass

from coprod.certificates import queries, rules
from coprod.phrases import N_
from coprod.web.formatting import counted, day

Rows = tuple[tuple[str, str], ...]

PETALS = 5


def rows(facts: rules.Facts) -> Rows:
    """What stands below the rule: dates, standards, number, and how to check it."""
    dates: Rows = ((N_("Signed"), day(facts.issued_on)),)
    if facts.is_award:
        dates = ((N_("Awarded"), day(facts.issued_on)), (N_("Valid to"), day(facts.valid_to)))
    return (
        *dates,
        (N_("Standards") if facts.is_award else N_("Charter"), facts.standards),
        (N_("Given by"), f"{facts.area}, with {facts.forum}"),
        (N_("Certificate"), facts.code),
        (N_("Check it at"), facts.address_words),
        (N_("Register"), f"Entry {facts.register_entry:,}, fingerprint {facts.fingerprint_words}"),
    )


def mark_words(facts: rules.Facts) -> str:
    """The mark, for people who can't see it."""
    if not facts.is_award:
        return N_("The mark of the charter in outline: five petals")
    return f"The mark of the standards: {counted(facts.petals, 'petal')} of {PETALS} filled"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a certificate stands today, in words."""

    heading: str
    words: str


def standing(found: queries.Checked) -> Standing:
    """The status with its date, and what it means for somebody who holds the paper in their hand."""
    since = day(found.since)
    match found.status:
        case rules.Status.VALID if found.facts.is_award:
            return Standing(N_("Valid"), f"This award is genuine. It is valid to {day(found.facts.valid_to)}.")
        case rules.Status.VALID:
            return Standing(
                N_("Valid"), N_("This signing is genuine, and is in force today. It is a promise, not an award.")
            )
        case rules.Status.EXPIRED:
            return Standing(f"Expired on {since}", N_("It was genuine. That was its last day, so it counts no more."))
        case rules.Status.WITHDRAWN:
            return Standing(f"Withdrawn on {since}", N_("It was genuine. It has been withdrawn, so it counts no more."))
        case rules.Status.SUPERSEDED:
            return Standing(f"Replaced on {since}", _replaced_by(found))
        case rules.Status.LAPSED:
            return Standing(
                f"Lapsed on {since}",
                N_("It was genuine. What was promised was not done in time, so it counts no more."),
            )
        case rules.Status.REVOKED:
            return Standing(f"Revoked on {since}", N_("It has been taken back. Do not rely on it."))


def of_file(found: queries.Checked | None, named: queries.Checked | None) -> Standing:
    """What somebody should think of a file that they were given: `found` where it is ours, to the last bit.

    `named`: a certificate of ours whose number stands in a file that is not ours.
    """
    if found and found.status is rules.Status.VALID:
        return Standing(
            N_("Genuine"), N_("This is the file that we made, and nothing in it was changed. It counts today.")
        )
    if found:
        how = standing(found).heading
        return Standing(
            f"Genuine, but {how[:1].lower()}{how[1:]}",
            N_("This is the file that we made, and nothing in it was changed. But it counts no more."),
        )
    if named:
        return Standing(
            N_("Changed"),
            f"This is not the file that we made. It has the number {named.facts.code}, but something was changed. "
            "Some programs change a file when they save or print it. Do not rely on the file: read here what is true.",
        )
    return Standing(
        N_("Not ours"), N_("We did not make this file, and no certificate of ours has a number that is in it.")
    )


def _replaced_by(found: queries.Checked) -> str:
    newer = found.successor
    if newer is None:
        return N_("It was genuine. A newer one took its place.")
    name = f"the award “{newer.headline}”" if found.facts.is_award else N_("a new signing")
    return f"It was genuine. It was superseded by {name} of {day(newer.issued_on)}."
