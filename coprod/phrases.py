"""Words that a page may say in another language. Here nothing is translated: pages do that where they show them."""

from collections.abc import Iterable
from typing import Any


def N_(text: str) -> str:  # noqa: N802  # the name by which catalogues of words are gathered everywhere
    """Marks English words for the catalogues, and changes nothing."""
    return text


def NN_(one: str, many: str) -> tuple[str, str]:  # noqa: N802
    """The same for words that change with a number."""
    return one, many


class Phrase(str):
    """An English sentence with its gaps filled in, that still knows how it was made: `Phrase("{n:,} left", n=3)`.

    It is a string like any other. Where a page is in another language, its pattern is looked up and filled in anew.
    """

    pattern: str
    values: dict[str, Any]

    def __new__(cls, pattern: str, **values: Any) -> "Phrase":
        made = super().__new__(cls, pattern.format(**values))
        made.pattern = pattern
        made.values = values
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        """How a copy of it is made."""
        return (self.pattern,), self.values


class Counted(str):
    """A number of things, as `coprod.web.formatting.counted` says it."""

    number: int
    forms: tuple[str, str]

    def __new__(cls, number: int, one: str, many: str) -> "Counted":
        made = super().__new__(cls, f"{number:,} {one if number == 1 else many}")
        made.number, made.forms = number, (one, many)
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[int, str, str], dict[str, Any]]:
        return (self.number, *self.forms), {}


class Phrases(str):
    """Several of them, one after the other."""

    each: tuple[str, ...]
    between: str

    def __new__(cls, each: Iterable[str], *, between: str = "; ") -> "Phrases":
        phrases = tuple(each)
        made = super().__new__(cls, between.join(phrases))
        made.each, made.between = phrases, between
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[tuple[str, ...]], dict[str, str]]:
        return (self.each,), {"between": self.between}
