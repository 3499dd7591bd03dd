"""WRITES: one more entry, and a signature under it. Nothing here changes or removes one; the database refuses both."""

import base64
import secrets
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from coprod.database import db
from coprod.keys import operations as keys
from coprod.keys.ring import Purpose
from coprod.register import rules
from coprod.register.models import RegisterEntry, RegisterHead, RegisterPayload

ONE_WRITER = 0x636F70726F64  # The key of PostgreSQL's lock: whoever holds it knows the last entry.


def append(
    kind: rules.EntryKind, *, organisation_id: UUID, facts: Mapping[str, rules.Fact], now: datetime
) -> RegisterEntry:
    """Add an entry in the running transaction. `facts` are public: names and codes of organisations, levels, dates.

    Two writers never get the same number: SQLite's transaction holds the write lock from its start, and
    PostgreSQL's waits here for the one before it.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(ONE_WRITER)))
    last = db.session.execute(
        select(RegisterEntry.seq, RegisterEntry.entry_hash).order_by(RegisterEntry.seq.desc()).limit(1)
    ).one_or_none()
    made = rules.next_entry(
        (last.seq, last.entry_hash) if last else None,
        kind=kind,
        organisation_id=organisation_id,
        facts=facts,
        salt=secrets.token_bytes(rules.SALT_BYTES),
        now=now,
    )
    row = RegisterEntry(
        seq=made.seq,
        at=now,
        kind=made.kind,
        organisation_id=organisation_id,
        payload_hash=made.payload_hash,
        previous=made.previous,
        entry_hash=made.entry_hash,
        payload=RegisterPayload(salt=made.salt, facts=made.facts),
    )
    db.session.add(row)
    db.session.flush()
    key = keys.in_use(Purpose.REGISTER, now=now)
    signature = key.private.private_key.sign(rules.signed_words(made.seq, made.entry_hash))
    db.session.add(RegisterHead(seq=made.seq, key=key.id, signature=_in_letters(signature)))
    return row


def _in_letters(signature: bytes) -> str:
    return base64.urlsafe_b64encode(signature).rstrip(b"=").decode()
