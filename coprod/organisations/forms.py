import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovSelect
from wtforms import RadioField, SubmitField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type stubs
from wtforms.validators import InputRequired, ValidationError

from coprod.organisations.rules import Kind, Scheme
from coprod.phrases import N_
from coprod.web.forms import LongText, OneOfField, Text
from coprod.web.widgets import GovRadioInput, GovSubmitInput

KINDS = (Kind.SERVICE, Kind.TRUST, Kind.EARLY_YEARS, Kind.COLLEGE, Kind.ALTERNATIVE, Kind.SPECIAL)
SCHEMES = (Scheme.NONE, Scheme.ODS, Scheme.CQC, Scheme.CHARITY, Scheme.UKPRN, Scheme.URN)
ALONE = "alone"
KIND_EXAMPLES = {
    Kind.SERVICE.value: N_("For example, a speech and language team, a short breaks service, a parent support group."),
    Kind.TRUST.value: N_("The body that runs services, or that schools belong to."),
    Kind.EARLY_YEARS.value: N_("For example, a nursery or a childminder without a URN."),
}


class JoinForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    note = LongText(
        N_("Who are you there? (optional)"),
        most=300,
        rows=3,
        counted=True,
        hint=N_("For example, “I am the SENCO”. The person who lets you in reads it."),
    )
    submit = SubmitField(N_("Ask to join"), widget=GovSubmitInput())


class ServiceForm(FlaskForm):  # type: ignore[misc]  # as above
    """A service that the national register of schools does not hold."""

    name = Text(
        N_("Name of the service"),
        required=N_("Enter the name of the service"),
        hint=N_("Its own name, without the name of the body that runs it."),
    )
    kind = RadioField(
        N_("What is it?"),
        widget=GovRadioInput(),
        choices=[SelectChoice(kind.value, kind.words) for kind in KINDS],
        validators=[InputRequired(N_("Choose what it is"))],
    )
    parent_id = OneOfField(N_("Who runs it?"), widget=GovSelect())
    town = Text(N_("Town (optional)"), most=80)
    postcode = Text(N_("Postcode (optional)"), most=10, autocomplete="off")
    website = Text(N_("Website (optional)"), most=250, inputmode="url", autocomplete="off")
    scheme = OneOfField(
        N_("Does it have an official number?"),
        widget=GovSelect(),
        choices=[SelectChoice(scheme.value, scheme.words) for scheme in SCHEMES],
    )
    value = Text(N_("The official number"), most=20, hint=N_("Leave empty where there is none."), autocomplete="off")
    trust_code = Text(
        N_("Its number as a trust of schools"),
        most=20,
        hint=N_(
            "Only for a trust: what its schools have under “Trusts (code)” in the register. Its leads can then fill "
            "in the charter for those schools."
        ),
        autocomplete="off",
    )
    submit = SubmitField(N_("Add this service"), widget=GovSubmitInput())

    examples = KIND_EXAMPLES

    def __init__(self, *, parents: Sequence[tuple[UUID, str]], **given: Any) -> None:
        super().__init__(**given)
        listed = [SelectChoice(str(id_), name) for id_, name in parents]
        self.parent_id.choices = [SelectChoice(ALONE, N_("Nobody: it stands alone")), *listed]

    def facts(self) -> dict[str, Any]:
        """What was typed, as `operations.add_service` takes it."""
        return {
            "name": self.name.data,
            "kind": Kind(self.kind.data),
            "parent_id": None if self.parent_id.data == ALONE else UUID(self.parent_id.data),
            "town": self.town.data or "",
            "postcode": self.postcode.data or "",
            "website": self.website.data or "",
            "scheme": Scheme(self.scheme.data),
            "value": self.value.data or "",
            "trust_code": self.trust_code.data or "",
        }


class UploadForm(FlaskForm):  # type: ignore[misc]  # as above
    """A file of the register, small enough to send from a page."""

    file = FileField(
        N_("File from “Get information about schools”"),
        widget=GovFileInput(),
        description=N_("A CSV file, 1 MB at most: a few thousand schools."),
        validators=[FileRequired(N_("Choose a file"))],
    )
    la_codes = Text(
        N_("Only these local authorities"),
        most=200,
        hint=N_("Their codes of three digits, such as 940 941. Leave empty to take every school in the file."),
        autocomplete="off",
    )
    submit = SubmitField(N_("Load this file"), widget=GovSubmitInput())

    def validate_la_codes(self, field: Any) -> None:
        wrong = [code for code in self.codes() if not re.fullmatch("[0-9]{3}", code)]
        if wrong:
            raise ValidationError(N_("Enter codes of three digits each, with a space between them, such as 940 941"))

    def codes(self) -> list[str]:
        return re.split(r"[\s,;]+", self.la_codes.data) if self.la_codes.data else []
