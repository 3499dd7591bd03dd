"""Who would be affected by a new version of the standards, and how. Reads only: nothing is changed."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from coprod.assessments.models import Answer, Assessment
from coprod.assessments.rules import State
from coprod.database import db
from coprod.framework import in_words, versions
from coprod.framework.load import load_next
from coprod.framework.model import Framework
from coprod.framework.queries import library
from coprod.framework.versions import Became, Move
from coprod.web.formatting import counted

MOST = 5000


def dry_run(slug: str, old: str, new: str) -> list[str]:
    """What would become of each question and of each organisation's answers, line by line.

    `new` is a version that is here, or the folder of one that is not in use yet.
    """
    before = library().framework(slug, old)
    if Path(new).is_dir():
        after, moves = load_next(Path(new), before)
    else:
        after = library().framework(slug, new)
        moves = library().mapping(before, after)
    return [*_questions(before, after, moves), *_levels(before, after), *_organisations(before, moves)]


def _questions(before: Framework, after: Framework, moves: Mapping[str, Move]) -> Iterator[str]:
    numbers = Counter(move.became for move in moves.values())
    yield f"From version {before.version} to {after.version} of “{after.title}”:"
    for became in Became:
        if numbers[became]:
            yield f"{counted(numbers[became], 'question')}: {became.words.lower()}."
    for move in moves.values():
        if not move.carried:
            now = f" Now: {', '.join(move.to)}." if move.to else ""
            why = f" {move.why}" if move.why else ""
            yield f"  {move.code} {before.question(move.code).short}: {move.became.words.lower()}.{now}{why}"
    for code in versions.added(after, moves):
        yield f"  {code} {after.question(code).short}: new."


def _levels(before: Framework, after: Framework) -> Iterator[str]:
    """What a level asks for now that it did not ask before."""
    known = {level.code: {in_words.asked(before, each) for each in level.conditions} for level in before.levels}
    for level in after.levels:
        for condition in level.conditions:
            words = in_words.asked(after, condition)
            if words not in known.get(level.code, set()):
                yield f"{level.name} asks for something else: {words}"


def _organisations(before: Framework, moves: Mapping[str, Move]) -> Iterator[str]:
    found = _latest(before)
    yield f"{counted(len(found), 'organisation')} with answers to version {before.version}:"
    carried = {code for code, move in moves.items() if move.carried}
    for assessment in found:
        answered = {row.question_code for row in assessment.answers if row.rating is not None or row.not_applicable}
        kept = len(answered & carried)
        state = State(assessment.state)
        stays = f"Stays on version {before.version} until it is finished. " if state.open else ""
        yield (
            f"  {assessment.organisation.name} ({state.words.lower()}): {stays}Next time {counted(kept, 'answer')} "
            f"to check come over, and {len(answered) - kept} of {len(answered)} are written anew."
        )


def _latest(before: Framework) -> Sequence[Assessment]:
    """The newest assessment of each organisation, where it is on this version and was not withdrawn."""
    chosen = (
        select(Assessment)
        .where(Assessment.state != State.WITHDRAWN.value)
        .options(
            joinedload(Assessment.organisation),
            selectinload(Assessment.answers).load_only(Answer.question_code, Answer.rating, Answer.not_applicable),
        )
        .order_by(Assessment.started_at.desc(), Assessment.id)
        .limit(MOST)
    )
    newest: dict[object, Assessment] = {}
    for assessment in db.session.scalars(chosen):
        newest.setdefault(assessment.organisation_id, assessment)
    here = [a for a in newest.values() if (a.framework, a.version) == (before.slug, before.version)]
    return sorted(here, key=lambda assessment: (assessment.organisation.name, str(assessment.id)))
