"""The picture of the five scores: lengths and words, so that it reads without colour. Worked out here, drawn as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from coprod.assessments.rules import Scored
from coprod.framework.levels import EveryValue
from coprod.framework.model import Framework
from coprod.framework.scoring import shown
from coprod.phrases import N_, Phrase, Phrases

ROW = 52
BAR = 20
HEAD = 26
FULL = 398  # How long a bar of 100% is, with room for its edge. Its words stand above its end.


@dataclass(frozen=True, slots=True)
class Bar:
    """One value: its name and its score above, and its bar."""

    name: str
    name_y: int
    bar_y: int
    length: int
    text: str
    mark_from: int
    mark_to: int


@dataclass(frozen=True, slots=True)
class Floor:
    """What every value needs for the next level, as a mark on each bar."""

    x: int
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    height: int
    title: str
    description: str
    bars: tuple[Bar, ...]
    floor: Floor | None


def chart(framework: Framework, scored: Scored) -> Chart:
    scores = [(framework.value(each.code).name, _known(each.percent, each.so_far)) for each in scored.score.values]
    return drawn(scores, _floor(scored))


def drawn(scores: Sequence[tuple[str, Fraction | None]], floor: Floor | None) -> Chart:
    """The picture of these scores, each with its name."""
    said: list[str] = [
        Phrase("{name}: {score}.", name=name, score=Phrases((text(percent),))) for name, percent in scores
    ]
    if floor:
        said.append(Phrase("{words}.", words=floor.words))
    return Chart(
        height=HEAD + ROW * len(scores),
        title=N_("Score of each value"),
        description=Phrases(said, between=" "),
        bars=tuple(_bars(scores)),
        floor=floor,
    )


def _known(percent: Fraction | None, so_far: Fraction | None) -> Fraction | None:
    return percent if percent is not None else so_far


def _bars(scores: Sequence[tuple[str, Fraction | None]]) -> list[Bar]:
    return [
        Bar(
            name=name,
            name_y=(top := HEAD + ROW * place) + 18,
            bar_y=top + 24,
            length=int((percent or 0) * FULL / 100),
            text=text(percent),
            mark_from=top + 21,
            mark_to=top + 47,
        )
        for place, (name, percent) in enumerate(scores)
    ]


def _floor(scored: Scored) -> Floor | None:
    step = scored.outcome.next
    if step is None:
        return None
    least = max((c.at_least for c in step.level.conditions if isinstance(c, EveryValue)), default=0)
    if not least:
        return None
    x = least * FULL // 100
    return Floor(x, Phrase("The mark: {name} needs {least}% in each value", name=step.level.name, least=least))


def text(percent: Fraction | None) -> str:
    return f"{shown(percent)}%" if percent is not None else N_("no score yet")
