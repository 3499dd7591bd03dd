"""From one version of the standards to the next: what becomes of each question, and what may be carried over."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from coprod.framework.model import Framework, Question


class Became(StrEnum):
    """What became of a question. SAME asks the same in the same words; SPLIT is asked as two or more now."""

    SAME = "same"
    CHANGED = "changed"
    SPLIT = "split"
    DROPPED = "dropped"

    @property
    def words(self) -> str:
        return WORDS[self]


WORDS: Mapping[Became, str] = {
    Became.SAME: "Asked in the same words",
    Became.CHANGED: "Asked in other words",
    Became.SPLIT: "Asked as several questions now",
    Became.DROPPED: "Not asked any more",
}


@dataclass(frozen=True, slots=True)
class Move:
    """What became of the question `code` of the older version: which questions ask it now, and why it moved."""

    code: str
    became: Became
    to: tuple[str, ...] = ()
    why: str = ""

    @property
    def carried(self) -> bool:
        """Only an answer to the same words can be carried over, and compared with the next one."""
        return self.became is Became.SAME


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Something that a mapping says and the two versions do not bear out, at its place in the list of moves."""

    place: int
    message: str


def mapping(old: Framework, new: Framework, moves: Sequence[Move] = ()) -> dict[str, Move]:
    """What became of each question of `old`, in its order.

    `moves` are what people wrote down. A question that they leave out is the same where its code and all its words
    are, changed where only its code is, and dropped where its code is gone.
    """
    said = {move.code: move for move in moves}
    return {question.code: said.get(question.code) or _derived(question, new) for question in old.questions}


def added(new: Framework, moves: Mapping[str, Move]) -> tuple[str, ...]:
    """The questions of `new` that no question of the older version leads to."""
    reached = {code for move in moves.values() for code in move.to}
    return tuple(question.code for question in new.questions if question.code not in reached)


def came_from(moves: Mapping[str, Move]) -> dict[str, tuple[Move, ...]]:
    """The same mapping read from the newer version: for each of its questions, what led to it."""
    found: dict[str, tuple[Move, ...]] = {}
    for move in moves.values():
        for code in move.to:
            found[code] = (*found.get(code, ()), move)
    return found


def same_words(one: Question, other: Question) -> bool:
    """Two questions ask the same where everything that somebody reads before answering is the same."""
    return one.wording_version == other.wording_version and _asked(one) == _asked(other)


def disagreements(old: Framework, new: Framework, moves: Sequence[Move]) -> Iterator[Disagreement]:
    """Whatever a mapping says that is not so: codes that are not there, or words that are not the same."""
    before = {question.code: question for question in old.questions}
    after = {question.code: question for question in new.questions}
    seen: set[str] = set()
    for place, move in enumerate(moves):
        if move.code not in before:
            yield Disagreement(place, f"Version {old.version} has no question {move.code}.")
            continue
        if move.code in seen:
            yield Disagreement(place, f"{move.code} is listed twice.")
        seen.add(move.code)
        missing = [code for code in move.to if code not in after]
        for code in missing:
            yield Disagreement(place, f"Version {new.version} has no question {code}.")
        if not missing and (wrong := _wrong(move, before[move.code], after)):
            yield Disagreement(place, wrong)


def _wrong(move: Move, question: Question, after: Mapping[str, Question]) -> str:
    match move.became, len(move.to):
        case Became.SAME, 1 if move.to != (move.code,):
            return f"{move.code} can't be the same under another code. Write “changed”."
        case Became.SAME, 1 if not same_words(question, after[move.code]):
            return f"The words of {move.code} are not the same in both versions. Write “changed”."
        case (Became.SAME | Became.CHANGED), number if number != 1:
            return f"Say in “to” which one question asks {move.code} now."
        case Became.SPLIT, number if number < 2:
            return f"Say in “to” which two or more questions ask {move.code} now."
        case Became.DROPPED, number if number:
            return f"{move.code} is dropped, so leave “to” out."
    return ""


def _derived(question: Question, new: Framework) -> Move:
    now = next((other for other in new.questions if other.code == question.code), None)
    if now is None:
        return Move(question.code, Became.DROPPED)
    became = Became.SAME if same_words(question, now) else Became.CHANGED
    return Move(question.code, became, (now.code,))


def _asked(question: Question) -> tuple[object, ...]:
    return question.title, dict(question.wording), question.plain, question.help, question.descriptors, question.check
