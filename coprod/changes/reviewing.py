"""READS: what families answered, as the reviewers of a case see it: counts, comments, and where answers came from."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from coprod.changes.confirming import Answer, Tally, remarks, tally, tally_of_earlier
from coprod.changes.groups import Group
from coprod.changes.models import ChangeRecord
from coprod.database import db


@dataclass(frozen=True, slots=True)
class Comment:
    """What one family wrote beside its answer. `old`: it is about words that were changed since."""

    id: UUID
    answer: str
    who: str
    words: str
    old: bool


@dataclass(frozen=True, slots=True)
class FamiliesSaid:
    """What families say about one record today, and how they answered about words that were changed since."""

    tally: Tally
    earlier: Tally
    comments: tuple[Comment, ...]
    remarks: tuple[str, ...]


def heard_by_reviewers(organisation_id: UUID, change_ids: Collection[UUID]) -> Mapping[UUID, FamiliesSaid]:
    """Each of these records of the organisation with what families say about it today."""
    chosen = (
        select(ChangeRecord)
        .where(ChangeRecord.organisation_id == organisation_id, ChangeRecord.id.in_(change_ids))
        .options(selectinload(ChangeRecord.confirmations))
        .order_by(ChangeRecord.id)
    )
    return {record.id: _said(record) for record in db.session.scalars(chosen)}


def _said(record: ChangeRecord) -> FamiliesSaid:
    answers = record.confirmations
    comments = (
        Comment(
            one.id,
            Answer(one.answer).words,
            Group(one.group).one_of_them,
            one.comment,
            old=one.change_revision != record.wording,
        )
        for one in answers
        if one.comment
    )
    return FamiliesSaid(
        tally=tally(record.given, wording=record.wording),
        earlier=tally_of_earlier(record.given, wording=record.wording),
        comments=tuple(sorted(comments, key=lambda one: one.id)),
        remarks=remarks(repeated=sum(one.repeated for one in answers), near=sum(one.near for one in answers)),
    )
