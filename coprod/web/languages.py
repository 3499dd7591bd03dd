"""Which language a page is in. English is at home: it costs nothing, because nothing is looked up for it.

The language stands in the address (`?lang=pl`), so that nothing kept or shared ever mixes two. A page is given in
another language only where all of it speaks that language: `pages` names those. All other pages stay English whole.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from string import Formatter
from typing import Any, Protocol

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, current_app, request, url_for
from flask_babel import Babel, Domain, force_locale, format_date, format_decimal
from markupsafe import Markup

from coprod.phrases import Counted, Phrase, Phrases
from coprod.settings import ROOT

CATALOGUES = ROOT / "coprod" / "translations"
IN_ADDRESS = "lang"
LANGUAGES = "coprod.languages"
SAID = (Counted, Phrase, Phrases)  # Of what fills a gap, our own words; all else stays as somebody wrote it.


class Words(Protocol):
    """A catalogue: what babel's are, and what a made-up language of a test is."""

    def gettext(self, text: str) -> str: ...

    def ngettext(self, one: str, many: str, number: int) -> str: ...


@dataclass(frozen=True, slots=True)
class Language:
    """`pages` are the endpoints that speak it whole; None is all of them. `locale` writes its dates and numbers."""

    code: str
    name: str
    direction: str = "ltr"
    locale: str = "en"
    pages: frozenset[str] | None = None
    words: Words | None = None

    def speaks(self, endpoint: str | None) -> bool:
        return endpoint != "static" if self.pages is None else endpoint in self.pages

    @property
    def catalogue(self) -> Words:
        return self.words or _catalogue(self)


@dataclass(frozen=True, slots=True)
class Choice:
    """One language that this page can be read in."""

    code: str
    name: str
    href: str
    current: bool


ENGLISH = Language("en", "English")
POLISH = Language("pl", "Polski", locale="pl", pages=frozenset({"changes.confirm", "changes.confirmed"}))
_current: ContextVar[Language] = ContextVar("language", default=ENGLISH)


def current() -> Language:
    return _current.get()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """All that is said inside is in `language`."""
    before = _current.set(language)
    try:
        with force_locale(language.locale):
            yield
    finally:
        _current.reset(before)


def translated(text: str) -> str:
    """These words in the language of the page; as they are, where it does not have them."""
    language = _current.get()
    if language is ENGLISH or not text:
        return text
    if isinstance(text, Phrase):
        values = {name: translated(each) if isinstance(each, SAID) else each for name, each in text.values.items()}
        return _FILLED.vformat(language.catalogue.gettext(text.pattern), (), values)
    if isinstance(text, Phrases):
        return text.between.join(translated(each) for each in text.each)
    if isinstance(text, Counted):
        return f"{_FILLED.format_field(text.number, ',')} {language.catalogue.ngettext(*text.forms, text.number)}"
    return language.catalogue.gettext(text)


def plural_form(one: str, many: str, number: int) -> str:
    return current().catalogue.ngettext(one, many, number)


def day_in_words(value: date) -> str:
    """A date as the language of the page writes it."""
    with force_locale(current().locale):
        return str(format_date(value, "long"))


class _Filled(Formatter):
    """Fills in numbers and dates as the language writes them."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, date):
            return day_in_words(value)
        if format_spec == ",":
            with force_locale(current().locale):
                return str(format_decimal(value))
        return str(super().format_field(value, format_spec))


_FILLED = _Filled()


class _Catalogues(Domain):  # type: ignore[misc]  # the library is untyped
    """Reads what translators write, so that there is nothing to compile and nothing to forget."""

    def get_translations(self) -> NullTranslations:
        code = current().code
        if code not in self.cache:
            self.cache[code] = read_catalogue(code)
        found: NullTranslations = self.cache[code]
        return found


_catalogues = _Catalogues()


def _catalogue(language: Language) -> Words:
    with speaking(language):
        found: Words = _catalogues.get_translations()
        return found


def read_catalogue(code: str) -> NullTranslations:
    path = CATALOGUES / code / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return NullTranslations()
    packed = BytesIO()
    with path.open("rb") as file:
        write_mo(packed, read_po(file, locale=code))
    packed.seek(0)
    return Translations(packed)


def languages() -> Mapping[str, Language]:
    known: Mapping[str, Language] = current_app.extensions[LANGUAGES]
    return known


def others(endpoint: str) -> tuple[Language, ...]:
    """The languages but English that a page speaks."""
    return tuple(each for each in languages().values() if each is not ENGLISH and each.speaks(endpoint))


def choices() -> tuple[Choice, ...]:
    """The languages that this page can be read in, where there is more than one."""
    endpoint = request.endpoint
    more = others(endpoint) if endpoint else ()
    if not more or endpoint is None:
        return ()
    asked = request.args.to_dict(flat=False)
    asked.pop(IN_ADDRESS, None)
    here = {**(request.view_args or {}), **asked}
    return tuple(_choice(each, endpoint, here) for each in (ENGLISH, *more))


def _choice(language: Language, endpoint: str, here: Mapping[str, Any]) -> Choice:
    code = None if language is ENGLISH else language.code
    href = url_for(endpoint, **{**here, IN_ADDRESS: code})
    return Choice(language.code, language.name, href, language is current())


def theirs() -> Markup:
    """On an element that holds what the area or an organisation wrote: which language that is, where it is another."""
    language = _current.get()
    if language is ENGLISH:
        return Markup()
    return Markup(' lang="en" dir="ltr"') if language.direction != "ltr" else Markup(' lang="en"')


def spoken(code: str) -> Markup:
    """On an element whose words are in the language `code`, where the page is in another one."""
    language = _current.get()
    if code == language.code:
        return Markup()
    known = languages().get(code, ENGLISH)
    return Markup(' lang="{}" dir="{}"').format(known.code, known.direction)


def in_its_language(text: str, code: str) -> str:
    """Words in the language `code` within words of the page."""
    return text if code == _current.get().code else Markup("<span{}>{}</span>").format(spoken(code), text)


def ours() -> Markup:
    """On an element of the page's own words that stands inside what somebody else wrote."""
    language = _current.get()
    if language is ENGLISH:
        return Markup()
    return Markup(' lang="{}" dir="{}"').format(language.code, language.direction)


def as_written(text: str) -> str:
    """What somebody wrote, within words of the page."""
    return Markup("<span{}>{}</span>").format(theirs(), text) if text else text


def as_stored(text: str) -> str:
    """A sentence of ours that was stored: in the language of the page, where it is known how it was made."""
    return translated(text) if isinstance(text, SAID) else as_written(text)


def install(app: Flask, more: tuple[Language, ...] = ()) -> None:
    """`more` are languages that only a test knows."""
    known = {each.code: each for each in (ENGLISH, POLISH, *more)}
    app.extensions[LANGUAGES] = known
    Babel(app, configure_jinja=False, locale_selector=lambda: current().locale)

    @app.before_request
    def speak() -> None:
        if f"{IN_ADDRESS}=" in request.environ.get("QUERY_STRING", ""):
            asked = known.get(request.args.get(IN_ADDRESS, ""), ENGLISH)
            _current.set(asked if asked.speaks(request.endpoint) else ENGLISH)

    @app.teardown_request
    def fall_silent(_fault: BaseException | None) -> None:
        _current.set(ENGLISH)

    @app.url_defaults
    def keep(endpoint: str, values: dict[str, Any]) -> None:
        language = _current.get()
        if language is not ENGLISH and language.speaks(endpoint):
            values.setdefault(IN_ADDRESS, language.code)
