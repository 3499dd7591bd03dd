"""Practice: reviewers rate invented answers and see what was agreed for them, before they take a live case."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from coprod import history
from coprod.database import db
from coprod.errors import Invalid, NotFound, WrongState
from coprod.framework.model import Framework
from coprod.framework.practice import Attempt, Practice, Sample, attempt
from coprod.framework.queries import current_framework, library, pinned
from coprod.moderation.models import PracticeRating
from coprod.moderation.told import Card
from coprod.permissions import Action, Actor, require
from coprod.phrases import N_, Phrase

MINUTES_A_SAMPLE = 4
PRACTISE_FIRST = N_("Practise first. It takes about half an hour, and you can stop and come back.")


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One invented answer on the list."""

    id: str
    short: str
    about: str
    rated: str | None


@dataclass(frozen=True, slots=True)
class PracticePage:
    """The list of invented answers, and how far this reviewer has got."""

    version: str
    introduction: str
    rows: tuple[SampleRow, ...]
    done: Attempt
    needed: str
    passed: bool
    following: str | None
    first: str


@dataclass(frozen=True, slots=True)
class SamplePage:
    """One invented answer to rate; once it is rated, what was agreed for it and why."""

    version: str
    sample: Sample
    title: str
    wording: str
    place: str
    index: int
    kinds: dict[str, str]
    claimed: str
    cards: tuple[Card, ...]
    mine: int | None
    said: str
    agreed: str
    close: str
    following: str | None


def rate_sample(version: str, sample_id: str, *, rating: int, actor: Actor, now: datetime) -> PracticeRating:
    """A reviewer rates one invented answer, once in a round: after that they have seen what was agreed for it.

    Rating one of them when every one is rated, and not close enough, begins a new round.
    """
    require(actor, Action.PRACTISE)
    framework, practice = _set(version)
    sample = _sample(practice, sample_id)
    if not 0 <= rating <= framework.top_rating:
        raise Invalid(N_("Choose a rating"), field="rating")
    rounds = _rounds(actor.person_id, framework)
    number = _current(practice, rounds)
    given = next((row for row in rounds.get(number, ()) if row.sample == sample.id), None)
    if given is not None:
        return given
    made = PracticeRating(
        person_id=actor.person_id,
        framework=framework.slug,
        version=framework.version,
        round=number,
        sample=sample.id,
        rating=rating,
        made_at=now,
    )
    db.session.add(made)
    history.record("practice.rated", made, actor=actor, now=now, sample=sample.id, round=number)
    return made


def may_take_cases(actor: Actor, framework: Framework) -> bool:
    """Who has passed the practice set of this version may; anybody may where there is no set for it."""
    practice = library().practice(framework.slug, framework.version)
    return practice is None or _passed(practice, _rounds(actor.person_id, framework))


def check_practised(actor: Actor, framework: Framework) -> None:
    """Nobody judges a live answer before they have passed. Raises WrongState."""
    if not may_take_cases(actor, framework):
        raise WrongState(PRACTISE_FIRST)


def who_may_take_cases(person_ids: Collection[UUID], framework: Framework) -> frozenset[UUID]:
    """Those of these people who have practised enough for this version."""
    practice = library().practice(framework.slug, framework.version)
    if practice is None:
        return frozenset(person_ids)
    rounds = _all_rounds(person_ids, framework)
    return frozenset(person_id for person_id, given in rounds.items() if _passed(practice, given))


def practice_page(version: str, actor: Actor) -> PracticePage:
    """Raises NotFound for a version without a practice set."""
    framework, practice = _set(version)
    rounds = _rounds(actor.person_id, framework)
    given = _given(rounds)
    return PracticePage(
        version=version,
        introduction=practice.introduction,
        rows=tuple(_row(framework, sample, given) for sample in practice.samples),
        done=attempt(practice, given),
        needed=_needed(practice),
        passed=_passed(practice, rounds),
        following=_following(practice, given),
        first=practice.samples[0].id,
    )


