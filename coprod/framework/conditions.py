"""Judging one condition of a level: met, not met, or decided later, with the words that say so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from coprod.framework.levels import (
    Condition,
    CoreCheck,
    EveryValue,
    EvidenceOfKind,
    Gate,
    HeldOrSpan,
    ImprovementPlan,
    OtherChecks,
    Overall,
    Panel,
    QuestionAtLeast,
    Reviewers,
)
from coprod.framework.model import Framework, NotApplicable, Question, Rating
from coprod.framework.scoring import Score, shown
from coprod.phrases import N_, NN_, Counted, Phrase, Phrases


@dataclass(frozen=True, slots=True)
class AwardFacts:
    """What an award needs besides ratings. None means that moderation has not decided it yet.

    `held` is for how many months each level has been held; `evidence_months` is the span of the evidence.
    """

    plan_ready: bool = False
    evidence_kinds: frozenset[str] = frozenset()
    held: Mapping[str, int] = field(default_factory=dict)
    evidence_months: int = 0
    reviewers: int | None = None
    second_look: bool | None = None
    panel: bool | None = None


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """One condition, judged. `met` None is decided later; `codes` are the questions or values short of it.

    `what` is the condition by itself, where `words` are only that and how it stands.
    """

    condition: Condition
    met: bool | None
    words: str
    have: str
    need: str
    codes: tuple[str, ...] = ()
    what: str = ""

    @property
    def pending(self) -> bool:
        return self.met is None

    @property
    def beside_its_mark(self) -> str:
        """The words where "Met" or "Not yet" stands before them: how it stands is said once."""
        return Phrase("{what}.", what=Phrases((self.what,))) if self.what else self.words


def judge(
    framework: Framework, condition: Condition, score: Score, ratings: Mapping[str, Rating], facts: AwardFacts
) -> ConditionResult:
    """Each kind of condition has its own rule and its own words. Thresholds compare exact fractions."""
    match condition:
        case Overall():
            return _overall(condition, score)
        case EveryValue():
            return _every_value(framework, condition, score)
        case CoreCheck() | OtherChecks() | QuestionAtLeast():
            return _gate(framework, condition, gated(framework, condition), ratings)
        case ImprovementPlan():
            return _yes_or_no(condition, facts.plan_ready, N_("An improvement plan with dates and owners"))
        case EvidenceOfKind():
            kind = framework.evidence_kind(condition.code)
            return _yes_or_no(condition, kind.code in facts.evidence_kinds, Phrase("Evidence: {name}", name=kind.name))
        case HeldOrSpan():
            return _held_or_span(framework, condition, facts)
        case Reviewers():
            return _reviewers(condition, facts)
        case Panel():
            return _yes_or_no(condition, facts.panel, N_("Sign-off by a panel"))


def gated(framework: Framework, gate: Gate) -> tuple[Question, ...]:
    """The questions that a gate holds to its rating."""
    match gate:
        case CoreCheck():
            return (framework.core_check,)
        case OtherChecks():
            return tuple(check for check in framework.checks if not check.core)
        case QuestionAtLeast():
            return (framework.question(gate.code),)


def _overall(condition: Overall, score: Score) -> ConditionResult:
    need = f"{condition.at_least}%"
    if score.overall is None:
        words = Phrase("The overall score needs {need}. It is worked out when every question has an answer.", need=need)
        return ConditionResult(condition, False, words, "not known yet", need)
    have = f"{shown(score.overall)}%"
    if score.overall >= condition.at_least:
        met = Phrase("The overall score is {have}. It needs {need}.", have=have, need=need)
        return ConditionResult(condition, True, met, have, need)
    unmet = Phrase("The overall score needs {need}. It is {have} now.", need=need, have=have)
    return ConditionResult(condition, False, unmet, have, need)


def _every_value(framework: Framework, condition: EveryValue, score: Score) -> ConditionResult:
    need = f"{condition.at_least}%"
    short = [v for v in score.values if v.percent is None or v.percent < condition.at_least]
    known = [v.percent for v in score.values if v.percent is not None]
    have = f"{shown(min(known))}%" if len(known) == len(score.values) else "not known yet"
    if not short:
        return ConditionResult(condition, True, Phrase("Each value has at least {need}.", need=need), have, need)
    words = Phrases([_short(framework.value(v.code).name, need, v.percent) for v in short], between=" ")
    return ConditionResult(condition, False, words, have, need, tuple(v.code for v in short))


def _short(name: str, need: str, percent: Fraction | None) -> str:
    """What one value lacks."""
    if percent is None:
        return Phrase("{name} needs {need}. It has questions to answer.", name=name, need=need)
    return Phrase("{name} needs {need}. It is {have}% now.", name=name, need=need, have=shown(percent))


def _gate(
    framework: Framework, condition: Gate, questions: Sequence[Question], ratings: Mapping[str, Rating]
) -> ConditionResult:
    """Every one of these questions is rated at least so high. Not applicable does not pass a gate."""
    need = condition.at_least
    wanted = _named(framework, need)
    short = [question for question in questions if not _reaches(ratings.get(question.code), need)]
    have = min((_state(ratings.get(question.code)) for question in short or questions), default="")
    if short:
        words = Phrases([_held(framework, q.short, wanted, ratings.get(q.code)) for q in short], between=" ")
        return ConditionResult(condition, False, words, have, str(need), tuple(question.code for question in short))
    if len(questions) == 1:
        met = Phrase("“{short}” is at least {wanted}.", short=questions[0].short, wanted=wanted)
    else:
        met = Phrase("Each other authenticity check is at least {wanted}.", wanted=wanted)
    return ConditionResult(condition, True, met, have, str(need))


def _named(framework: Framework, rating: int) -> str:
    return f"{framework.rung(rating).name} ({rating})"


def _held_or_span(framework: Framework, condition: HeldOrSpan, facts: AwardFacts) -> ConditionResult:
    held, span = facts.held.get(condition.level, 0), facts.evidence_months
    name = framework.level(condition.level).name
    met = held >= condition.held_months or span >= condition.evidence_months
    need = Phrase(
        "{name} held for {months} months, or evidence over {span}",
        name=name,
        months=condition.held_months,
        span=condition.evidence_months,
    )
    have = f"{name} held for {held} months, evidence over {span}"
    return ConditionResult(condition, met, _stands(met, need), have, need, what=need)


def _reviewers(condition: Reviewers, facts: AwardFacts) -> ConditionResult:
    """Two reviewers are their own second look; with one, somebody else looks at the checks again."""
    what: str = Counted(condition.number, *NN_("independent reviewer", "independent reviewers"))
    if condition.second_look:
        what = Phrase("{people}, and a second look at the authenticity checks", people=what)
    if facts.reviewers is None:
        return _yes_or_no(condition, None, what)
    if facts.reviewers < condition.number:
        return _yes_or_no(condition, False, what)
    looked_twice = not condition.second_look or facts.reviewers > 1 or facts.second_look
    return _yes_or_no(condition, looked_twice, what)


def _yes_or_no(condition: Condition, met: bool | None, what: str) -> ConditionResult:
    if met is None:
        later = Phrase("{what}: decided in moderation.", what=Phrases((what,)))
        return ConditionResult(condition, None, later, "decided later", "yes", what=what)
    return ConditionResult(condition, met, _stands(met, what), "yes" if met else "not yet", "yes", what=what)


def _stands(met: bool, what: str) -> str:
    return Phrase("{what}: yes.", what=Phrases((what,))) if met else Phrase("{what}: not yet.", what=Phrases((what,)))


def _reaches(rating: Rating, need: int) -> bool:
    return isinstance(rating, int) and rating >= need


def _state(rating: Rating) -> str:
    if rating is None:
        return "no answer yet"
    return rating.value if isinstance(rating, NotApplicable) else str(rating)


def _held(framework: Framework, short: str, wanted: str, rating: Rating) -> str:
    """What one question lacks."""
    if rating is None:
        return Phrase("“{short}” needs {wanted}. It has no answer yet.", short=short, wanted=wanted)
    if isinstance(rating, NotApplicable):
        return Phrase("“{short}” needs {wanted}. It is marked as not applicable.", short=short, wanted=wanted)
    have = _named(framework, rating)
    return Phrase("“{short}” needs {wanted}. It is {have} now.", short=short, wanted=wanted, have=have)
