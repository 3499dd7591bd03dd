"""INPUT SHAPE: the number of a certificate, typed or pasted; a file that may be one."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from wtforms import SubmitField

from coprod.phrases import N_
from coprod.web.forms import Text
from coprod.web.widgets import GovSubmitInput


class CheckForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """It changes nothing, so it is sent in the address and needs no token."""

    class Meta:
        csrf = False

    code = Text(
        N_("Certificate number"),
        most=500,
        required=N_("Enter the number of the certificate. It stands beside the word “Certificate” on the paper"),
        hint=N_("28 letters and numbers. Capitals, spaces and hyphens do not matter."),
        autocomplete="off",
        spellcheck="false",
    )
    check = SubmitField(N_("Check"), widget=GovSubmitInput())


class FileForm(FlaskForm):  # type: ignore[misc]  # as above
    file = FileField(
        N_("The certificate as a PDF file"),
        description=N_("Choose the file as you were given it. We look at it and keep nothing."),
        widget=GovFileInput(),
        validators=[FileRequired(N_("Choose the file to check"))],
    )
    check = SubmitField(N_("Check this file"), widget=GovSubmitInput())
