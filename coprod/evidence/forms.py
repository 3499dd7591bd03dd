from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from wtforms import SubmitField

from coprod.evidence.fields import EvidenceFields
from coprod.phrases import N_
from coprod.web.widgets import GovSubmitInput


class EvidenceForm(EvidenceFields):
    submit = SubmitField(N_("Add this evidence"), widget=GovSubmitInput())


class ReplaceForm(EvidenceFields):
    submit = SubmitField(N_("Put this in its place"), widget=GovSubmitInput())


class WithdrawForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    submit = SubmitField(N_("Withdraw this evidence"), widget=GovSubmitInput())


class UploadForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """A file, and nothing else: what it shows is asked once it has been looked into."""

    file = FileField(N_("Choose a file"), widget=GovFileInput(), validators=[FileRequired(N_("Choose a file"))])
    submit = SubmitField(N_("Look at this file"), widget=GovSubmitInput())
