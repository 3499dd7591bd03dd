"""INPUT SHAPE: what reviewers ask for, a reply, an appeal, and a decision. Questions arrive as arguments."""

from collections.abc import Sequence
from typing import Any, TypeVar, cast

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput
from wtforms import RadioField, SelectMultipleField, SubmitField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type stubs
from wtforms.validators import InputRequired

from coprod.moderation.forms import SettleForm
from coprod.moderation.replying import Said
from coprod.phrases import N_, Phrase
from coprod.text import has_words
from coprod.web.forms import LongText, Text
from coprod.web.widgets import GovRadioInput, GovSubmitInput

Form = TypeVar("Form", bound=FlaskForm)
AGREE, DISAGREE = "agree", "disagree"
CHOICES = [SelectChoice(AGREE, N_("I agree")), SelectChoice(DISAGREE, N_("I disagree"))]


class WordsForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """Words beside some of several questions."""

    codes: Sequence[str] = ()
    beginning = ""

    @property
    def written(self) -> dict[str, str]:
        """What is written, for the questions beside which anything is."""
        said = {code: self[f"{self.beginning}{code}"].data or "" for code in self.codes}
        return {code: words for code, words in said.items() if has_words(words)}


class ReplyForm(FlaskForm):  # type: ignore[misc]  # as above
    """For each question: agree or disagree, why, and what it points to."""

    codes: Sequence[str] = ()

    @property
    def said(self) -> dict[str, Said]:
        return {
            code: Said(
                agrees=self[f"agree_{code}"].data == AGREE,
                words=self[f"words_{code}"].data or "",
                points_to=tuple(self[f"points_{code}"].data or ()),
            )
            for code in self.codes
        }


class AppealDecideForm(SettleForm):
    """A rating at an appeal, with who from outside the area decided it too."""

    outsider_name = Text(N_("Who from outside the area decided with you?"), required=N_("Write their name"))
    outsider_role = Text(
        N_("What do they do, and where?"),
        required=N_("Write what they do, and where"),
        hint=N_(
            "Such as “Lead reviewer of the forum in the next county”. The organisation will read it, not their name."
        ),
    )
    send = SubmitField(N_("Save"), widget=GovSubmitInput())


def ask_form(codes: Sequence[str]) -> WordsForm:
    label, hint = (
        N_("What do you ask for, and why?"),
        N_("The organisation will read this. It does not learn who asks."),
    )
    fields = {f"reason_{code}": LongText(label, most=1000, rows=3, hint=hint) for code in codes}
    return _made(WordsForm, codes, fields, N_("Ask for this"), beginning="reason_")


def appeal_form(codes: Sequence[str]) -> WordsForm:
    fields = {f"words_{code}": LongText(N_("Why do you appeal?"), most=2000, rows=4) for code in codes}
    return _made(WordsForm, codes, fields, N_("Send the appeal"), beginning="words_")


def reply_form(codes: Sequence[str], things: Sequence[tuple[str, str]]) -> ReplyForm:
    fields: dict[str, Any] = {}
    for code in codes:
        fields[f"agree_{code}"] = RadioField(
            Phrase("Do you agree with the rating of {code}?", code=code),
            widget=GovRadioInput(),
            choices=CHOICES,
            validators=[InputRequired(Phrase("Choose whether you agree with the rating of {code}", code=code))],
        )
        fields[f"words_{code}"] = LongText(N_("If you disagree, why?"), most=2000, rows=4)
        fields[f"points_{code}"] = SelectMultipleField(
            N_("What should be looked at again?"),
            widget=GovCheckboxesInput(),
            choices=[SelectChoice(key, title) for key, title in things],
        )
    return _made(ReplyForm, codes, fields, N_("Send the reply"))


def _made(kind: type[Form], codes: Sequence[str], fields: dict[str, Any], words: str, **more: Any) -> Form:
    """A form with a field for each question."""
    send = SubmitField(words, widget=GovSubmitInput())
    made = type(kind.__name__, (kind,), {"codes": tuple(codes), **more, **fields, "send": send})
    return cast(Form, made())
