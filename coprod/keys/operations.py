"""WRITES: which keys are in use. Whatever is signed, its public key is listed in the same transaction."""

from contextlib import suppress
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from coprod import history
from coprod.database import db
from coprod.keys import queries
from coprod.keys.models import PublicKey
from coprod.keys.ring import Key, Purpose, ring
from coprod.permissions import SYSTEM


def in_use(purpose: Purpose, *, now: datetime) -> Key:
    """The key to sign with, listed for everybody who will check what it signs."""
    key = ring().key(purpose)
    if queries.find(key.id) is None:
        row = PublicKey(
            thumbprint=key.id,
            purpose=key.purpose.value,
            algorithm=key.algorithm,
            jwk=key.jwk,
            chain=key.chain,
            listed_at=now,
        )
        with suppress(IntegrityError), db.session.begin_nested():  # Another process may list it at this moment.
            db.session.add(row)
    return key


def rotate(*, now: datetime) -> list[tuple[Purpose, Key]]:
    """New keys for everything. Old ones sign nothing more, and stay listed. Answers the new ones."""
    rotated = []
    for purpose in Purpose:
        old = in_use(purpose, now=now)
        new = ring().replace(purpose)
        if new.id == old.id:
            continue  # It was given by a setting: whoever looks after the site changes it there.
        retired = queries.needed(old.id)
        retired.retired_at = now
        history.record("key.retired", retired, actor=SYSTEM, now=now, purpose=purpose.value)
        rotated.append((purpose, in_use(purpose, now=now)))
    return rotated
