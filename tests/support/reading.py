"""How hard a text is to read: the age at which most people can, after Flesch and Kincaid.

The formula is the US Navy's of 1975 (Kincaid and others, Research Branch Report 8-75): a school year, to which five are
added for the age. Syllables are counted by groups of vowels. It says nothing about sense, only about long words in
long sentences, so the worst are read by people.
"""

import re
from collections.abc import Iterable

VOWELS = re.compile("[aeiouy]+")
WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*")  # noqa: RUF001  # a right single quote, as pages have it
SILENT = re.compile("(?<![ley])e$|(?<![td])ed$|(?<![cgsxz])(?<!ch)(?<!sh)es$")
END = re.compile(r"(?<=[.!?:;])\s+")
FEWEST = 30  # words: below, one long name decides


def age(texts: Iterable[str]) -> float | None:
    """The reading age of texts together, in years; None where they are too short to tell. Each ends its sentence."""
    sentences = [words for text in texts for part in END.split(text) if (words := WORD.findall(part))]
    words = [word for sentence in sentences for word in sentence]
    if len(words) < FEWEST:
        return None
    grade = 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
    return grade + 5


def syllables(word: str) -> int:
    """Groups of vowels, without an "e" near the end that nobody hears."""
    plain = re.sub("[^a-z]", "", word.lower())
    silent = SILENT.search(plain) is not None
    return max(1, len(VOWELS.findall(plain)) - silent)
