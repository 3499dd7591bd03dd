"""A large case: 25 questions on the list, 60 items of evidence that each support two answers, and change records."""

from copy import deepcopy
from dataclasses import dataclass
from uuid import UUID

from coprod.database import db
from coprod.moderation import casework, operations
from coprod.moderation.models import Case
from coprod.permissions import Actor, AreaRole
from coprod.transaction import transaction
from tests.support import build
from tests.support.build import MOMENT
from tests.support.snapshots import CHANGE, EVIDENCE, sent_in

ITEMS = 60
RECORDS = 6
HALF = 12


@dataclass(frozen=True)
class LargeCase:
    """A case that its reviewer has half rated, and one whose ratings stand side by side, each one apart."""

    reviewer: str
    rating: UUID
    side_by_side: UUID


def made() -> LargeCase:
    first, second = _case("Large School"), _case("Larger School")
    ann, ben = (build.person(name, AreaRole.REVIEWER, parent_carer=True) for name in ("Ann Large", "Ben Large"))
    for case in (first, second):
        _rate(case, build.actor(ann.id), 2, most=HALF if case is first else None)
        _rate(case, build.actor(ben.id), 3)
    return LargeCase(ann.email, first.id, second.id)


def _case(name: str) -> Case:
    where = build.organisation(name)
    assessment = sent_in(where, build.lead_of(where, f"Lead of {name}").id, every=3)
    kept = deepcopy(assessment.snapshot)
    assert kept is not None
    answers = list(kept["answers"].values())
    for answer in answers:
        answer["evidence"], answer["changes"] = [], []
    for number in range(ITEMS):
        item = EVIDENCE | {"id": str(UUID(int=number)), "title": f"Survey {number + 1}"}
        for answer in (answers[number % 25], answers[(number + 7) % 25]):
            answer["evidence"].append(item)
    for number in range(RECORDS):
        answers[number % 3]["changes"].append(CHANGE | {"id": str(UUID(int=number)), "title": f"Change {number + 1}"})
    assessment.snapshot = kept
    db.session.commit()
    with transaction():
        return operations.open_case(assessment, now=MOMENT)


def _rate(case: Case, actor: Actor, rating: int, *, most: int | None = None) -> None:
    """Rate the list, and finish unless only so many are rated."""
    with transaction():
        operations.declare(case, conflict=False, actor=actor, now=MOMENT)
        operations.take_seat(case, actor=actor, now=MOMENT)
        for question in casework.of(case).framework.questions[:most]:
            operations.judge(
                case,
                question.code,
                rating=rating,
                reason="It is asked, and not shaped yet.",
                note="Thank you for this.",
                private_note="Look at the second survey.",
                actor=actor,
                now=MOMENT,
            )
        if most is None:
            operations.finish(case, actor=actor, now=MOMENT)
