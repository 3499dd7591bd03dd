"""What a family fills in behind a private link."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SubmitField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type stubs
from wtforms.validators import InputRequired

from coprod.changes.confirming import LONGEST_COMMENT, Answer
from coprod.changes.groups import Group
from coprod.phrases import N_, Phrase
from coprod.web.forms import LongText
from coprod.web.widgets import GovCheckboxInput, GovRadioInput, GovSubmitInput

LONGEST_NUMBER = 9
LOOKED = N_("I have looked at what was pointed out, and it is right to keep it")


class ConfirmForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """What a family answers. It asks for no name."""

    wording = HiddenField()
    answer = RadioField(
        N_("Is this what happened?"),
        choices=[SelectChoice(answer.value, answer.words) for answer in Answer],
        widget=GovRadioInput(),
        validators=[InputRequired(N_("Choose yes, partly or no"))],
    )
    group = RadioField(
        N_("Who are you?"),
        choices=[SelectChoice(group.value, group.one_of_them) for group in Group],
        widget=GovRadioInput(),
        validators=[InputRequired(N_("Choose who you are"))],
    )
    comment = LongText(
        N_("Do you want to add anything?"),
        most=LONGEST_COMMENT,
        counted=True,
        hint=N_("You don't have to. Please leave out names. The people who check this record read it."),
    )
    looked = BooleanField(LOOKED, widget=GovCheckboxInput())
    comment_shared = BooleanField(widget=GovCheckboxInput())
    submit = SubmitField(N_("Send my answer"), widget=GovSubmitInput())

    def __init__(self, *, organisation: str, **given: Any) -> None:
        super().__init__(**given)
        self.comment_shared.label.text = Phrase("{organisation} may read my comment too", organisation=organisation)

    def given(self) -> dict[str, Any]:
        """What was answered, as `operations.confirm` takes it."""
        names = ("answer", "group", "comment", "comment_shared", "looked")
        return {name: self._fields[name].data for name in names}

    @property
    def pointed_out(self) -> bool:
        """Whether the box is shown: only once something was pointed out."""
        return bool(self.looked.errors or self.looked.data)

    @property
    def read(self) -> int:
        """The wording that the family had before them; 0 where the browser sent none."""
        return number(self.wording.data)


def number(text: str | None) -> int:
    """A number that a hidden field carries; 0 where it is not one."""
    sound = text and text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
    return int(text) if text and sound else 0
