"""THE RULES of a forgiving search: how words are made comparable, and which word was meant by one that nobody has.

Both databases are asked the same plain questions with what is worked out here, so both find the same.
"""

from collections.abc import Collection, Iterable, Iterator

from coprod.text import folded

COMPARED = 10  # letters of a word that a search looks at
LONGEST_WORD = 60
MOST_MEANT = 5
SHORTEST_MISSPELT = 4
SHORTEST_PART = 3
LONG = 7  # letters from which two slips are forgiven
LETTERS = str.maketrans("øłđðħ\u0131", "olddhi") | str.maketrans({"þ": "th", "æ": "ae", "œ": "oe"})
SAME = {"saint": "st"}
SMALL = frozenset({"and", "of", "the"})


def words_in(*texts: str | None) -> tuple[str, ...]:
    """The words of some texts, folded, each once and in their order."""
    words = (word for text in texts if text for word in folded(text).translate(LETTERS).split())
    return tuple(dict.fromkeys(SAME.get(word, word)[:LONGEST_WORD] for word in words))


def asked_words(text: str, *, most: int) -> tuple[str, ...]:
    """The words that somebody looks for. Small words don't count beside others; long ones by their beginning."""
    words = words_in(text)
    telling = tuple(word for word in words if word not in SMALL) or words
    return tuple(dict.fromkeys(word[:COMPARED] for word in telling[:most]))


def postcode_words(postcode: str) -> str:
    """A postcode as people type it: in two parts, or in one."""
    return f"{postcode} {postcode.replace(' ', '')}"


def is_spelt(word: str) -> bool:
    """Words are spelt; numbers and codes are either right or wrong."""
    return len(word) >= SHORTEST_PART and word.isalpha()


def trigrams(word: str) -> Iterator[str]:
    """Each three letters that follow each other, with a space at either end."""
    padded = f" {word} "
    return (padded[place : place + 3] for place in range(len(padded) - 2))


def meant(typed: str, known: Iterable[str]) -> tuple[str, ...]:
    """The known words that `typed` may stand for: those it is a part of, else those that a slip or two away."""
    candidates = sorted(set(known))
    parts = [word for word in candidates if typed in word]
    if parts:
        return tuple(parts[:MOST_MEANT])
    if len(typed) < SHORTEST_MISSPELT:
        return ()
    forgiven = 2 if len(typed) >= LONG else 1
    slips = {word: _slips(typed, _as_typed(typed, word)) for word in candidates}
    fewest = min(slips.values(), default=forgiven + 1)
    if fewest > forgiven:
        return ()
    return tuple(word for word in candidates if slips[word] == fewest)[:MOST_MEANT]


def _as_typed(typed: str, word: str) -> str:
    """A word as far as it is compared: what was typed is cut off too."""
    return word[:COMPARED] if len(typed) == COMPARED else word


def _slips(one: str, other: str) -> int:
    """How many letters were added, left out, changed, or swapped with the next one."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, against in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]


def place_key(town: str) -> str:
    """A town as an address carries it, however it is written."""
    return "-".join(words_in(town))


def found_by_all(words: Collection[Collection[str]]) -> str:
    """What SQLite's full-text search is asked for: a word that begins so for each that was typed. Words are folded."""
    return " AND ".join(_either('"', '"*', " OR ", others) for others in words)


def as_tsquery(words: Collection[Collection[str]]) -> str:
    """The same for PostgreSQL's."""
    return " & ".join(_either("'", "':*", " | ", others) for others in words)


def _either(before: str, after: str, between: str, words: Collection[str]) -> str:
    return f"({between.join(f'{before}{word}{after}' for word in words)})"
