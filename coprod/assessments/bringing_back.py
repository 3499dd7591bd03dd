"""WRITES: answers that were filled in offline, brought back all at once or not at all."""

from collections.abc import Collection, Sequence
from datetime import datetime

from coprod import history
from coprod.assessments import queries
from coprod.assessments.answering import open_for_writing, save_answer, written
from coprod.assessments.at_work import at_work
from coprod.assessments.models import Assessment
from coprod.assessments.returned import Change, Standing, in_order, looked_at_again
from coprod.errors import Invalid, Stale
from coprod.permissions import Actor
from coprod.phrases import N_, Phrase, Phrases


def standing_of(assessment: Assessment) -> dict[str, Standing]:
    """What stands for each question that somebody has begun."""
    return {code: Standing(written(row), row.revision) for code, row in queries.rows_of(assessment).items()}


def bring_back(
    assessment: Assessment,
    shown: Sequence[tuple[Change, int | None]],
    *,
    ticked: Collection[str],
    actor: Actor,
    now: datetime,
) -> int:
    """Save each ticked change as if it were typed on its page. How many changed.

    `shown` are the changes of the preview, each with the revision that it was shown on top of. Raises Stale where one
    of them moved after that, and Invalid where the standards do not allow them together; then none is saved.
    """
    open_for_writing(assessment, actor)
    now_stands = looked_at_again(queries.framework_of(assessment), shown, standing_of(assessment))
    for fault in now_stands.faults:
        if fault.code in ticked:
            raise Invalid(Phrase("{code}: {words}", code=fault.code, words=Phrases((fault.words,))))
    chosen = [change for change in now_stands.changes if change.code in ticked]
    seen = {change.code: revision for change, revision in shown}
    if any(change.revision != seen[change.code] for change in chosen):
        raise Stale(N_("Some answers were changed on the website just now. They are marked below. Look at them again."))
    for change in in_order(chosen):
        _save(assessment, change, actor=actor, now=now)
    if chosen:
        codes = sorted(change.code for change in chosen)
        history.record("answers.brought_back", assessment, actor=actor, now=now, codes=codes)
    return len(chosen)


def _save(assessment: Assessment, change: Change, *, actor: Actor, now: datetime) -> None:
    save_answer(
        at_work(assessment.id, change.code, actor),
        rating=change.yours.rating,
        not_applicable=change.yours.not_applicable,
        reason=change.yours.reason,
        account=change.yours.account,
        revision=change.revision,
        actor=actor,
        now=now,
    )
