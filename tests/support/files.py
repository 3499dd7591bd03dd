"""Uploaded files, evidence made of them, and a case whose answer rests on one."""

import io
from datetime import date
from typing import Any
from uuid import UUID

from pypdf import PdfWriter

from coprod.assessments.models import Assessment
from coprod.assessments.queries import _exhibit
from coprod.assessments.snapshot import _plain
from coprod.database import db
from coprod.evidence import operations, receiving
from coprod.evidence.models import Evidence, EvidenceFile
from coprod.permissions import Actor
from coprod.transaction import transaction
from tests.support.build import MOMENT

TODAY = date(2026, 11, 22)
FACTS: dict[str, Any] = {
    "kind": "family_voice",
    "title": "Parent survey",
    "url": "",
    "statement": "",
    "dated": date(2026, 6, 1),
    "shows": "The meetings are at better times",
    "from_families": True,
    "no_child_named": True,
}


def pdf(**facts: str) -> bytes:
    """A page without words, by somebody."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({f"/{name}": words for name, words in ({"Author": "Ann Author"} | facts).items()})
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


def upload(organisation_id: UUID, actor: Actor, content: bytes | None = None, name: str = "survey.pdf") -> EvidenceFile:
    """A file that somebody sent and nobody described yet."""
    taken = receiving.take_in(io.BytesIO(content or pdf()), name, now=MOMENT, today=TODAY)
    with transaction():
        return operations.receive(organisation_id, taken, actor=actor, now=MOMENT)


def filed(organisation_id: UUID, actor: Actor, content: bytes | None = None, **changed: Any) -> Evidence:
    """An item of evidence that is a file."""
    file = upload(organisation_id, actor, content)
    with transaction():
        return operations.add(
            organisation_id, **(FACTS | changed), file=file, actor=actor, now=MOMENT, today=TODAY, looked=True
        )


def sent_with(assessment: Assessment, item: Evidence, *codes: str) -> None:
    """As if the item had been sent in for these questions."""
    kept = dict(assessment.snapshot or {})
    exhibit = _plain(_exhibit(item))
    answers = {
        code: answer | {"evidence": [exhibit]} if not codes or code in codes else answer
        for code, answer in kept["answers"].items()
    }
    assessment.snapshot = kept | {"answers": answers}
    db.session.commit()


def sent_with_record(assessment: Assessment, change_id: UUID) -> None:
    """As if the change record that was sent in were this one."""
    kept = dict(assessment.snapshot or {})
    answers = {
        code: answer | {"changes": [change | {"id": str(change_id)} for change in answer["changes"]]}
        for code, answer in kept["answers"].items()
    }
    assessment.snapshot = kept | {"answers": answers}
    db.session.commit()
