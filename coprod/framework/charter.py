"""The charter as frozen values: its text, what signing means, and the rules that keep it in force."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Promise:
    """One value of the charter, and the promise a signatory makes about it."""

    name: str
    promise: str


@dataclass(frozen=True, slots=True)
class Topic:
    """What a commitment can be about."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class CommitmentExample:
    """A commitment that another organisation could make, to start people off."""

    topic: str
    text: str


@dataclass(frozen=True, slots=True)
class CommitmentsText:
    """The area's own commitments. Until the area supplies them, pages show `placeholder`."""

    introduction: str
    placeholder: str
    area_text: str

    @property
    def awaited(self) -> bool:
        return not self.area_text


@dataclass(frozen=True, slots=True)
class SignUpConditions:
    """What an organisation brings when it signs."""

    senior_lead: bool
    family_link: bool
    commitments: int
    at_least_one_about: str


@dataclass(frozen=True, slots=True)
class Lapse:
    """When a signature lapses, and when people are reminded of the yearly check-in."""

    lapses_months: int
    check_in_months: int
    reminder_days: tuple[int, ...]
    overdue_days: int
    lapse_days: int


@dataclass(frozen=True, slots=True)
class Charter:
    """One version of the charter, whole. Signing is a promise, not an award."""

    slug: str
    version: str
    title: str
    status: str
    changed: date
    sha256: str
    introduction: str
    definition: str
    values: tuple[Promise, ...]
    commitments: CommitmentsText
    what_signing_means: tuple[str, ...]
    what_signing_does_not_mean: tuple[str, ...]
    conditions: SignUpConditions
    topics: tuple[Topic, ...]
    commitment_examples: tuple[CommitmentExample, ...]
    declaration: str
    lapse: Lapse
