from flask_wtf import FlaskForm
from wtforms import SubmitField

from coprod.phrases import N_
from coprod.web.forms import Text
from coprod.web.widgets import GovSubmitInput


class MailboxForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    address = Text(
        N_("E-mail address of the shared mailbox"),
        most=320,
        hint=N_("For example office@example.org. Leave it empty if you have none."),
        type="email",
        autocomplete="off",
    )
    submit = SubmitField(N_("Save"), widget=GovSubmitInput())
