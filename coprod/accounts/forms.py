from typing import Any

from flask_security.forms import LoginForm
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput
from wtforms import EmailField, PasswordField, RadioField, SubmitField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type stubs
from wtforms.validators import InputRequired, Length

from coprod.accounts.rules import ROLE_MAY
from coprod.permissions import MemberRole
from coprod.phrases import N_
from coprod.web import onward
from coprod.web.forms import LongText
from coprod.web.widgets import GovRadioInput, GovSubmitInput, GovTextInput

DECLINE = "decline"


class SignInForm(LoginForm):
    """The library's form with our fields. What is wrong is said for the whole form, never for one field."""

    email = EmailField(
        N_("E-mail address"),
        widget=GovTextInput(),
        filters=[lambda typed: typed.replace("\0", "").strip() if typed else typed],  # PostgreSQL can't look for NUL.
        validators=[InputRequired(), Length(max=255)],
        render_kw={"autocomplete": "username", "type": "email", "spellcheck": "false"},
    )
    password = PasswordField(
        N_("Password"),
        widget=GovPasswordInput(),
        validators=[InputRequired(), Length(max=255)],
    )
    submit = SubmitField(N_("Sign in"), widget=GovSubmitInput())
    remember = None  # type: ignore[assignment]  # the way to leave out a field of the library's

    def validate_next(self, field: Any) -> None:
        """Whatever was asked for, it is a page of this site: nobody with the right password is stopped by it."""
        field.data = onward.page_at(field.data or "")

    def validate(self, **given: Any) -> bool:
        """An empty field says so; all else is answered alike, by the library."""
        if self.email.data and self.password.data:
            return bool(super().validate(**given))
        self.form_errors.append(N_("Enter your e-mail address and your password"))
        return False


class DecisionForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """What to answer somebody who asks to join."""

    decision = RadioField(
        N_("What do you decide?"),
        widget=GovRadioInput(),
        choices=[
            SelectChoice(MemberRole.LEAD.value, N_("Accept as a lead")),
            SelectChoice(MemberRole.CONTRIBUTOR.value, N_("Accept as a contributor")),
            SelectChoice(DECLINE, N_("Decline")),
        ],
        validators=[InputRequired(N_("Choose what you decide"))],
    )
    why = LongText(
        N_("If you decline, why?"),
        most=1000,
        rows=3,
        hint=N_("For the record, if there is something to say. The person does not see it."),
    )
    submit = SubmitField(N_("Save what you decided"), widget=GovSubmitInput())

    words = ROLE_MAY | {DECLINE: N_("They can ask again.")}
