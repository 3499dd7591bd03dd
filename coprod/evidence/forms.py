from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from wtforms import SubmitField

from coprod.evidence.fields import EvidenceFields
from coprod.web.widgets import GovSubmitInput


class EvidenceForm(EvidenceFields):
    submit = SubmitField("Add this evidence", widget=GovSubmitInput())


class ReplaceForm(EvidenceFields):
    submit = SubmitField("Put this in its place", widget=GovSubmitInput())


class WithdrawForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    submit = SubmitField("Withdraw this evidence", widget=GovSubmitInput())


class UploadForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """A file, and nothing else: what it shows is asked once it has been looked into."""

    file = FileField("Choose a file", widget=GovFileInput(), validators=[FileRequired("Choose a file")])
    submit = SubmitField("Look at this file", widget=GovSubmitInput())
