"""THE RULES of certificates: what is printed, what a code looks like, and what a certificate's status is."""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from coprod.calendar import add_months
from coprod.phrases import N_

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O or U, so nothing looks like something else.
CODE_LENGTH = 28
CODE_BITS = CODE_LENGTH * 5
GROUP = 4
_FORGIVEN = str.maketrans({"O": "0", "I": "1", "L": "1"})

# The longer the words, the smaller they are printed. Each row: the most that a size holds, largest size first.
HEADLINE_SIZES = (18, 44)
NAME_SIZES = (34, 64, 130, 240)
SENTENCE_SIZES = (280, 600, 1000)
PROMISES_SIZES = (330, 620, 1000)
VALUES_SIZES = (330,)


class Kind(StrEnum):
    """What a certificate is for. Signing is a promise and never looks like an award."""

    SIGNING = "signing"
    AWARD = "award"


class Ending(StrEnum):
    """How a certificate came to an end, other than by its last day."""

    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    LAPSED = "lapsed"
    REVOKED = "revoked"


class Status(StrEnum):
    """How a certificate stands on a day."""

    VALID = "valid"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    LAPSED = "lapsed"
    REVOKED = "revoked"

    @property
    def words(self) -> str:
        return _STATUS_WORDS[self]


_STATUS_WORDS = {
    Status.VALID: N_("Valid"),
    Status.EXPIRED: N_("Expired"),
    Status.WITHDRAWN: N_("Withdrawn"),
    Status.SUPERSEDED: N_("Replaced"),
    Status.LAPSED: N_("Lapsed"),
    Status.REVOKED: N_("Revoked"),
}


def status(*, kind: str, valid_to: date | None, ended_as: str | None, today: date) -> Status:
    """An ending says more than a last day. After the whole of its last day an award expires, and a signing lapses."""
    if ended_as is not None:
        return Status(ended_as)
    if valid_to is None or today <= valid_to:
        return Status.VALID
    return Status.EXPIRED if kind == Kind.AWARD else Status.LAPSED


@dataclass(frozen=True, slots=True)
class Promise:
    """One commitment as it is printed."""

    text: str
    due: date


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that is printed on one certificate, as it was on the day of issue. It never changes."""

    kind: Kind
    area: str
    forum: str
    title: str
    headline: str
    organisation: str
    official_code: str
    sentence: str
    promises: tuple[Promise, ...]
    values: tuple[str, ...]
    petals: int
    issued_on: date
    valid_to: date | None
    standards: str
    standards_hash: str
    code: str
    address: str
    register_entry: int
    fingerprint: str
    demonstration: bool

    @property
    def is_award(self) -> bool:
        return self.kind is Kind.AWARD

    @property
    def link(self) -> str:
        """Where this one certificate can be checked: what the QR code opens."""
        return f"{self.address}/{self.code}"

    @property
    def address_words(self) -> str:
        return self.address.split("://", 1)[-1]

    @property
    def fingerprint_words(self) -> str:
        """The first 16 signs of the register entry's hash: enough to tell a rebuilt register from the true one."""
        return _grouped(self.fingerprint[:16], " ")


def as_json(facts: Facts) -> dict[str, Any]:
    """Facts as they are kept."""
    kept = asdict(facts)
    for part in (kept, *kept["promises"]):
        part.update({name: value.isoformat() for name, value in part.items() if isinstance(value, date)})
    return kept


def from_json(kept: Mapping[str, Any]) -> Facts:
    """Facts as they were kept by `as_json`."""
    promises = tuple(Promise(one["text"], date.fromisoformat(one["due"])) for one in kept["promises"])
    dated = {
        "issued_on": date.fromisoformat(kept["issued_on"]),
        "valid_to": date.fromisoformat(kept["valid_to"]) if kept["valid_to"] else None,
    }
    return Facts(**{**kept, **dated, "kind": Kind(kept["kind"]), "promises": promises, "values": tuple(kept["values"])})


def code(number: int) -> str:
    """A certificate's code from a random number of CODE_BITS bits: 7 groups of 4."""
    if not 0 <= number < 1 << CODE_BITS:
        raise ValueError(f"a code is made from {CODE_BITS} bits")
    signs = (ALPHABET[number >> shift & 31] for shift in range(CODE_BITS - 5, -1, -5))
    return _grouped("".join(signs), "-")


def digest(printed_code: str) -> str:
    """A code as the register holds it: whoever has the certificate can find its entry, and nobody can list codes."""
    return hashlib.sha256(printed_code.encode()).hexdigest()


def last_day(issued_on: date, years: int) -> date:
    """An award of 14 November 2026 for three years is valid through 13 November 2029."""
    return add_months(issued_on, 12 * years) - timedelta(days=1)


def read_code(typed: str) -> str | None:
    """The code that somebody typed, or None where it can't be one.

    Small letters, spaces, hyphens and a whole pasted address are fine; O counts as 0, I and L as 1.
    """
    last = typed.strip().rstrip("/").rpartition("/")[2].upper()
    signs = "".join(c for c in last if unicodedata.category(c) not in {"Pd", "Zs", "Cf", "Cc"}).translate(_FORGIVEN)
    if len(signs) != CODE_LENGTH or not set(signs) <= set(ALPHABET):
        return None
    return _grouped(signs, "-")


def official_code(scheme: str, value: str | None, parent: str | None) -> str:
    """How an organisation is told from others with the same name, in words."""
    if value:
        return f"{_SCHEMES[scheme]} {value}"
    return f"Service of {parent}" if parent else N_("No official number")


_SCHEMES = {
    "urn": "URN",
    "ukprn": "UKPRN",
    "ods": N_("ODS code"),
    "cqc": N_("CQC number"),
    "charity": N_("Charity number"),
}


def size(words: str | Sequence[str], sizes: Sequence[int]) -> int:
    """Which size to print words in: 1 is the largest. Capitals and wide characters take the room of two."""
    room = sum(_room(character) for text in ([words] if isinstance(words, str) else words) for character in text)
    return 1 + sum(room > most for most in sizes)


def _room(character: str) -> int:
    return 2 if character.isupper() or unicodedata.east_asian_width(character) in "WF" else 1


def _grouped(signs: str, between: str) -> str:
    return between.join(signs[n : n + GROUP] for n in range(0, len(signs), GROUP))
