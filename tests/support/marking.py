"""A made-up language that marks each word that it was asked for, and what of a page is neither marked nor data.

It knows only what `./run words` gathers: words that nobody marked for the catalogues stay as they are, and show.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from babel.messages.extract import extract_from_dir
from lxml.html import HtmlElement, document_fromstring

from coprod.web.languages import CATALOGUES, Language
from tests.support.undoing import Undoing
from tests.support.wording import HERE, KEPT, LETTERS, READ_OUT, UNSEEN

ROOT = Path(__file__).parents[2]
EVERYWHERE = CATALOGUES / "gather.toml"
# As `./run words` has them.
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "N_": None, "Phrase": None, "gettext": None}
KEYWORDS |= {"NN_": (1, 2), "ngettext": (1, 2), "counted": (2, 3)}
MARKED = re.compile("⟦[^⟦⟧]*⟧")
# Their words are none of people's: what our own are, a page says in its language.
OF_PROGRAMS = ("events", "alerts", "listings_", "listed_", "rate_counts", "person_sessions", "job_runs")
CONDITION = {"kind", "met", "words"}  # of a level, in the JSON of a result
CODE = re.compile("[a-z_]+")  # A name for programs excuses no word of a page.
BUTTONS = {"submit", "button", "reset"}
ADDRESS = re.compile(r"https?://\S+|\S+@[\w.-]+\w|/[\w/.{}<>-]+")
# Numbers of things, fingerprints and keys; what programs call things, questions too.
CODES = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|([A-Z2-7]{4} ){7}[A-Z2-7]{4}|([0-9a-f]{4} ?){4,}"
    r"|([0-9A-Z]{4}-){6}[0-9A-Z]{4}|([0-9a-z]{4}-){3}[0-9a-z]{4}|[a-z_]+\.[a-z_]+|\bcoprod_[a-z]+|\b[A-Z]{2,4}\d\b"
)
# What stands round words, and between them.
ENDS = " \t\n.,;:!?()[]“”‘’\"'…–—-·→←/0123456789%+&#"  # noqa: RUF001
BETWEEN = re.compile(r"[,;:·–()“”/]| and |[.?!] ")  # noqa: RUF001


@lru_cache
def gathered(look: Path = EVERYWHERE) -> frozenset[str]:
    """Every piece of English that is marked for translation where the file `look` says."""
    methods, options = [], {}
    for each in tomllib.loads(look.read_text())["mappings"]:
        method, patterns = each.pop("method"), each.pop("pattern")
        for pattern in [patterns] if isinstance(patterns, str) else patterns:
            methods.append((pattern, method))
            options[pattern] = each
    found: set[str] = set()
    for _file, _line, message, _said, _context in extract_from_dir(ROOT, methods, options, KEYWORDS):
        found.add(message[0] if isinstance(message, tuple) else message)
    return frozenset(found)


def mark(text: str) -> str:
    """Gaps, marks of HTML and entities stay as they are, and what they hold is looked at by itself."""
    pieces = enumerate(KEPT.split(text))
    return "".join(piece if number % 2 or not LETTERS.search(piece) else f"⟦{piece}⟧" for number, piece in pieces)


class Marks:
    def gettext(self, text: str) -> str:
        return mark(text) if text in gathered() else text

    def ngettext(self, one: str, many: str, number: int) -> str:
        return mark(one if number == 1 else many) if one in gathered() else many


def marking() -> Language:
    """Dates are Greek, so that a month's English name shows."""
    return Language(HERE, "⟦Marked⟧", locale="el", words=Marks())


def texts(element: HtmlElement, language: str = "") -> Iterator[tuple[str, str]]:
    """Each language and text of what is seen, and of what is read out."""
    if not isinstance(element.tag, str) or element.tag in {*UNSEEN, "code"}:
        return
    language = element.get("lang") or language
    yield language, element.text or ""
    for name, value in element.attrib.items():
        if name in READ_OUT or name.startswith("data-i18n"):
            yield language, value
    if element.tag == "input" and element.get("type") in BUTTONS:
        yield language, element.get("value") or ""
    for child in element:
        yield from texts(child, language)
        yield language, child.tail or ""


class Data:
    """What people wrote, and what the standards and the charter say: a page shows it as it stands there."""

    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        self.known: set[str] = set()
        self._parted: list[str] = []
        self._rows: set[tuple[Any, ...]] = set()
        self._add(names)
        for file in folder.rglob("*.yaml"):
            self._add(_strings(yaml.safe_load(file.read_text(encoding="utf-8"))))

    def learn(self, database: Undoing) -> None:
        """All that stands in the database now."""
        for name in database.tables():
            if not name.startswith(OF_PROGRAMS):
                what = ("subject", "receiver") if name == "letters" else ()  # They are in English, and excuse no page.
                rows = [tuple(map(_written, row)) for row in database.select(name, what)]
                new = [row for row in rows if row not in self._rows]
                self._rows.update(new)
                self._add(_strings([[_read(each) for each in row] for row in new]))

    def _add(self, texts: Iterable[str]) -> None:
        for text in texts:
            lines = [_plain(line) for line in (text, *text.splitlines())]
            self.known.update(lines, (line[:1].lower() + line[1:] for line in lines if line.count(" ") > 1))
        self._parted = []

    def holds(self, text: str) -> bool:
        left = _plain(CODES.sub("", ADDRESS.sub("", text)))
        if not LETTERS.search(left) or left in self.known or _plain(text) in self.known:
            return True
        for known in self.parted:
            left = left.replace(known, ", ")
        return all(_plain(piece) in self.known or not LETTERS.search(piece) for piece in BETWEEN.split(left))

    @property
    def parted(self) -> list[str]:
        """What has such signs in itself as may stand between two things, the longest first."""
        return self._parted or self._find_parted()

    def _find_parted(self) -> list[str]:
        self._parted = sorted((known for known in self.known if BETWEEN.search(known)), key=len, reverse=True)
        return self._parted


def missed(source: str, data: Data) -> list[str]:
    """Texts in the made-up language that hold words which are neither marked nor data."""
    found = []
    for language, text in texts(document_fromstring(source)):
        if language == HERE and LETTERS.search(text):
            said = " ".join(text.split())
            if not all(data.holds(piece) for piece in MARKED.split(KEPT.sub("", said))):
                found.append(said)
    return found


def _plain(text: str) -> str:
    return " ".join(text.split()).strip(ENDS)


def _written(value: Any) -> Any:
    """As SQLite would hold it, which knows no dates and no JSON."""
    if isinstance(value, dict | list):
        return json.dumps(value)
    return str(value) if isinstance(value, date) else value


def _read(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and value.startswith(("{", "[")) else value


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if not CODE.fullmatch(value):
            yield value
    elif isinstance(value, dict) and value.keys() != CONDITION:
        for name, each in value.items():
            yield from () if name == "others" else _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
