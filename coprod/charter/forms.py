"""INPUT SHAPE: signing, checking in, keeping a commitment, withdrawing."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any, cast

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput
from wtforms import BooleanField, SelectMultipleField, SubmitField
from wtforms.validators import InputRequired

from coprod.charter.rules import LONGEST_PROMISE, Promised
from coprod.phrases import N_, Phrase
from coprod.web.forms import DayField, LongText, Text
from coprod.web.widgets import GovCheckboxInput, GovSubmitInput


def _senior_lead() -> Any:
    return Text(
        N_("Name of your senior lead"),
        required=N_("Enter the name of your senior lead"),
        hint=N_("The senior person who answers for this promise. Private: only your organisation sees the name."),
        autocomplete="off",
    )


def _family_link() -> Any:
    return Text(
        N_("Name of your link with families"),
        required=N_("Enter the name of your link with families"),
        hint=N_("Somebody families can talk to about this. Private: only your organisation sees the name."),
        autocomplete="off",
    )


class PromisesForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """A form with as many commitments as the charter asks for."""

    wanted = 0

    def parts(self) -> list[tuple[int, Any, Any, Any]]:
        """Each commitment's number and fields, for the page."""
        return [
            (number, *(self[f"{name}_{number}"] for name in ("commitment", "due", "feedback")))
            for number in range(1, self.wanted + 1)
        ]

    def promises(self) -> list[Promised]:
        return [Promised(text.data, due.data, about_feedback=told.data) for _, text, due, told in self.parts()]


class SignForm(PromisesForm):
    """Signing the charter. `sign_form` gives it its fields."""

    def named(self) -> dict[str, Any]:
        """The people and parts that were typed, as `operations.sign` takes them."""
        return {name: self[name].data for name in NAMED}


class AskForm(PromisesForm):
    """Filling the charter in for others to sign. `ask_form` gives it its fields, with a part for each organisation."""

    count = 0

    def people(self) -> list[list[Any]]:
        """The fields of each organisation, in their order."""
        return [[self[f"{name}_{number}"] for name in ASKED] for number in range(1, self.count + 1)]

    def typed(self) -> list[dict[str, Any]]:
        """What was typed for each organisation."""
        return [dict(zip(ASKED, (field.data for field in fields), strict=True)) for fields in self.people()]


@cache
def sign_form(wanted: int) -> type[SignForm]:
    """The form with `wanted` commitments. Fields are made in the order of the page, and so are its errors."""
    fields: dict[str, Any] = {"wanted": wanted, "senior_lead": _senior_lead(), "family_link": _family_link()}
    return type(f"SignFormOf{wanted}", (SignForm,), fields | _commitments(wanted) | _signature())


@cache
def ask_form(wanted: int, count: int) -> type[AskForm]:
    """The form with `wanted` commitments, for `count` organisations."""
    fields: dict[str, Any] = {"wanted": wanted, "count": count}
    for number in range(1, count + 1):
        fields |= {f"{name}_{number}": make() for name, make in ASKED.items()}
    words = N_("Send it to the person who signs") if count == 1 else N_("Send it to the people who sign")
    fields |= _commitments(wanted) | {"submit": SubmitField(words, widget=GovSubmitInput())}
    return type(f"AskFormOf{wanted}For{count}", (AskForm,), fields)


def filled(commitments: Iterable[Promised]) -> dict[str, Any]:
    """Commitments that were made before, as the form's fields begin with them."""
    return {
        f"{name}_{number}": value
        for number, one in enumerate(commitments, 1)
        for name, value in (("commitment", one.text), ("due", one.due), ("feedback", one.about_feedback))
    }


def _commitments(wanted: int) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for number in range(1, wanted + 1):
        fields |= _commitment(number)
    return fields


def _commitment(number: int) -> dict[str, Any]:
    return {
        f"commitment_{number}": LongText(
            N_("What you promise"),
            most=LONGEST_PROMISE,
            rows=3,
            counted=True,
            required=Phrase("Enter what commitment {number} is", number=number),
            hint=N_("Public. Do not name a person."),
        ),
        f"due_{number}": DayField(
            N_("By when"),
            required=Phrase("Enter the date for commitment {number}", number=number),
            hint=N_("Public. A date after today, for example, 27 3 2027."),
        ),
        f"feedback_{number}": BooleanField(
            N_("This one is about telling families what happened"), widget=GovCheckboxInput()
        ),
    }


def _signatory_name() -> Any:
    return Text(
        N_("Name of the person who signs"),
        required=N_("Enter the name of the person who signs"),
        hint=N_("They must be allowed to sign for the organisation. Private."),
        autocomplete="off",
    )


