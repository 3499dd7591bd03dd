"""INPUT SHAPE: signing, checking in, keeping a commitment, withdrawing."""

from datetime import date
from functools import cache
from typing import Any, cast

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovSubmitInput
from wtforms import BooleanField, SubmitField
from wtforms.validators import InputRequired

from coprod.charter.rules import LONGEST_PROMISE, Promised
from coprod.web.forms import DayField, LongText, Text


def _senior_lead() -> Any:
    return Text(
        "Name of your senior lead",
        required="Enter the name of your senior lead",
        hint="The senior person who answers for this promise. Private: only your organisation sees the name.",
        autocomplete="off",
    )


def _family_link() -> Any:
    return Text(
        "Name of your link with families",
        required="Enter the name of your link with families",
        hint="Somebody families can talk to about this. Private: only your organisation sees the name.",
        autocomplete="off",
    )


class SignForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """Signing the charter. `sign_form` gives it its fields, with as many commitments as the charter asks for."""

    wanted = 0

    def parts(self) -> list[tuple[int, Any, Any, Any]]:
        """Each commitment's number and fields, for the page."""
        return [
            (number, *(self[f"{name}_{number}"] for name in ("commitment", "due", "feedback")))
            for number in range(1, self.wanted + 1)
        ]

    def named(self) -> dict[str, Any]:
        """The people and parts that were typed, as `operations.sign` takes them."""
        return {name: self[name].data for name in ("senior_lead", "family_link", "signatory_name", "signatory_role")}

    def promises(self) -> list[Promised]:
        return [Promised(text.data, due.data, about_feedback=told.data) for _, text, due, told in self.parts()]


@cache
def sign_form(wanted: int) -> type[SignForm]:
    """The form with `wanted` commitments. Fields are made in the order of the page, and so are its errors."""
    fields: dict[str, Any] = {"wanted": wanted, "senior_lead": _senior_lead(), "family_link": _family_link()}
    for number in range(1, wanted + 1):
        fields |= _commitment(number)
    return type(f"SignFormOf{wanted}", (SignForm,), fields | _signature())


def _commitment(number: int) -> dict[str, Any]:
    return {
        f"commitment_{number}": LongText(
            "What you promise",
            most=LONGEST_PROMISE,
            rows=3,
            counted=True,
            required=f"Enter what commitment {number} is",
            hint="Public. Do not name a person.",
        ),
        f"due_{number}": DayField(
            "By when",
            required=f"Enter the date for commitment {number}",
            hint="Public. A date after today, for example, 27 3 2027.",
        ),
        f"feedback_{number}": BooleanField(
            "This one is about telling families what happened", widget=GovCheckboxInput()
        ),
    }


def _signature() -> dict[str, Any]:
    return {
        "signatory_name": Text(
            "Your name",
            required="Enter your name",
            hint="The person who signs. Private: only your organisation sees it.",
            autocomplete="name",
        ),
        "signatory_role": Text(
            "Your role",
            most=100,
            required="Enter your role",
            hint="For example, head teacher, or head of service. Private: only your organisation sees it.",
            autocomplete="organization-title",
        ),
        "agreed": BooleanField(
            "I agree to this declaration",
            widget=GovCheckboxInput(),
            validators=[InputRequired("Tick the box to agree to the declaration")],
        ),
        "submit": SubmitField("Sign the charter", widget=GovSubmitInput()),
    }


class CheckInForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    senior_lead = _senior_lead()
    family_link = _family_link()
    submit = SubmitField("These are right today", widget=GovSubmitInput())


class KeepForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    kept_on = DayField(
        "When was it kept?",
        required="Enter the day when it was kept",
        hint="Public. A day up to today, for example, 27 3 2027.",
    )
    submit = SubmitField("Mark as kept", widget=GovSubmitInput())

    @property
    def day(self) -> date:
        """The day that was typed; a form without one is not valid."""
        return cast(date, self.kept_on.data)


class RevokeForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    why = LongText(
        "Why do you take it back?",
        most=1000,
        rows=4,
        required="Enter why it is taken back",
        hint="Private: it is kept with the certificate, and never published. Name no child.",
    )
    submit = SubmitField(
        "Take this certificate back",
        widget=GovSubmitInput(),
        render_kw={"params": {"classes": "govuk-button--warning"}},
    )


class WithdrawForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    why = LongText(
        "Why are you withdrawing?",
        most=1000,
        rows=4,
        hint="You do not have to say. What you write is private and is never published.",
    )
    submit = SubmitField(
        "Withdraw from the charter",
        widget=GovSubmitInput(),
        render_kw={"params": {"classes": "govuk-button--warning"}},
    )
