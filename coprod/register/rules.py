"""THE RULES of the register: what an entry holds, how it is tied to the one before, and what a reader can check.

Everything needed is in a downloaded copy. The payload hash is the SHA-256 of a salt of 256 random bits and the
canonical payload; the entry hash is the SHA-256 of the entry's own facts, its payload hash and the entry before it.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from json.encoder import encode_basestring as _quoted
from typing import Any, NamedTuple
from uuid import UUID

FIRST = "0" * 64  # What the first entry names as the one before it.
SALT_BYTES = 32
_HASH = re.compile(r"[0-9a-f]{64}")
_AS_PUBLISHED = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)

Fact = str | int | None


class EntryKind(StrEnum):
    """What can happen to a sign-up, an award or a certificate."""

    SIGNED = "charter.signed"
    WITHDRAWN = "charter.withdrawn"
    LAPSED = "charter.lapsed"
    SUPERSEDED = "charter.superseded"
    AWARDED = "award.made"
    AWARD_EXPIRED = "award.expired"
    AWARD_LAPSED = "award.lapsed"
    AWARD_WITHDRAWN = "award.withdrawn"
    AWARD_SUPERSEDED = "award.superseded"
    REVOKED = "certificate.revoked"
    CARRIED_OVER = "certificate.carried_over"


class Entry(NamedTuple):  # A tuple is made in a fifth of the time of a frozen dataclass, and a check makes many.
    """One entry, all of it as it is published. Salt and facts are both gone where the payload was erased."""

    seq: int
    at: str
    kind: str
    organisation_id: str
    payload_hash: str
    previous: str
    entry_hash: str
    salt: str | None
    facts: Mapping[str, Fact] | None


@dataclass(frozen=True, slots=True)
class Fault:
    """The first entry that is not as it was written, and why that can be told."""

    seq: int
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the whole register found. `head` is the entry hash of the last sound entry."""

    entries: int
    head: str
    fault: Fault | None = None

    @property
    def sound(self) -> bool:
        return self.fault is None

    @property
    def words(self) -> str:
        if self.fault:
            return f"Entry {self.fault.seq} is not as it was written: {self.fault.why}"
        if not self.entries:
            return "The register is sound. It has no entries yet."
        return f"The register is sound. Entries: {self.entries:,}. Fingerprint of the last one: {self.head}"


class Unreadable(ValueError):
    """A line that can't be an entry of the register."""


def stamp(moment: datetime) -> str:
    """A moment as it is hashed and published: UTC, to the microsecond, always written the same way."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def canonical(facts: Mapping[str, Fact]) -> bytes:
    """Facts as bytes, the same for the same facts: JSON with names in order, no spaces, UTF-8.

    Put together by hand, because this is done for every entry.
    """
    said = [
        f"{_quoted(name)}:{_quoted(fact) if type(fact) is str else _other(name, fact)}"
        for name, fact in sorted(facts.items())
    ]
    return f"{{{','.join(said)}}}".encode()


def payload_hash(salt: str, facts: Mapping[str, Fact]) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + canonical(facts)).hexdigest()


def entry_hash(
    *, seq: int, at: str, kind: str, organisation_id: str, payload_hash: str, previous: str
) -> str:
    """What ties an entry to its payload and to the entry before it."""
    return _tied(seq, at, kind, organisation_id, payload_hash, previous)


def _tied(seq: int, at: str, kind: str, organisation_id: str, payload_hash: str, previous: str) -> str:
    held = (  # What canonical() makes of these six, put together by hand: this is done for every entry.
        f'{{"at":{_quoted(at)},"kind":{_quoted(kind)},"organisation_id":{_quoted(organisation_id)},'
        f'"payload_hash":{_quoted(payload_hash)},"previous":{_quoted(previous)},"seq":{seq}}}'
    )
    return hashlib.sha256(held.encode()).hexdigest()


def signed_words(seq: int, entry_hash: str) -> bytes:
    """What the signature under the register signs: the number and the hash of its last entry."""
    return canonical({"entry_hash": entry_hash, "seq": seq})


def next_entry(
    last: tuple[int, str] | None,
    *,
    kind: EntryKind,
    organisation_id: UUID,
    facts: Mapping[str, Fact],
    salt: bytes,
    now: datetime,
) -> Entry:
    """The entry that follows the one with this number and hash (None: the first). `salt` is 32 random bytes."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    seq, previous = (last[0] + 1, last[1]) if last else (1, FIRST)
    at, who, hashed = stamp(now), str(organisation_id), payload_hash(salt.hex(), facts)
    whole = entry_hash(
        seq=seq, at=at, kind=kind.value, organisation_id=who, payload_hash=hashed, previous=previous
    )
    return Entry(seq, at, kind.value, who, hashed, previous, whole, salt.hex(), dict(facts))


