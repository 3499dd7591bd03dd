"""THE RULES for one row of the national register of schools: a school of ours, or what is wrong with the row."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from coprod.errors import Invalid
from coprod.organisations.rules import SHAPE_OF_CODE, Scheme, Status, kind_of, postcode_of, status_of, website_of
from coprod.phrases import N_, Phrase
from coprod.text import cleaned, folded

URN = "URN"
LA_CODE = "LA (code)"
NAME = "EstablishmentName"
TYPE = "TypeOfEstablishment (name)"
STATUS = "EstablishmentStatus (name)"
PHASE = "PhaseOfEducation (name)"
TOWN = "Town"
POSTCODE = "Postcode"
UKPRN = "UKPRN"
WEBSITE = "SchoolWebsite"
TRUST = "Trusts (code)"
NEEDED = (URN, LA_CODE, NAME, TYPE, STATUS, PHASE, TOWN, POSTCODE)

# What we call a column, and the most characters that it may have.
LENGTHS: Mapping[str, tuple[str, int]] = {
    NAME: ("name", 200),
    TYPE: ("type_name", 100),
    PHASE: ("phase", 40),
    LA_CODE: ("la_code", 3),
    "LA (name)": ("la_name", 80),
    "Street": ("street", 120),
    "Locality": ("locality", 120),
    "Address3": ("address3", 120),
    TOWN: ("town", 80),
    "County (name)": ("county", 80),
    POSTCODE: ("postcode", 10),
    TRUST: ("trust_code", 20),
}
USED = (*LENGTHS, URN, STATUS, UKPRN, WEBSITE)
UNREADABLE = "\ufffd"  # What a byte becomes that stands for no character.
_SPACE = re.compile(r"[ \t\r\n\u00a0]+")


@dataclass(frozen=True, slots=True)
class Row:
    """A school as one row of the register gives it, cleaned, under the names of our own columns."""

    value: str
    name: str
    type_name: str
    phase: str
    status: str
    kind: str
    ukprn: str | None
    la_code: str
    la_name: str
    street: str
    locality: str
    address3: str
    town: str
    county: str
    postcode: str
    trust_code: str
    website: str


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row that was not taken: its number as a spreadsheet counts, the column where it has one, and why."""

    number: int
    column: str
    reason: str


def read_row(number: int, cells: Mapping[str, str]) -> Row | RowFault:
    """One row of the register as a school, or the first thing that is wrong with it.

    What a school can do without (its website, its UKPRN) is left out where it has no sound shape.
    """
    try:
        if not any(cells.values()):
            raise Invalid(N_("The row is empty"))
        facts = {name: _fitting(column, _line(column, cells), most) for column, (name, most) in LENGTHS.items()}
        ukprn = _line(UKPRN, cells)
        return Row(
            value=_urn(_line(URN, cells)),
            status=_status(_line(STATUS, cells)).value,
            kind=kind_of(facts["type_name"], facts["phase"]).value,
            ukprn=ukprn if SHAPE_OF_CODE[Scheme.UKPRN][0].fullmatch(ukprn) else None,
            website=website_of(_line(WEBSITE, cells)),
            **facts | {"name": _name(facts["name"])},
        )
    except Invalid as wrong:
        return RowFault(number, wrong.field or "", wrong.message)


def _line(column: str, cells: Mapping[str, str]) -> str:
    """One line of text. Most is plain already, and passes without a closer look."""
    text = cells.get(column, "")
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    if UNREADABLE in text:
        raise Invalid(N_("There is a character that can't be read"), field=column)
    try:
        return cleaned(_SPACE.sub(" ", text))
    except Invalid:
        raise Invalid(N_("There is a character that can't be seen"), field=column) from None


def _fitting(column: str, text: str, most: int) -> str:
    plain = postcode_of(text) if column == POSTCODE else text
    if len(plain) > most:
        raise Invalid(
            Phrase("It has {length:,} characters. There is room for {most}", length=len(plain), most=most), field=column
        )
    return plain


def _urn(text: str) -> str:
    if not text:
        raise Invalid(N_("There is no URN"), field=URN)
    if not SHAPE_OF_CODE[Scheme.URN][0].fullmatch(text):
        raise Invalid(N_("The URN is not a number of 5 to 7 digits"), field=URN)
    return text


def _name(text: str) -> str:
    if not text:
        raise Invalid(N_("There is no name"), field=NAME)
    if not folded(text):
        raise Invalid(N_("The name has no letters or digits"), field=NAME)
    return text


def _status(words: str) -> Status:
    status = status_of(words)
    if status is None:
        said = Phrase("We don't know the status “{status}”", status=words[:40]) if words else N_("There is no status")
        raise Invalid(said, field=STATUS)
    return status
