"""Widgets that are made once give what the kit gives, and keep nothing of what somebody typed."""

import re
from datetime import date
from types import SimpleNamespace

import pytest
from flask_wtf import FlaskForm
from govuk_frontend_wtf import wtforms_widgets as kit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, RadioField, StringField, SubmitField, TextAreaField
from wtforms.fields import SelectChoice

from coprod.phrases import Phrase
from coprod.web import widgets
from coprod.web.forms import DayField, OneOfField

WORDS = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0\r"), max_size=60)
CHOICES = [SelectChoice(*each) for each in (("0", "Not yet"), ("1", "Telling & asking"), ("na", "Not to us"))]


def form_of(source) -> type[FlaskForm]:
    class Form(FlaskForm):
        line = StringField("A line", description="Short <b>", widget=source.GovTextInput())
        words = TextAreaField("Words", widget=source.GovTextArea(), render_kw={"params": {"rows": 3}})
        counted = TextAreaField(
            "Counted", widget=source.GovCharacterCount(), render_kw={"params": {"rows": 3, "maxlength": 50}}
        )
        choice = RadioField("Which?", choices=CHOICES, description="One", widget=source.GovRadioInput())
        tick = BooleanField("I agree", widget=source.GovCheckboxInput())
        send = SubmitField("Send", widget=source.GovSubmitInput())

    return Form


OURS, THEIRS = form_of(widgets), form_of(kit)


def shown(form: FlaskForm) -> list[str]:
    hints = {"items": [{"hint": {"text": "None"}}, {}, {"hint": {"text": "Say why"}}]}
    return [str(form[name](params=hints) if name == "choice" else form[name]()) for name in sorted(form._fields)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WORDS, WORDS, st.sampled_from([None, "0", "1", "na", "9"]), st.booleans())
def test_a_widget_gives_what_the_kit_gives(app, line, words, choice, tick):
    data = {"line": line, "words": words, "counted": words, "choice": choice, "tick": tick}
    with app.test_request_context("/"):
        assert shown(OURS(data=data, formdata=None)) == shown(THEIRS(data=data, formdata=None))


def test_a_field_with_a_fault_says_so_and_is_not_kept(app):
    with app.test_request_context("/"):
        form, theirs = OURS(formdata=None), THEIRS(formdata=None)
        for each in (form, theirs):
            each.line.errors = ["Enter a line about <Mina>"]
        assert shown(form) == shown(theirs)
        assert "Enter a line" in form.line()
        form.line.errors = []
        assert "Enter a line" not in form.line()
    assert not [page for page in widgets._made.values() if "Mina" in page]


def test_what_is_typed_is_not_kept(app):
    with app.test_request_context("/"):
        form = OURS(formdata=None, data={"line": "Mina's mother", "words": "Mina's mother", "counted": "Mina's mother"})
        assert all("Mina&#39;s mother" in form[name]() for name in ("line", "words", "counted"))
    kept = [*widgets._made.values(), *(str(key) for key in widgets._made)]
    assert not [page for page in kept if "Mina" in page]


def test_the_same_is_made_once_and_other_words_anew(app, monkeypatch):
    monkeypatch.setattr(widgets, "_made", {})
    made = []

    def make(params):
        made.append(params)
        return widgets.Markup(params["text"])

    assert widgets.once("button", make, {"text": "Save"}) == widgets.once("button", make, {"text": "Save"}) == "Save"
    assert widgets.once("button", make, {"text": "Leave"}) == "Leave"
    assert len(made) == 2
    assert widgets.once("button", make, {"text": Phrase("{n} left", n=3)}) == "3 left"
    assert widgets.once("button", make, {"text": Phrase("{n} left", n=3)}) == "3 left"
    assert widgets.once("button", make, {"text": Phrase("{n} left", n=4)}) == "4 left"
    assert len(made) == 4


def test_each_language_has_its_own(monkeypatch):
    monkeypatch.setattr(widgets, "_made", {})
    said = {}
    for code in ("en", "pl", "en"):
        monkeypatch.setattr(widgets, "current", lambda code=code: SimpleNamespace(code=code))
        made = widgets.once("button", lambda params, code=code: widgets.Markup(f"{code} {len(said)}"), {"text": "Save"})
        assert said.setdefault(code, made) == made
    assert said == {"en": "en 0", "pl": "pl 1"}


@pytest.mark.parametrize("text", [widgets.Markup("<b>Save</b>"), object()])
def test_what_is_more_than_plain_text_is_always_made(monkeypatch, text):
    monkeypatch.setattr(widgets, "_made", {})
    assert widgets.once("button", lambda params: widgets.Markup("made"), {"text": text}) == "made"
    assert not widgets._made


def test_it_forgets_before_it_grows_without_end(monkeypatch):
    monkeypatch.setattr(widgets, "_made", {})
    for number in range(widgets.MOST * 2 + 5):
        widgets.once("button", lambda params: widgets.Markup(params["text"]), {"text": str(number)})
    assert len(widgets._made) <= widgets.MOST


def test_a_day_is_shown_as_people_write_it_and_as_they_typed_it(app):
    class Form(FlaskForm):
        due = DayField("By when?")

    def boxes(form: FlaskForm) -> list[str]:
        return re.findall(r'value="([^"]*)"', str(form["due"]()))

    with app.test_request_context("/"):
        assert boxes(Form(data={"due": date(2027, 1, 9)}, formdata=None)) == ["9", "1", "2027"]
        typed = MultiDict([("due", "09"), ("due", "13"), ("due", "2027")])
        assert boxes(Form(formdata=typed)) == ["09", "13", "2027"]


def test_what_is_not_in_a_list_is_refused_in_words_that_say_what_to_do(app):
    class Form(FlaskForm):
        of = OneOfField("Which?", choices=["a", "b"])

    with app.test_request_context("/", method="POST"):
        for chosen, said in {"a": [], "z": ["Choose one from the list"], "": ["Choose one from the list"]}.items():
            form = Form(formdata=MultiDict({"of": chosen}))
            form["of"].validate(form)
            assert list(form["of"].errors) == said
