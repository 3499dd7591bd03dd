from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SubmitField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type stubs
from wtforms.validators import AnyOf, InputRequired

from coprod.assessments.snapshot import DOES_NOT_APPLY
from coprod.moderation.sent import Given, as_rating
from coprod.moderation.told import Card
from coprod.phrases import N_
from coprod.web.forms import LongText
from coprod.web.widgets import GovRadioInput, GovSubmitInput

CONFLICT = "conflict"
NO_CONFLICT = "none"
AGREEABLE = (DOES_NOT_APPLY, *"01234")


class DeclareForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """Whether somebody has a conflict. It asks for no reason."""

    answer = RadioField(
        N_("Do you have a conflict with this organisation?"),
        widget=GovRadioInput(),
        choices=[
            SelectChoice(NO_CONFLICT, N_("No, I have no conflict")),
            SelectChoice(CONFLICT, N_("I have a conflict")),
        ],
        validators=[InputRequired(N_("Choose whether you have a conflict"))],
    )
    send = SubmitField(N_("Continue"), widget=GovSubmitInput())

    @property
    def conflict(self) -> bool:
        return bool(self.answer.data == CONFLICT)


class RatingForm(FlaskForm):  # type: ignore[misc]  # as above
    """A rating from the cards. Cards that are not possible are choices too: the rule says why not."""

    rating = RadioField(N_("Your rating"), widget=GovRadioInput(), validators=[InputRequired(N_("Choose a rating"))])

    def offer(self, cards: tuple[Card, ...]) -> None:
        self.rating.choices = [SelectChoice(card.value, card.name) for card in cards]

    @property
    def given(self) -> Given:
        return as_rating(self.rating.data)


class PractiseForm(RatingForm):
    """A rating of an invented answer."""

    send = SubmitField(N_("Save and see what was agreed"), widget=GovSubmitInput())


class RateForm(RatingForm):
    """One reviewer's rating of one answer."""

    reason = LongText(
        N_("Why this rating"),
        most=2000,
        rows=4,
        hint=N_("Needed when you change the rating. Use the words of the scale. The organisation will read it."),
    )
    note = LongText(
        N_("A note for the organisation (optional)"),
        most=2000,
        rows=3,
        hint=N_("Say what is good, or what would help."),
    )
    private_note = LongText(
        N_("A private note (optional)"),
        most=2000,
        rows=3,
        hint=N_("The organisation never sees it. The reviewers of this case can, once both have finished."),
    )
    send = SubmitField(N_("Save and go on"), widget=GovSubmitInput())


class SettleForm(RatingForm):
    """One rating for a question that two reviewers rated differently."""

    reason = LongText(
        N_("Why this is the right rating"),
        most=2000,
        rows=4,
        required=N_("Say why this is the right rating"),
        hint=N_("Use the words of the scale. The organisation will read it."),
    )
    send = SubmitField(N_("Save"), widget=GovSubmitInput())


class ConfirmForm(FlaskForm):  # type: ignore[misc]  # as above
    """Agreeing to what the other reviewer put forward, as it was when the page was made."""

    agreed = HiddenField(validators=[InputRequired(N_("Reload the page")), AnyOf(AGREEABLE, N_("Reload the page"))])

    @property
    def given(self) -> Given:
        return as_rating(self.agreed.data or DOES_NOT_APPLY)


class PressForm(FlaskForm):  # type: ignore[misc]  # as above
    """A button that decides something, with nothing to fill in."""
