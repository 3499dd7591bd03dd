"""What may serve as evidence: something to look at, dated, of a kind that the standards name, naming no child."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from coprod.calendar import add_months
from coprod.framework.model import EvidenceKind, FromFamilies
from coprod.phrases import N_, Phrase
from coprod.text import has_words

REJECTED_DAYS = 7  # a rejected upload is kept this long
DRAFT_MONTHS = 24  # evidence that nobody touched is kept this long, where no award rests on it
REMIND_DAYS = 30  # before evidence is deleted, its organisation is told
LINK_DAYS = 7  # between two looks at a web address
EARLIEST = date(2000, 1, 1)
LONGEST_ADDRESS = 2000
LONGEST_TITLE = 200
LONGEST_STATEMENT = 5000
LONGEST_SHOWS = 500
NOT_IN_ADDRESSES = frozenset('\\<>"`{}|^')


@dataclass(frozen=True, slots=True)
class EvidenceFacts:
    """What somebody says about one item of evidence."""

    kind: str
    title: str
    url: str
    statement: str
    dated: date
    shows: str
    from_families: bool
    no_child_named: bool
    has_file: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to mend, in plain words, and the field that it is about."""

    field: str
    words: str


def faults(facts: EvidenceFacts, *, kinds: Sequence[EvidenceKind], today: date) -> tuple[Fault, ...]:
    """Everything that keeps these facts from being evidence, in the order of the form. Empty means it may be added."""
    found = {
        "kind": _kind_fault(facts.kind, kinds),
        "title": "" if has_words(facts.title) else N_("Enter a title"),
        "url": address_fault(facts.url) if facts.url else _nothing_there(facts),
        "dated": date_fault(facts.dated, today),
        "shows": "" if has_words(facts.shows) else N_("Enter what this shows, in one line"),
        "from_families": _families_fault(facts, kinds),
        "no_child_named": "" if facts.no_child_named else N_("Confirm that no child can be identified"),
    }
    return tuple(Fault(field, words) for field, words in found.items() if words)


def cannot_open(*, rejected: bool, infected: bool, deleted: bool, clean: bool, scanned: bool) -> str:
    """Why nobody can open a file; empty where people may. `scanned` says whether this deployment scans files."""
    if deleted:
        return N_("This file was deleted.")
    if infected:
        return N_("The virus scanner found something harmful in this file.")
    if rejected:
        return N_("This file is shut away.")
    if scanned and not clean:
        return N_("This file waits for the virus check. Try again later.")
    return ""


def delete_on(touched: date, used: date, awards: Sequence[tuple[date, date]], *, months: int) -> date:
    """Evidence goes `months` after the last award that rests on it ends; without one, 24 months after its last use.

    `touched` is when it was added or replaced, `used` when an assessment last worked with it. An award is the day it
    was given and the day it ends: those given since then may rest on the item. Work that came after the last award
    keeps it for its 24 months too.
    """
    resting = [(given, end) for given, end in awards if given >= touched]
    after_awards = [add_months(end, months) for _, end in resting]
    worked_on_since = all(given < used for given, _ in resting)
    return max([*after_awards, *([add_months(max(touched, used), DRAFT_MONTHS)] if worked_on_since else [])])


def address_fault(url: str) -> str:
    """A web address begins with http:// or https://, names a host, and carries no user name, password or space."""
    if len(url) > LONGEST_ADDRESS:
        return Phrase("Use a web address of {most:,} characters or fewer", most=LONGEST_ADDRESS)
    if any(c.isspace() or c in NOT_IN_ADDRESSES or not c.isprintable() for c in url):
        return N_("Enter a web address without spaces or unusual marks, such as https://www.example.org/news")
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port  # A port that is not a number is only noticed when it is read.
    except ValueError:
        return N_("Enter a real web address, such as https://www.example.org/news")
    if parts.scheme not in {"http", "https"} or not host or not any(c.isalnum() for c in host):
        return N_("Enter a web address that starts with https:// or http://, such as https://www.example.org/news")
    if "@" in parts.netloc:
        return N_("Take the user name and password out of the web address")
    return ""


def date_fault(dated: date, today: date) -> str:
    """Evidence is dated on the day of the evidence itself: not in the future, and not before 2000."""
    if dated > today:
        return N_("The date of the evidence can't be in the future")
    if dated < EARLIEST:
        return Phrase("The date of the evidence must be in {year} or later", year=EARLIEST.year)
    return ""


def _kind_fault(code: str, kinds: Sequence[EvidenceKind]) -> str:
    return "" if any(kind.code == code for kind in kinds) else N_("Choose what kind of evidence this is")


def _nothing_there(facts: EvidenceFacts) -> str:
    return "" if facts.has_file or has_words(facts.statement) else N_("Enter a web address, or write a statement")


def _families_fault(facts: EvidenceFacts, kinds: Sequence[EvidenceKind]) -> str:
    """Some kinds never come from families, whoever says so."""
    named = [kind for kind in kinds if kind.code == facts.kind and kind.from_families is FromFamilies.NO]
    if facts.from_families and named:
        return Phrase(
            "“{name}” can't be marked as from families. {note}",
            name=named[0].name,
            note=named[0].families_note,
        )
    return ""
