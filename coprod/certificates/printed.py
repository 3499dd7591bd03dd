"""What a certificate says, row by row: the same on paper and on the page where it is checked."""

from dataclasses import dataclass

from coprod.certificates import queries, rules
from coprod.phrases import N_, Phrase
from coprod.web.formatting import counted, day

Rows = tuple[tuple[str, str], ...]

PETALS = 5
GENUINE_BUT = {
    rules.Status.EXPIRED: N_("Genuine, but expired on {day}"),
    rules.Status.WITHDRAWN: N_("Genuine, but withdrawn on {day}"),
    rules.Status.SUPERSEDED: N_("Genuine, but replaced on {day}"),
    rules.Status.LAPSED: N_("Genuine, but lapsed on {day}"),
    rules.Status.REVOKED: N_("Genuine, but revoked on {day}"),
}


def rows(facts: rules.Facts) -> Rows:
    """What stands below the rule: dates, standards, number, and how to check it."""
    dates: Rows = ((N_("Signed"), day(facts.issued_on)),)
    if facts.is_award:
        dates = ((N_("Awarded"), day(facts.issued_on)), (N_("Valid to"), day(facts.valid_to)))
    return (
        *dates,
        (N_("Standards") if facts.is_award else N_("Charter"), facts.standards),
        (N_("Given by"), Phrase("{area}, with {forum}", area=facts.area, forum=facts.forum)),
        (N_("Certificate"), facts.code),
        (N_("Check it at"), facts.address_words),
        (
            N_("Register"),
            Phrase("Entry {entry:,}, fingerprint {words}", entry=facts.register_entry, words=facts.fingerprint_words),
        ),
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
            return Standing(
                N_("Valid"), Phrase("This award is genuine. It is valid to {day}.", day=day(found.facts.valid_to))
            )
        case rules.Status.VALID:
            return Standing(
                N_("Valid"), N_("This signing is genuine, and is in force today. It is a promise, not an award.")
            )
        case rules.Status.EXPIRED:
            return Standing(
                Phrase("Expired on {day}", day=since),
                N_("It was genuine. That was its last day, so it counts no more."),
            )
        case rules.Status.WITHDRAWN:
            return Standing(
                Phrase("Withdrawn on {day}", day=since),
                N_("It was genuine. It has been withdrawn, so it counts no more."),
            )
        case rules.Status.SUPERSEDED:
            return Standing(Phrase("Replaced on {day}", day=since), _replaced_by(found))
        case rules.Status.LAPSED:
            return Standing(
                Phrase("Lapsed on {day}", day=since),
                N_("It was genuine. What was promised was not done in time, so it counts no more."),
            )
        case rules.Status.REVOKED:
            return Standing(Phrase("Revoked on {day}", day=since), N_("It has been taken back. Do not rely on it."))


def of_file(found: queries.Checked | None, named: queries.Checked | None) -> Standing:
    """What somebody should think of a file that they were given: `found` where it is ours, to the last bit.

    `named`: a certificate of ours whose number stands in a file that is not ours.
    """
    if found and found.status is rules.Status.VALID:
        return Standing(
            N_("Genuine"), N_("This is the file that we made, and nothing in it was changed. It counts today.")
        )
    if found:
        return Standing(
            Phrase(GENUINE_BUT[found.status], day=day(found.since)),
            N_("This is the file that we made, and nothing in it was changed. But it counts no more."),
        )
    if named:
        return Standing(
            N_("Changed"),
            Phrase(
                "This is not the file that we made. It has the number {number}, but something was changed. "
                "Some programs change a file when they save or print it. "
                "Do not rely on the file: read here what is true.",
                number=named.facts.code,
            ),
        )
    return Standing(
        N_("Not ours"), N_("We did not make this file, and no certificate of ours has a number that is in it.")
    )


def _replaced_by(found: queries.Checked) -> str:
    newer = found.successor
    if newer is None:
        return N_("It was genuine. A newer one took its place.")
    on = day(newer.issued_on)
    if found.facts.is_award:
        return Phrase(
            "It was genuine. It was superseded by the award “{award}” of {day}.", award=newer.headline, day=on
        )
    return Phrase("It was genuine. It was superseded by a new signing of {day}.", day=on)
