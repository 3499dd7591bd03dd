"""INPUT SHAPE: the number of a certificate, typed or pasted."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSubmitInput
from wtforms import SubmitField

from coprod.web.forms import Text


class CheckForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """It changes nothing, so it is sent in the address and needs no token."""

    class Meta:
        csrf = False

    code = Text(
        "Certificate number",
        most=500,
        required="Enter the number of the certificate. It stands beside the word “Certificate” on the paper",
        hint="28 letters and numbers. Capitals, spaces and hyphens do not matter.",
        autocomplete="off",
        spellcheck="false",
    )
    check = SubmitField("Check", widget=GovSubmitInput())
