"""READS: an organisation's assessments, what its answers come to, and which wait for reviewers."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, bindparam, exists, select
from sqlalchemy.orm import joinedload, selectinload

from coprod.assessments import rules, snapshot
from coprod.assessments.models import (
    Answer,
    AnswerChange,
    AnswerEvidence,
    Assessment,
    PlanAction,
)
from coprod.assessments.rules import Scored, State
from coprod.certificates import queries as certificates
from coprod.certificates.models import Certificate
from coprod.certificates.rules import Ending
from coprod.changes import queries as changes
from coprod.changes.models import ChangeRecord
from coprod.database import db
from coprod.errors import NotFound
from coprod.evidence import queries as evidence
from coprod.evidence.models import Evidence, EvidenceFile
from coprod.framework import awards, scoring
from coprod.framework.awards import AwardFacts
from coprod.framework.model import Framework
from coprod.framework.queries import pinned
from coprod.organisations.models import Organisation
from coprod.permissions import Action, Actor, can

MOST = 200


def for_member(assessment_id: UUID, actor: Actor) -> Assessment:
    """One assessment, for members of its organisation. Raises NotFound alike where it is missing or not theirs."""
    return shown_to(actor, db.session.scalar(_ONE, {"assessment": assessment_id}))


def shown_to(actor: Actor, assessment: Assessment | None) -> Assessment:
    """The assessment, if this person may see it. Raises NotFound alike where it is missing or not theirs."""
    if assessment is None or not can(actor, Action.SEE_ASSESSMENT, assessment):
        raise NotFound
    return assessment


def latest_of(organisation_id: UUID) -> Assessment | None:
    """The assessment that an organisation started last."""
    return db.session.scalar(_newest(organisation_id).limit(1))


def any_of(organisation_ids: Collection[UUID]) -> bool:
    """Whether one of these organisations has ever begun an assessment."""
    return db.session.scalar(select(exists().where(Assessment.organisation_id.in_(organisation_ids)))) or False


def open_of(organisation_id: UUID) -> Assessment | None:
    """The assessment that an organisation is in the middle of: there is one at most."""
    states = [state.value for state in rules.OPEN]
    return db.session.scalar(_newest(organisation_id).where(Assessment.state.in_(states)).limit(1))


def last_final(assessment: Assessment) -> Assessment | None:
    """The last assessment before this one that came to a final result."""
    earlier = _newest(assessment.organisation_id).where(
        Assessment.state == State.FINAL.value, Assessment.started_at < assessment.started_at
    )
    return db.session.scalar(earlier.limit(1))


def had_final(organisation_id: UUID) -> bool:
    """Whether an earlier assessment of this organisation came to a final result."""
    earlier = (Assessment.organisation_id == organisation_id) & (Assessment.state == State.FINAL.value)
    return bool(db.session.scalar(select(exists().where(earlier))))


def waiting(*, limit: int = MOST) -> Sequence[Assessment]:
    """What waits for reviewers or is with them, the longest waiting first, with each one's organisation."""
    states = (State.SUBMITTED.value, State.IN_MODERATION.value)
    chosen = (
        select(Assessment)
        .where(Assessment.state.in_(states))
        .options(joinedload(Assessment.organisation))
        .order_by(Assessment.submitted_at, Assessment.id)
        .limit(limit)
    )
    return db.session.scalars(chosen).all()


def framework_of(assessment: Assessment) -> Framework:
    """The version of the standards that an assessment was started on."""
    return pinned(assessment.framework, assessment.version)


def rows_of(assessment: Assessment) -> dict[str, Answer]:
    """Every answer with what is linked to it, in a fixed number of queries."""
    chosen = select(Answer).where(Answer.assessment_id == assessment.id).order_by(Answer.question_code).options(*LINKS)
    return {row.question_code: row for row in db.session.scalars(chosen).unique()}


def plan_of(assessment: Assessment) -> Sequence[PlanAction]:
    """The improvement plan, what comes first first."""
    chosen = select(PlanAction).where(PlanAction.assessment_id == assessment.id).order_by(PlanAction.due, PlanAction.id)
    return db.session.scalars(chosen).all()


def told(row: Answer) -> scoring.Answer:
    """An answer as the scoring rules read it. Withdrawn evidence does not count."""
    return scoring.Answer(
        code=row.question_code,
        rating=row.rating,
        not_applicable=row.not_applicable,
        reason=row.reason,
        items=tuple(evidence.counted(item) for item in standing_evidence(row)),
        changes=tuple(changes.counted(link.change) for link in row.changes),
        unchecked=row.carried is not None,
    )


def standing_evidence(row: Answer) -> list[Evidence]:
    """The evidence linked to an answer that nobody has withdrawn or shut away, newest first."""
    items = [link.evidence for link in row.evidence if evidence.stands(link.evidence)]
    return sorted(items, key=lambda item: (item.dated, item.id), reverse=True)


def reasons_of(assessment: Assessment) -> dict[str, str]:
    """Why each question that is marked as not applying does not apply."""
    chosen = (
        select(Answer.question_code, Answer.reason)
        .where(Answer.assessment_id == assessment.id, Answer.not_applicable)
        .order_by(Answer.question_code)
    )
    return {row.question_code: row.reason for row in db.session.execute(chosen)}


