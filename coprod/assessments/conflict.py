"""Two versions of one answer, as pages show them side by side, and a start for putting them together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from coprod.assessments.answering import StaleAnswer, written
from coprod.assessments.forms import DOES_NOT_APPLY
from coprod.assessments.models import AnswerVersion
from coprod.assessments.rules import Written
from coprod.framework.model import Framework
from coprod.phrases import N_


@dataclass(frozen=True, slots=True)
class VersionText:
    """One version in words."""

    choice: str
    reason: str
    account: str


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One earlier version: who wrote it and when, and whether it was put aside."""

    who: str
    saved_at: datetime
    stood: bool
    text: VersionText


def version_text(framework: Framework, typed: Written) -> VersionText:
    if typed.not_applicable:
        choice = N_("This does not apply to us")
    else:
        choice = framework.rung(typed.rating).name if typed.rating is not None else N_("Nothing chosen yet")
    return VersionText(choice, typed.reason, typed.account)


def version_lines(framework: Framework, versions: Sequence[tuple[AnswerVersion, str]]) -> tuple[VersionLine, ...]:
    return tuple(
        VersionLine(
            who,
            version.saved_at,
            version.stood,
            version_text(framework, written(version)),
        )
        for version, who in versions
    )


def merged(stale: StaleAnswer) -> Written:
    """A start for putting two versions together: your choice, and both accounts one under the other."""
    yours, theirs = stale.yours, stale.theirs
    return Written(
        rating=yours.rating if yours.rating is not None or yours.not_applicable else theirs.rating,
        not_applicable=yours.not_applicable,
        reason=_both(yours.reason, theirs.reason),
        account=_both(yours.account, theirs.account),
    )


def fields_of(stale: StaleAnswer) -> tuple[tuple[str, str], ...]:
    """Your version as a form sends it, made from theirs, so that it can be chosen with one button."""
    yours = stale.yours
    rating = DOES_NOT_APPLY if yours.not_applicable else "" if yours.rating is None else str(yours.rating)
    return (
        ("rating", rating),
        ("reason", yours.reason),
        ("account", yours.account),
        ("revision", str(stale.revision)),
    )


def _both(yours: str, theirs: str) -> str:
    if yours == theirs or not theirs:
        return yours
    return f"{yours}\n\n{theirs}" if yours else theirs
