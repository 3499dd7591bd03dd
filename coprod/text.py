"""What people type, as it is kept: one form for each character, no characters that hide or turn text round."""

import unicodedata
from functools import lru_cache

from coprod.errors import Invalid
from coprod.phrases import Phrase

LINE_ENDS = {"\n", "\t"}
JOINERS = {"\u200c", "\u200d"}  # Some scripts and emoji are written with these.
# The characters that say nothing, for tables that hold a reason to saying something (see has_words).
BLANKS = (
    " \t\n\v\f\r\u0085\u00a0\u00ad\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
SAYS_SOMETHING = "trim({0}, '" + BLANKS + "') <> ''"
TURNING = {*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"}


def cleaned(text: str) -> str:
    """`text` in NFC with plain line ends and no white space round it.

    Raises Invalid where it holds a character that can't be seen and could make it read as something else.
    """
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    hidden = [c for c in dict.fromkeys(plain) if _is_hidden(c)]
    if hidden:
        raise Invalid(
            Phrase(
                "This has a character that can't be seen (code U+{code:04X}). "
                "Type the words again instead of pasting them.",
                code=ord(hidden[0]),
            )
        )
    return plain


def has_words(text: str) -> bool:
    """True where `text` says something: white space and characters that take no space do not count."""
    return any(unicodedata.category(c)[0] in "LNPS" for c in text)


def folded(text: str) -> str:
    """Text as it is searched for: no accents, no case, one space between words, apostrophes gone."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(c for c in plain if not unicodedata.combining(c) and c not in "'\u2019`.")
    return " ".join("".join(c if c.isalnum() else " " for c in kept).split())


@lru_cache(maxsize=4096)
def _is_hidden(character: str) -> bool:
    if character in LINE_ENDS or character in JOINERS:
        return False
    return character in TURNING or unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn"}
