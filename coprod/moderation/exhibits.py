"""WRITES: a reviewer opens a file that was sent in, or says that an item or a comment shows personal data."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from coprod.assessments import forgetting
from coprod.changes import operations as change_operations
from coprod.changes import queries as changes
from coprod.changes.models import Confirmation
from coprod.changes.reviewing import FamiliesSaid
from coprod.database import db
from coprod.errors import NotFound
from coprod.evidence import operations as evidence
from coprod.evidence.models import EvidenceFile
from coprod.evidence.opening import in_case
from coprod.moderation import casework
from coprod.moderation.guards import check_declared, lock
from coprod.moderation.models import Case
from coprod.moderation.sent import Claim, Exhibit
from coprod.permissions import Action, Actor, require

UUID_LENGTH = 36


def open_file(case: Case, code: str, evidence_id: UUID, *, actor: Actor, now: datetime) -> EvidenceFile:
    """The file as it was sent in for one question on this reviewer's list. That they opened it is written down."""
    require(actor, Action.READ_EVIDENCE, case)
    check_declared(case, actor)
    exhibit = _exhibit(case, code, evidence_id, actor)
    if exhibit.file is None or exhibit.gone:
        raise NotFound
    return evidence.open_in_case(
        evidence_id, UUID(exhibit.file.id), exhibit.revision, case=case, actor=actor, now=now
    )


def personal_data_seen(case: Case, code: str, evidence_id: UUID, *, actor: Actor, now: datetime) -> None:
    """The item is gone for everybody at once: from its list, from what was sent in, from every reviewer's page."""
    require(actor, Action.REPORT_PERSONAL_DATA, case)
    check_declared(case, actor)
    lock(case)
    _exhibit(case, code, evidence_id, actor)
    evidence.quarantine(in_case(evidence_id, case), case=case, actor=actor, now=now)
    forgetting.forget(case.organisation_id, evidence_id, instead=forgetting.SHUT_AWAY)


def families_say(case: Case, code: str, actor: Actor) -> Mapping[str, FamiliesSaid]:
    """What families say today about each change record that was sent in for this question, by the record's id."""
    require(actor, Action.READ_EVIDENCE, case)
    work = casework.of(case)
    claim = work.sent.claims.get(code)
    if claim is None or not work.may_read(code, actor.person_id):
        raise NotFound
    return heard_about(case, claim)


def heard_about(case: Case, claim: Claim) -> Mapping[str, FamiliesSaid]:
    """The same. Ask only for who may read this question."""
    ids = [UUID(change.id) for change in claim.changes if len(change.id) == UUID_LENGTH]
    found = changes.heard_by_reviewers(case.organisation_id, ids)
    return {str(change_id): said for change_id, said in found.items()}


def comment_names_somebody(case: Case, code: str, confirmation_id: UUID, *, actor: Actor, now: datetime) -> None:
    """A family's comment holds personal data: its words go for everybody, and its answer stays."""
    require(actor, Action.REPORT_PERSONAL_DATA, case)
    check_declared(case, actor)
    said = families_say(case, code, actor).values()
    if not any(comment.id == confirmation_id for each in said for comment in each.comments):
        raise NotFound
    confirmation = db.session.get_one(Confirmation, confirmation_id)
    change_operations.empty_comment(confirmation, case=case, actor=actor, now=now)


def _exhibit(case: Case, code: str, evidence_id: UUID, actor: Actor) -> Exhibit:
    """What was sent in for a question that this person may read now. Raises NotFound alike for all else."""
    work = casework.of(case)
    claim = work.sent.claims.get(code)
    if claim is None or not work.may_read(code, actor.person_id):
        raise NotFound
    found = next((item for item in claim.evidence if item.id == str(evidence_id)), None)
    if found is None:
        raise NotFound
    return found
