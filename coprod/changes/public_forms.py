"""INPUT SHAPE of what is public: making a record public, taking it down, and what the public asks to see."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SubmitField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type stubs
from wtforms.validators import InputRequired, Optional

from coprod.changes.confirm_form import LOOKED
from coprod.changes.forms import LOOKED_HINT
from coprod.changes.public import Wanted
from coprod.changes.publishing import LONGEST_REASON
from coprod.changes.rules import Status
from coprod.framework.model import Value
from coprod.organisations.rules import Kind
from coprod.phrases import N_
from coprod.web.forms import DayField, LongText, OneOfField
from coprod.web.widgets import GovCheckboxInput, GovRadioInput, GovSubmitInput


class PublishForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    status = RadioField(
        N_("How far has this come?"),
        choices=[SelectChoice(status.value, status.words) for status in Status],
        widget=GovRadioInput(),
        validators=[InputRequired(N_("Choose how far this has come"))],
    )
    due_on = DayField(
        N_("By when will you be done, or say more?"),
        hint=N_(
            "For listening and doing. The public sees this day. Leave it empty if you can't say. "
            "For example, 27 3 2027."
        ),
    )
    value = OneOfField(
        N_("Which value of the charter does it show best?"), widget=GovSelect(), validators=[Optional()]
    )
    no_child_named = BooleanField(
        N_("I have read it, and no child or other person can be identified"),
        widget=GovCheckboxInput(),
        validators=[InputRequired(N_("Confirm that no child, and no other person, can be identified"))],
        description=N_("Not by name, and not by details that make one child stand out."),
    )
    looked = BooleanField(LOOKED, widget=GovCheckboxInput(), description=LOOKED_HINT)
    submit = SubmitField(N_("Make it public"), widget=GovSubmitInput())

    def __init__(self, *, values: Sequence[Value], **given: Any) -> None:
        super().__init__(**given)
        self.value.choices = [SelectChoice("", N_("I can't say")), *(SelectChoice(v.code, v.name) for v in values)]

    @property
    def pointed_out(self) -> bool:
        """True where something looks like personal data, or did: the box to keep it is there then."""
        return bool(self.looked.errors or self.looked.data)

    def given(self) -> dict[str, Any]:
        """What was chosen, as `operations.publish` takes it."""
        return {name: self._fields[name].data for name in ("status", "due_on", "value", "no_child_named", "looked")}


class TakeDownForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """A lead's own: they need no reason."""

    submit = SubmitField(N_("Take it off the public page"), widget=GovSubmitInput())


class ReasonForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """Somebody who looks after the whole area says why."""

    why = LongText(
        N_("Why do you take it down?"),
        most=LONGEST_REASON,
        required=N_("Say why it is taken down: its organisation reads this"),
        hint=N_("Its organisation reads this, and does not learn who you are. Don't repeat a name that is in it."),
        counted=True,
    )
    submit = SubmitField(N_("Take it down"), widget=GovSubmitInput())


class FilterForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """Filters are read from the address, so they need no token and a page can be shared."""

    class Meta:
        csrf = False

    status = SelectField(N_("How far it has come"), widget=GovSelect(), validators=[Optional()])
    value = SelectField(N_("Value of the charter"), widget=GovSelect(), validators=[Optional()])
    kind = SelectField(N_("Kind of organisation"), widget=GovSelect(), validators=[Optional()])
    town = SelectField(N_("Place"), widget=GovSelect(), validators=[Optional()])
    organisation = HiddenField()
    submit = SubmitField(N_("Show"), widget=GovSubmitInput())

    def __init__(self, asked: Any, *, values: Sequence[Value], towns: Sequence[str]) -> None:
        super().__init__(asked)
        self.status.choices = _any(N_("All"), [(status.value, status.words) for status in Status])
        self.value.choices = _any(N_("All values"), [(value.code, value.name) for value in values])
        self.kind.choices = _any(N_("All kinds"), [(kind.value, kind.words) for kind in Kind])
        self.town.choices = _any(N_("All places"), [(town, town) for town in towns])

    def chosen(self, organisation_id: UUID | None) -> Wanted:
        """What to show. A filter that we don't know filters nothing."""
        known = self.known()
        return {
            "organisation_id": organisation_id,
            "status": Status(known["status"]) if "status" in known else None,
            "kind": Kind(known["kind"]) if "kind" in known else None,
            "value": known.get("value", ""),
            "town": known.get("town", ""),
        }

    def known(self) -> dict[str, str]:
        """The filters that filter, as an address carries them."""
        fields = (self.status, self.value, self.kind, self.town)
        return {f.name: f.data for f in fields if f.data and f.data in {choice[0] for choice in f.iter_choices()}}


def _any(words: str, offered: Sequence[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice("", words), *(SelectChoice(value, label) for value, label in offered)]
