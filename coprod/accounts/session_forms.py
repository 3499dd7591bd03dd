from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput
from wtforms import PasswordField, SubmitField
from wtforms.validators import InputRequired, Length

from coprod.phrases import N_
from coprod.web.widgets import GovSubmitInput


class ProveForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """The password once more."""

    password = PasswordField(
        N_("Password"),
        widget=GovPasswordInput(),
        validators=[
            InputRequired(N_("Enter your password")),
            Length(max=1000, message=N_("Use 200 characters or fewer")),
        ],
    )
    submit = SubmitField(N_("Go on"), widget=GovSubmitInput())
