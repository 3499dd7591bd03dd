from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput
from wtforms import EmailField, HiddenField, PasswordField, StringField, SubmitField
from wtforms.validators import Email, InputRequired, Length

from coprod.accounts.rules import SHORTEST_PASSWORD
from coprod.phrases import N_, Phrase
from coprod.web.forms import LongText, Text
from coprod.web.widgets import GovSubmitInput, GovTextInput

ADDRESS = N_("Enter an e-mail address like name@example.org")


def without_nul(typed: str | None) -> str | None:
    """PostgreSQL can't look for a NUL, and no address or code holds one."""
    return typed.replace("\0", "").strip() if typed else typed


def _password(label: str, empty: str, *, new: bool, hint: str = "") -> PasswordField:
    """A password manager fills it in, pasting is fine, and it can be shown."""
    return PasswordField(
        label,
        description=hint,
        widget=GovPasswordInput(),
        validators=[InputRequired(empty), Length(max=1000, message=N_("Use 200 characters or fewer"))],
        render_kw={"params": {"autocomplete": "new-password" if new else "current-password"}},
    )


def _new_password() -> PasswordField:
    hint = Phrase(
        "{least} characters or more. Three or four words that only you put together are good.",
        least=SHORTEST_PASSWORD,
    )
    return _password(N_("New password"), N_("Enter a new password"), new=True, hint=hint)


class AddressForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    email = EmailField(
        N_("E-mail address"),
        widget=GovTextInput(),
        filters=[without_nul],
        validators=[InputRequired(ADDRESS), Length(max=255, message=ADDRESS), Email(ADDRESS)],
        render_kw={"autocomplete": "username", "type": "email", "spellcheck": "false"},
    )
    submit = SubmitField(N_("Send me the link"), widget=GovSubmitInput())


class PressForm(FlaskForm):  # type: ignore[misc]  # as above
    """A button, and its token."""


class NewPasswordForm(FlaskForm):  # type: ignore[misc]  # as above
    """With a link from a letter."""

    email = HiddenField(render_kw={"autocomplete": "username"})  # So a password manager knows whose it is.
    password = _new_password()
    submit = SubmitField(N_("Save the new password"), widget=GovSubmitInput())


class ChangePasswordForm(FlaskForm):  # type: ignore[misc]  # as above
    present = _password(N_("Current password"), N_("Enter the password that you have now"), new=False)
    password = _new_password()
    submit = SubmitField(N_("Save the new password"), widget=GovSubmitInput())


def _code(label: str, hint: str, empty: str, classes: str, **attributes: Any) -> StringField:
    return StringField(
        label,
        description=hint,
        widget=GovTextInput(),
        filters=[without_nul],
        validators=[InputRequired(empty), Length(max=60, message=N_("This is longer than a code can be"))],
        render_kw={"spellcheck": "false", "params": {"classes": classes}, **attributes},
    )


def _app_code() -> StringField:
    return _code(
        N_("Code from the app"),
        N_("6 digits. They change every 30 seconds."),
        N_("Enter the code that your app shows"),
        "govuk-input--width-5",
        autocomplete="one-time-code",
        inputmode="numeric",
    )


class CodeForm(FlaskForm):  # type: ignore[misc]  # as above
    code = _app_code()
    submit = SubmitField(N_("Continue"), widget=GovSubmitInput())


class RecoveryForm(FlaskForm):  # type: ignore[misc]  # as above
    code = _code(
        N_("Recovery code"),
        N_("Each code works once."),
        N_("Enter one of your recovery codes"),
        "govuk-input--width-20",
        autocomplete="off",
    )
    submit = SubmitField(N_("Continue"), widget=GovSubmitInput())


class PasskeyForm(FlaskForm):  # type: ignore[misc]  # as above
    """What the browser answers for a passkey, put there by a script."""

    credential = HiddenField(validators=[Length(max=20_000)])


class NewPasskeyForm(PasskeyForm):
    name = Text(N_("What do you call it?"), most=60, hint=N_("So that you know it again, such as: my phone."))


class ResetForm(FlaskForm):  # type: ignore[misc]  # as above
    why = LongText(
        N_("How do you know that it is them who asked?"),
        most=500,
        rows=3,
        required=N_("Say how you know that it is them who asked"),
        hint=N_("For the record. Speak to them, or see them: an e-mail can come from somebody else."),
    )
    submit = SubmitField(N_("Take away the second step"), widget=GovSubmitInput())
