from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SubmitField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type stubs
from wtforms.validators import InputRequired, Optional

from coprod.changes import rules
from coprod.changes.confirming import LONGEST_COMMENT, Answer
from coprod.changes.rules import ChangeFacts, Group, Side
from coprod.framework.model import Area
from coprod.phrases import N_, Phrase
from coprod.web.formatting import day
from coprod.web.forms import DayField, LongText, Text
from coprod.web.widgets import GovCheckboxInput, GovRadioInput, GovSubmitInput

AREAS = {
    Area.CHILD: "One child's plan",
    Area.TEAM: "One class, team or service",
    Area.ORGANISATION: "The whole organisation",
}


LONGEST_NUMBER = 9
LOOKED = N_("I have looked at what was pointed out, and it is right to keep it")
LOOKED_HINT = "For example, an office’s own phone number, or the postcode of a hall."  # noqa: RUF001  # an apostrophe


class ChangeForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """A change record in five steps. Only the title is asked for: the rest may come later."""

    revision = HiddenField()
    title = Text(
        "Give this change a short title",
        most=rules.LONGEST_TITLE,
        required="Enter a title",
        hint="For example, “A quiet room at lunch”.",
    )
    heard = LongText(
        "What did families say?",
        most=rules.LONGEST_TEXT,
        hint="In their words where you can. Leave out names.",
    )
    group = RadioField(
        "Who said it?",
        choices=[SelectChoice(g.value, g.words) for g in Group],
        widget=GovRadioInput(),
        validators=[Optional()],
    )
    how_many = Text(
        "About how many people?",
        most=LONGEST_NUMBER,
        hint="A number. Leave it empty if you don't know. The public never sees a number below 5.",
        inputmode="numeric",
        autocomplete="off",
    )
    heard_on = DayField("When did you hear it?", hint="For example, 2 3 2026.")
    heard_where = Text(
        "Where or how did you hear it?",
        most=rules.LONGEST_PLACE,
        hint="For example, a coffee morning, a survey or a review meeting. The public does not see this.",
    )
    before = LongText(
        "What was the plan before?",
        most=rules.LONGEST_TEXT,
        hint="Any plan: a child's, a service's, a policy, a contract. Copy the words that changed, without names.",
    )
    after = LongText("What is the plan now?", most=rules.LONGEST_TEXT, hint="We mark what changed between the two.")
    decision = LongText(
        "Who decided, and what did they decide?",
        most=rules.LONGEST_TEXT,
        hint="Say their part, not their name: “The head teacher and governors agreed to …”.",
    )
    why = LongText(
        "Why did they decide this?", most=rules.LONGEST_TEXT, hint="Above all if the answer was no, or only in part."
    )
    decided_on = DayField("When was it decided?", hint="For example, 9 3 2026.")
    changed_mind = BooleanField(
        "Families changed our mind",
        widget=GovCheckboxInput(),
        description="Tick this if you had planned something else before families spoke.",
    )
    told_on = DayField("When did you tell families?", hint="For example, 12 3 2026.")
    told_how = Text(
        "How did you tell them?", most=rules.LONGEST_TOLD_HOW, hint="For example, a letter and the next coffee morning."
    )
    better = LongText(
        "What got better?",
        most=rules.LONGEST_TEXT,
        hint="A small story, a number, or families' own words. Leave it empty if it is too early to say.",
    )
    area = RadioField(
        "How far does the change reach?",
        choices=[SelectChoice(area.value, words) for area, words in AREAS.items()],
        widget=GovRadioInput(),
        validators=[Optional()],
    )
    looked = BooleanField(LOOKED, widget=GovCheckboxInput(), description=LOOKED_HINT)
    submit = SubmitField("Save", widget=GovSubmitInput())

    @property
    def pointed_out(self) -> bool:
        """True where something that was typed looks like personal data, or did: the box to keep it is there then."""
        return bool(self.looked.errors or self.looked.data)

    def validate_how_many(self, field: Any) -> None:
        if field.data and not (field.data.isascii() and field.data.isdecimal()):
            raise ValidationError("Enter the number of people as a whole number, such as 12")

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
        return _number(self.revision.data)

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
            return "Nothing yet"
        case bool():
            return "Yes" if value else "No"
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

    things = RadioField(
        "Which evidence shows it?",
        widget=GovRadioInput(),
        validators=[InputRequired("Choose the evidence that shows it")],
    )
    side = RadioField(
        "Which plan does it show?",
        choices=[SelectChoice(side.value, side.words) for side in Side],
        widget=GovRadioInput(),
        validators=[InputRequired("Choose which plan it shows")],
    )
    submit = SubmitField("Show the plan by this", widget=GovSubmitInput())

    def __init__(self, *, items: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.things.choices = [SelectChoice(value, title) for value, title in items]


class LinkForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    submit = SubmitField("Make a private link", widget=GovSubmitInput())


class WithdrawLinkForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    submit = SubmitField("Withdraw", widget=GovSubmitInput())


class ConfirmForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """What a family answers. It asks for no name."""

    wording = HiddenField()
    answer = RadioField(
        N_("Is this what happened?"),
        choices=[SelectChoice(answer.value, answer.words) for answer in Answer],
        widget=GovRadioInput(),
        validators=[InputRequired(N_("Choose yes, partly or no"))],
    )
    group = RadioField(
        N_("Who are you?"),
        choices=[SelectChoice(group.value, group.one_of_them) for group in Group],
        widget=GovRadioInput(),
        validators=[InputRequired(N_("Choose who you are"))],
    )
    comment = LongText(
        N_("Do you want to add anything?"),
        most=LONGEST_COMMENT,
        counted=True,
        hint=N_("You don't have to. Please leave out names. The people who check this record read it."),
    )
    looked = BooleanField(LOOKED, widget=GovCheckboxInput())
    comment_shared = BooleanField("They may read my comment too", widget=GovCheckboxInput())
    submit = SubmitField(N_("Send my answer"), widget=GovSubmitInput())

    def __init__(self, *, organisation: str, **given: Any) -> None:
        super().__init__(**given)
        self.comment_shared.label.text = Phrase("{organisation} may read my comment too", organisation=organisation)

    def given(self) -> dict[str, Any]:
        """What was answered, as `operations.confirm` takes it."""
        names = ("answer", "group", "comment", "comment_shared", "looked")
        return {name: self._fields[name].data for name in names}

    @property
    def pointed_out(self) -> bool:
        """Whether the box is shown: only once something was pointed out."""
        return bool(self.looked.errors or self.looked.data)

    @property
    def read(self) -> int:
        """The wording that the family had before them; 0 where the browser sent none."""
        return _number(self.wording.data)


def _number(text: str | None) -> int:
    """A number that a hidden field carries; 0 where it is not one."""
    sound = text and text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
    return int(text) if text and sound else 0
