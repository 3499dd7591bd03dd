"""How families rate each question, as counts of a meeting, beside the organisation's own answer.

It goes to the reviewers with the assessment, always: families distrust what is done for show, and an organisation that
could leave out what they said would be asked to be believed on its own word. It never goes to the public.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from coprod.framework.model import Framework, Rating, Voice
from coprod.phrases import N_, NN_, Counted, Phrase

VOICES: Mapping[Voice, str] = {Voice.PARENTS: N_("Parents and carers"), Voice.CHILDREN: N_("Young people")}


@dataclass(frozen=True, slots=True)
class Chosen:
    """How many of one group chose each rating of one question, by rating."""

    voice: Voice
    numbers: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.numbers)

    @property
    def middle(self) -> int | None:
        """The rating that at least half of them chose or went below: the lower one where they stand equal."""
        passed = 0
        for rating, number in enumerate(self.numbers):
            passed += number
            if number and 2 * passed >= self.total:
                return rating
        return None


@dataclass(frozen=True, slots=True)
class Heard:
    """What families at all meetings chose and said about one question."""

    chosen: tuple[Chosen, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting, as far as it is told to anybody: when, and how many took part."""

    held_on: str
    parents: int
    young_people: int


@dataclass(frozen=True, slots=True)
class FamiliesView:
    """Everything that families said about one assessment."""

    meetings: tuple[Meeting, ...] = ()
    heard: Mapping[str, Heard] = field(default_factory=dict)

    def to(self, code: str) -> Heard:
        return self.heard.get(code, Heard())


@dataclass(frozen=True, slots=True)
class Beside:
    """One group's view beside the organisation's: each count by the name of its rating, and the gap in words."""

    who: str
    counts: tuple[tuple[str, int], ...]
    gap: str
    apart: int


def collected(
    top: int, ratings: Iterable[tuple[str, str, int, int]], words: Iterable[tuple[str, str]]
) -> dict[str, Heard]:
    """Counts of all meetings added up. `ratings` are (code, voice, rating, number); `words` are (code, text)."""
    counts: dict[tuple[str, str], list[int]] = {}
    said: dict[str, list[str]] = {}
    for code, voice, rating, number in ratings:
        counts.setdefault((code, voice), [0] * (top + 1))[rating] += number
    for code, text in words:
        said.setdefault(code, []).append(text)
    return {
        code: Heard(
            tuple(Chosen(v, tuple(counts[code, v.value])) for v in VOICES if (code, v.value) in counts),
            tuple(said.get(code, ())),
        )
        for code in {*(code for code, _ in counts), *said}
    }


def beside(framework: Framework, heard: Heard, own: Rating, *, who: str = N_("you")) -> tuple[Beside, ...]:
    """Each group's counts, and how far their middle is from what the organisation chose. `who` it is in the words."""
    return tuple(_beside(framework, chosen, own, who) for chosen in heard.chosen if chosen.total)


def _beside(framework: Framework, chosen: Chosen, own: Rating, who: str) -> Beside:
    names = tuple((rung.name, number) for rung, number in zip(framework.scale, chosen.numbers, strict=True))
    middle = chosen.middle or 0
    if not isinstance(own, int):
        gap = Phrase("In the middle of them: {name}.", name=framework.rung(middle).name)
        return Beside(VOICES[chosen.voice], names, gap, 0)
    return Beside(VOICES[chosen.voice], names, _gap(framework, chosen, own, middle, who), own - middle)


def _gap(framework: Framework, chosen: Chosen, own: int, middle: int, who: str) -> str:
    lower, higher = sum(chosen.numbers[:own]), sum(chosen.numbers[own + 1 :])
    same = chosen.total - lower - higher
    them = Phrase(who)
    spread = Phrase(
        "{lower} of {total} chose lower than {who}, {same} the same and {higher} higher.",
        lower=lower,
        total=chosen.total,
        who=them,
        same=same,
        higher=higher,
    )
    if own == middle:
        return Phrase("They see it the same way as {who}. {spread}", who=them, spread=spread)
    words = (
        N_("They see it {steps} lower than {who}: in the middle of them is {name}. {spread}")
        if own > middle
        else N_("They see it {steps} higher than {who}: in the middle of them is {name}. {spread}")
    )
    steps = Counted(abs(own - middle), *NN_("step", "steps"))
    return Phrase(words, steps=steps, who=them, name=framework.rung(middle).name, spread=spread)


def widest(framework: Framework, view: FamiliesView, own: Mapping[str, Rating]) -> Sequence[tuple[str, Beside]]:
    """Where families and the organisation are apart, the widest gap first, then the standards' own order."""
    found = [
        (question.code, each)
        for question in framework.questions
        for each in beside(framework, view.to(question.code), own.get(question.code))
        if each.apart
    ]
    return sorted(found, key=lambda pair: -abs(pair[1].apart))
