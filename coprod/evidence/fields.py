"""What is asked about one item of evidence, wherever somebody adds it: beside a question, or on the list."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type stubs
from wtforms.validators import InputRequired

from coprod.evidence import rules
from coprod.framework.model import EvidenceKind
from coprod.phrases import N_
from coprod.web.forms import DayField, LongText, Text
from coprod.web.widgets import GovCheckboxInput, GovRadioInput

BESIDE = frozenset({"submit", "csrf_token"})


class EvidenceFields(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """One item of evidence: a link, a statement, or what a file shows. A form adds its button."""

    kind = RadioField(
        N_("What kind of evidence is this?"),
        widget=GovRadioInput(),
        validators=[InputRequired(N_("Choose what kind of evidence this is"))],
    )
    title = Text(
        N_("Title"),
        most=rules.LONGEST_TITLE,
        required=N_("Enter a title"),
        hint=N_("A short name that you and a reviewer will know it by, such as “Parent survey, spring 2026”."),
    )
    url = Text(
        N_("Web address"),
        most=rules.LONGEST_ADDRESS,
        hint=N_(
            "Where a reviewer can see it, such as https://www.example.org/news. Leave empty if you write a statement."
        ),
        inputmode="url",
        autocomplete="off",
        spellcheck="false",
    )
    statement = LongText(
        N_("Statement"),
        most=rules.LONGEST_STATEMENT,
        counted=True,
        hint=N_("Write or paste the words themselves: what families said, a decision from minutes, a survey result."),
    )
    dated = DayField(
        N_("Date of the evidence"),
        required=N_("Enter the date of the evidence"),
        hint=N_("The day it was written, said or published. For example, 27 3 2026."),
    )
    shows = Text(
        N_("What does it show?"),
        most=rules.LONGEST_SHOWS,
        required=N_("Enter what this shows, in one line"),
        hint=N_("One line, such as “41 of 60 parents say that meetings are now at times they can manage”."),
    )
    from_families = BooleanField(
        N_("This comes from families, or families have agreed it"),
        widget=GovCheckboxInput(),
        description=N_(
            "For example, a survey of parents, a statement by young people, or notes that families checked."
        ),
    )
    no_child_named = BooleanField(
        N_("I have checked that no child can be identified"),
        widget=GovCheckboxInput(),
        validators=[InputRequired(N_("Confirm that no child can be identified"))],
        description=N_("No names, faces, dates of birth, or details that make one child stand out."),
    )
    looked = BooleanField(
        N_("I have looked at what was pointed out, and it is right to keep it"),
        widget=GovCheckboxInput(),
        description=N_("For example, an office’s own phone number, or a staff member who agreed to be named."),  # noqa: RUF001
    )

    def __init__(self, *, kinds: Sequence[EvidenceKind], file: bool = False, **given: Any) -> None:
        super().__init__(**given)
        self.kind.choices = [SelectChoice(kind.code, kind.name) for kind in kinds]
        self.kind_words = {kind.code: f"{'. '.join(kind.examples)}. {kind.families_note}" for kind in kinds}
        if file:
            del self.url, self.statement

    @property
    def pointed_out(self) -> bool:
        """True where something that was typed looks like personal data, or did: the box to keep it is there then."""
        return bool(self.looked.errors or self.looked.data)

    def facts(self) -> dict[str, Any]:
        """What was typed, as evidence is added."""
        typed = {name: field.data for name, field in self._fields.items() if name not in BESIDE}
        return {"url": "", "statement": ""} | typed
