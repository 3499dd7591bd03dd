"""WRITES: evidence is kept no longer than it is needed. Its organisation is told before; scores and hashes stay.

It goes some months after the last award that rests on it ends; without an award, 24 months after it was last used.
What an assessment that is being moderated rests on does not go.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_

from coprod import history
from coprod.assessments import forgetting
from coprod.assessments.models import Answer, AnswerChange, AnswerEvidence, Assessment
from coprod.assessments.rules import OPEN, State
from coprod.certificates.models import Certificate
from coprod.certificates.rules import Kind
from coprod.changes.models import PlanFile
from coprod.database import db
from coprod.evidence import housekeeping, telling
from coprod.evidence.models import Evidence
from coprod.evidence.opening import files_of
from coprod.evidence.removing import remove_unneeded
from coprod.evidence.rules import REMIND_DAYS, delete_on
from coprod.permissions import SYSTEM
from coprod.transaction import transaction
from coprod.web import deployment
from coprod.web.clock import day_of
from coprod.web.formatting import counted, day

AT_ONCE = 500  # items
YOUNGEST = timedelta(days=330)  # nothing younger can be near its end


@dataclass(frozen=True, slots=True)
class Going:
    """One item that goes soon, and on which day."""

    evidence_id: UUID
    organisation_id: UUID
    on: date


@dataclass(frozen=True, slots=True)
class Use:
    """When an item was last worked with, and whether an assessment in moderation rests on it."""

    last: date
    held: bool


def remind(*, now: datetime, today: date) -> int:
    """Tell organisations what goes within the next 30 days, once for each day on which something goes; how many."""
    going: dict[tuple[UUID, date], int] = defaultdict(int)
    for item in list(soon(today=today)):
        if item.on > today:
            going[item.organisation_id, item.on] += 1
    with transaction():
        return sum(
            telling.tell(
                "evidence_goes",
                organisation_id,
                now=now,
                once=f"goes:{organisation_id}:{on.isoformat()}",
                day=day(on),
                items=counted(number, "item"),
            )
            for (organisation_id, on), number in sorted(going.items(), key=lambda pair: (pair[0][1], str(pair[0][0])))
        )


def delete_due(*, now: datetime, today: date) -> tuple[int, int]:
    """Delete what is due, words and files; how many items, and how many files. What came into use meanwhile stays."""
    items = files = 0
    for evidence_id in [going.evidence_id for going in soon(today=today) if going.on <= today]:
        with transaction():
            if not any(going.on <= today for going in soon(today=today, only=evidence_id)):
                continue
            gone, dropped = _delete(db.session.get_one(Evidence, evidence_id), now=now)
        remove_unneeded(gone)
        items, files = items + 1, files + dropped
    return items, files


def soon(*, today: date, only: UUID | None = None) -> Iterator[Going]:
    """What goes within the next 30 days or is overdue, the oldest first; or the one item, where it does."""
    before = datetime.combine(today, datetime.min.time(), tzinfo=UTC) - YOUNGEST
    after: tuple[datetime, UUID] | None = None
    while rows := _old(before, after, only):
        after = (rows[-1].added_at, rows[-1].id)
        uses = _uses([row.id for row in rows])
        awards = _awards({row.organisation_id for row in rows})
        for row in rows:
            touched = day_of(row.changed_at or row.added_at)
            use = uses.get(row.id, Use(touched, held=False))
            months = deployment.settings().evidence_months
            on = delete_on(touched, use.last, awards.get(row.organisation_id, []), months=months)
            if not use.held and on <= today + timedelta(days=REMIND_DAYS):
                yield Going(row.id, row.organisation_id, on)


def _old(before: datetime, after: tuple[datetime, UUID] | None, only: UUID | None) -> Sequence[Any]:
    """Some items that are old enough to be near their end, and come after the one named."""
    chosen = (
        select(Evidence.id, Evidence.organisation_id, Evidence.added_at, Evidence.changed_at)
        .where(Evidence.deleted_at.is_(None), func.coalesce(Evidence.changed_at, Evidence.added_at) <= before)
        .order_by(Evidence.added_at, Evidence.id)
        .limit(AT_ONCE)
    )
    if after is not None:
        chosen = chosen.where(tuple_(Evidence.added_at, Evidence.id) > after)
    if only is not None:
        chosen = chosen.where(Evidence.id == only)
    return db.session.execute(chosen).all()


def _uses(evidence_ids: Sequence[UUID]) -> dict[UUID, Use]:
    """How the items are used by assessments that were not withdrawn."""
    of_records = select(PlanFile.evidence_id, AnswerChange.answer_id).join(
        AnswerChange, AnswerChange.change_id == PlanFile.change_id
    )
    linked = select(AnswerEvidence.evidence_id, AnswerEvidence.answer_id).union(of_records).subquery()
    chosen = (
        select(linked.c.evidence_id, Assessment.state, func.max(Answer.saved_at).label("last"))
        .join(Answer, Answer.id == linked.c.answer_id)
        .join(Assessment, Assessment.id == Answer.assessment_id)
        .where(linked.c.evidence_id.in_(evidence_ids), Assessment.state != State.WITHDRAWN.value)
        .group_by(linked.c.evidence_id, Assessment.state)
        .order_by(linked.c.evidence_id)
    )
    moderated = {state.value for state in OPEN - {State.DRAFT}}
    uses: dict[UUID, Use] = {}
    for evidence_id, state, last in db.session.execute(chosen):
        use = uses.get(evidence_id, Use(date.min, held=False))
        uses[evidence_id] = Use(max(use.last, day_of(last)), use.held or state in moderated)
    return uses


def _awards(organisation_ids: set[UUID]) -> dict[UUID, list[tuple[date, date]]]:
    """When each organisation's awards were given, and when they end or ended."""
    chosen = (
        select(Certificate.organisation_id, Certificate.issued_on, Certificate.ended_on, Certificate.valid_to)
        .where(Certificate.organisation_id.in_(organisation_ids), Certificate.kind == Kind.AWARD.value)
        .order_by(Certificate.issued_on, Certificate.id)
    )
    found: dict[UUID, list[tuple[date, date]]] = defaultdict(list)
    for organisation_id, issued_on, ended_on, valid_to in db.session.execute(chosen):
        if end := ended_on or valid_to:
            found[organisation_id].append((issued_on, end))
    return found


def _delete(item: Evidence, *, now: datetime) -> tuple[list[str], int]:
    """One item: its words go here and from what was sent in. Returns the content that nothing needs any more."""
    files = [file for file in files_of(item) if file.deleted_at is None]
    gone = [housekeeping.drop(file, now=now) for file in files]
    item.title, item.url, item.statement, item.shows = forgetting.DELETED, "", "", ""
    item.deleted_at = now
    for version in item.versions:
        version.title, version.facts = "", {}
    forgetting.forget(item.organisation_id, item.id, instead=forgetting.DELETED)
    history.record("evidence.deleted", item, actor=SYSTEM, now=now, files=len(files))
    return [sha256 for sha256 in gone if sha256], len(files)
