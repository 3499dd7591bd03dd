"""Practice for reviewers: invented answers with the ratings agreed for them, and what counts as having practised."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class SampleEvidence:
    """One item that an invented answer rests on."""

    kind: str
    title: str
    dated: date
    shows: str
    from_families: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """An invented answer to one question, the rating that was agreed for it, and why."""

    id: str
    question: str
    audience: str
    about: str
    claimed: int
    account: str
    evidence: tuple[SampleEvidence, ...]
    agreed: int
    why: str


@dataclass(frozen=True, slots=True)
class PassMark:
    """How many ratings must be the same as agreed, and how many the same or one apart."""

    exact: int
    within_one: int


@dataclass(frozen=True, slots=True)
class Practice:
    """The practice set of one version of the standards."""

    slug: str
    version: str
    introduction: str
    to_pass: PassMark
    samples: tuple[Sample, ...]

    def sample(self, id_: str) -> Sample | None:
        return next((sample for sample in self.samples if sample.id == id_), None)


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one time through the set went."""

    rated: int
    of: int
    exact: int
    within_one: int
    passed: bool

    @property
    def complete(self) -> bool:
        return self.rated == self.of


def attempt(practice: Practice, ratings: Mapping[str, int]) -> Attempt:
    """A reviewer passes once every sample is rated, and so many are as close to what was agreed as the set asks."""
    apart = [abs(ratings[sample.id] - sample.agreed) for sample in practice.samples if sample.id in ratings]
    exact, within_one = apart.count(0), sum(gap <= 1 for gap in apart)
    enough = exact >= practice.to_pass.exact and within_one >= practice.to_pass.within_one
    return Attempt(len(apart), len(practice.samples), exact, within_one, enough and len(apart) == len(practice.samples))
