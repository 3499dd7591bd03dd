from flask_wtf import FlaskForm
from wtforms import BooleanField, SubmitField
from wtforms.validators import InputRequired

from coprod.web.forms import LongText
from coprod.web.widgets import GovCheckboxInput, GovSubmitInput


class CloseForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    why = LongText(
        "Why?", most=1000, rows=3, required="Say why, for the record", hint="Other coordinators can read it."
    )
    submit = SubmitField("Close this account", widget=GovSubmitInput())


class EraseForm(FlaskForm):  # type: ignore[misc]  # as above
    sure = BooleanField(
        "I understand that this can't be undone",
        widget=GovCheckboxInput(),
        validators=[InputRequired("Tick the box to say that you understand")],
    )
    submit = SubmitField("Erase for ever", widget=GovSubmitInput())
