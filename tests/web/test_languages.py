"""Languages: English costs nothing and stays as it is; others fill every gap and have every word."""

import re
from copy import deepcopy
from datetime import date, timedelta
from io import BytesIO

import pytest
from babel.messages.pofile import read_po
from flask import get_flashed_messages
from jinja2 import TemplateAssertionError

from coprod.errors import TooSoon
from coprod.phrases import Phrase, Phrases
from coprod.web import languages
from coprod.web.languages import ENGLISH, POLISH, speaking, translated
from coprod.web.notices import flash
from tests.support.marking import EVERYWHERE, ROOT, gathered
from tests.support.wording import accented, pseudo


@pytest.fixture
def env(app):
    return app.jinja_env


def shown(env, source, **values):
    return env.from_string(source).render(**values)


def in_accents(env, source, **values):
    other = pseudo()
    with speaking(other):
        return env._in(other).from_string(source).render(**values)


def test_english_is_made_from_the_words_in_the_template(env):
    assert shown(env, '{% trans who="<i>" %}<b>{{ who }}</b>\'s, 5%{% endtrans %}') == "<b>&lt;i&gt;</b>'s, 5%"
    assert shown(env, '{{ _("It\'s %(n)s%%", n=3) }}') == "It&#39;s 3%"
    assert "gettext" not in env.compile('{{ _("Words") }}{% trans %}more{% endtrans %}', raw=True)


def test_another_language_has_its_own_words_and_the_same_gaps(env):
    assert in_accents(env, '{% trans who="<i>" %}<b>{{ who }}</b> is{% endtrans %}') == "<b>&lt;i&gt;</b> îš"
    assert in_accents(env, '{{ _("Say %(n)s", n=n) }}', n="<") == "Šàý &lt;"
    phrase = Phrase("{n} on {on}", n=12, on=date(2026, 3, 2))
    assert in_accents(env, "{{ words | t }}", words=phrase) == "12 óñ 2 Μαρτίου 2026"


def test_of_terms_that_a_view_hands_over_what_they_are_stays_as_it_is(env):
    rows = [("Name", "Name of a school")]
    source = "{% for term, value in rows | terms %}{{ term }}: {{ value }}{% endfor %}"
    assert shown(env, source, rows=rows) == "Name: Name of a school"
    assert in_accents(env, source, rows=rows) == f"{accented('Name')}: Name of a school"


@pytest.mark.parametrize(("number", "said"), [(1, "1 day"), (2, "2 days"), (0, "0 days")])
def test_words_that_change_with_a_number(env, number, said):
    source = "{% trans n=n %}{{ n }} day{% pluralize %}{{ n }} days{% endtrans %}"
    assert shown(env, source, n=number) == said
    assert in_accents(env, source, n=number) == said.translate(str.maketrans("days", "ďàýš"))


def test_a_gap_that_nothing_fills_is_found_when_the_template_is_read(env):
    with pytest.raises(TemplateAssertionError, match="nothing fills the gap"):
        env.from_string('{{ _("%(missing)s", other=1) }}')
    with pytest.raises(TemplateAssertionError, match="stand in the template"):
        env.from_string("{{ _(words) }}")


def test_phrases_are_strings_that_remember_how_they_were_made():
    phrase = Phrase("{n:,} left", n=1200)
    assert phrase == "1,200 left"
    assert translated(phrase) is phrase
    with speaking(pseudo()):
        assert translated(Phrase("{n} left", n="Left School")) == "Left School ļéƒţ"
        assert translated(Phrases([Phrase("one"), Phrase("two")])) == "óñé; ţŵó"
        assert "5 šéĉóñďš, ţĥéñ" in translated(TooSoon(timedelta(seconds=5)).message)


def test_a_copy_of_a_phrase_is_the_same_phrase():
    from coprod.web.formatting import counted

    phrase = Phrase("{brace} and {lines}", brace="{", lines=counted(2, "line", "lines"))
    several = Phrases([phrase, "}"], between=" ")
    copied = deepcopy(several)
    assert copied == several
    with speaking(pseudo()):
        assert translated(copied) == translated(several) == "{ àñď 2 ļîñéš }"


