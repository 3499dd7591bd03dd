"""What the score page shows: one result, worked out in one place, in words, numbers and a picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from coprod.assessments.rules import Scored
from coprod.assessments.score_chart import Chart, chart
from coprod.framework.awards import LevelResult, NextStep, Outcome, Raise
from coprod.framework.conditions import ConditionResult
from coprod.framework.model import Framework, NotApplicable, Question, Rating
from coprod.framework.scoring import Credited, ValueScore, shown
from coprod.phrases import N_, Phrase, Phrases


@dataclass(frozen=True, slots=True)
class ValueBar:
    """One value's score, as the table beside the picture says it."""

    index: int
    name: str
    text: str
    points: str
    answered: str


@dataclass(frozen=True, slots=True)
class RatedLine:
    """One question, what was chosen for it and what that counts as. `raise_it` is what would raise it."""

    code: str
    short: str
    core: bool
    chosen: str
    counts_as: str
    raise_it: str


@dataclass(frozen=True, slots=True)
class ConditionLine:
    """One condition of a level. `links` are the questions that are short of it."""

    state: str
    kind: str
    words: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LevelBlock:
    """One level with each of its conditions. The one to look at first is open."""

    name: str
    is_open: bool
    verdict: str
    meaning: str
    conditions: tuple[ConditionLine, ...]


@dataclass(frozen=True, slots=True)
class RaiseLine:
    """One answer to raise, and how: by evidence where the choice is high enough already."""

    code: str
    short: str
    words: str


@dataclass(frozen=True, slots=True)
class NextLevel:
    name: str
    raises: tuple[RaiseLine, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionNote:
    code: str
    short: str
    words: str


@dataclass(frozen=True, slots=True)
class ScorePage:
    headline: str
    explanation: str
    petals: int | None
    overall: str
    chart: Chart
    values: tuple[ValueBar, ...]
    checks: tuple[RatedLine, ...]
    held_back: tuple[RatedLine, ...]
    levels: tuple[LevelBlock, ...]
    next: NextLevel | None
    unanswered: tuple[QuestionNote, ...]
    unanswered_count: int
    left_out: tuple[QuestionNote, ...]


def score_page(framework: Framework, scored: Scored, reasons: Mapping[str, str]) -> ScorePage:
    """`reasons` say why a question does not apply, by its code."""
    level = scored.outcome.level
    lines = {code: _rated(framework, code, each) for code, each in scored.credited.items()}
    blank = tuple(QuestionNote(q.code, q.short, "") for q in framework.questions if _claimed(scored, q) is None)
    return ScorePage(
        headline=Phrase("Your answers point to {name}", name=level.name) if level else framework.working_towards.name,
        explanation=level.meaning if level else framework.working_towards.meaning,
        petals=level.petals if level else None,
        overall=_overall(scored),
        chart=chart(framework, scored),
        values=tuple(_bar(framework, index, value) for index, value in enumerate(scored.score.values)),
        checks=tuple(lines[question.code] for question in framework.checks),
        held_back=tuple(lines[code] for code, each in scored.credited.items() if each.rule is not None),
        levels=tuple(_level(framework, each, scored.outcome) for each in scored.outcome.levels),
        next=_next(framework, scored.outcome.next, scored.credited) if scored.outcome.next else None,
        unanswered=blank,
        unanswered_count=len(blank),
        left_out=tuple(
            QuestionNote(q.code, q.short, reasons.get(q.code, ""))
            for q in framework.questions
            if isinstance(_claimed(scored, q), NotApplicable)
        ),
    )


def _claimed(scored: Scored, question: Question) -> Rating:
    return scored.credited[question.code].claimed


def percent(value: Fraction | None) -> str:
    return f"{shown(value)}%" if value is not None else N_("Not known yet")


def rating_words(framework: Framework, rating: Rating) -> str:
    if rating is None:
        return N_("No answer yet")
    return N_("Does not apply") if isinstance(rating, NotApplicable) else f"{framework.rung(rating).name} ({rating})"


def _overall(scored: Scored) -> str:
    score = scored.score
    if score.overall is not None:
        return Phrase("{overall} overall", overall=percent(score.overall))
    if score.so_far is None:
        return N_("No score yet. It starts with your first answer.")
    return Phrase("{so_far} so far, from the questions you have answered", so_far=percent(score.so_far))


def _bar(framework: Framework, index: int, value: ValueScore) -> ValueBar:
    known = value.percent if value.percent is not None else value.so_far
    so_far = value.percent is None and value.so_far is not None
    return ValueBar(
        index=index,
        name=framework.value(value.code).name,
        text=Phrase("{percent} so far", percent=percent(known)) if so_far else percent(known),
        points=Phrase("{points} of {possible}", points=value.points, possible=value.possible),
        answered=Phrase("{answered} of {applicable}", answered=value.answered, applicable=value.applicable),
    )


def _rated(framework: Framework, code: str, credited: Credited) -> RatedLine:
    question = framework.question(code)
    return RatedLine(
        code=code,
        short=question.short,
        core=question.core,
        chosen=rating_words(framework, credited.claimed),
        counts_as=rating_words(framework, credited.rating),
        raise_it=credited.next if credited.rule is not None else "",
    )


def _level(framework: Framework, result: LevelResult, outcome: Outcome) -> LevelBlock:
    conditions = tuple(_condition(framework, condition) for condition in result.conditions)
    first = outcome.next.level if outcome.next else outcome.level
    waits = any(condition.pending for condition in result.conditions)
    verdict = N_("Not yet") if not result.met else N_("Met, as far as your answers go") if waits else N_("Met")
    return LevelBlock(result.level.name, result.level == first, verdict, result.level.meaning, conditions)


def _condition(framework: Framework, result: ConditionResult) -> ConditionLine:
    states = {True: (N_("Met"), "met"), False: (N_("Not yet"), "not-yet"), None: (N_("Decided in moderation"), "later")}
    state, kind = states[result.met]
    links = tuple((q.code, q.short) for q in framework.questions if q.code in result.codes)
    return ConditionLine(state, kind, result.beside_its_mark, links)


def _next(framework: Framework, step: NextStep, credited: Mapping[str, Credited]) -> NextLevel:
    """Blanks are listed by themselves: what they need is an answer first."""
    answered = (each for each in step.raises if credited[each.code].claimed is not None)
    raises = tuple(_raise(framework, each, credited[each.code]) for each in answered)
    return NextLevel(step.level.name, raises, tuple(result.words for result in step.others))


def _raise(framework: Framework, step: Raise, credited: Credited) -> RaiseLine:
    question = framework.question(step.code)
    to = framework.rung(step.to_rating).name
    if isinstance(credited.claimed, int) and credited.claimed >= step.to_rating:
        chosen = framework.rung(credited.claimed).name
        words = Phrase("You chose {name}. To count as {to}: {next}", name=chosen, to=to, next=Phrases((credited.next,)))
    else:
        below = framework.rung(step.from_rating).name
        words = Phrase("From {name} to {to}: {words}", name=below, to=to, words=question.descriptors[step.to_rating])
    return RaiseLine(step.code, question.short, words)
