"""WRITES: taking an item's words out of what was sent in, once nobody may see them. Ratings, dates and hashes stay."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from coprod.assessments.models import Assessment
from coprod.database import db
from coprod.phrases import N_

SHUT_AWAY = N_("Evidence that was shut away")
DELETED = N_("Evidence that was deleted when its time was over")


def forget(organisation_id: UUID, evidence_id: UUID, *, instead: str) -> int:
    """Blank the item in every assessment that the organisation sent in; in how many it was."""
    sent = select(Assessment).where(Assessment.organisation_id == organisation_id).order_by(Assessment.id)
    blanked = 0
    for assessment in db.session.scalars(sent):
        if assessment.snapshot is not None and _holds(assessment.snapshot, str(evidence_id)):
            assessment.snapshot = _without(assessment.snapshot, str(evidence_id), instead)
            blanked += 1
        before = assessment.sent_before
        if before is not None and _holds(before.snapshot, str(evidence_id)):
            before.snapshot = _without(before.snapshot, str(evidence_id), instead)
    return blanked


def _holds(kept: dict[str, Any], evidence_id: str) -> bool:
    return any(item["id"] == evidence_id for answer in kept["answers"].values() for item in answer["evidence"])


def _without(kept: dict[str, Any], evidence_id: str, instead: str) -> dict[str, Any]:
    answers = {
        code: answer
        | {"evidence": [_blank(item, instead) if item["id"] == evidence_id else item for item in answer["evidence"]]}
        for code, answer in kept["answers"].items()
    }
    return kept | {"answers": answers}


def _blank(item: dict[str, Any], instead: str) -> dict[str, Any]:
    file = item.get("file")
    return item | {
        "title": instead,
        "url": "",
        "statement": "",
        "shows": "",
        "gone": True,
        "file": file | {"name": ""} if file else None,
    }
