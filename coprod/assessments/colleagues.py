"""READS: who answers which question by when, the notes between colleagues, and who changed what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from coprod.accounts.models import Membership, Person
from coprod.assessments.drafting import Outlined
from coprod.assessments.models import Assessment, Assignment, Note
from coprod.assessments.rules import Progress
from coprod.database import db
from coprod.framework.model import Framework
from coprod.phrases import Phrase
from coprod.web.formatting import counted, day

MOST = 200


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose question it is, and until when."""

    code: str
    person_id: UUID
    name: str
    due: date


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One note between colleagues. `yours` may be taken away by who reads it."""

    id: UUID
    text: str
    who: str
    written_at: datetime
    yours: bool


@dataclass(frozen=True, slots=True)
class YoursLine:
    """One question that somebody has still to answer."""

    code: str
    short: str
    due: date
    late: bool


def hands(assessment: Assessment) -> dict[str, Hand]:
    """Whose question each is that was given to somebody, by its code; the first due comes first."""
    chosen = (
        select(Assignment.question_code, Assignment.person_id, Person.name, Assignment.due)
        .join(Person, Person.id == Assignment.person_id)
        .where(Assignment.assessment_id == assessment.id)
        .order_by(Assignment.due, Assignment.question_code)
    )
    return {row.question_code: Hand(*row) for row in db.session.execute(chosen)}


def yours(hands: Mapping[str, Hand], outline: Mapping[str, Outlined], person_id: UUID | None) -> tuple[Hand, ...]:
    """What somebody has still to do: their questions that have no answer yet, or wait for something."""
    done = {code for code, each in outline.items() if each.progress is Progress.ANSWERED}
    return tuple(hand for code, hand in hands.items() if hand.person_id == person_id and code not in done)


def yours_lines(mine: Sequence[Hand], framework: Framework, *, today: date) -> tuple[YoursLine, ...]:
    """Somebody's own list, what is due first first."""
    return tuple(
        YoursLine(hand.code, framework.question(hand.code).short, hand.due, late=hand.due < today) for hand in mine
    )


def yours_words(mine: Sequence[Hand], *, today: date) -> str:
    """How many questions are somebody's to do, and how many of them are overdue."""
    if not mine:
        return ""
    late = sum(hand.due < today for hand in mine)
    number = counted(len(mine), "question is", "questions are")
    if late:
        return Phrase("{number} yours to do, {late} of them overdue", number=number, late=late)
    return Phrase("{number} yours to do", number=number)


def hand_words(hand: Hand | None, *, today: date) -> str:
    """Whose question it is, and until when."""
    if hand is None:
        return ""
    if hand.due < today:
        return Phrase("{name}, by {due}, overdue", name=hand.name, due=day(hand.due))
    return Phrase("{name}, by {due}", name=hand.name, due=day(hand.due))


def notes_about(assessment: Assessment, code: str, *, reader: UUID | None) -> tuple[NoteLine, ...]:
    """The notes about one question, the newest first."""
    chosen = (
        select(Note.id, Note.text, Person.name, Note.written_at, Note.written_by)
        .join(Person, Person.id == Note.written_by)
        .where(Note.assessment_id == assessment.id, Note.about == code)
        .order_by(Note.written_at.desc(), Note.id)
        .limit(MOST)
    )
    return tuple(
        NoteLine(id_, text, name, written_at, yours=written_by == reader)
        for id_, text, name, written_at, written_by in db.session.execute(chosen)
    )


def note_counts(assessment: Assessment) -> dict[str, int]:
    """How many notes there are about each question that has any."""
    chosen = (
        select(Note.about, func.count(Note.id).label("number"))
        .where(Note.assessment_id == assessment.id)
        .group_by(Note.about)
        .order_by(Note.about)
    )
    return {row.about: row.number for row in db.session.execute(chosen)}


def members(organisation_id: UUID) -> Sequence[tuple[str, str]]:
    """The people of an organisation, as a list to choose from."""
    chosen = (
        select(Person.id, Person.name)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.accepted_at.is_not(None),
            Membership.ended_at.is_(None),
        )
        .order_by(Person.name, Person.id)
        .limit(MOST)
    )
    return [(str(id_), name) for id_, name in db.session.execute(chosen)]