def test_numbers_of_things_and_lists_are_said_in_the_language_of_the_page(env):
    from coprod.web.formatting import counted, joined

    lines = counted(1, "line", "lines"), counted(1200, "line", "lines")
    assert lines == ("1 line", "1,200 lines")
    assert shown(env, '{{ counted(1200, "line", "lines") }}') == "1,200 lines"
    assert in_accents(env, '{{ counted(1200, "line", "lines") }}') == "1.200 ļîñéš"
    with speaking(pseudo()):
        assert translated(Phrase("{lines} of yours", lines=lines[0])) == "1 ļîñé óƒ ýóûŕš"
    words = ["the day", "the plan", "the end"]
    assert joined([]) == ""
    assert joined(words[:1]) == "the day"
    assert joined(words[:2]) == "the day and the plan"
    assert joined(words) == "the day, the plan and the end"
    assert in_accents(env, "{{ words | joined }}", words=words) == "ţĥé ďàý, ţĥé þļàñ àñď ţĥé éñď"
    with speaking(pseudo()):
        assert translated(Phrase("Write {what}", what=joined(words[:2]))) == "Ŵŕîţé ţĥé ďàý àñď ţĥé þļàñ"
        assert translated(Phrase("Write {what}", what=joined(words[:1]))) == "Ŵŕîţé ţĥé ďàý"


def test_what_was_done_is_said_in_the_language_of_the_page_that_did_it(app):
    with app.test_request_context(), speaking(pseudo()):
        flash(Phrase("{n} left", n=3))
        assert get_flashed_messages() == ["3 ļéƒţ"]


def test_views_say_what_was_done_in_no_other_way():
    views = [path for path in (ROOT / "coprod").rglob("*.py") if path.name != "notices.py"]
    assert not [path for path in views if re.search(r"^from flask import .*\bflash\b", path.read_text(), re.M)]


def test_dates_and_numbers_are_written_as_the_language_does(app):
    from coprod.web.formatting import day

    assert day(date(2026, 3, 2)) == "2 March 2026"
    with speaking(POLISH):
        assert day(date(2026, 3, 2)) == "2 marca 2026"
        assert translated(Phrase("Use {most:,} characters or fewer", most=12000)) == "Wpisz najwyżej 12\xa0000 znaków"
    assert languages.current() is ENGLISH


ONE_AND_MANY = {"NN_": (1, 2), "ngettext": (1, 2), "counted": (2, 3)}
CODES = sorted(path.name for path in languages.CATALOGUES.iterdir() if path.is_dir())


@pytest.mark.parametrize("code", CODES)
def test_catalogues_are_sound_and_hold_the_words_of_their_pages_and_no_others(code):
    folder = languages.CATALOGUES / code
    catalogue = read_po(BytesIO((folder / "LC_MESSAGES" / "messages.po").read_bytes()), locale=code)
    assert not [(message.id, [str(fault) for fault in faults]) for message, faults in catalogue.check()]
    assert not [message.id for message in catalogue if message.fuzzy and message.id]
    kept = {m.id[0] if isinstance(m.id, tuple) else m.id for m in catalogue if m.id}
    said = {m.id[0] if isinstance(m.id, tuple) else m.id for m in catalogue if m.id and m.string}
    assert kept == said, f"write {sorted(kept - said)[:5]}"
    own = folder / "gather.toml"
    assert kept == gathered(own if own.exists() else EVERYWHERE), "run ./run words"


def test_each_page_in_a_language_says_only_words_that_are_gathered_for_it():
    """Gathering for every page finds what is gathered for some, so a pattern that matches nothing is found."""
    every = gathered(EVERYWHERE)
    for code in CODES:
        own = languages.CATALOGUES / code / "gather.toml"
        for pattern in re.findall(r'"((?:coprod|templates)/[^"]+)"', own.read_text()):
            assert list(ROOT.glob(pattern.replace("**.", "**/*."))), pattern
        assert gathered(own) < every


def test_where_nothing_was_written_nothing_stands():
    assert languages.as_written("") == ""
