"""READS: what happened lately, for the feed: entries of the register, and changes that were published."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import select

from coprod.calendar import add_months
from coprod.changes.models import ChangeRecord
from coprod.database import db
from coprod.directory import queries
from coprod.organisations.models import Organisation
from coprod.register.models import RegisterEntry, RegisterPayload
from coprod.register.rules import EntryKind
from coprod.web import clock

MOST = 50
MONTHS = 12
WORDS = {
    EntryKind.SIGNED: "{name} signed the charter",
    EntryKind.WITHDRAWN: "{name} withdrew from the charter",
    EntryKind.LAPSED: "The signing of {name} lapsed",
    EntryKind.AWARDED: "{name} was awarded {level}",
    EntryKind.AWARD_EXPIRED: "The {level} award of {name} expired",
    EntryKind.AWARD_LAPSED: "The {level} award of {name} lapsed",
    EntryKind.AWARD_WITHDRAWN: "The {level} award of {name} was withdrawn",
    EntryKind.REVOKED: "A certificate of {name} was withdrawn",
}


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry of the feed. `key` is never the same for two, and never changes."""

    key: str
    at: datetime
    title: str
    slug: str


def latest(*, now: datetime, limit: int = MOST) -> tuple[Happened, ...]:
    """What happened in the last twelve months, the newest first."""
    since = datetime.combine(add_months(clock.day_of(now), -MONTHS), time.min, tzinfo=UTC)
    told = [*_registered(since, limit), *_published(since, limit)]
    return tuple(sorted(told, key=lambda one: (one.at, one.key), reverse=True)[:limit])


def _registered(since: datetime, limit: int) -> list[Happened]:
    rows = db.session.execute(
        select(RegisterEntry.seq, RegisterEntry.at, RegisterEntry.kind, RegisterPayload.facts, Organisation.slug)
        .join(RegisterPayload, RegisterPayload.seq == RegisterEntry.seq)
        .join(Organisation, Organisation.id == RegisterEntry.organisation_id)
        .where(RegisterEntry.at >= since, RegisterEntry.kind.in_([kind.value for kind in WORDS]))
        .order_by(RegisterEntry.seq.desc())
        .limit(limit)
    )
    levels = queries.level_names()
    return [Happened(f"register:{row.seq}", row.at, _title(row.kind, row.facts, levels), row.slug) for row in rows]


def _title(kind: str, facts: Mapping[str, Any], levels: Mapping[str, str]) -> str:
    level = str(facts.get("level") or "")
    return WORDS[EntryKind(kind)].format(name=facts["organisation"], level=levels.get(level, level))


def _published(since: datetime, limit: int) -> list[Happened]:
    rows = db.session.execute(
        select(ChangeRecord.id, ChangeRecord.title, ChangeRecord.published_at, Organisation.name, Organisation.slug)
        .join(Organisation, Organisation.id == ChangeRecord.organisation_id)
        .where(ChangeRecord.published_at >= since)
        .order_by(ChangeRecord.published_at.desc(), ChangeRecord.id)
        .limit(limit)
    )
    return [Happened(f"change:{row.id}", row.published_at, f"{row.name}: {row.title}", row.slug) for row in rows]
