"""INPUT SHAPE: reporting a concern, and closing one."""

from flask_wtf import FlaskForm
from wtforms import SubmitField

from coprod.concerns.rules import LONGEST
from coprod.phrases import N_
from coprod.web.forms import LongText, Text
from coprod.web.widgets import GovSubmitInput


class ConcernForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    words = LongText(
        N_("What are you concerned about?"),
        most=LONGEST,
        rows=6,
        counted=True,
        required=N_("Say what you are concerned about"),
        hint=N_("Say what happened, and when. Do not name a child, or say who a child is."),
    )
    address = Text(
        N_("Your e-mail address (optional)"),
        most=254,
        hint=N_(
            "Only if we may write to you. We delete it 30 days after we close your report, or a year after you "
            "send it, whichever is first."
        ),
        autocomplete="email",
        inputmode="email",
        spellcheck="false",
    )
    submit = SubmitField(N_("Send to the coordinator"), widget=GovSubmitInput())


class CloseForm(FlaskForm):  # type: ignore[misc]  # as above
    note = LongText(
        N_("What came of it?"),
        most=LONGEST,
        rows=4,
        required=N_("Say what came of it"),
        hint=N_("Only coordinators read this. Do not name a child."),
    )
    submit = SubmitField(N_("Close this concern"), widget=GovSubmitInput())
