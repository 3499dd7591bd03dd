"""THE RULES of an assessment's life, of its questions while they are written, and of an award's facts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from coprod.calendar import add_months
from coprod.errors import Invalid, WrongState
from coprod.framework.awards import Outcome
from coprod.framework.model import Framework, Question
from coprod.framework.scoring import Credited, Problem, Score
from coprod.phrases import N_, Phrase

LONGEST_NOTE = 2000
PLAN_LIMIT = 50  # More than this is not a plan that anybody keeps.


class State(StrEnum):
    """Where an assessment is in its life."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_MODERATION = "in_moderation"
    MORE_ASKED = "more_asked"
    PROVISIONAL = "provisional"
    FINAL = "final"
    WITHDRAWN = "withdrawn"

    @property
    def words(self) -> str:
        return STATE_WORDS[self]

    @property
    def open(self) -> bool:
        """An open assessment may still change. An organisation has one at most."""
        return self in OPEN


STATE_WORDS: Mapping[State, str] = {
    State.DRAFT: N_("In progress"),
    State.SUBMITTED: N_("Sent in, waiting for reviewers"),
    State.IN_MODERATION: N_("With the reviewers"),
    State.MORE_ASKED: N_("More evidence asked for"),
    State.PROVISIONAL: N_("Provisional result"),
    State.FINAL: N_("Final result"),
    State.WITHDRAWN: N_("Withdrawn"),
}
OPEN = frozenset(State) - {State.FINAL, State.WITHDRAWN}
WRITABLE = frozenset({State.DRAFT})
BEFORE_MODERATION = frozenset({State.DRAFT, State.SUBMITTED})  # Until then an organisation may take it back.


class Action(StrEnum):
    """What moves an assessment from one state to another."""

    SUBMIT = "submit"
    BEGIN_MODERATION = N_("begin moderation")
    ASK_FOR_MORE = N_("ask for more")
    TAKE_UP_AGAIN = N_("take up again")
    GIVE_PROVISIONAL = N_("give a provisional result")
    MAKE_FINAL = N_("make final")
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Move:
    """From which states an action is possible, and the state it leads to."""

    from_states: frozenset[State]
    to: State
    reason_required: bool = False


TRANSITIONS: Mapping[Action, Move] = {
    Action.SUBMIT: Move(frozenset({State.DRAFT}), State.SUBMITTED),
    Action.BEGIN_MODERATION: Move(frozenset({State.SUBMITTED}), State.IN_MODERATION),
    Action.ASK_FOR_MORE: Move(frozenset({State.IN_MODERATION}), State.MORE_ASKED, reason_required=True),
    Action.TAKE_UP_AGAIN: Move(frozenset({State.MORE_ASKED}), State.IN_MODERATION),
    Action.GIVE_PROVISIONAL: Move(frozenset({State.IN_MODERATION}), State.PROVISIONAL),
    Action.MAKE_FINAL: Move(frozenset({State.PROVISIONAL}), State.FINAL),
    Action.WITHDRAW: Move(BEFORE_MODERATION, State.WITHDRAWN),
}


def moved(state: State, move: Move, *, reason: str = "") -> State:
    """The state that `move` leads to. Raises WrongState from any state that the move does not start from."""
    if state not in move.from_states:
        raise WrongState(
            Phrase("This assessment has moved on: it is now “{words}”. Reload the page.", words=Phrase(state.words))
        )
    if move.reason_required and not reason.strip():
        raise Invalid(N_("Say why"), field="reason")
    return move.to


def is_writable(state: State, *, more_asked: bool = False) -> bool:
    """Everything of a draft may change. Once reviewers ask for more, only the answers that they ask about may."""
    return state in WRITABLE or (state is State.MORE_ASKED and more_asked)


def check_writable(state: State, *, more_asked: bool = False) -> None:
    """Raises WrongState where an answer, or the plan, can't change any more."""
    if not is_writable(state, more_asked=more_asked):
        raise WrongState(Phrase("This assessment can't be changed now: it is “{words}”.", words=Phrase(state.words)))


class Progress(StrEnum):
    """How far one question is."""

    NOT_STARTED = "not started"
    IN_PROGRESS = "in progress"
    ANSWERED = "answered"
    CHECK = "check still true"
    MORE_ASKED = "more asked"

    @property
    def words(self) -> str:
        return PROGRESS_WORDS[self]


PROGRESS_WORDS: Mapping[Progress, str] = {
    Progress.NOT_STARTED: N_("Not started"),
    Progress.IN_PROGRESS: N_("In progress"),
    Progress.ANSWERED: N_("Answered"),
    Progress.CHECK: N_("Check still true"),
    Progress.MORE_ASKED: N_("More asked"),
}


@dataclass(frozen=True, slots=True)
class Written:
    """What is written for one question: what a save brings, and what stood before it."""

    rating: int | None = None
    not_applicable: bool = False
    reason: str = ""
    account: str = ""

    @property
    def blank(self) -> bool:
        return self == Written()


