from collections.abc import Sequence
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from wtforms import SubmitField

from coprod.assessments.forms import DOES_NOT_APPLY
from coprod.assessments.returned import LONGEST_ACCOUNT, LONGEST_REASON, Change
from coprod.assessments.rules import Written
from coprod.errors import Invalid
from coprod.framework.model import Framework
from coprod.phrases import N_, Phrase
from coprod.text import cleaned
from coprod.web.widgets import GovSubmitInput

MOST_ROWS = 100
PARTS = ("row", "rating", "reason", "account", "seen", "moved")


class BringBackForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """A spreadsheet that was filled in offline."""

    file = FileField(
        N_("Choose your spreadsheet"), widget=GovFileInput(), validators=[FileRequired(N_("Choose a file"))]
    )
    submit = SubmitField(N_("See what it would change"), widget=GovSubmitInput())

    def content(self) -> bytes:
        read: bytes = self.file.data.read()
        return read


class PreviewForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """Every change of a preview, carried along as it was shown, and the ones that are ticked."""

    submit = SubmitField(N_("Save the ticked answers"), widget=GovSubmitInput())

    @staticmethod
    def ticked() -> frozenset[str]:
        return frozenset(request.form.getlist("bring"))

    @staticmethod
    def brought(framework: Framework) -> list[tuple[Change, int | None]]:
        """Each change of the preview, and the revision that it was shown on top of."""
        codes = [q.code for q in framework.questions if f"rating-{q.code}" in request.form]
        return [_change(framework, code) for code in codes]


def hidden_fields(changes: Sequence[Change]) -> list[tuple[str, str]]:
    """What the preview carries along for each change."""
    found = []
    for each in changes:
        rating = DOES_NOT_APPLY if each.yours.not_applicable else _words(each.yours.rating)
        values = (str(each.row), rating, each.yours.reason, each.yours.account, _words(each.revision), _mark(each))
        found += [(f"{part}-{each.code}", value) for part, value in zip(PARTS, values, strict=True)]
    return found


def _change(framework: Framework, code: str) -> tuple[Change, int | None]:
    sent: dict[str, Any] = {part: request.form.get(f"{part}-{code}", "") for part in PARTS}
    not_applicable = sent["rating"] == DOES_NOT_APPLY
    account, reason = cleaned(sent["account"]), cleaned(sent["reason"])
    if len(account) > LONGEST_ACCOUNT or len(reason) > LONGEST_REASON:
        raise Invalid(Phrase("What is written for {code} is too long.", code=code))
    yours = Written(
        None if not_applicable else _number(sent["rating"]), not_applicable, reason if not_applicable else "", account
    )
    short = framework.question(code).short
    change = Change(_number(sent["row"]) or 0, code, short, yours, Written(), None, moved=sent["moved"] == "y")
    return change, _number(sent["seen"])


def _number(sent: str) -> int | None:
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else None


def _words(number: int | None) -> str:
    return "" if number is None else str(number)


def _mark(change: Change) -> str:
    return "y" if change.moved else ""
