import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from flask import request
from wtforms import HiddenField, SubmitField

from coprod.assessments.forms import ActionForm
from coprod.assessments.plan import Said, Stage
from coprod.errors import Invalid
from coprod.phrases import N_
from coprod.web.widgets import GovSubmitInput


class StepForm(ActionForm):
    """One step of the plan, to be changed. `stood` is what it said when the form was opened."""

    stood = HiddenField()
    submit = SubmitField(N_("Save"), widget=GovSubmitInput())

    def __init__(self, *, questions: Sequence[tuple[str, str]], standing: Said, **given: Any) -> None:
        facts = asdict(standing) | {"question": standing.question_code or "", "stood": _kept(standing)}
        super().__init__(questions=questions, data=facts, **given)
        self.standing = standing

    def said(self) -> Said:
        return Said(**self.facts())

    def seen(self) -> Said:
        """What the step said when the form was opened; what it says now where the browser sent something else."""
        try:
            kept = json.loads(self.stood.data or "")
            return Said(**kept | {"due": date.fromisoformat(kept["due"])})
        except (ValueError, TypeError, KeyError):
            return self.standing

    def show_again(self, standing: Said) -> None:
        """The form once more, on top of what the step says now."""
        self.stood.data = _kept(standing)


def stage_from() -> Stage:
    """How far a step is, from the button that was pressed."""
    try:
        return Stage(request.form.get("stage", ""))
    except ValueError:
        raise Invalid(N_("Choose how far this step is.")) from None


def _kept(step: Said) -> str:
    return json.dumps(asdict(step) | {"due": step.due.isoformat()})
