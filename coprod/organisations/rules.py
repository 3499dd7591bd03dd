"""THE RULES for organisations: kinds, statuses, official numbers, addresses."""

import re
from collections.abc import Mapping
from enum import StrEnum

from coprod.errors import Invalid
from coprod.framework.model import Audience
from coprod.phrases import N_
from coprod.text import folded


class Kind(StrEnum):
    """What an organisation is, as people choose it in a list."""

    EARLY_YEARS = "early_years"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    ALL_THROUGH = "all_through"
    SPECIAL = "special"
    ALTERNATIVE = "alternative"
    COLLEGE = "college"
    TRUST = "trust"
    SERVICE = "service"

    @property
    def words(self) -> str:
        return KIND_WORDS[self]


KIND_WORDS = {
    Kind.EARLY_YEARS: N_("Early years"),
    Kind.PRIMARY: N_("Primary school"),
    Kind.SECONDARY: N_("Secondary school"),
    Kind.ALL_THROUGH: N_("All-through school"),
    Kind.SPECIAL: N_("Special school"),
    Kind.ALTERNATIVE: N_("Alternative provision"),
    Kind.COLLEGE: N_("College"),
    Kind.TRUST: N_("Council or trust"),
    Kind.SERVICE: N_("Service"),
}
SERVES = frozenset({Kind.TRUST, Kind.SERVICE})


class Status(StrEnum):
    """Where an organisation is in its life, as the register says it."""

    OPEN = "open"
    CLOSING = "closing"
    PROPOSED = "proposed"
    CLOSED = "closed"

    @property
    def words(self) -> str:
        return STATUS_WORDS[self]


STATUS_WORDS = {
    Status.OPEN: N_("Open"),
    Status.CLOSING: N_("Open, but due to close"),
    Status.PROPOSED: N_("Not open yet"),
    Status.CLOSED: N_("Closed"),
}
WORKING = frozenset({Status.OPEN, Status.CLOSING})

REGISTER_STATUS = {
    "open": Status.OPEN,
    "open, but proposed to close": Status.CLOSING,
    "proposed to open": Status.PROPOSED,
    "closed": Status.CLOSED,
}


class Scheme(StrEnum):
    """Who gave an organisation its official number."""

    URN = "urn"
    UKPRN = "ukprn"
    ODS = "ods"
    CQC = "cqc"
    CHARITY = "charity"
    NONE = "none"

    @property
    def words(self) -> str:
        return SCHEME_WORDS[self]


SCHEME_WORDS = {
    Scheme.URN: "URN",
    Scheme.UKPRN: "UKPRN",
    Scheme.ODS: N_("NHS code (ODS)"),
    Scheme.CQC: N_("CQC number"),
    Scheme.CHARITY: N_("Charity number"),
    Scheme.NONE: N_("No official number"),
}
SHAPE_OF_CODE: Mapping[Scheme, tuple[re.Pattern[str], str]] = {
    Scheme.URN: (re.compile(r"[1-9][0-9]{4,6}"), N_("A URN has 6 digits, such as 121945")),
    Scheme.UKPRN: (re.compile(r"[1-9][0-9]{7}"), N_("A UKPRN has 8 digits, such as 10003788")),
    Scheme.ODS: (re.compile(r"[A-Z0-9]{3,10}"), N_("An NHS code has 3 to 10 letters and digits, such as RP1")),
    Scheme.CQC: (re.compile(r"1-[0-9]{6,12}"), N_("A CQC number starts with 1 and a dash, such as 1-101234567")),
    Scheme.CHARITY: (
        re.compile(r"[0-9]{6,7}(-[0-9]{1,3})?"),
        N_("A charity number has 6 or 7 digits, such as 1098765"),
    ),
}

# The first words found in the register's type decide; the order matters ("Academy special converter").
KIND_BY_TYPE = (
    ("special", Kind.SPECIAL),
    ("pupil referral", Kind.ALTERNATIVE),
    ("alternative", Kind.ALTERNATIVE),
    ("secure", Kind.ALTERNATIVE),
    ("nursery", Kind.EARLY_YEARS),
    ("children s centre", Kind.EARLY_YEARS),
    ("childrens centre", Kind.EARLY_YEARS),
    ("16 19", Kind.COLLEGE),
    ("16 to 19", Kind.COLLEGE),
    ("sixth form", Kind.COLLEGE),
    ("further education", Kind.COLLEGE),
    ("higher education", Kind.COLLEGE),
    ("trust", Kind.TRUST),
)
KIND_BY_PHASE = {
    "nursery": Kind.EARLY_YEARS,
    "primary": Kind.PRIMARY,
    "middle deemed primary": Kind.PRIMARY,
    "secondary": Kind.SECONDARY,
    "middle deemed secondary": Kind.SECONDARY,
    "16 plus": Kind.COLLEGE,
}

IMPORTED = "register.imported"  # what the history calls a file that was loaded
LONGEST_WEBSITE = 300
LONGEST_SLUG = 120

_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")
_OUTWARD = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?")
_HOST = re.compile(r"(?i)(https?://)?([a-z0-9-]+\.)+[a-z]{2,}(:[0-9]{1,5})?([/?#][^\s\"'<>\\]*)?")


def audience_of(kind: Kind) -> Audience:
    """Schools, early years and colleges read the schools' wording; services, councils and trusts the services'."""
    return Audience.SERVICE if kind in SERVES else Audience.SCHOOL


def kind_of(type_name: str, phase: str) -> Kind:
    """The type decides where it says something, else the phase. A school without a phase takes several ages."""
    words = folded(type_name)
    for part, kind in KIND_BY_TYPE:
        if part in words:
            return kind
    return KIND_BY_PHASE.get(folded(phase), Kind.ALL_THROUGH)


def status_of(words: str) -> Status | None:
    """The register's words for a status as ours, or None where they are not known."""
    return REGISTER_STATUS.get(" ".join(words.casefold().split()))


def postcode_of(text: str) -> str:
    """A postcode in capitals with one space before its last three characters; other text as it is, in capitals."""
    plain = " ".join(text.upper().split())
    found = _POSTCODE.fullmatch(plain.replace(" ", ""))
    return f"{found[1]} {found[2]}" if found else plain


def is_postcode(text: str) -> bool:
    return bool(_POSTCODE.fullmatch(text.replace(" ", "")))


def is_outward(text: str) -> bool:
    """True for the first half of a postcode, such as NN15."""
    return bool(_OUTWARD.fullmatch(text.upper()))


def website_of(text: str) -> str:
    """An address that a link may lead to, or nothing: only http and https, and a host with a dot in it."""
    plain = text.strip()
    if len(plain) > LONGEST_WEBSITE - len("http://") or not _HOST.fullmatch(plain):
        return ""
    return plain if plain.casefold().startswith(("http://", "https://")) else f"http://{plain}"


def slug_of(name: str, code: str) -> str:
    """An address made of the name and the code, such as hazel-lane-school-121945. The code makes it the only one."""
    plain = "-".join(word for word in folded(name).split() if word.isascii())
    tail = folded(code).replace(" ", "-")
    return "-".join(part for part in (plain[: LONGEST_SLUG - len(tail) - 1].strip("-"), tail) if part)


def official_code(scheme: Scheme, text: str) -> str | None:
    """The official number as it is kept. Raises Invalid where it does not have the scheme's shape."""
    if scheme is Scheme.NONE:
        return None
    plain = "".join(text.upper().split())
    shape, words = SHAPE_OF_CODE[scheme]
    if not shape.fullmatch(plain):
        raise Invalid(words, field="value")
    return plain