def _signatory_role() -> Any:
    return Text(
        N_("Their role"),
        most=100,
        required=N_("Enter the role of the person who signs"),
        hint=N_("For example, head teacher, or head of service. Private."),
        autocomplete="off",
    )


def _signatory_email() -> Any:
    return Text(
        N_("Their e-mail address"),
        most=254,
        required=N_("Enter the e-mail address of the person who signs"),
        hint=N_("We send them one letter with a link. They need no account. Private."),
        autocomplete="off",
        inputmode="email",
        spellcheck="false",
    )


NAMED = ("senior_lead", "family_link", "signatory_name", "signatory_role")
ASKED: Mapping[str, Callable[[], Any]] = {
    "senior_lead": _senior_lead,
    "family_link": _family_link,
    "signatory_name": _signatory_name,
    "signatory_role": _signatory_role,
    "signatory_email": _signatory_email,
}


def _signature() -> dict[str, Any]:
    return {
        "signatory_name": Text(
            N_("Your name"),
            required=N_("Enter your name"),
            hint=N_("The person who signs. Private: only your organisation sees it."),
            autocomplete="name",
        ),
        "signatory_role": Text(
            N_("Your role"),
            most=100,
            required=N_("Enter your role"),
            hint=N_("For example, head teacher, or head of service. Private: only your organisation sees it."),
            autocomplete="organization-title",
        ),
        "agreed": BooleanField(
            N_("I agree to this declaration"),
            widget=GovCheckboxInput(),
            validators=[InputRequired(N_("Tick the box to agree to the declaration"))],
        ),
        "submit": SubmitField(N_("Sign the charter"), widget=GovSubmitInput()),
    }


class ChooseForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """Which organisations to fill the charter in for. It is sent with the address."""

    class Meta:
        csrf = False

    organisations = SelectMultipleField(N_("Which of them?"), widget=GovCheckboxesInput())
    go_on = SubmitField(N_("Go on"), widget=GovSubmitInput())

    def __init__(self, *given: Any, organisations: list[tuple[str, str]]) -> None:
        super().__init__(*given)
        self.organisations.choices = organisations


class ConfirmForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """The signatory's yes."""

    agreed = BooleanField(
        N_("I agree to this declaration"),
        widget=GovCheckboxInput(),
        validators=[InputRequired(N_("Tick the box to agree to the declaration"))],
    )
    submit = SubmitField(N_("Sign the charter"), widget=GovSubmitInput())


class RefuseForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """The signatory's no."""

    words = LongText(
        N_("What is not right?"),
        most=1000,
        rows=4,
        required=N_("Say what is not right, so that it can be mended"),
        hint=N_("The person who filled it in reads this. It is private."),
    )
    submit = SubmitField(N_("Send this back"), widget=GovSubmitInput())


class ApproveForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    submit = SubmitField(N_("Approve this sign-up"), widget=GovSubmitInput())


class HoldForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    why = LongText(
        N_("Why is it on hold?"),
        most=1000,
        rows=4,
        required=N_("Say why it is on hold, and what would help"),
        hint=N_("The organisation's leads read this. It is never public."),
    )
    submit = SubmitField(N_("Put it on hold"), widget=GovSubmitInput())


class SucceedForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    submit = SubmitField(N_("It goes on as this school"), widget=GovSubmitInput())


class KeepForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    kept_on = DayField(
        N_("When was it kept?"),
        required=N_("Enter the day when it was kept"),
        hint=N_("Public. A day up to today, for example, 27 3 2026."),
    )
    submit = SubmitField(N_("Mark as kept"), widget=GovSubmitInput())

    @property
    def day(self) -> date:
        """The day that was typed; a form without one is not valid."""
        return cast(date, self.kept_on.data)


class RevokeForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    why = LongText(
        N_("Why do you take it back?"),
        most=1000,
        rows=4,
        required=N_("Enter why it is taken back"),
        hint=N_("Private: it is kept with the certificate, and never published. Name no child."),
    )
    submit = SubmitField(
        N_("Take this certificate back"),
        widget=GovSubmitInput(),
        render_kw={"params": {"classes": "govuk-button--warning"}},
    )


class ReportForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    address = Text(
        N_("Web address of your SEND information report"),
        most=290,
        hint=N_("Such as https://www.example.org/send. Leave it empty to show no link."),
        inputmode="url",
        autocomplete="off",
        spellcheck="false",
    )
    submit = SubmitField(N_("Save"), widget=GovSubmitInput())


class WithdrawForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    why = LongText(
        N_("Why are you withdrawing?"),
        most=1000,
        rows=4,
        hint=N_("You do not have to say. What you write is private and is never published."),
    )
    submit = SubmitField(
        N_("Withdraw from the charter"),
        widget=GovSubmitInput(),
        render_kw={"params": {"classes": "govuk-button--warning"}},
    )
