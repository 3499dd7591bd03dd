"""The kinds of text, number and date that may stand in a file of standards."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints


class Shape(BaseModel):
    """Strict: no entry that is not named here, and no guessing one kind of thing from another."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, str_strip_whitespace=True)


def _written_date(text: object) -> object:
    if not isinstance(text, str):
        return text
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError("Write a date that exists, like 2026-09-01.") from None
    if not 2000 <= day.year < 2100:
        raise ValueError("Write a date from 2000 to 2099.")
    return day


_ONE_LINE = r"^[^\n]*$"
_SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_VERSION = r"^[0-9]{1,3}\.[0-9]{1,3}$"
_CODE = r"^[a-z][a-z0-9_]*$"
_VALUE_CODE = r"^[A-Z]{2,5}$"
_QUESTION_CODE = r"^[A-Z]{2,5}[0-9]{1,2}$"

PATTERN_WORDS = {
    _ONE_LINE: "Keep this on one line.",
    _SLUG: "Use small letters, numbers and hyphens, like send-coproduction.",
    _VERSION: "Write two numbers with a dot between them, like 1.0.",
    _CODE: "Use small letters, numbers and underscores, and start with a letter.",
    _VALUE_CODE: "Write a value's code as 2 to 5 capitals, like RA.",
    _QUESTION_CODE: "Write a question's code as capitals and a number, like RA1.",
}

Line = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=_ONE_LINE)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Passage = Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
Lines = Annotated[list[Line], Field(min_length=1, max_length=30)]
Texts = Annotated[list[Text], Field(min_length=1, max_length=30)]

Slug = Annotated[str, StringConstraints(pattern=_SLUG, max_length=60)]
Version = Annotated[str, StringConstraints(pattern=_VERSION)]
Code = Annotated[str, StringConstraints(pattern=_CODE, max_length=40)]
ValueCode = Annotated[str, StringConstraints(pattern=_VALUE_CODE)]
QuestionCode = Annotated[str, StringConstraints(pattern=_QUESTION_CODE)]

Day = Annotated[date, BeforeValidator(_written_date)]
Months = Annotated[int, Field(ge=1, le=120)]
Days = Annotated[int, Field(ge=1, le=366)]
Percent = Annotated[int, Field(ge=0, le=100)]
RatingNumber = Annotated[int, Field(ge=0, le=4)]
Count = Annotated[int, Field(ge=1, le=100)]
