"""Every version of the standards and of the charter that a deployment has, with what belongs to each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from coprod.errors import NotFound
from coprod.framework.charter import Charter
from coprod.framework.model import Framework
from coprod.framework.practice import Practice
from coprod.framework.translation import Translation
from coprod.framework.versions import Move, mapping

_Versioned = TypeVar("_Versioned", Framework, Charter)


class UnknownVersion(NotFound):
    """A version of the standards, or of the charter, that is not here."""

    def __init__(self, slug: str, version: str = "") -> None:
        super().__init__(f"There are no standards called {slug} {version}".rstrip() + " here.")


@dataclass(frozen=True, slots=True)
class Library:
    """Every version of the standards and of the charter that this deployment has."""

    frameworks: Mapping[tuple[str, str], Framework]
    charters: Mapping[tuple[str, str], Charter]
    moves: Mapping[tuple[str, str, str], tuple[Move, ...]] = field(default_factory=dict)
    practices: Mapping[tuple[str, str], Practice] = field(default_factory=dict)
    translations: Mapping[tuple[str, str, str], Translation] = field(default_factory=dict)

    def practice(self, slug: str, version: str) -> Practice | None:
        """What reviewers practise on before they rate on this version; None where nobody has written a set for it."""
        return self.practices.get((slug, version))

    def translation(self, framework: Framework, language: str) -> Translation | None:
        """The words of a version in a language, as far as somebody has translated them."""
        return self.translations.get((framework.slug, framework.version, language))

    def mapping(self, old: Framework, new: Framework) -> dict[str, Move]:
        """What became of each question of `old` in `new`: as a file says, and for the rest as the words show."""
        return mapping(old, new, self.moves.get((new.slug, old.version, new.version), ()))

    def framework(self, slug: str, version: str) -> Framework:
        return _one(self.frameworks, slug, version)

    def latest(self, slug: str) -> Framework:
        return _newest(self.frameworks, slug)

    def charter(self, slug: str, version: str) -> Charter:
        return _one(self.charters, slug, version)

    def latest_charter(self, slug: str = "charter") -> Charter:
        return _newest(self.charters, slug)


def _one(versions: Mapping[tuple[str, str], _Versioned], slug: str, version: str) -> _Versioned:
    try:
        return versions[slug, version]
    except KeyError:
        raise UnknownVersion(slug, version) from None


def _newest(versions: Mapping[tuple[str, str], _Versioned], slug: str) -> _Versioned:
    found: Sequence[_Versioned] = [each for (name, _), each in versions.items() if name == slug]
    if not found:
        raise UnknownVersion(slug)
    return max(found, key=lambda each: [int(number) for number in each.version.split(".")])
