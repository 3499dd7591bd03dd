"""Words of pages: in which language each stands, and a made-up language in which no word is missed unseen."""

import re
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree

from coprod.web.languages import Language

UNSEEN = {"script", "style"}  # What stands in a template, a script shows.
READ_OUT = ("aria-label", "alt", "placeholder", "title", "content-words")
HERE = "en-XA"  # What others call these languages too.
MIRRORED = "ar-XB"
PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ACCENTED = "àƀĉďéƒĝĥîĵķļɱñóþɋŕšţûṽŵẋýžÀƁĈĎÉƑĜĤÎĴĶĻṀÑÓÞɊŔŠŢÛṼŴẊÝŽ"
ACCENTS = str.maketrans(PLAIN, ACCENTED)
# Gaps, marks of HTML and entities stay as they are.
KEPT = re.compile(r"(%\(\w+\)s|%\{\w+\}|\{[^{}]*\}|<[^>]*>|&[#\w]+;)")
LETTERS = re.compile(r"[A-Za-z][A-Za-z'’.-]*[A-Za-z]|[A-Za-z]")  # noqa: RUF001


def accented(text: str) -> str:
    return "".join(piece if number % 2 else piece.translate(ACCENTS) for number, piece in enumerate(KEPT.split(text)))


class Accents:
    """Says everything with accents, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def gettext(self, text: str) -> str:
        self.asked.add(text)
        return accented(text)

    def ngettext(self, one: str, many: str, number: int) -> str:
        self.asked.add(one)
        return accented(one if number == 1 else many)


def pseudo(code: str = HERE, direction: str = "ltr") -> Language:
    """English with accents, on every page. Dates are Greek or Arabic, so that a month's English name shows."""
    return Language(code, "Âççéñţš", direction, locale="el" if direction == "ltr" else "ar", words=Accents())


def said(tree: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """Each language and text on a page, of what is seen and what is read out."""
    yield from _said(tree, "")


def _said(element: ElementTree.Element, language: str) -> Iterator[tuple[str, str]]:
    if element.tag in UNSEEN:
        return
    language = element.get("lang") or language
    yield language, element.text or ""
    for name, value in element.attrib.items():
        if name in READ_OUT or name.startswith("data-i18n"):
            yield language, value
    for child in element:
        yield from _said(child, language)
        yield language, child.tail or ""


def in_language(tree: ElementTree.Element, code: str) -> list[str]:
    """The texts that the page says are in this language."""
    return [" ".join(text.split()) for language, text in said(tree) if language == code and text.strip()]


def missed(tree: ElementTree.Element, code: str, data: Iterable[str]) -> list[str]:
    """Texts in the made-up language that hold plain letters, when what people wrote (`data`) is taken out."""
    found = []
    for text in in_language(tree, code):
        left = KEPT.sub("", text)
        for written in sorted(data, key=len, reverse=True):
            left = left.replace(written, "")
        if LETTERS.search(left):
            found.append(text)
    return found
