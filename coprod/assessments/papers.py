"""What an assessment gives to take away: a copy so far, on paper or as a spreadsheet; and what one would change."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coprod.assessments import queries
from coprod.assessments.answering import written
from coprod.assessments.conflict import VersionText
from coprod.assessments.models import Answer, Assessment
from coprod.assessments.returned import Preview
from coprod.assessments.rules import Written
from coprod.framework.model import Audience, Framework
from coprod.framework.on_paper import Filled, values
from coprod.framework.workbook import Tied, answers_workbook
from coprod.phrases import Phrase
from coprod.web.formatting import moment


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One answer that a spreadsheet would change: what stands, what it would be, and whether it is ticked."""

    row: int
    code: str
    short: str
    theirs: VersionText
    yours: VersionText
    moved: bool


def filled_in(assessment: Assessment) -> dict[str, Filled]:
    """What is written for each question, with the titles of what backs it."""
    return {code: _filled(row) for code, row in queries.rows_of(assessment).items()}


def copy_facts(assessment: Assessment, *, now: datetime) -> dict[str, Any]:
    """A part-filled copy on paper."""
    framework, audience = queries.framework_of(assessment), Audience(assessment.audience)
    return {
        "framework": framework,
        "organisation": assessment.organisation.name,
        "audience_name": framework.audiences[audience],
        "as_of": Phrase("As it was on {moment}. It is not the result.", moment=moment(now)),
        "values": values(framework, audience, filled_in(assessment)),
    }


def workbook(assessment: Assessment) -> bytes:
    framework = queries.framework_of(assessment)
    asked = values(framework, Audience(assessment.audience), filled_in(assessment))
    return answers_workbook(framework, asked, Tied(str(assessment.id), assessment.organisation.name))


def preview_lines(
    framework: Framework, preview: Preview, in_words: Callable[[Framework, Written], VersionText]
) -> tuple[PreviewLine, ...]:
    return tuple(
        PreviewLine(
            each.row,
            each.code,
            each.short,
            in_words(framework, each.theirs),
            in_words(framework, each.yours),
            each.moved,
        )
        for each in preview.changes
    )


def _filled(row: Answer) -> Filled:
    said = written(row)
    backing = [link.change.title for link in row.changes]
    backing += [item.title for item in queries.standing_evidence(row)]
    return Filled(said.rating, said.not_applicable, said.reason, said.account, tuple(backing))
