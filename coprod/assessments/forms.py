from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovCheckboxInput,
    GovRadioInput,
    GovSelect,
    GovSubmitInput,
)
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField, SubmitField
from wtforms.validators import InputRequired, ValidationError

from coprod.assessments.rules import Written
from coprod.evidence import rules as evidence_rules
from coprod.framework.model import EvidenceKind
from coprod.web.forms import DayField, LongText, Text

DOES_NOT_APPLY = "na"
LONGEST_ACCOUNT = 5000
LONGEST_REASON = 1000


class AnswerForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """One answer. `revision` is what it was made from; nothing needs to be chosen yet, so that work can be kept."""

    rating = RadioField("Which is true for you today?", widget=GovRadioInput(), validate_choice=False)
    reason = LongText("If this does not apply to you, say why", most=LONGEST_REASON, rows=3)
    account = LongText(
        "In your own words",
        most=LONGEST_ACCOUNT,
        rows=7,
        counted=True,
        hint="Say what happened, when, and what changed. A few sentences are enough. Do not name a child or family.",
    )
    revision = HiddenField()

    def __init__(self, *, choices: Sequence[tuple[str, str]], standing: Written | None = None, **given: Any) -> None:
        super().__init__(data=_as_typed(standing) if standing else None, **given)
        self.rating.choices = list(choices)

    def validate_rating(self, field: RadioField) -> None:
        if field.data and field.data not in {choice[0] for choice in field.iter_choices()}:
            raise ValidationError("Choose one of the answers.")

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


class EvidenceForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """A link or a statement that supports the answer to one question."""

    kind = RadioField(
        "What kind of evidence is it?",
        widget=GovRadioInput(),
        validators=[InputRequired("Choose what kind of evidence it is")],
    )
    title = Text(
        "Name",
        most=evidence_rules.LONGEST_TITLE,
        required="Enter a name for it",
        hint="So that you and a reviewer can find it again, such as “Parent survey, spring 2026”.",
    )
    url = Text(
        "Web address",
        most=evidence_rules.LONGEST_ADDRESS,
        hint="Where a reviewer can read it. Leave this empty if you write a statement.",
        inputmode="url",
        autocomplete="off",
        spellcheck="false",
    )
    statement = LongText(
        "Statement",
        most=evidence_rules.LONGEST_STATEMENT,
        counted=True,
        hint="Or write or paste the words themselves, such as lines from minutes or what parents said.",
    )
    dated = DayField(
        "Its date",
        required="Enter its date",
        hint="The day it was written, said or published, such as 27 3 2026.",
    )
    shows = Text(
        "What does it show?",
        most=evidence_rules.LONGEST_SHOWS,
        required="Enter what it shows, in one line",
        hint="One line, such as “41 of 60 parents can now come to the meetings”.",
    )
    from_families = BooleanField(
        "It comes from families, or families agreed it",
        widget=GovCheckboxInput(),
        description="Such as a survey of parents, or a note that young people wrote or checked.",
    )
    no_child_named = BooleanField(
        "I have checked that no child can be identified",
        widget=GovCheckboxInput(),
        validators=[InputRequired("Check that no child can be identified, then tick the box")],
        description="No names, faces or dates of birth, and nothing that makes one child stand out.",
    )
    submit = SubmitField("Add to this answer", widget=GovSubmitInput())

    def __init__(self, *, kinds: Sequence[EvidenceKind], **given: Any) -> None:
        super().__init__(**given)
        self.kind.choices = [(kind.code, kind.name) for kind in kinds]
        self.kind_words = {kind.code: kind.families_note for kind in kinds}

    def facts(self) -> dict[str, Any]:
        """What was typed, as evidence is added."""
        return {name: field.data for name, field in self._fields.items() if name not in {"submit", "csrf_token"}}


class AttachForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """Things that the organisation has already, to be linked to an answer too."""

    things = SelectMultipleField("Choose what supports this answer", widget=GovCheckboxesInput())

    def __init__(self, *, things: Sequence[tuple[str, str]], **given: Any) -> None:
        super().__init__(**given)
        self.things.choices = list(things)

    @property
    def chosen(self) -> list[str]:
        return list(self.things.data or ())

    def validate_things(self, field: SelectMultipleField) -> None:
        if not field.data:
            raise ValidationError("Choose at least one, or go back to the question.")


class ActionForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """One step of the improvement plan."""

    what = Text("What will you do?", most=300, required="Enter what you will do")
    owner = Text(
        "Whose job is it?",
        most=100,
        required="Enter whose job it is",
        hint="A part, not a name, such as “SENCO” or “chair of governors”.",
    )
    due = DayField("By when?", required="Enter a date", hint="For example, 31 3 2027.")
    question = SelectField("Which question does it help with? (optional)", widget=GovSelect())
    submit = SubmitField("Add to the plan", widget=GovSubmitInput())

    def __init__(self, *, questions: Sequence[tuple[str, str]], **given: Any) -> None:
        super().__init__(**given)
        self.question.choices = [("", "No one question"), *questions]

    def facts(self) -> dict[str, Any]:
        """What was typed, as a step is added."""
        return {
            "what": self.what.data,
            "owner": self.owner.data,
            "due": self.due.data,
            "question_code": self.question.data or None,
        }


class SubmitForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    declared = BooleanField(
        "This is a true account of what we do, and families would know it as such",
        widget=GovCheckboxInput(),
        validators=[InputRequired("Tick the box to say that this is a true account")],
    )
    submit = SubmitField("Send it in", widget=GovSubmitInput())


class WithdrawForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    submit = SubmitField("Withdraw this assessment", widget=GovSubmitInput())


class PressForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """A button and nothing else."""


def _as_typed(standing: Written) -> dict[str, str | None]:
    rating = None if standing.rating is None else str(standing.rating)
    return {
        "rating": DOES_NOT_APPLY if standing.not_applicable else rating,
        "reason": standing.reason,
        "account": standing.account,
    }
