"""Fields that clean what is typed and say in plain words what to mend; and refusals shown beside their field."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from coprod.errors import Invalid
from coprod.phrases import N_, Phrase
from coprod.text import cleaned, has_words
from coprod.web.widgets import GovCharacterCount, GovDateInput, GovTextArea, GovTextInput


class _Words:
    """A field's text is cleaned as it comes in; a hidden character is refused beside the field."""

    data: str | None
    hidden: str | None = None

    def process_formdata(self, valuelist: list[str]) -> None:
        self.hidden = None
        if not valuelist:
            self.data = self.data or ""  # A browser sends every field; whoever leaves one out has said nothing.
            return
        try:
            self.data = cleaned(valuelist[0])
        except Invalid as refusal:
            self.data = valuelist[0]
            self.hidden = refusal.message

    def pre_validate(self, form: FlaskForm) -> None:
        if self.hidden:
            raise ValidationError(self.hidden)


class TextField(_Words, StringField):
    """One line of words."""


class LongTextField(_Words, TextAreaField):
    """Several lines of words."""


class SaysSomething:
    """White space, or characters that take no space, are not an answer."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: FlaskForm, field: Any) -> None:
        if not has_words(field.data or ""):
            raise ValidationError(self.message)


class NotTooLong:
    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, form: FlaskForm, field: Any) -> None:
        length = len(field.data or "")
        if length > self.most:
            raise ValidationError(
                Phrase("Use {most:,} characters or fewer. You have used {length:,}.", most=self.most, length=length)
            )


def Text(  # noqa: N802  # reads as the field that it makes
    label: str, *, most: int = 200, required: str | None = None, hint: str = "", **attributes: Any
) -> TextField:
    """One line of words. `required` is what to say when it is left empty."""
    return TextField(
        label,
        description=hint,
        widget=GovTextInput(),
        validators=_checks(most, required),
        render_kw=attributes or None,
    )


def LongText(  # noqa: N802  # reads as the field that it makes
    label: str, *, most: int = 5000, required: str | None = None, hint: str = "", rows: int = 5, counted: bool = False
) -> LongTextField:
    """Several lines of words. `counted` shows how many characters are left."""
    given = {"params": {"rows": rows, "maxlength": most} if counted else {"rows": rows}}
    return LongTextField(
        label,
        description=hint,
        widget=GovCharacterCount() if counted else GovTextArea(),
        validators=_checks(most, required),
        render_kw=given,
    )


class OneOfField(SelectField):
    """A list to choose from. What is not, or no longer, in it is refused in words that say what to do."""

    def pre_validate(self, form: FlaskForm) -> None:
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(N_("Choose one from the list")) from None


class DayField(DateField):
    """A date in three boxes: day, month, year. What can't be read as a date says what is wrong."""

    widget = GovDateInput()

    def __init__(self, label: str, *, required: str | None = None, hint: str = "", **options: Any) -> None:
        super().__init__(label, format="%d %m %Y", description=hint, **options)
        self.required = required
        self.wrong: str | None = None

    def process_formdata(self, valuelist: list[str]) -> None:
        self.wrong = None
        self.raw_data = [*valuelist, "", "", ""][:3]  # The page shows three boxes, whatever was sent.
        parts = [part.strip() for part in self.raw_data]
        if not any(parts):
            self.data = None
            return
        try:
            super().process_formdata([" ".join(parts)])
        except ValueError:
            self.data = None
            self.wrong = N_("Enter a real date, such as 27 3 2026")

    def pre_validate(self, form: FlaskForm) -> None:
        if self.wrong:
            raise ValidationError(self.wrong)
        if self.required and self.data is None:
            raise ValidationError(self.required)


def explain(form: FlaskForm, refusal: Invalid) -> None:
    """Show why an operation refused: beside the field that it names, or at the head of the form."""
    field = form._fields.get(refusal.field or "")
    if field is None:
        form.form_errors.append(refusal.message)
    else:
        field.errors = [*field.errors, refusal.message]


def _checks(most: int, required: str | None) -> list[Any]:
    return [*([SaysSomething(required)] if required else []), NotTooLong(most)]
