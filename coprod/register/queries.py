"""READS: the register in order, bounded, and the check of the whole of it."""

import base64
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from joserfc.jwk import OKPKey
from sqlalchemy import String, func, select, type_coerce

from coprod.database import db
from coprod.keys import queries as keys
from coprod.register.models import RegisterEntry, RegisterHead, RegisterPayload
from coprod.register.rules import (
    FIRST,
    Entry,
    Fault,
    Unreadable,
    Verdict,
    read_line,
    signed_words,
    stamp,
    verify,
)

BATCH = 2000
LONGEST_LINE = 100_000


def last_number() -> int:
    """The number of the newest entry; 0 while there is none."""
    return db.session.scalar(select(func.max(RegisterEntry.seq))) or 0


def entries(*, after: int = 0, limit: int | None = None) -> Iterator[Entry]:
    """Entries in order, from the one after number `after`, read a batch at a time."""
    left = limit if limit is not None else last_number()
    while left > 0:
        batch = _batch(after, min(left, BATCH))
        if not batch:
            return
        yield from batch
        after, left = batch[-1].seq, left - len(batch)


def verify_database(*, head: str | None = None) -> Verdict:
    """Check the whole register in the database, and the signature under it. `head`: a fingerprint that must be in it.

    Whoever builds the chain anew in the database can't sign its end, because the key is not there.
    """
    verdict = verify(entries(), head=head)
    if verdict.sound and verdict.entries and not _is_signed(verdict):
        return replace(verdict, fault=Fault(verdict.entries, "the signature under the register does not fit it."))
    return verdict


def signed_head() -> dict[str, Any] | None:
    """The newest entry's number and hash with the signature under them; None while there is no entry."""
    row = db.session.execute(
        select(RegisterEntry.seq, RegisterEntry.at, RegisterEntry.entry_hash, RegisterHead.key, RegisterHead.signature)
        .join(RegisterHead, RegisterHead.seq == RegisterEntry.seq)
        .order_by(RegisterEntry.seq.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    named = {"seq": row.seq, "at": stamp(row.at), "entry_hash": row.entry_hash}
    return named | {"kid": keys.address(row.key), "signature": row.signature}


def _is_signed(verdict: Verdict) -> bool:
    found = db.session.get(RegisterHead, verdict.entries)
    key = keys.find(found.key) if found else None
    if found is None or key is None:
        return False
    try:
        signature = base64.urlsafe_b64decode(found.signature + "==")
        public: Any = OKPKey.import_key({**key.jwk}).public_key
        public.verify(signature, signed_words(verdict.entries, verdict.head))
    except (InvalidSignature, ValueError):
        return False
    return True


def verify_lines(lines: Iterable[str], *, head: str | None = None) -> Verdict:
    """Check a downloaded register, line by line. Nothing else is needed: no network and no database."""
    sound: list[Verdict] = [Verdict(0, FIRST)]

    def read() -> Iterator[Entry]:
        for text in lines:
            if text.strip():
                entry = read_line(text[:LONGEST_LINE])
                yield entry
                sound[0] = Verdict(entry.seq, entry.entry_hash)

    try:
        return verify(read(), head=head)
    except Unreadable as fault:
        before = sound[0]
        return Verdict(before.entries, before.head, Fault(before.entries + 1, str(fault)))


def verify_file(path: Path, *, head: str | None = None) -> Verdict:
    """Check a register that was downloaded to `path`."""
    with path.open(encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
        return verify_lines(lines, head=head)


def _batch(after: int, size: int) -> list[Entry]:
    """Asked of the connection, not the session: these are columns, and there are many."""
    rows = db.session.connection().execute(
        select(
            RegisterEntry.seq,
            type_coerce(RegisterEntry.at, String),  # As the database's own program hands them over: see below.
            RegisterEntry.kind,
            type_coerce(RegisterEntry.organisation_id, String),
            RegisterEntry.payload_hash,
            RegisterEntry.previous,
            RegisterEntry.entry_hash,
            RegisterPayload.salt,
            RegisterPayload.facts,
        )
        .outerjoin(RegisterPayload, RegisterPayload.seq == RegisterEntry.seq)
        .where(RegisterEntry.seq > after)
        .order_by(RegisterEntry.seq)
        .limit(size)
    )
    return [Entry(seq, _at(at), kind, _who(who), *rest) for seq, at, kind, who, *rest in rows]


def _at(kept: str | datetime) -> str:
    """PostgreSQL has moments. SQLite has their words, in UTC: in a changed entry these may be any."""
    if not isinstance(kept, str):
        return stamp(kept)
    return f"{kept[:10]}T{kept[11:]}+00:00" if kept[10:11] == " " else kept


def _who(kept: str | UUID) -> str:
    """PostgreSQL has ids. SQLite has their 32 signs."""
    return f"{kept[:8]}-{kept[8:12]}-{kept[12:16]}-{kept[16:20]}-{kept[20:]}" if isinstance(kept, str) else str(kept)
