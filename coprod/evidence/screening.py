"""What in a text is likely to be about a person, and where it stands. It points out; people decide. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from coprod.phrases import N_

MOST = 30  # signs listed; further ones are only said to be there
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
YOUNGEST, OLDEST = 2, 26  # years: a date this long ago beside a name may be a child's or young person's birth


class What(StrEnum):
    """Kinds of personal data. The words are shown."""

    BIRTH = N_("a date of birth")
    NHS = N_("an NHS number")
    UPN = N_("a pupil number (UPN)")
    EMAIL = N_("an e-mail address")
    PHONE = N_("a phone number")
    POSTCODE = N_("a postcode")


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that looks like personal data: what, the words themselves, and where they stand."""

    what: What
    words: str
    where: str


EMAIL = re.compile(r"[\w.+'-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,5}", re.I)
TEN = re.compile(r"(?<![\d-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\d-])")
UPN = re.compile(r"(?<![A-Z0-9])[A-Z]\d{11}[0-9A-Z](?![A-Z0-9])", re.I)
PHONE = re.compile(r"(?<![\d.])(?:\+44[ ]?(?:\(0\))?|\(?0)\d(?:[ ()-]{0,2}\d){7,9}(?![\d])")
POSTCODE = re.compile(r"(?<![A-Z0-9])[A-Z]{1,2}\d[A-Z\d]? {0,2}\d[ABD-HJLNP-UW-Z]{2}(?![A-Z0-9])", re.I)
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
DAY = re.compile(
    rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[ ./-]{{1,2}}(?P<m>\d{{1,2}}|{MONTH})"
    r"[ ,./-]{1,2}(?P<y>\d{4}|\d{2})(?!\d)"
    r"|(?<!\d)(?P<y2>\d{4})-(?P<m2>\d{2})-(?P<d2>\d{2})(?!\d)",
    re.I,
)
BORN = re.compile(r"\b(?:d\.?o\.?b\b|date of birth|birth ?day|born)", re.I)
NAME = re.compile(r"\b[A-Z][a-z'\u2019-]{1,20}(?: [A-Z][a-z'\u2019-]{1,20}){1,2}\b[^.\n]{0,25}$")
BEFORE = 60  # characters before a date in which a name or "born" is looked for
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def signs(pieces: Iterable[tuple[str, str]], *, today: date) -> Iterator[Sign]:
    """What looks like personal data in `pieces`, each a place and the text there. The same words are said once."""
    said = set()
    for where, text in pieces:
        for what, words in _in_text(text, today):
            if (what, words) not in said:
                said.add((what, words))
                yield Sign(what, words, where)


def is_nhs_number(digits: str) -> bool:
    """Ten digits whose last one is the check digit of the first nine."""
    check = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return check != 10 and check % 11 == int(digits[9]) and len(set(digits)) > 1


def is_pupil_number(upn: str) -> bool:
    """A letter that checks the twelve characters after it."""
    upn = upn.upper()
    if upn[12] not in UPN_LETTERS + "0123456789":
        return False
    values = [int(c) if c.isdigit() else UPN_LETTERS.index(c) for c in upn[1:]]
    return UPN_LETTERS[sum(value * weight for weight, value in enumerate(values, start=2)) % 23] == upn[0]


def _in_text(text: str, today: date) -> Iterator[tuple[What, str]]:
    nhs = [match for match in TEN.finditer(text) if is_nhs_number(re.sub(r"\D", "", match.group()))]
    yield from ((What.NHS, match.group()) for match in nhs)
    yield from ((What.UPN, m.group()) for m in UPN.finditer(text) if is_pupil_number(m.group()))
    yield from ((What.EMAIL, match.group()) for match in EMAIL.finditer(text))
    for match in PHONE.finditer(text):
        if not any(match.start() < other.end() and other.start() < match.end() for other in nhs):
            yield What.PHONE, match.group()
    yield from ((What.POSTCODE, match.group()) for match in POSTCODE.finditer(text))
    for match in DAY.finditer(text):
        before = text[max(0, match.start() - BEFORE) : match.start()]
        born = list(BORN.finditer(before))
        name = NAME.search(before)
        if born or (name and _may_be_a_birth(match, today)):
            yield What.BIRTH, (name.group() if name else before[born[-1].start() :]) + match.group()


def _may_be_a_birth(match: re.Match[str], today: date) -> bool:
    day = _date(match)
    return day is not None and YOUNGEST * 365 <= (today - day).days <= OLDEST * 366


def _date(match: re.Match[str]) -> date | None:
    month = (match["m"] or match["m2"]).casefold()
    year = int(match["y"] or match["y2"])
    try:
        return date(
            year + 2000 if year < 100 else year,
            int(month) if month.isdigit() else MONTHS.index(month[:3]) + 1,
            int(match["d"] or match["d2"]),
        )
    except ValueError:
        return None
