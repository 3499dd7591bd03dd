from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, SubmitField
from wtforms.validators import ValidationError

from coprod.assessments.family_view import VOICES
from coprod.assessments.meetings import Typed
from coprod.framework.model import Framework, Value, Voice
from coprod.phrases import N_, Phrase
from coprod.web.forms import DayField, LongText
from coprod.web.widgets import GovSubmitInput, GovTextInput

LONGEST_NUMBER = 4
LONGEST_WORDS = 3000
NUMBER = N_("Enter a whole number, such as 12")


class CountField(StringField):
    """How many people. Left empty, it is nobody."""

    widget = GovTextInput()

    def __init__(self, label: str, **given: Any) -> None:
        shown = {"inputmode": "numeric", "autocomplete": "off", "maxlength": LONGEST_NUMBER}
        super().__init__(label, render_kw=shown, **given)

    def pre_validate(self, form: FlaskForm) -> None:
        typed = str(self.data or "").strip()
        if typed and not (typed.isascii() and typed.isdecimal() and len(typed) <= LONGEST_NUMBER):
            raise ValidationError(NUMBER)

    @property
    def number(self) -> int:
        return int(str(self.data or "").strip() or 0)


class MeetingForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """When families met, and how many took part."""

    held_on = DayField(
        N_("When was the meeting?"), required=N_("Enter the date of the meeting"), hint=N_("For example, 27 3 2026.")
    )
    parents = CountField(N_("How many parents and carers took part?"))
    young_people = CountField(N_("How many young people and children took part?"))
    submit = SubmitField(N_("Save and go on"), widget=GovSubmitInput())

    def facts(self) -> dict[str, Any]:
        return {
            "held_on": self.held_on.data,
            "parents": self.parents.number,
            "young_people": self.young_people.number,
        }


class ViewsForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """What people chose and said for each question of one value. `stood` is what the form was made from."""

    stood = HiddenField()
    submit = SubmitField(N_("Save"), widget=GovSubmitInput())

    codes: tuple[str, ...] = ()
    ratings: range = range(0)

    def typed(self) -> dict[str, Typed]:
        """What was typed for each question, as it is kept."""
        return {code: Typed(self._numbers(code), self._fields[words_name(code)].data or "") for code in self.codes}

    def _numbers(self, code: str) -> dict[tuple[Voice, int], int]:
        cells = {
            (voice, rating): self._fields[count_name(voice, code, rating)].number
            for voice in VOICES
            for rating in self.ratings
        }
        return {cell: number for cell, number in cells.items() if number}


def views_form(framework: Framework, value: Value, standing: Mapping[str, Typed]) -> ViewsForm:
    """The form of one value: a box for each group and rating of each question, and one for what was said."""
    fields: dict[str, Any] = {}
    data: dict[str, str] = {}
    for question in value.questions:
        stands = standing.get(question.code, Typed())
        for rung in framework.scale:
            for voice, who in VOICES.items():
                name = count_name(voice, question.code, rung.rating)
                fields[name] = CountField(
                    Phrase("{code}: {who} who chose {name}", code=question.code, who=Phrase(who), name=rung.name)
                )
                number = stands.numbers.get((voice, rung.rating))
                data[name] = str(number) if number else ""
        fields[words_name(question.code)] = LongText(
            Phrase("What people said about {code}", code=question.code), most=LONGEST_WORDS, rows=3
        )
        data[words_name(question.code)] = stands.words
    made = type("ViewsOfValue", (ViewsForm,), fields)
    form: ViewsForm = made(data=data)
    form.codes = tuple(question.code for question in value.questions)
    form.ratings = range(len(framework.scale))
    return form


def count_name(voice: Voice, code: str, rating: int) -> str:
    return f"{voice.value}-{code}-{rating}"


def words_name(code: str) -> str:
    return f"words-{code}"
