"""Turning what the shapes refuse into sentences for the person who wrote the file."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from coprod.framework.faults import Fault, Place
from coprod.framework.safe_yaml import Source
from coprod.framework.text_shapes import PATTERN_WORDS

_SENTENCES = {
    "string_type": "Write this as text. Put a number that is meant as text in quotes.",
    "string_too_short": "Write some text here.",
    "string_too_long": "Keep this to {max_length} characters.",
    "int_type": "Write this as a whole number.",
    "bool_type": "Write this as true or false.",
    "list_type": "Write this as a list, each entry on a line that starts with a dash.",
    "dict_type": "Write this as named entries.",
    "model_type": "Write this as named entries.",
    "model_attributes_type": "Write this as named entries.",
    "date_type": "Write a date that exists, like 2026-09-01.",
    "too_short": "This needs at least {min_length} entries, and has {actual_length}.",
    "too_long": "This can have {max_length} entries at most, and has {actual_length}.",
    "greater_than_equal": "This needs to be {ge} or more.",
    "less_than_equal": "This needs to be {le} or less.",
    "literal_error": "Write one of these: {expected}.",
    "union_tag_invalid": "“{tag}” is not a kind we know. Write one of these: {expected_tags}.",
    "union_tag_not_found": "Say which kind this is, in “kind”.",
    "value_error": "{error}",
}


def explained(error: ValidationError, source: Source) -> list[Fault]:
    """Each thing that the shapes refused, at its place, in a plain sentence."""
    details = error.errors(include_url=False)
    missing = [_place(each["loc"], source.data) for each in details if each["type"] == "missing"]
    return [_fault(each, source, missing) for each in details]


def _fault(details: ErrorDetails, source: Source, missing: list[Place]) -> Fault:
    place = _place(details["loc"], source.data)
    match details["type"]:
        case "missing":
            return source.fault(place, f"“{place[-1]}” is missing.")
        case "extra_forbidden":
            return source.fault(place, _unknown(place, missing))
        case "string_type" if details["input"] is None:
            return source.fault(place, _SENTENCES["string_too_short"])
        case "string_pattern_mismatch":
            return source.fault(place, PATTERN_WORDS[details["ctx"]["pattern"]])
        case kind:
            sentence = _SENTENCES.get(kind, details["msg"])
            return source.fault(place, sentence.format_map(details.get("ctx", {})))


def _unknown(place: Place, missing: list[Place]) -> str:
    """A name we do not know is often one that is missing beside it, spelt another way."""
    beside = [str(other[-1]) for other in missing if other[:-1] == place[:-1]]
    close = get_close_matches(str(place[-1]), beside, n=1)
    hint = f" Did you mean “{close[0]}”?" if close else ""
    return f"“{place[-1]}” is not an entry that we know.{hint}"


def _place(location: Sequence[str | int], data: Any) -> Place:
    """The place in the file. A step that only says which kind of entry was tried is not in the file."""
    place: list[str | int] = []
    for number, step in enumerate(location):
        inside = isinstance(data, list) or (isinstance(data, dict) and step in data)
        if inside:
            data = data[step]
        if inside or number == len(location) - 1:
            place.append(step)
    return tuple(place)
