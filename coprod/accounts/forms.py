from typing import Any

from flask_security.forms import LoginForm
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput
from wtforms import EmailField, PasswordField, RadioField, SubmitField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type stubs
from wtforms.validators import InputRequired, Length

from coprod.accounts.rules import ROLE_MAY
from coprod.permissions import MemberRole
from coprod.web import onward
from coprod.web.forms import LongText
from coprod.web.widgets import GovRadioInput, GovSubmitInput, GovTextInput

DECLINE = "decline"


class SignInForm(LoginForm):
    """The library's form with our fields. What is wrong is said for the whole form, never for one field."""

    email = EmailField(
        "E-mail address",
        widget=GovTextInput(),
        filters=[lambda typed: typed.replace("\0", "").strip() if typed else typed],  # PostgreSQL can't look for NUL.
        validators=[InputRequired(), Length(max=255)],
        render_kw={"autocomplete": "username", "type": "email", "spellcheck": "false"},
    )
    password = PasswordField(
        "Password",
        widget=GovPasswordInput(),
        validators=[InputRequired(), Length(max=255)],
    )
    submit = SubmitField("Sign in", widget=GovSubmitInput())
    remember = None  # type: ignore[assignment]  # the way to leave out a field of the library's

    def validate_next(self, field: Any) -> None:
        """Whatever was asked for, it is a page of this site: nobody with the right password is stopped by it."""
        field.data = onward.page_at(field.data or "")

    def validate(self, **given: Any) -> bool:
        """An empty field says so; all else is answered alike, by the library."""
        if self.email.data and self.password.data:
            return bool(super().validate(**given))
        self.form_errors.append("Enter your e-mail address and your password")
        return False


class DecisionForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """What to answer somebody who asks to join."""

    decision = RadioField(
        "What do you decide?",
        widget=GovRadioInput(),
        choices=[
            SelectChoice(MemberRole.LEAD.value, "Accept as a lead"),
            SelectChoice(MemberRole.CONTRIBUTOR.value, "Accept as a contributor"),
            SelectChoice(DECLINE, "Decline"),
        ],
        validators=[InputRequired("Choose what you decide")],
    )
    why = LongText(
        "If you decline, why?",
        most=1000,
        rows=3,
        hint="For the record, if there is something to say. The person does not see it.",
    )
    submit = SubmitField("Save what you decided", widget=GovSubmitInput())

    words = ROLE_MAY | {DECLINE: "They can ask again."}