def verify(entries: Iterable[Entry], *, head: str | None = None) -> Verdict:
    """Names the first entry that was changed, removed or moved. An erased payload is no fault.

    Taking entries off the end leaves a shorter chain that is sound in itself: only somebody who knows a later
    fingerprint, such as one printed on a certificate, can tell. `head` is that fingerprint, or how it begins.
    """
    count, previous, seen = 0, FIRST, head is None
    for entry in entries:
        why = _fault(entry, count + 1, previous)
        if why:
            return Verdict(count, previous, Fault(count + 1, why))
        count, previous = count + 1, entry.entry_hash
        seen = seen or previous.startswith(head or FIRST)
    if not seen:
        return Verdict(count, previous, Fault(count + 1, "the entry with the fingerprint that you gave is not here."))
    return Verdict(count, previous)


def read_fingerprint(typed: str) -> str | None:
    """A fingerprint as it is printed on a certificate, or a whole hash; None where it can't be one."""
    signs = "".join(typed.split()).lower()
    return signs if re.fullmatch(r"[0-9a-f]{16,64}", signs) else None


def _fault(entry: Entry, expected: int, previous: str) -> str | None:
    """Why this can't be the entry with the number `expected`, or None."""
    if entry.seq != expected:
        return f"number {entry.seq} stands in its place, so an entry was removed, added or moved."
    if entry.previous != previous:
        return "it does not follow from the entry before it."
    if _tied(*entry[:6]) != entry.entry_hash:
        return "its number, time, kind, organisation or hashes were changed."
    if entry.salt is None and entry.facts is None:
        return None
    if entry.salt is None or entry.facts is None:
        return "only a part of what it says was erased."
    if not _HASH.fullmatch(entry.salt) or payload_hash(entry.salt, entry.facts) != entry.payload_hash:
        return "what it says was changed."
    return None


def line(entry: Entry) -> str:
    """An entry as one line of the published register."""
    return _AS_PUBLISHED.encode(entry._asdict()) + "\n"


def read_line(text: str) -> Entry:
    """The entry in one line of a downloaded register. Raises Unreadable where it is anything else."""
    try:
        found = _READER.decode(text)
        if not text.isascii() or "\\u" in text:
            _AS_PUBLISHED.encode(found).encode()  # Half a character can't be hashed.
    except Unreadable:
        raise
    except (ValueError, RecursionError) as fault:
        raise Unreadable("it can't be read.") from fault
    if not isinstance(found, dict) or found.keys() != _NAMES:
        raise Unreadable(f"it should have exactly these parts: {', '.join(_PARTS)}.")
    entry = Entry(**found)
    if type(entry.seq) is not int or {type(word) for word in entry[1:7]} != _WORDS:
        raise Unreadable("one of its parts is of the wrong kind.")
    if type(entry.salt) not in _SALT or not isinstance(entry.facts, _PAYLOAD):
        raise Unreadable("its salt or its facts are of the wrong kind.")
    if entry.facts and not {type(fact) for fact in entry.facts.values()} <= _FACTS:
        raise Unreadable("its facts are of the wrong kind.")
    return entry


_PARTS = Entry._fields
_NAMES = set(_PARTS)
_WORDS = {str}
_SALT = {str, type(None)}
_PAYLOAD = (dict, type(None))
_FACTS = {str, int, type(None)}


def _other(name: str, fact: Fact) -> str:
    """Besides words only whole numbers and nothing: each has one way of being written, on every machine."""
    if fact is None:
        return "null"
    if type(fact) is int:
        return str(fact)
    raise TypeError(f"the fact {name!r} must be words, a whole number or nothing")


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("it says one thing twice.")
    return found


_READER = json.JSONDecoder(object_pairs_hook=_no_name_twice)
