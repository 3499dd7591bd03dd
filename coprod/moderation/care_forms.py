from decimal import Decimal
from typing import Any

from flask_wtf import FlaskForm
from wtforms import SubmitField
from wtforms.fields import DecimalField, IntegerField
from wtforms.validators import InputRequired, NumberRange, Optional

from coprod.phrases import N_
from coprod.web.forms import DayField, LongText, Text
from coprod.web.widgets import GovSubmitInput, GovTextInput


class WholeNumber(IntegerField):
    """A number in a box; what is not one says so."""

    widget = GovTextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata([value.strip() for value in valuelist])
        except ValueError:
            raise ValueError(N_("Enter a whole number, such as 45")) from None


class Pounds(DecimalField):
    """An amount of money in a box; what is not one says so."""

    widget = GovTextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata([value.strip().removeprefix("£") for value in valuelist])
        except ValueError:
            raise ValueError(N_("Enter an amount in pounds, such as 4.20")) from None
        if self.data is not None and not self.data.is_finite():
            self.data = None
            raise ValueError(N_("Enter an amount in pounds, such as 4.20"))


class BreakForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    until = DayField(
        N_("Until when? (optional)"), hint=N_("The last day of your break. Leave it empty if you don't know yet.")
    )
    send = SubmitField(N_("Take a break"), widget=GovSubmitInput())


class TimeForm(FlaskForm):  # type: ignore[misc]  # as above
    """One note for a volunteer's expenses."""

    day = DayField(N_("Which day?"), required=N_("Enter the day"), hint=N_("For example, 27 3 2026."))
    minutes = WholeNumber(
        N_("How many minutes?"),
        validators=[InputRequired(N_("Enter how many minutes")), NumberRange(1, 1440, N_("Enter 1 to 1440 minutes"))],
        render_kw={"params": {"inputmode": "numeric", "classes": "govuk-input--width-5"}},
    )
    what = Text(
        N_("What was it for?"),
        required=N_("Enter what it was for"),
        hint=N_("Such as “rating a case”. No names of schools."),
    )
    travel = Pounds(
        N_("Travel or other costs in pounds (optional)"),
        validators=[Optional(), NumberRange(0, 1000, N_("Enter an amount from 0 to 1,000 pounds"))],
        render_kw={"params": {"inputmode": "decimal", "classes": "govuk-input--width-5"}},
    )
    send = SubmitField(N_("Add this"), widget=GovSubmitInput())

    @property
    def noted(self) -> dict[str, Any]:
        """What was typed, as `care.note_time` takes it."""
        pence = int((self.travel.data or Decimal(0)) * 100)
        return {"day": self.day.data, "minutes": self.minutes.data, "what": self.what.data, "travel_pence": pence}


class WaiveForm(FlaskForm):  # type: ignore[misc]  # as above
    """Why somebody may take part in spite of a conflict."""

    why = LongText(
        N_("Why may they take part all the same?"),
        most=1000,
        rows=4,
        required=N_("Say why this person may take part"),
        hint=N_("It is kept in the history. The organisation never sees it."),
    )
    send = SubmitField(N_("Let them take part"), widget=GovSubmitInput())
