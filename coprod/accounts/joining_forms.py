from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput
from wtforms import BooleanField, EmailField, PasswordField, RadioField, SubmitField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type stubs
from wtforms.validators import InputRequired, Length

from coprod.accounts.rules import AREA_ROLE_MAY, AREA_ROLE_WORDS, ROLE_MAY, ROLE_WORDS, SHORTEST_PASSWORD
from coprod.accounts.sign_in_forms import ADDRESS, without_nul
from coprod.phrases import N_, Phrase
from coprod.web.forms import Text
from coprod.web.widgets import GovCheckboxInput, GovRadioInput, GovSubmitInput, GovTextInput

STAY = "stay"
LEAVE = "leave"


def _address(label: str, hint: str = "") -> EmailField:
    return EmailField(
        label,
        description=hint,
        widget=GovTextInput(),
        filters=[without_nul],
        validators=[InputRequired(ADDRESS), Length(max=255, message=ADDRESS)],
        render_kw={"type": "email", "spellcheck": "false", "autocomplete": "off"},
    )


class NewAccountForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """Whoever holds a link from a letter says who they are, and chooses a password."""

    name = Text(
        N_("Your name"),
        required=N_("Enter your name"),
        hint=N_("As colleagues know you. They see it, and so does the coordinator. The public never does."),
        autocomplete="name",
    )
    password = PasswordField(
        N_("Choose a password"),
        description=Phrase(
            "{least} characters or more. Three or four words that only you put together are good.",
            least=SHORTEST_PASSWORD,
        ),
        widget=GovPasswordInput(),
        validators=[
            InputRequired(N_("Choose a password")),
            Length(max=1000, message=N_("Use 200 characters or fewer")),
        ],
        render_kw={"params": {"autocomplete": "new-password"}},
    )
    submit = SubmitField(N_("Make my account"), widget=GovSubmitInput())


class InviteForm(FlaskForm):  # type: ignore[misc]  # as above
    """Ask somebody in to an organisation."""

    email = _address(N_("E-mail address"), N_("We send a letter with a link there. The link works once, for 14 days."))
    role = RadioField(
        N_("What part do they get?"),
        widget=GovRadioInput(),
        choices=[SelectChoice(role, words) for role, words in reversed(ROLE_WORDS.items())],
        validators=[InputRequired(N_("Choose what part they get"))],
    )
    submit = SubmitField(N_("Send the invitation"), widget=GovSubmitInput())

    words = ROLE_MAY


class AreaInviteForm(FlaskForm):  # type: ignore[misc]  # as above
    """Ask somebody in to a part for the whole area."""

    email = _address(N_("E-mail address"), N_("We send a letter with a link there. The link works once, for 14 days."))
    role = RadioField(
        N_("What part do they get?"),
        widget=GovRadioInput(),
        choices=[SelectChoice(role, words) for role, words in AREA_ROLE_WORDS.items()],
        validators=[InputRequired(N_("Choose what part they get"))],
    )
    parent_carer = BooleanField(
        N_("They are a parent carer"),
        widget=GovCheckboxInput(),
        description=N_("For reviewers. Each case needs at least one reviewer who is a parent carer."),
    )
    submit = SubmitField(N_("Send the invitation"), widget=GovSubmitInput())

    words = AREA_ROLE_MAY


class DomainForm(FlaskForm):  # type: ignore[misc]  # as above
    domain = Text(
        N_("The end of your e-mail addresses"),
        most=255,
        required=N_("Enter the end of your e-mail addresses"),
        hint=N_("What stands after the @, such as school.example.org"),
        autocomplete="off",
        spellcheck="false",
    )
    submit = SubmitField(N_("Trust these addresses"), widget=GovSubmitInput())


class HandOverForm(FlaskForm):  # type: ignore[misc]  # as above
    """Who takes over, and what becomes of whoever hands over."""

    colleague = RadioField(
        N_("Who takes over from you?"),
        widget=GovRadioInput(),
        validators=[InputRequired(N_("Choose who takes over from you"))],
    )
    after = RadioField(
        N_("What will you do?"),
        widget=GovRadioInput(),
        choices=[
            SelectChoice(STAY, N_("I stay as a contributor")),
            SelectChoice(LEAVE, N_("I leave the organisation")),
        ],
        validators=[InputRequired(N_("Choose whether you stay or leave"))],
    )
    submit = SubmitField(N_("Ask them to take over"), widget=GovSubmitInput())

    def __init__(self, *, colleagues: Sequence[tuple[UUID, str]], **given: Any) -> None:
        super().__init__(**given)
        self.colleague.choices = [SelectChoice(str(id_), name) for id_, name in colleagues]
