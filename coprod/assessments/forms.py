from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovFileInput, GovSelect
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField, SubmitField
from wtforms.validators import InputRequired, ValidationError

from coprod.assessments.rules import LONGEST_NOTE, Written
from coprod.evidence.fields import EvidenceFields
from coprod.phrases import N_
from coprod.web.forms import DayField, LongText, Text
from coprod.web.widgets import GovCheckboxInput, GovRadioInput, GovSubmitInput

DOES_NOT_APPLY = "na"
LONGEST_ACCOUNT = 5000
LONGEST_REASON = 1000


class AnswerForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """One answer. `revision` is what it was made from; nothing needs to be chosen yet, so that work can be kept."""

    rating = RadioField(N_("Which is true for you today?"), widget=GovRadioInput(), validate_choice=False)
    reason = LongText(N_("If this does not apply to you, say why"), most=LONGEST_REASON, rows=3)
    account = LongText(
        N_("In your own words"),
        most=LONGEST_ACCOUNT,
        rows=7,
        counted=True,
        hint=N_(
            "Say what happened, when, and what changed. A few sentences are enough. Do not name a child or family."
        ),
    )
    revision = HiddenField()

    def __init__(self, *, choices: Sequence[tuple[str, str]], standing: Written | None = None, **given: Any) -> None:
        super().__init__(data=_as_typed(standing) if standing else None, **given)
        self.rating.choices = list(choices)
        self.codes = frozenset(code for code, _ in choices)

    def validate_rating(self, field: RadioField) -> None:
        if field.data and field.data not in self.codes:
            raise ValidationError(N_("Choose one of the answers"))

    def written(self) -> Written:
        """What was typed, as the rules read it."""
        chosen = self.rating.data or ""
        does_not_apply = chosen == DOES_NOT_APPLY
        return Written(
            rating=int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) == 1 else None,
            not_applicable=does_not_apply,
            reason=(self.reason.data or "") if does_not_apply else "",
            account=self.account.data or "",
        )

    def made_from(self) -> int | None:
        """The revision that the form was made from; none where nothing was saved yet."""
        given = self.revision.data or ""
        return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


class EvidenceForm(EvidenceFields):
    """A link, a statement or a file that supports the answer to one question."""

    submit = SubmitField(N_("Add to this answer"), widget=GovSubmitInput())


class FileForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """A file for one answer. What it shows is asked once it has been looked into."""

    file = FileField(N_("Choose a file"), widget=GovFileInput(), validators=[FileRequired(N_("Choose a file"))])
    submit = SubmitField(N_("Look at this file"), widget=GovSubmitInput())


class AttachForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """Things that the organisation has already, to be linked to an answer too."""

    things = SelectMultipleField(N_("Choose what supports this answer"), widget=GovCheckboxesInput())

    def __init__(self, *, things: Sequence[tuple[str, str]], **given: Any) -> None:
        super().__init__(**given)
        self.things.choices = list(things)

    @property
    def chosen(self) -> list[str]:
        return list(self.things.data or ())

    def validate_things(self, field: SelectMultipleField) -> None:
        if not field.data:
            raise ValidationError(N_("Choose at least one, or go back to the question"))


class ActionForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """One step of the improvement plan."""

    what = Text(N_("What will you do?"), most=300, required=N_("Enter what you will do"))
    owner = Text(
        N_("Whose job is it?"),
        most=100,
        required=N_("Enter whose job it is"),
        hint=N_("A part, not a name, such as “SENCO” or “chair of governors”."),
    )
    due = DayField(N_("By when?"), required=N_("Enter a date"), hint=N_("For example, 31 3 2027."))
    question = SelectField(N_("Which question does it help with? (optional)"), widget=GovSelect())
    submit = SubmitField(N_("Add to the plan"), widget=GovSubmitInput())

    def __init__(self, *, questions: Sequence[tuple[str, str]], **given: Any) -> None:
        super().__init__(**given)
        self.question.choices = [("", N_("None in particular")), *questions]

    def facts(self) -> dict[str, Any]:
        """What was typed, as a step is added."""
        return {
            "what": self.what.data,
            "owner": self.owner.data,
            "due": self.due.data,
            "question_code": self.question.data or None,
        }


class AssignForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """Who answers one question, and by when. Nobody in particular is a choice too."""

    person = SelectField(N_("Who answers it?"), widget=GovSelect(), validate_choice=False)
    due = DayField(N_("By when?"), hint=N_("For example, 31 3 2027. Leave this empty if it is nobody's in particular."))
    submit = SubmitField(N_("Save"), widget=GovSubmitInput())

    def __init__(self, *, people: Sequence[tuple[str, str]], **given: Any) -> None:
        super().__init__(**given)
        self.person.choices = [("", N_("Nobody in particular")), *people]

    def validate_person(self, field: SelectField) -> None:
        if field.data and field.data not in {choice[0] for choice in field.iter_choices()}:
            raise ValidationError(N_("Choose one of your colleagues"))

    def validate_due(self, field: DayField) -> None:
        if self.person.data and field.data is None:
            raise ValidationError(N_("Enter a date"))


class NoteForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """A note between colleagues."""

    text = LongText(
        N_("Write a note for your colleagues"),
        most=LONGEST_NOTE,
        required=N_("Write something, or go back"),
        hint=N_("Only people of your organisation see it. It is never sent in. Do not name a child or family."),
        rows=4,
        counted=True,
    )
    submit = SubmitField(N_("Add this note"), widget=GovSubmitInput())


class SubmitForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    declared = BooleanField(
        N_("This is a true account of what we do, and families would know it as such"),
        widget=GovCheckboxInput(),
        validators=[InputRequired(N_("Tick the box to say that this is a true account"))],
    )
    submit = SubmitField(N_("Send it in"), widget=GovSubmitInput())


class WithdrawForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    submit = SubmitField(N_("Withdraw this assessment"), widget=GovSubmitInput())


class PressForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """A button and nothing else."""


def _as_typed(standing: Written) -> dict[str, str | None]:
    rating = None if standing.rating is None else str(standing.rating)
    return {
        "rating": DOES_NOT_APPLY if standing.not_applicable else rating,
        "reason": standing.reason,
        "account": standing.account,
    }
