"""What the invented organisations do in the story: change records, families' answers, evidence, answers, sending in."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from coprod.assessments import operations as assessments
from coprod.assessments.at_work import at_work
from coprod.assessments.models import Assessment
from coprod.changes import operations as changes
from coprod.changes.groups import Group
from coprod.changes.models import ChangeRecord
from coprod.changes.rules import ChangeFacts
from coprod.database import db
from coprod.demo.cast import Part, Stage
from coprod.demo.people import actor, organisation
from coprod.demo.words import ACCOUNTS, EVIDENCE, STATEMENT, Told
from coprod.evidence import operations as evidence
from coprod.evidence.models import Evidence
from coprod.framework.model import Area, Framework, Voice
from coprod.framework.queries import current_framework
from coprod.web.clock import day_of

DECIDED_AFTER = 10  # days from hearing to deciding
TOLD_AFTER = 14
WRITTEN = 12  # days before sending in
OLD = 800  # days: evidence that shows more than two years of work
CORE = ("RA1", "RA2")
PROMISED = timedelta(days=180)  # by when more is promised of what is not done yet


def begin(part: Part, now: datetime) -> None:
    assessments.start(organisation(part.organisation), framework=current_framework(), actor=actor(part.lead), now=now)


def changes_of(part: Part) -> tuple[Told, ...]:
    """Organisations that are only beginning have fewer changes to tell of."""
    return part.tells if part.ratings[3][0] >= "3" else part.tells[:3]


def tell_change(part: Part, told: Told, now: datetime) -> None:
    """Written down, confirmed by families through their own links, and made public where the part says so."""
    lead = actor(part.lead)
    record = changes.write(organisation(part.organisation).id, facts=_facts(part, told, now), actor=lead, now=now)
    db.session.flush()
    for number in range(part.families):
        _, secret = changes.make_link(record, actor=lead, now=now)
        db.session.flush()
        changes.confirm(
            secret,
            answer="yes" if number < 2 else "partly",
            group=Group.PARENTS_AND_CARERS if number else told.group,
            comment="" if number < 2 else "It is better, but not yet every day.",
            comment_shared=False,
            now=now,
        )
    if part.tells.index(told) < part.published:
        changes.publish(
            record,
            no_child_named=True,
            status=told.status,
            value=told.value,
            due_on=day_of(now) + PROMISED,
            actor=lead,
            now=now,
        )


def answer(part: Part, now: datetime, today: date) -> None:
    """Evidence is added, each question is answered, and what supports it is attached."""
    framework, lead = current_framework(), actor(part.lead)
    assessment = _assessment(part)
    items = _add_evidence(part, now, today)
    mine = select(ChangeRecord).where(ChangeRecord.organisation_id == assessment.organisation_id)
    records = list(db.session.scalars(mine.order_by(ChangeRecord.written_at)))
    for code, rating in _ratings(framework, part).items():
        assessments.save_answer(
            at_work(assessment.id, code, lead),
            rating=rating,
            not_applicable=False,
            reason="",
            account=ACCOUNTS[code],
            revision=None,
            actor=lead,
            now=now,
        )
        db.session.flush()
        for item in _supporting(items, rating):
            assessments.attach_evidence(assessment, code, item, actor=lead, now=now)
        for record in _telling(records, code, rating):
            assessments.attach_change(assessment, code, record, actor=lead, now=now)
    if part.stage >= Stage.SUBMITTED:
        _plan(assessment, part, now, today)


def send(part: Part, now: datetime, today: date) -> None:
    assessments.submit(_assessment(part), declared=True, actor=actor(part.lead), now=now, today=today)


def _facts(part: Part, told: Told, now: datetime) -> ChangeFacts:
    sent = day_of(now) + timedelta(days=WRITTEN)
    heard = sent - timedelta(days=told.days_ago)
    return ChangeFacts(
        title=told.title,
        heard=told.heard,
        group=Group(told.group),
        how_many=told.how_many,
        heard_on=heard,
        heard_where=told.heard_where,
        before=told.before,
        after=told.after,
        decision=told.decision,
        why=told.why,
        decided_on=heard + timedelta(days=DECIDED_AFTER),
        told_on=heard + timedelta(days=TOLD_AFTER),
        told_how=told.told_how,
        better=told.better,
        area=Area(told.area),
        changed_mind=told.changed_mind,
    )


def _add_evidence(part: Part, now: datetime, today: date) -> list[Evidence]:
    given = [(kind, title, url, "", shows, families, 60) for kind, title, url, shows, families in EVIDENCE]
    if part.statement:
        kind, title, words, shows = STATEMENT
        given.append((kind, title, "", words, shows, True, 40))
        kind, title, url, shows, families = EVIDENCE[0]
        given.append((kind, f"{title}, two years ago", url, "", shows, families, OLD))
    return [
        evidence.add(
            organisation(part.organisation).id,
            kind=kind,
            title=title,
            url=url,
            statement=statement,
            dated=today - timedelta(days=days),
            shows=shows,
            from_families=families,
            no_child_named=True,
            actor=actor(part.lead),
            now=now,
            today=today,
        )
        for kind, title, url, statement, shows, families, days in given
    ]


def _ratings(framework: Framework, part: Part) -> dict[str, int]:
    all_of_them = {
        question.code: int(rating)
        for value, row in zip(framework.values, part.ratings, strict=True)
        for question, rating in zip(value.questions, row, strict=True)
    }
    if part.answered >= len(all_of_them):
        return all_of_them
    chosen = [code for code in all_of_them if code not in CORE][: part.answered - len(CORE)]
    return {code: all_of_them[code] for code in (*chosen, *CORE)}


def _supporting(items: list[Evidence], rating: int) -> list[Evidence]:
    """Nothing for a rating that needs none; something from families from Shaping on."""
    if rating < 2:
        return []
    return items if rating > 2 else items[:1]


def _telling(records: list[ChangeRecord], code: str, rating: int) -> list[ChangeRecord]:
    """The change records that an answer leans on."""
    if code == "LLE3":
        return [r for r in records if Voice.CHILDREN in Group(r.group).voices]
    if code in CORE or code == "AMB4":
        return records
    return records[:1] if rating > 3 else []


def _plan(assessment: Assessment, part: Part, now: datetime, today: date) -> None:
    for what, owner, days, code in (
        ("Ask fathers and night-shift families what would help them answer", "SENCO", 120, "LLE1"),
        ("Agree with the forum how often we meet, and write it down", "Senior lead", 200, "WT5"),
    ):
        assessments.add_action(
            assessment,
            what=what,
            owner=owner,
            due=today + timedelta(days=days),
            question_code=code,
            actor=actor(part.lead),
            now=now,
            today=today,
        )


def _assessment(part: Part) -> Assessment:
    chosen = select(Assessment).where(Assessment.organisation_id == organisation(part.organisation).id)
    return db.session.scalars(chosen).one()
