from flask_wtf import FlaskForm
from wtforms import BooleanField, SubmitField
from wtforms.validators import InputRequired

from coprod.phrases import N_
from coprod.web.forms import LongText
from coprod.web.widgets import GovCheckboxInput, GovSubmitInput


class CloseForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    why = LongText(
        N_("Why?"),
        most=1000,
        rows=3,
        required=N_("Say why, for the record"),
        hint=N_("Other coordinators can read it."),
    )
    submit = SubmitField(N_("Close this account"), widget=GovSubmitInput())


class EraseForm(FlaskForm):  # type: ignore[misc]  # as above
    sure = BooleanField(
        N_("I understand that this can't be undone"),
        widget=GovCheckboxInput(),
        validators=[InputRequired(N_("Tick the box to say that you understand"))],
    )
    submit = SubmitField(N_("Erase for ever"), widget=GovSubmitInput())
