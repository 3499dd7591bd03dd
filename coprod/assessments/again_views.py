"""HTTP: this time and last time: what changed since the last result."""

from uuid import UUID

from flask import render_template

from coprod.assessments import comparison, queries
from coprod.assessments.blueprint import bp
from coprod.framework.queries import library
from coprod.web import clock
from coprod.web.access import current_actor, signed_in


@bp.get("/assessments/<uuid:assessment_id>/compare")
@signed_in
def compare(assessment_id: UUID) -> str:
    """Beside the last assessment that came to a result, as far as the questions are the same."""
    assessment = queries.for_member(assessment_id, current_actor())
    last = queries.last_final(assessment)
    values: tuple[comparison.ValueCompared, ...] = ()
    if last is not None:
        today = clock.today()
        old, new = queries.framework_of(last), queries.framework_of(assessment)
        then, now = queries.scored(last, today=today), queries.scored(assessment, today=today)
        values = comparison.compare(new, now, old, then, library().mapping(old, new))
    return render_template("assessments/compare.html", assessment=assessment, last=last, values=values)
