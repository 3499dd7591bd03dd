"""The name that a file is shown by. It is kept under a random id: its name never reaches a disk. Pure."""

import unicodedata

from coprod.text import TURNING

LONGEST_NAME = 120
RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})
NOT_IN_NAMES = frozenset('/\\:*?"<>|')


def shown_name(given: str, extension: str) -> str:
    """What somebody's computer called a file, without folders, hidden characters or names that computers keep.

    It always ends in `extension`, so that what is shown agrees with what the file holds.
    """
    last = given.replace("\\", "/").rsplit("/", 1)[-1]
    plain = unicodedata.normalize("NFC", "".join(_kept(c) for c in last))
    stem, dot, end = " ".join(plain.split()).rpartition(".")
    stem = (stem if dot else end).strip(" .")
    if not stem or stem.split(".")[0].casefold() in RESERVED:
        stem = f"file {stem}".strip()
    return f"{stem[: LONGEST_NAME - len(extension) - 1].strip()}.{extension}"


def _kept(character: str) -> str:
    if character in TURNING or unicodedata.category(character)[0] == "C":
        return ""
    return " " if character in NOT_IN_NAMES else character