def progress(
    *, rating: int | None, not_applicable: bool, begun: bool, carried: bool = False, more_asked: bool = False
) -> Progress:
    """A question is answered once it has a rating, or is marked as not applicable. Words or evidence begin it.

    What came from last time waits to be checked, and what reviewers ask about waits for more.
    """
    if more_asked:
        return Progress.MORE_ASKED
    if carried:
        return Progress.CHECK
    if rating is not None or not_applicable:
        return Progress.ANSWERED
    return Progress.IN_PROGRESS if begun else Progress.NOT_STARTED


def is_stale(given: int | None, *, revision: int | None, new: Written, stands: Written) -> bool:
    """A save is stale where somebody saved something else after its form was opened.

    `given` is the revision that the form was made from. Saving again what already stands harms nothing, nor does
    saving over an answer that so far has only evidence.
    """
    return given != revision and new != stands and not stands.blank


def check_choice(framework: Framework, question: Question, new: Written, marked: Collection[str]) -> None:
    """Raises Invalid where a rating is not on the scale, or "does not apply" is not allowed.

    `marked` are the codes of the questions that are marked as not applicable now.
    """
    if new.rating is not None and not 0 <= new.rating <= framework.top_rating:
        raise Invalid(N_("Choose one of the answers"), field="rating")
    if not new.not_applicable:
        return
    if question.check:
        raise Invalid(
            N_("This is an authenticity check, so it always applies. Choose one of the answers."), field="rating"
        )
    value = framework.value_of(question.code)
    others = [q for q in value.questions if q.code in marked and q.code != question.code]
    if len(others) >= framework.not_applicable_per_value:
        raise Invalid(
            Phrase(
                "Only one question of “{name}” can be marked as not applying, and “{short}” is marked "
                "already. Choose one of the answers here, or change that one first.",
                name=value.name,
                short=others[0].short,
            ),
            field="rating",
        )
    if not new.reason.strip():
        raise Invalid(N_("Say why this does not apply to you"), field="reason")


@dataclass(frozen=True, slots=True)
class Scored:
    """What the answers come to. Made in one place, so that every page says the same."""

    credited: Mapping[str, Credited]
    score: Score
    outcome: Outcome
    problems: tuple[Problem, ...]


def months_between(first: date, last: date) -> int:
    """Whole months from `first` to `last`."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (add_months(first, months) > last)


def months_spanned(days: Iterable[date | None], *, on: date) -> int:
    """Whole months between the earliest and the latest evidence. What is dated after `on` does not count."""
    known = sorted(day for day in days if day is not None and day <= on)
    return months_between(known[0], known[-1]) if known else 0


@dataclass(frozen=True, slots=True)
class Award:
    """An award of an organisation: its level, and the first and the last day that it was in force."""

    level: str
    since: date
    until: date


def months_held(framework: Framework, awards: Sequence[Award], *, today: date) -> dict[str, int]:
    """For how many whole months each level has been held without a gap, up to today.

    A higher level holds the lower ones too. A renewal continues what it renews.
    """
    places = {level.code: place for place, level in enumerate(framework.levels)}
    held = {}
    for code, place in places.items():
        runs = [a for a in awards if places.get(a.level, -1) >= place]
        since = _run_of(runs, today)
        held[code] = months_between(since, today) if since else 0
    return held


def _run_of(awards: Sequence[Award], today: date) -> date | None:
    """The first day of the unbroken run of awards that reaches today."""
    since: date | None = None
    for award in sorted(awards, key=lambda a: a.until, reverse=True):
        reached = since - timedelta(days=1) if since else today
        if award.until >= reached and award.since <= today:
            since = min(since or award.since, award.since)
    return since


def check_due(due: date, *, today: date) -> None:
    """A question is given to somebody until a day that is still to come."""
    if due < today:
        raise Invalid(N_("Choose a date from today on"), field="due")
    if due > add_months(today, 24):
        raise Invalid(N_("Choose a date in the next two years"), field="due")


def check_note(text: str) -> None:
    if not text.strip():
        raise Invalid(N_("Write something, or go back"), field="text")
    if len(text) > LONGEST_NOTE:
        raise Invalid(Phrase("Use {most:,} characters or fewer.", most=LONGEST_NOTE), field="text")


def check_action(*, what: str, owner: str, due: date, today: date, existing: int) -> None:
    """A step of the plan says what, who and by when, and its date is still to come."""
    if not what.strip():
        raise Invalid(N_("Say what you will do"), field="what")
    if not owner.strip():
        raise Invalid(N_("Say whose job it is"), field="owner")
    if due < today:
        raise Invalid(N_("Choose a date from today on. A plan is for what comes next."), field="due")
    if existing >= PLAN_LIMIT:
        raise Invalid(Phrase("A plan can have {most} steps. Remove one before you add another.", most=PLAN_LIMIT))