def sample_page(version: str, sample_id: str, actor: Actor, *, again: bool = False) -> SamplePage:
    """With `again`, for who went through the set without passing, to be rated anew.

    Raises NotFound for a sample that there is not.
    """
    framework, practice = _set(version)
    sample = _sample(practice, sample_id)
    rounds = _rounds(actor.person_id, framework)
    given = {} if again and _current(practice, rounds) not in rounds else _given(rounds)
    mine = given.get(sample.id)
    question, value = framework.question(sample.question), framework.value_of(sample.question)
    scale = {rung.rating: f"{rung.name} ({rung.rating})" for rung in framework.scale}
    return SamplePage(
        version=version,
        sample=sample,
        title=question.title,
        wording=next(words for audience, words in question.wording.items() if audience == sample.audience),
        place=Phrase(
            "Practice, {number} of {all}", number=practice.samples.index(sample) + 1, all=len(practice.samples)
        ),
        index=framework.values.index(value),
        kinds={kind.code: kind.name for kind in framework.evidence_kinds},
        claimed=scale[sample.claimed],
        cards=tuple(
            Card(str(rung.rating), f"{rung.rating}. {rung.name}", words, possible=True)
            for rung, words in zip(framework.scale, question.descriptors, strict=True)
        ),
        mine=mine,
        said="" if mine is None else scale[mine],
        agreed=scale[sample.agreed],
        close="" if mine is None else _close(mine - sample.agreed),
        following=_following(practice, given),
    )


def _close(gap: int) -> str:
    if gap == 0:
        return N_("The same as was agreed")
    return N_("One apart from what was agreed") if abs(gap) == 1 else N_("Further from what was agreed")


def _needed(practice: Practice) -> str:
    most = len(practice.samples)
    mark = practice.to_pass
    return Phrase(
        "{exact} of {most} the same as was agreed, and {within_one} of {most} at most one apart",
        exact=mark.exact,
        within_one=mark.within_one,
        most=most,
    )


def _row(framework: Framework, sample: Sample, given: Mapping[str, int]) -> SampleRow:
    rated = _close(given[sample.id] - sample.agreed) if sample.id in given else None
    return SampleRow(sample.id, framework.question(sample.question).short, sample.about, rated)


def _following(practice: Practice, given: Mapping[str, int]) -> str | None:
    return next((sample.id for sample in practice.samples if sample.id not in given), None)


def _set(version: str) -> tuple[Framework, Practice]:
    framework = pinned(current_framework().slug, version)
    practice = library().practice(framework.slug, framework.version)
    if practice is None:
        raise NotFound
    return framework, practice


def _sample(practice: Practice, id_: str) -> Sample:
    found = practice.sample(id_)
    if found is None:
        raise NotFound
    return found


Rounds = Mapping[int, Sequence[PracticeRating]]


def _rounds(person_id: UUID | None, framework: Framework) -> Rounds:
    return _all_rounds([person_id], framework).get(person_id, {}) if person_id else {}


def _all_rounds(person_ids: Collection[UUID], framework: Framework) -> Mapping[UUID, Rounds]:
    chosen = select(PracticeRating).where(
        PracticeRating.person_id.in_(person_ids),
        PracticeRating.framework == framework.slug,
        PracticeRating.version == framework.version,
    )
    found: dict[UUID, dict[int, list[PracticeRating]]] = defaultdict(lambda: defaultdict(list))
    for row in db.session.scalars(chosen.order_by(PracticeRating.round, PracticeRating.made_at, PracticeRating.id)):
        found[row.person_id][row.round].append(row)
    return found


def _ratings(rows: Sequence[PracticeRating]) -> dict[str, int]:
    return {row.sample: row.rating for row in rows}


def _passed(practice: Practice, rounds: Rounds) -> bool:
    return any(attempt(practice, _ratings(rows)).passed for rows in rounds.values())


def _current(practice: Practice, rounds: Rounds) -> int:
    """The round that is under way. One that is complete without passing is followed by another."""
    last = max(rounds, default=1)
    done = attempt(practice, _ratings(rounds.get(last, ())))
    return last + 1 if done.complete and not _passed(practice, rounds) else last


def _given(rounds: Rounds) -> dict[str, int]:
    """The ratings of the last round."""
    return _ratings(rounds.get(max(rounds, default=1), ()))
