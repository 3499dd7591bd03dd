"""INPUT SHAPE: reporting a concern, and closing one."""

from flask_wtf import FlaskForm
from wtforms import SubmitField

from coprod.concerns.rules import LONGEST
from coprod.web.forms import LongText, Text
from coprod.web.widgets import GovSubmitInput


class ConcernForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    words = LongText(
        "What are you concerned about?",
        most=LONGEST,
        rows=6,
        counted=True,
        required="Say what you are concerned about",
        hint="Say what happened, and when. Do not name a child, or say who a child is.",
    )
    address = Text(
        "Your e-mail address (optional)",
        most=254,
        hint="Only if we may write to you. We delete it 30 days after we close your report, or a year after you "
        "send it, whichever is first.",
        autocomplete="email",
        inputmode="email",
        spellcheck="false",
    )
    submit = SubmitField("Send to the coordinator", widget=GovSubmitInput())


class CloseForm(FlaskForm):  # type: ignore[misc]  # as above
    note = LongText(
        "What came of it?",
        most=LONGEST,
        rows=4,
        required="Say what came of it",
        hint="Only coordinators read this. Do not name a child.",
    )
    submit = SubmitField("Close this concern", widget=GovSubmitInput())