def scored(assessment: Assessment, *, today: date, rows: Mapping[str, Answer] | None = None) -> Scored:
    """What the answers come to: as they stand while it is a draft, as they were sent in after that.

    `rows` are the answers, where they were read already.
    """
    framework = framework_of(assessment)
    if assessment.snapshot is not None:
        return snapshot.scored_as_sent(framework, assessment.snapshot)
    return scored_rows(assessment, rows_of(assessment) if rows is None else rows, today=today)


def scored_rows(assessment: Assessment, rows: Mapping[str, Answer], *, today: date) -> Scored:
    """What a draft comes to, from its answers as they were read."""
    answers = {code: told(row) for code, row in rows.items()}
    facts = award_facts(assessment, answers, today=today)
    return score_answers(framework_of(assessment), answers, facts, assessment, today=today)


def score_answers(
    framework: Framework,
    answers: Mapping[str, scoring.Answer],
    facts: AwardFacts,
    assessment: Assessment,
    *,
    today: date,
) -> Scored:
    """The one place that puts crediting, scoring and levels together."""
    credited = scoring.credit_all(framework, answers, on=today, first=assessment.first)
    outcome = awards.outcome(framework, {code: each.rating for code, each in credited.items()}, facts)
    return Scored(credited, outcome.score, outcome, scoring.problems(framework, answers))


def award_facts(assessment: Assessment, answers: Mapping[str, scoring.Answer], *, today: date) -> AwardFacts:
    """What an award needs besides ratings, as a draft stands today. What moderation adds is not decided yet."""
    items = [item for answer in answers.values() for item in answer.items if item.dated and item.dated <= today]
    decided = [change.decided_on for answer in answers.values() for change in answer.changes if change.complete]
    held = [_award(certificate) for certificate in certificates.awards_of(assessment.organisation_id)]
    return AwardFacts(
        plan_ready=bool(plan_of(assessment)),
        evidence_kinds=frozenset(item.kind for item in items),
        held=rules.months_held(framework_of(assessment), [a for a in held if a], today=today),
        evidence_months=rules.months_spanned([*(item.dated for item in items), *decided], on=today),
    )


def to_send(assessment: Assessment) -> dict[str, snapshot.Sent]:
    """Each answer with everything that reviewers will read beside it."""
    return {
        code: snapshot.Sent(
            answer=told(row),
            account=row.account,
            evidence=tuple(_exhibit(item) for item in _to_show(row)),
            changes=tuple(_change_sent(link.change) for link in row.changes),
        )
        for code, row in rows_of(assessment).items()
    }


def plan_steps(assessment: Assessment) -> tuple[snapshot.Step, ...]:
    return tuple(snapshot.Step(a.what, a.owner, a.due, a.question_code) for a in plan_of(assessment))


def _award(certificate: Certificate) -> rules.Award | None:
    """An award as far as it counts for having been held. One that was revoked was never deserved."""
    until = certificate.ended_on or certificate.valid_to
    if certificate.level is None or until is None or certificate.ended_as == Ending.REVOKED:
        return None
    return rules.Award(certificate.level, certificate.issued_on, until)


def _exhibit(item: Evidence) -> snapshot.Exhibit:
    return snapshot.Exhibit(
        id=str(item.id),
        kind=item.kind,
        title=item.title,
        url=item.url,
        statement=item.statement,
        dated=item.dated,
        shows=item.shows,
        from_families=item.from_families,
        revision=item.revision,
        file=_file_sent(item.file) if item.file else None,
    )


def _file_sent(file: EvidenceFile) -> snapshot.FileSent:
    return snapshot.FileSent(id=str(file.id), name=file.name, type=file.type, size=file.size, sha256=file.sha256)


def _to_show(row: Answer) -> list[Evidence]:
    """What reviewers can open: the answer's own evidence, then what shows the plans of its change records."""
    own = standing_evidence(row)
    plans = {file.evidence.id: file.evidence for link in row.changes for file in link.change.files}
    return [*own, *(item for item in plans.values() if item.stands and item not in own)]


def _change_sent(record: ChangeRecord) -> snapshot.ChangeSent:
    counted, answered = changes.counted(record), changes.tally_of(record)
    return snapshot.ChangeSent(
        id=str(record.id),
        revision=record.revision,
        title=record.title,
        heard=record.heard,
        before=record.before,
        after=record.after,
        decision=record.decision,
        why=record.why,
        decided_on=record.decided_on,
        told_on=record.told_on,
        told_how=record.told_how,
        better=record.better,
        area=record.area,
        group=record.group,
        confirmed={"yes": answered.yes, "partly": answered.partly, "no": answered.no},
        complete=counted.complete,
        changed_mind=counted.changed_mind,
        shared=counted.shared,
        plans=tuple((file.side, str(file.evidence_id)) for file in record.files if file.evidence.stands),
    )


def _newest(organisation_id: UUID) -> Select[Assessment]:
    return (
        select(Assessment)
        .where(Assessment.organisation_id == organisation_id)
        .order_by(Assessment.started_at.desc(), Assessment.id)
    )


# Made once: most pages ask it. Of the organisation they show what it is called.
ITS_NAME = joinedload(Assessment.organisation).load_only(Organisation.name, Organisation.slug, Organisation.kind)
_ONE = select(Assessment).where(Assessment.id == bindparam("assessment")).options(ITS_NAME)
LINKS = (
    joinedload(Answer.evidence).joinedload(AnswerEvidence.evidence),
    selectinload(Answer.changes).joinedload(AnswerChange.change).joinedload(ChangeRecord.confirmations),
)
