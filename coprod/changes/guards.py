"""What every decision about a record checks first."""

from collections.abc import Collection, Iterable
from datetime import datetime

from coprod.changes import rules
from coprod.changes.models import ChangeRecord, ConfirmationLink
from coprod.changes.rules import ChangeFacts
from coprod.errors import Invalid
from coprod.evidence import screening
from coprod.phrases import Phrase, Phrases
from coprod.transaction import hold
from coprod.web.clock import day_of

SHOWN = 5  # signs named in one message


def lock(row: ChangeRecord | ConfirmationLink) -> None:
    """Decide on what is true now: nobody else changes the row until this transaction ends."""
    hold(row)


def check_facts(facts: ChangeFacts, now: datetime) -> None:
    for fault in rules.faults(facts, day_of(now)):
        raise Invalid(fault.words, field=fault.field)


def looked_at(facts: ChangeFacts, fields: Collection[str], *, looked: bool, now: datetime) -> list[str]:
    """Kinds of personal data that these fields seem to hold, and that were kept on purpose. Raises as `looked_over`."""
    pieces = [(where, getattr(facts, field)) for field, where in rules.WRITTEN.items() if field in fields]
    return looked_over(pieces, looked=looked, now=now)


def looked_over(pieces: Iterable[tuple[str, str]], *, looked: bool, now: datetime) -> list[str]:
    """Kinds of personal data that these texts seem to hold, each named by where it stands, and kept on purpose.

    Raises Invalid where something is found and nobody has looked.
    """
    found = list(screening.signs(pieces, today=day_of(now)))
    if found and not looked:
        named = Phrases(
            Phrase("{what}, “{words}”, in {where}", what=Phrase(sign.what), words=sign.words, where=Phrase(sign.where))
            for sign in found[:SHOWN]
        )
        pointed_out = Phrase(
            "This looks like personal data: {named}. Take it out, or tick to say that you have looked and keep it",
            named=named,
        )
        raise Invalid(pointed_out, field="looked")
    return sorted({sign.what.value for sign in found})
