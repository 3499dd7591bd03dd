from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SubmitField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type stubs
from wtforms.validators import InputRequired, Optional

from coprod.changes import rules
from coprod.changes.confirm_form import LONGEST_NUMBER, LOOKED, number
from coprod.changes.groups import Group
from coprod.changes.rules import ChangeFacts, Side
from coprod.framework.model import Area
from coprod.phrases import N_
from coprod.web.formatting import day
from coprod.web.forms import DayField, LongText, Text
from coprod.web.widgets import GovCheckboxInput, GovRadioInput, GovSubmitInput

AREAS = {
    Area.CHILD: N_("One child's plan"),
    Area.TEAM: N_("One class, team or service"),
    Area.ORGANISATION: N_("The whole organisation"),
}


LOOKED_HINT = N_("For example, an office’s own phone number, or the postcode of a hall.")  # noqa: RUF001  # an apostrophe


class ChangeForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """A change record in five steps. Only the title is asked for: the rest may come later."""

    revision = HiddenField()
    title = Text(
        N_("Give this change a short title"),
        most=rules.LONGEST_TITLE,
        required=N_("Enter a title"),
        hint=N_("For example, “A quiet room at lunch”."),
    )
    heard = LongText(
        N_("What did families say?"),
        most=rules.LONGEST_TEXT,
        hint=N_("In their words where you can. Leave out names."),
    )
    group = RadioField(
        N_("Who said it?"),
        choices=[SelectChoice(g.value, g.words) for g in Group],
        widget=GovRadioInput(),
        validators=[Optional()],
    )
    how_many = Text(
        N_("About how many people?"),
        most=LONGEST_NUMBER,
        hint=N_("A number. Leave it empty if you don't know. The public never sees a number below 5."),
        inputmode="numeric",
        autocomplete="off",
    )
    heard_on = DayField(N_("When did you hear it?"), hint=N_("For example, 2 3 2026."))
    heard_where = Text(
        N_("Where or how did you hear it?"),
        most=rules.LONGEST_PLACE,
        hint=N_("For example, a coffee morning, a survey or a review meeting. The public does not see this."),
    )
    before = LongText(
        N_("What was the plan before?"),
        most=rules.LONGEST_TEXT,
        hint=N_("Any plan: a child's, a service's, a policy, a contract. Copy the words that changed, without names."),
    )
    after = LongText(
        N_("What is the plan now?"), most=rules.LONGEST_TEXT, hint=N_("We mark what changed between the two.")
    )
    decision = LongText(
        N_("Who decided, and what did they decide?"),
        most=rules.LONGEST_TEXT,
        hint=N_("Say their part, not their name: “The head teacher and governors agreed to …”."),
    )
    why = LongText(
        N_("Why did they decide this?"),
        most=rules.LONGEST_TEXT,
        hint=N_("Above all if the answer was no, or only in part."),
    )
    decided_on = DayField(N_("When was it decided?"), hint=N_("For example, 9 3 2026."))
    changed_mind = BooleanField(
        N_("Families changed our mind"),
        widget=GovCheckboxInput(),
        description=N_("Tick this if you had planned something else before families spoke."),
    )
    told_on = DayField(N_("When did you tell families?"), hint=N_("For example, 12 3 2026."))
    told_how = Text(
        N_("How did you tell them?"),
        most=rules.LONGEST_TOLD_HOW,
        hint=N_("For example, a letter and the next coffee morning."),
    )
    better = LongText(
        N_("What got better?"),
        most=rules.LONGEST_TEXT,
        hint=N_("A small story, a number, or families' own words. Leave it empty if it is too early to say."),
    )
    area = RadioField(
        N_("How far does the change reach?"),
        choices=[SelectChoice(area.value, words) for area, words in AREAS.items()],
        widget=GovRadioInput(),
        validators=[Optional()],
    )
    looked = BooleanField(LOOKED, widget=GovCheckboxInput(), description=LOOKED_HINT)
    submit = SubmitField(N_("Save"), widget=GovSubmitInput())

    @property
    def pointed_out(self) -> bool:
        """True where something that was typed looks like personal data, or did: the box to keep it is there then."""
        return bool(self.looked.errors or self.looked.data)

    def validate_how_many(self, field: Any) -> None:
        if field.data and not (field.data.isascii() and field.data.isdecimal()):
            raise ValidationError(N_("Enter the number of people as a whole number, such as 12"))

    def facts(self) -> ChangeFacts:
        """What was typed, as the operations take it."""
        typed = {name: self._fields[name].data for name in rules.FIELDS}
        return ChangeFacts(
            **typed
            | {
                "group": Group(typed["group"]) if typed["group"] else None,
                "area": Area(typed["area"]) if typed["area"] else None,
                "how_many": int(typed["how_many"]) if typed["how_many"] else None,
            }
        )

    @property
    def seen(self) -> int:
        """The revision that the form was opened on; 0 where the browser sent none."""
        return number(self.revision.data)

    @classmethod
    def filled(cls, facts: ChangeFacts, revision: int) -> "ChangeForm":
        """The form with what is on record, or with what was just typed."""
        return cls(data=asdict(facts) | {"revision": str(revision)})


@dataclass(frozen=True, slots=True)
class Clash:
    """One field that two people filled in differently."""

    label: str
    yours: str
    theirs: str


def clashes(form: ChangeForm, theirs: ChangeFacts) -> tuple[Clash, ...]:
    """Where what was typed differs from what somebody else saved meanwhile, in the order of the form."""
    yours = form.facts()
    differing = rules.changed_fields(yours, theirs)
    return tuple(
        Clash(form._fields[name].label.text, in_words(getattr(yours, name)), in_words(getattr(theirs, name)))
        for name in rules.FIELDS
        if name in differing
    )


def in_words(value: object) -> str:
    """One value of a record as a person reads it."""
    match value:
        case None | "":
            return N_("Nothing yet")
        case bool():
            return N_("Yes") if value else N_("No")
        case Group():
            return value.words
        case Area():
            return AREAS[value]
        case date():
            return day(value)
        case _:
            return str(value)


class PlanFileForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """Which item of evidence shows which plan."""

    side = RadioField(
        N_("Which plan does it show?"),
        choices=[SelectChoice(side.value, side.words) for side in Side],
        widget=GovRadioInput(),
        validators=[InputRequired(N_("Choose which plan it shows"))],
    )
    things = RadioField(
        N_("Which evidence shows it?"),
        widget=GovRadioInput(),
        validators=[InputRequired(N_("Choose the evidence that shows it"))],
    )
    submit = SubmitField(N_("Show the plan by this"), widget=GovSubmitInput())

    def __init__(self, *, items: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.things.choices = [SelectChoice(value, title) for value, title in items]


class LinkForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    submit = SubmitField(N_("Make a private link"), widget=GovSubmitInput())


class WithdrawLinkForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    submit = SubmitField(N_("Withdraw"), widget=GovSubmitInput())
