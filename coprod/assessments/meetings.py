"""WRITES: what families said at a meeting, typed in once afterwards. Numbers for each group, never a name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from coprod import history
from coprod.assessments import meeting_queries, queries
from coprod.assessments.answering import open_for_writing
from coprod.assessments.models import Assessment, FamilyMeeting, FamilyRating, FamilyWords
from coprod.database import db
from coprod.errors import Invalid, Stale
from coprod.framework.model import Voice
from coprod.permissions import Actor
from coprod.phrases import N_, Phrase

LARGEST_MEETING = 1000
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed for one question: numbers by voice and rating, and what people said."""

    numbers: Mapping[tuple[Voice, int], int] = field(default_factory=dict)
    words: str = ""


class StaleViews(Stale):
    """Somebody typed other numbers for these questions meanwhile. `theirs` is what stands now; nothing was changed."""

    def __init__(self, theirs: Mapping[str, Typed]) -> None:
        super().__init__(N_("Somebody else typed in other numbers or words here while you had this page open."))
        self.theirs = theirs


def add_meeting(
    assessment: Assessment,
    *,
    held_on: date,
    parents: int,
    young_people: int,
    actor: Actor,
    now: datetime,
    today: date,
) -> FamilyMeeting:
    """Keep when families met, and how many of each group took part."""
    open_for_writing(assessment, actor)
    _check(held_on=held_on, parents=parents, young_people=young_people, today=today)
    kept = select(func.count(FamilyMeeting.id)).where(FamilyMeeting.assessment_id == assessment.id)
    if (db.session.scalar(kept) or 0) >= meeting_queries.MOST:
        raise Invalid(
            Phrase(
                "One self-assessment can have {most} meetings. Add these numbers to one of them.",
                most=meeting_queries.MOST,
            )
        )
    meeting = FamilyMeeting(
        assessment_id=assessment.id,
        held_on=held_on,
        parents=parents,
        young_people=young_people,
        added_by=actor.person_id,
        added_at=now,
    )
    db.session.add(meeting)
    _record("families.meeting_added", meeting, assessment, actor, now)
    return meeting


def change_meeting(
    assessment: Assessment,
    meeting: FamilyMeeting,
    *,
    held_on: date,
    parents: int,
    young_people: int,
    actor: Actor,
    now: datetime,
    today: date,
) -> None:
    """Put right when it was, or how many took part. Nobody's choice may be left without somebody who made it."""
    open_for_writing(assessment, actor)
    _check(held_on=held_on, parents=parents, young_people=young_people, today=today)
    for voice, name, number in ((Voice.PARENTS, "parents", parents), (Voice.CHILDREN, "young_people", young_people)):
        most = _most_chosen(meeting, voice)
        if number < most:
            raise Invalid(
                Phrase("For one question you typed in {most} of them. Change that first.", most=most), field=name
            )
    meeting.held_on, meeting.parents, meeting.young_people = held_on, parents, young_people
    _record("families.meeting_changed", meeting, assessment, actor, now)


def record_views(
    assessment: Assessment,
    meeting: FamilyMeeting,
    *,
    views: Mapping[str, Typed],
    stood: Mapping[str, Typed],
    actor: Actor,
    now: datetime,
) -> None:
    """Keep what people chose and said, in place of what stood for these questions when the page was opened.

    Raises StaleViews where somebody else typed something different meanwhile.
    """
    open_for_writing(assessment, actor)
    framework = queries.framework_of(assessment)
    for code, typed in views.items():
        framework.question(code)
        _check_numbers(meeting, code, typed)
    standing = typed_in(meeting)
    moved = {
        code: standing.get(code, Typed())
        for code, typed in views.items()
        if standing.get(code, Typed()) not in (stood.get(code, Typed()), typed)
    }
    if moved:
        raise StaleViews(moved)
    changed = [code for code, typed in views.items() if standing.get(code, Typed()) != typed]
    if not changed:
        return
    meeting.ratings = [row for row in meeting.ratings if row.question_code not in changed]
    meeting.words = [row for row in meeting.words if row.question_code not in changed]
    db.session.flush()  # The old rows go before new ones take their keys.
    for code in changed:
        meeting.ratings += _ratings(code, views[code])
        meeting.words += [FamilyWords(question_code=code, text=views[code].words)] if views[code].words else []
    _record("families.views_recorded", meeting, assessment, actor, now, codes=changed)


def remove_meeting(assessment: Assessment, meeting: FamilyMeeting, *, actor: Actor, now: datetime) -> None:
    """Take out a meeting that was typed in by mistake, with its numbers."""
    open_for_writing(assessment, actor)
    _record("families.meeting_removed", meeting, assessment, actor, now)
    db.session.delete(meeting)


def typed_in(meeting: FamilyMeeting) -> dict[str, Typed]:
    """What stands for each question of one meeting, as it was typed."""
    numbers: dict[str, dict[tuple[Voice, int], int]] = {}
    for row in meeting.ratings:
        numbers.setdefault(row.question_code, {})[Voice(row.voice), row.rating] = row.number
    words = {row.question_code: row.text for row in meeting.words}
    return {code: Typed(numbers.get(code, {}), words.get(code, "")) for code in {*numbers, *words}}


def took_part(meeting: FamilyMeeting, voice: Voice) -> int:
    return meeting.parents if voice is Voice.PARENTS else meeting.young_people


def _check(*, held_on: date, parents: int, young_people: int, today: date) -> None:
    if not EARLIEST <= held_on <= today:
        raise Invalid(N_("Enter the date of the meeting. It can't be still to come."), field="held_on")
    for name, number in (("parents", parents), ("young_people", young_people)):
        if not 0 <= number <= LARGEST_MEETING:
            raise Invalid(Phrase("Enter a number from 0 to {most:,}.", most=LARGEST_MEETING), field=name)
    if parents + young_people == 0:
        raise Invalid(N_("Enter how many people took part"), field="parents")


def _check_numbers(meeting: FamilyMeeting, code: str, typed: Typed) -> None:
    """No more people can have chosen than took part. Not everybody has to choose."""
    for voice in Voice:
        here = {rating: number for (who, rating), number in typed.numbers.items() if who is voice}
        first = f"{voice.value}-{code}-{min(here, default=0)}"
        if any(number < 0 for number in here.values()):
            raise Invalid(N_("Enter whole numbers from 0 up"), field=first)
        most = took_part(meeting, voice)
        if sum(here.values()) > most:
            words = Phrase(
                "{code}: these come to {number}, and {most} took part. Check the numbers.",
                code=code,
                number=sum(here.values()),
                most=most,
            )
            raise Invalid(words, field=first)


def _ratings(code: str, typed: Typed) -> list[FamilyRating]:
    return [
        FamilyRating(question_code=code, voice=voice.value, rating=rating, number=number)
        for (voice, rating), number in typed.numbers.items()
        if number
    ]


def _most_chosen(meeting: FamilyMeeting, voice: Voice) -> int:
    totals: dict[str, int] = {}
    for row in meeting.ratings:
        if row.voice == voice.value:
            totals[row.question_code] = totals.get(row.question_code, 0) + row.number
    return max(totals.values(), default=0)


def _record(
    what: str, meeting: FamilyMeeting, assessment: Assessment, actor: Actor, now: datetime, **facts: Any
) -> None:
    history.record(what, meeting, actor=actor, now=now, organisation_id=assessment.organisation_id, **facts)
