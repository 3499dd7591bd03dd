"""Ready-made assessments, made through operations alone. Each builder commits, so that a page sees what it made."""

from datetime import UTC, date, datetime

from coprod.assessments import meetings, operations, together
from coprod.assessments.at_work import at_work
from coprod.assessments.models import Assessment, FamilyMeeting, Note
from coprod.changes import operations as changes
from coprod.changes.confirming import Answer
from coprod.changes.groups import Group
from coprod.changes.models import ChangeRecord
from coprod.changes.rules import ChangeFacts
from coprod.evidence import operations as evidence
from coprod.evidence.models import Evidence
from coprod.framework.model import Area
from coprod.framework.queries import current_framework, pinned
from coprod.organisations.models import Organisation
from coprod.permissions import Actor
from coprod.transaction import transaction

MOMENT = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
TODAY = date(2026, 11, 22)


def started(where: Organisation, actor: Actor) -> Assessment:
    with transaction():
        return operations.start(where, framework=current_framework(), actor=actor, now=MOMENT)


def save(assessment: Assessment, code: str, actor: Actor, rating: int | None = 2, **changed: object) -> None:
    """Save one answer on top of whatever stands."""
    given: dict[str, object] = {
        "rating": rating,
        "not_applicable": False,
        "reason": "",
        "account": f"What we do about {code}.",
        "revision": None,
    }
    with transaction():
        operations.save_answer(at_work(assessment.id, code, actor), actor=actor, now=MOMENT, **(given | changed))  # type: ignore[arg-type]


def item(where: Organisation, actor: Actor, title: str = "Parent survey", **changed: object) -> Evidence:
    """A statement that comes from families."""
    given: dict[str, object] = {
        "kind": "family_voice",
        "title": title,
        "url": "",
        "statement": "41 of 60 parents said that the new times help.",
        "dated": date(2026, 6, 1),
        "shows": "The meetings are at better times",
        "from_families": True,
        "no_child_named": True,
    }
    with transaction():
        return evidence.add(where.id, actor=actor, now=MOMENT, today=TODAY, **(given | changed))  # type: ignore[arg-type]


def change(
    where: Organisation, actor: Actor, title: str = "Meetings moved", *, confirmed: bool = False
) -> ChangeRecord:
    """A complete change record that starts from what parents said; a family confirms it where asked."""
    facts = ChangeFacts(
        title=title,
        heard="Parents said that they can't come at 3 o'clock.",
        group=Group.PARENTS_AND_CARERS,
        how_many=14,
        heard_on=date(2026, 3, 2),
        before="Reviews at 3 o'clock",
        after="Reviews at 9 or at 5 o'clock",
        decision="Offer two times",
        why="Most parents work in the afternoon.",
        decided_on=date(2026, 4, 1),
        told_on=date(2026, 4, 10),
        told_how="By letter and at the coffee morning",
        better="41 of 60 came, up from 19.",
        area=Area.ORGANISATION,
    )
    with transaction():
        record = changes.write(where.id, facts=facts, actor=actor, now=MOMENT)
    if confirmed:
        with transaction():
            _link, secret = changes.make_link(record, actor=actor, now=MOMENT)
        with transaction():
            changes.confirm(
                secret,
                answer=Answer.YES,
                group=Group.PARENTS_AND_CARERS,
                comment="",
                comment_shared=False,
                now=MOMENT,
            )
    return record


def answered(where: Organisation, actor: Actor, rating: int = 2) -> Assessment:
    """A draft with every question at `rating`, each backed by one item from families and one change record."""
    assessment = started(where, actor)
    backing, record = item(where, actor), change(where, actor, confirmed=True)
    for question in pinned(assessment.framework, assessment.version).questions:
        save(assessment, question.code, actor, rating)
        with transaction():
            operations.attach_evidence(assessment, question.code, backing, actor=actor, now=MOMENT)
            operations.attach_change(assessment, question.code, record, actor=actor, now=MOMENT)
    with transaction():
        operations.add_action(
            assessment,
            what="Ask parents which times suit them",
            owner="SENCO",
            due=date(2027, 1, 31),
            question_code="RA1",
            actor=actor,
            now=MOMENT,
            today=TODAY,
        )
    return assessment


def met(assessment: Assessment, actor: Actor, parents: int = 8, young_people: int = 3) -> FamilyMeeting:
    """A meeting with families, with nothing typed in yet."""
    with transaction():
        return meetings.add_meeting(
            assessment,
            held_on=date(2026, 11, 1),
            parents=parents,
            young_people=young_people,
            actor=actor,
            now=MOMENT,
            today=TODAY,
        )


def submitted(where: Organisation, actor: Actor, rating: int = 2) -> Assessment:
    """The same, sent in."""
    assessment = answered(where, actor, rating)
    with transaction():
        operations.submit(assessment, declared=True, actor=actor, now=MOMENT, today=TODAY)
    return assessment


def noted(assessment: Assessment, actor: Actor, about: str = "RA1", text: str = "Ask the forum") -> Note:
    """A note between colleagues."""
    with transaction():
        return together.write_note(assessment, about, text=text, actor=actor, now=MOMENT)
