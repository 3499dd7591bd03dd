"""Look for everything that was acknowledged, and for anything that is there by half."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy import select, text

from coprod.assessments.models import Answer, AnswerVersion, Assessment
from coprod.certificates.models import Certificate
from coprod.charter.models import Commitment, SignUp
from coprod.database import db
from coprod.directory import listings
from coprod.evidence.models import EvidenceFile
from coprod.history import Event
from coprod.moderation.models import Judgement
from coprod.register import queries as register
from coprod.register.models import RegisterEntry
from coprod.web import clock, deployment
from tests.rigs.hands import Ledger


@dataclass
class Found:
    """What is missing of what was acknowledged, what is there by half, and what the register says."""

    lost: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)
    sound: bool = True

    @property
    def well(self) -> bool:
        return self.sound and not self.lost and not self.half


def look(app: Flask, ledger: Ledger) -> Found:
    with app.app_context():
        try:
            return Found(sorted(_lost(ledger)), sorted(_half()), register.verify_database().sound)
        finally:
            db.session.remove()
            db.engine.dispose()


def _lost(ledger: Ledger) -> Iterator[str]:
    there = {
        "saved": select(AnswerVersion.account).where(AnswerVersion.stood),
        "judged": select(Judgement.note),
        "uploaded": select(EvidenceFile.name),
        "signed": select(SignUp.organisation_id),
        "submitted": select(Assessment.id).where(Assessment.state != "draft"),
    }
    for sort, statement in there.items():
        kept = {str(one) for one in db.session.scalars(statement)}
        yield from (f"{sort}: {each}" for each in getattr(ledger, sort) - kept)


def _half() -> Iterator[str]:
    yield from _half_saved()
    yield from _without_event(Judgement, "case.judged")
    yield from _without_event(SignUp, "charter.signed")
    yield from _half_signed()
    sent = select(Assessment.id).where((Assessment.submitted_at.is_(None)) != (Assessment.snapshot.is_(None)))
    yield from (f"half submitted: {each}" for each in db.session.scalars(sent))
    yield from _half_uploaded()
    if listings.differing(today=clock.today()):
        yield "the public list differs from what it is worked out from"
    if db.engine.dialect.name == "sqlite":
        yield from (f"foreign key: {row}" for row in db.session.execute(text("PRAGMA foreign_key_check")))
        whole = db.session.execute(text("PRAGMA integrity_check")).scalar()
        if whole != "ok":
            yield f"the file of the database: {whole}"


def _half_saved() -> Iterator[str]:
    """Each answer says what its last version says, and has one event for each version."""
    versions: dict[object, list[str]] = {}
    rows = select(AnswerVersion.answer_id, AnswerVersion.account).where(AnswerVersion.stood).order_by(AnswerVersion.id)
    for answer_id, account in db.session.execute(rows):
        versions.setdefault(answer_id, []).append(account)
    told = Counter(db.session.scalars(select(Event.thing_id).where(Event.what == "answer.saved")))
    for answer_id, account in db.session.execute(select(Answer.id, Answer.account)):
        kept = versions.get(answer_id)
        if kept and (kept[-1] != account or told[str(answer_id)] != len(kept)):
            yield f"half saved: {answer_id}"


def _without_event(model: type[Judgement] | type[SignUp], what: str) -> Iterator[str]:
    told = set(db.session.scalars(select(Event.thing_id).where(Event.what == what)))
    there = {str(each) for each in db.session.scalars(select(model.id))}
    yield from (f"{what} without its fact: {each}" for each in told ^ there)


def _half_signed() -> Iterator[str]:
    """A signing has its three commitments, its certificate and its entry in the register."""
    promised = Counter(db.session.scalars(select(Commitment.sign_up_id)))
    listed = set(db.session.scalars(select(RegisterEntry.organisation_id)))
    given = set(db.session.scalars(select(Certificate.id)))
    for each in db.session.scalars(select(SignUp)):
        if (promised[each.id], each.organisation_id in listed, each.certificate_id in given) != (3, True, True):
            yield f"half signed: {each.organisation_id}"


def _half_uploaded() -> Iterator[str]:
    store = deployment.evidence_storage()
    for digest in db.session.scalars(select(EvidenceFile.sha256)):
        if hashlib.sha256(b"".join(store.pieces(digest))).hexdigest() != digest:
            yield f"half uploaded: {digest}"
