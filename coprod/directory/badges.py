"""What the badge for another website draws: the words, and boxes wide enough for them."""

from dataclasses import dataclass

from coprod.directory.profile import Badge
from coprod.directory.rules import Standing
from coprod.web.formatting import day

WIDEST = 300  # room for words beside the mark, in the drawing's own units
LINE = 0.56  # about how wide a letter is, as a part of its size
DETAIL_SIZE = 13
HEADLINE_SIZES = (22, 18, 15)


@dataclass(frozen=True, slots=True)
class Colours:
    """What the picture is drawn with: for light websites, or for dark ones."""

    plate: str
    heading: str
    ink: str
    muted: str
    edge: str
    petals: tuple[str, str, str, str, str]


LIGHT = Colours(
    plate="#fbf7ef",
    heading="#0f4c4a",
    ink="#1c2b2a",
    muted="#51605f",
    edge="#74817f",
    petals=("#6b2d5c", "#0f4c4a", "#2f3e8f", "#9a3f1d", "#2f6b2f"),
)
DARK = Colours(
    plate="#1c2a28",
    heading="#9fd8d0",
    ink="#e8efed",
    muted="#b5c3c0",
    edge="#8b9996",
    petals=("#d9a3cb", "#79cabf", "#aab5f2", "#eda583", "#95d095"),
)


@dataclass(frozen=True, slots=True)
class Words:
    """One line of words: its size, and the width to squeeze it into where it would be too long."""

    text: str
    size: int
    squeezed: int | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """Everything the picture needs, decided."""

    title: str
    description: str
    petals: int
    headline: Words
    detail: Words
    area: Words


def drawn(badge: Badge, area: str) -> Drawn:
    """The badge in words. Only an award in force fills petals; what is over says so."""
    status = badge.status
    when = day(status.on)
    headline = "Signed the charter" if status.standing is Standing.SIGNED else status.words
    return Drawn(
        title=f"{badge.name}: {headline}",
        description=f"{status.sentence} {when}. Co-production in {area}.",
        petals=status.petals or 0,
        headline=_fitted(headline, HEADLINE_SIZES),
        detail=_fitted(f"{SHORT[status.standing]} {when}", (DETAIL_SIZE,)),
        area=_fitted(f"Co-production in {area}", (DETAIL_SIZE,)),
    )


SHORT = {
    Standing.SIGNED: "Signed",
    Standing.AWARDED: "Award valid to",
    Standing.OVERDUE: "Was due by",
    Standing.EXPIRED: "Ended",
    Standing.AWARD_LAPSED: "Ended",
    Standing.AWARD_WITHDRAWN: "Ended",
    Standing.WITHDRAWN: "Left the charter",
    Standing.LAPSED: "Ended",
    Standing.GONE: "Last signed",
}


def _fitted(text: str, sizes: tuple[int, ...]) -> Words:
    """The largest size that the words fit at; where none does, the smallest, squeezed."""
    for size in sizes:
        if len(text) * size * LINE <= WIDEST:
            return Words(text, size, None)
    return Words(text, sizes[-1], WIDEST)
